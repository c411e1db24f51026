# Which rows a copy chooses. Each test on both engines; the numbers are the same on both.
load lib

setup() {
    project
    {
        echo 'flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; } stage raw { input {'
        cat <<'FLOW'
  table countries primary key (code) as select * from (values ('de', 'eu'), ('us', 'na'), ('fr', 'eu')) as v(code, region);
  table customers primary key (customer_id) foreign key (country) references countries as
    select i as customer_id, case when i % 10 = 0 then null when i % 3 = 0 then 'de' else 'us' end as country, 'c' || i || '@x.y' as email
    from generate_series(1, 1000) as g(i);
  table orders primary key (id) foreign key (customer_id) references customers as
    select i as id, (i * 7) % 1000 + 1 as customer_id, i % 5 as status, date '2024-01-01' + cast(i % 100 as int) as day
    from generate_series(1, 5000) as g(i);
  table items primary key (order_id, pos) foreign key (order_id) references orders as
    select i as order_id, p as pos, i * p as amount from generate_series(1, 5000) as g(i), generate_series(1, 3) as h(p);
  table emps primary key (id) foreign key (boss) references emps as
    select i as id, nullif(i >> 1, 0) as boss from generate_series(1, 200) as g(i);
  table notes as select i as n, 'x' as text from generate_series(1, 50) as g(i);
} }
FLOW
    } > schema.part
}

teardown() {
    project_teardown
}

# rules < LINES of the copy block: builds, and runs full and mini.
rules() {
    { cat schema.part; echo 'copy from attrs.copy_source when attrs.copy_filtered_input {'; cat; echo '}'; } > main.flow
    build
    summary full > full.out
    summary mini > mini.out
}

count() {
    sql mini "select count(*) from %T($1) as t ${2:-}"
}

whole() { # nothing refers to a row that isn't there
    equal "$(count raw.orders "where customer_id not in (select customer_id from %T(raw.customers))")" 0
    equal "$(count raw.items "where order_id not in (select id from %T(raw.orders))")" 0
    equal "$(count raw.customers "where country not in (select code from %T(raw.countries))")" 0
    equal "$(count raw.emps "where boss not in (select id from %T(raw.emps))")" 0
}

@test "a sample is followed, and what its rows refer to comes along" {
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none;
raw.emps: limit 3;
raw.notes: limit 2;
RULES
    whole
    n=$(count raw.customers)
    [ "$n" -gt 20 ] && [ "$n" -lt 90 ]
    equal "$(count raw.orders)" $((5 * n))
    equal "$(count raw.items)" $((15 * n))
    equal "$(count raw.countries)" 2
    equal "$(count raw.notes)" 2
}

@test "an entity's key is found along foreign keys; one percent lies within five" {
    rules <<'RULES'
entity customer_id: sample 5 percent;
raw.items: follow raw.orders;
raw.countries: none; raw.emps: none; raw.notes: none;
RULES
    whole
    n=$(count raw.customers)
    equal "$(count raw.orders)" $((5 * n))
    equal "$(count raw.items)" $((15 * n))
    sql mini "select customer_id from %T(raw.customers) order by 1" > five
    rules <<'RULES'
entity customer_id: sample 1 percent;
raw.items: follow raw.orders;
*: none;
RULES
    sql mini "select customer_id from %T(raw.customers) order by 1" > one
    [ -s one ]
    equal "$(grep -vxFf five one || true)" ""
    equal "$(cat one five | cksum)" "978247541 232"
}

@test "an entity's own rules choose keys, whose rows are kept everywhere" {
    rules <<'RULES'
entity customer_id: sample to 50 rows, at least 2 per (country), plus where customer_id = 500;
*: none;
raw.items: follow raw.orders;
RULES
    whole
    equal "$(sql mini "select count(*) from (select country from %T(raw.customers) group by country having count(*) >= 2) as t")" 3
    equal "$(count raw.customers "where customer_id = 500")" 1
    n=$(count raw.customers)
    equal "$(count raw.orders)" $((5 * n))
    [ "$n" -lt 25 ]
}

@test "rules that add rows: at least, certain, plus, keys of a file, cover" {
    printf 'customer_id\n901\n902\n' > keys.csv
    rules <<'RULES'
raw.customers: sample 1 percent, at least 3 per (country), certain where customer_id = 17, plus where customer_id in (18, 19), plus keys from 'keys.csv';
raw.orders: cover of (status), cover bounds of (day);
raw.items: follow raw.orders;
raw.countries: none; raw.emps: none; raw.notes: none;
RULES
    whole
    equal "$(count raw.customers "where customer_id in (17, 18, 19, 901, 902)")" 5
    equal "$(sql mini "select count(*) from (select country from %T(raw.customers) group by country having count(*) >= 3) as t")" 3
    equal "$(sql mini "select count(distinct status), min(status), max(status), min(day), max(day) from %T(raw.orders)")" "5|0|4|2024-01-01|2024-04-09"
    n=$(count raw.orders)
    [ "$n" -le 20 ]
    equal "$(count raw.countries)" 2
}

@test "a reference to the same table is followed, as often as is said, and closed" {
    rules <<'RULES'
raw.emps: where id <> 151, plus where id = 6, follow raw.emps up 2;
raw.customers: limit 1; raw.orders: none; raw.items: none; raw.countries: all; raw.notes: none;
RULES
    whole
    equal "$(count raw.emps)" 199
    rules <<'RULES'
raw.emps: plus where id = 6, follow raw.emps up 2;
raw.customers: limit 1; raw.orders: none; raw.items: none; raw.countries: all; raw.notes: none;
RULES
    whole
    equal "$(sql mini "select string_agg(cast(id as text), ',' order by id) from %T(raw.emps)")" "1,3,6,12,13,24,25,26,27"
}

@test "tables that follow each other in a circle" {
    cat > schema.part <<'FLOW'
flow circle; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; } stage raw { input {
  table a primary key (id) foreign key (b) references b as select i as id, i % 40 + 1 as b from generate_series(1, 60) as g (i);
  table b primary key (id) foreign key (a) references a foreign key (c) references c as
    select i as id, i + 1 as a, i % 3 as c from generate_series(1, 40) as g (i);
  table c primary key (id) as select i as id from generate_series(0, 2) as g (i);
} }
FLOW
    rules <<'RULES'
raw.a: follow raw.b;
raw.b: follow raw.a or raw.c, certain where id = 30;
raw.c: where id = 7;
RULES
    equal "$(cat mini.out)" "built=0 kept=0 copied=3"
    # a 29 refers to b 30, b 28 to a 29, a 27 to b 28, and so on around: the even ones of b, the odd ones of a
    equal "$(count raw.b)" 20
    equal "$(count raw.a)" 30
    equal "$(count raw.c)" 3
}

@test "window, break and mask" {
    rules <<'RULES'
raw.orders: window day last '9 days', break (customer_id);
raw.items: follow raw.orders;
raw.customers: where customer_id < 10, mask email with 'left(email, 1) || ''***''';
raw.countries: all; raw.emps: none; raw.notes: none;
RULES
    equal "$(sql mini "select min(day), max(day), count(customer_id) from %T(raw.orders)")" "2024-03-31|2024-04-09|0"
    equal "$(count raw.customers)" 9
    equal "$(sql mini "select distinct email from %T(raw.customers)")" "c***"
}

@test "only what a changed rule can change is copied again" {
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none; raw.emps: limit 3; raw.notes: limit 2;
RULES
    equal "$(cat mini.out)" "built=0 kept=0 copied=6"
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none; raw.emps: limit 3; raw.notes: limit 3;
RULES
    equal "$(cat mini.out)" "built=0 kept=5 copied=1"
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders, limit 7;
raw.countries: none; raw.emps: limit 3; raw.notes: limit 3;
RULES
    whole
    equal "$(cat mini.out)" "built=0 kept=2 copied=4"
}
