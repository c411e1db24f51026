# What the rows of a copy weigh, and what is estimated from them. Each test on both engines; the numbers are the same on both.
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
    select i as id, (i * 7) % 1000 + 1 as customer_id, i % 5 as status, i % 100 as amount
    from generate_series(1, 5000) as g(i);
  table items primary key (order_id, pos) foreign key (order_id) references orders as
    select i as order_id, p as pos, i * p as amount from generate_series(1, 5000) as g(i), generate_series(1, 3) as h(p);
  table gifts primary key (id) foreign key (giver) references customers foreign key (taker) references customers as
    select i as id, i as giver, case when i % 4 > 0 then 1001 - i end as taker from generate_series(1, 1000) as g(i);
  table notes as select i as n, 'x' as text from generate_series(1, 50) as g(i);
} }
stage clean {
  table orders primary key (id) as
    select o.id, o.status, o.amount, c.country from raw.orders as o join raw.customers as c on c.customer_id = o.customer_id;
  table per_customer primary key (customer_id) as
    select c.customer_id, count(o.id) as orders from raw.customers as c left join raw.orders as o on o.customer_id = c.customer_id group by c.customer_id;
  view per_status as select status, count(*) as orders from raw.orders group by status;
}
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

# design TABLE: where the weights of the published table are.
design() {
    sql mini "select design_name from %T(flow_metadata.tables) where state = 'published' and stage = 'raw' and name = '$1'"
}

# weights TABLE EXPRESSIONS [REST]: out of its design, w.
weights() {
    sql mini "select $2 from %T(flow_metadata.$(design "$1")) as w ${3:-}"
}

estimate() {
    ./flow estimate --instance "${INSTANCE:-mini}" "$@" 2>"$PROJECT/log"
}

# near A B PERCENT: do two figures differ by less?
near() {
    awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { d = a - b; d = d < 0 ? -d : d; b = b < 0 ? -b : b; exit !(d <= b * p / 100) }' ||
        { echo "$1 is not within $3 % of $2" >&2; return 1; }
}

# of_design TABLE: reason, how many, the least and greatest weight, the total, units.
of_design() {
    weights "$1" "reason, count(*), $(fixed 'min(weight)'), $(fixed 'max(weight)'), $(fixed 'sum(weight)'), count(distinct unit)" "group by 1 order by 1"
}

# fixed EXPRESSION: the same text on both engines.
fixed() {
    echo "cast($1 as decimal(12, 2))"
}

lines() {
    printf '%s\n' "$@"
}

@test "a sampled row stands for 1/P, what follows it for as much, and what closure brings for nothing" {
    rules <<'RULES'
raw.customers: sample 10 percent, certain where customer_id = 17, plus where customer_id < 10;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: all; raw.gifts: where id < 4; raw.notes: limit 2;
RULES
    equal "$(of_design customers)" "$(lines 'certain|1|1.00|1.00|1.00|0' 'closure|2|0.00|0.00|0.00|0' 'plus|8|0.00|0.00|0.00|0' 'sampled|98|10.00|10.00|980.00|98')"
    equal "$(of_design orders)" "followed|535|0.00|10.00|4905.00|98"
    equal "$(of_design items)" "followed|1605|0.00|10.00|14715.00|98"
    equal "$(of_design gifts)" "picked|3|1.00|1.00|3.00|0"
    equal "$(design countries)" NULL # every row is there
    equal "$(design notes)" NULL     # no key
    # a row weighs what its customer does, and each kept row has a weight
    equal "$(sql mini "select count(*) from %T(raw.orders) as o join %T(flow_metadata.$(design orders)) as w on w.id = o.id join %T(flow_metadata.$(design customers)) as c on c.customer_id = o.customer_id where w.weight = c.weight")" 535
    equal "$(sql mini "select count(*) from %T(raw.orders)")" 535
}

@test "the smallest hashes of a stratum: the first that is out says how probable they were" {
    rules <<'RULES'
raw.customers: sample 5 percent, at least 40 per (country);
raw.orders: at least 50 per (status), at least 400 per (amount);
raw.items: none; raw.countries: none; raw.gifts: none; raw.notes: none;
RULES
    equal "$(weights customers "count(*), $(fixed 'min(inclusion)'), $(fixed 'max(inclusion)'), $(fixed 'sum(weight)')" "where weight > 0 group by stratum order by 2")" \
        "$(lines '40|0.08|0.08|524.51' '40|0.13|0.13|303.83' '40|0.41|0.41|96.74')"
    equal "$(sql full "select count(*) from %T(raw.customers) group by country order by 1" | paste -sd ' ')" "100 300 600"
    # every stratum by amount has 50 rows: all are kept, and each stands for itself
    equal "$(of_design orders)" "stratum|5000|1.00|1.00|5000.00|5000"
}

@test "an entity's keys weigh in every table that carries them" {
    rules <<'RULES'
entity customer_id: sample to 700 rows, at least 20 per (country), plus where customer_id = 500, certain where customer_id = 17;
raw.items: follow raw.orders;
raw.countries: none; raw.gifts: none; raw.notes: none;
RULES
    equal "$(weights customers "reason, count(*), $(fixed 'min(weight)'), $(fixed 'max(weight)')" "where weight > 0 group by 1 order by 1")" "$(lines 'certain|1|1.00|1.00' 'sampled|107|6.20|8.57' 'stratum|8|6.20|6.20')"
    equal "$(sql mini "select count(*) from %T(flow_metadata.$(design customers)) where customer_id = 500 and weight = 0")" 1
    equal "$(sql mini "select count(*) from %T(flow_metadata.$(design orders)) as w join %T(raw.orders) as o on o.id = w.id join %T(flow_metadata.$(design customers)) as c on c.customer_id = o.customer_id where c.weight = w.weight")" "$(sql mini "select count(*) from %T(raw.orders)")"
    near "$(weights orders "sum(weight)")" 5000 10
    near "$(weights items "sum(weight)")" 15000 10
    near "$(weights countries "sum(weight)")" 2 10
}

@test "parents that no rule picks are counted through their children" {
    rules <<'RULES'
raw.orders: sample 10 percent, plus where id = 5;
raw.customers: none, plus where customer_id = 1000; raw.countries: none; raw.items: none; raw.gifts: none; raw.notes: none;
RULES
    near "$(weights customers "sum(weight)")" 1000 2
    near "$(weights countries "sum(weight)")" 2 5
    # each has five orders, of each of which it has a fifth
    equal "$(weights customers "count(*), $(fixed 'min(weight)'), $(fixed 'max(weight)')" "where reason = 'shared'")" \
        "$(sql mini "select count(*), 2.00, 2.00 from %T(raw.orders) as o join %T(flow_metadata.$(design orders)) as w on w.id = o.id where weight > 0")"
    INSTANCE=mini estimate 'select country, count(*) from raw.customers group by country' > out
    grep -Eq '^ us +\| +582 \| 518 to 646$' out
}

@test "a row that follows one of two parents has a share from each, one that follows both has two units" {
    rules <<'RULES'
raw.customers: sample 20 percent;
raw.gifts: follow raw.customers;
raw.orders: none; raw.items: none; raw.countries: all; raw.notes: none;
RULES
    near "$(weights gifts "sum(weight)")" 1000 5
    equal "$(weights gifts "$(fixed weight)" "where weight > 0 group by 1 order by 1" | paste -sd ' ')" "2.50 5.00"
    estimate raw.gifts --count > out
    grep -q 'count(\*) | 95 % interval' out
    grep -Eq '^ +[0-9]+ \| [0-9]+ to [0-9]+' out
    rules <<'RULES'
raw.customers: sample 20 percent;
raw.orders: follow raw.customers, sample 50 percent;
raw.gifts: none; raw.items: none; raw.countries: all; raw.notes: none;
RULES
    equal "$(weights orders "$(fixed 'min(weight)'), $(fixed 'max(weight)'), count(inclusion)")" "10.00|10.00|0"
    near "$(weights orders "sum(weight)")" 5000 10
    estimate 'select count(*) from raw.orders' > out
    grep -q 'two samples' out
}

@test "a masked key is masked in the weights, too" {
    rules <<'RULES'
raw.customers: sample 10 percent, mask customer_id with '-customer_id';
raw.orders: follow raw.customers, mask customer_id with '-customer_id';
raw.items: none; raw.countries: all; raw.gifts: none; raw.notes: none;
RULES
    equal "$(weights customers "max(customer_id) < 0, count(*)")" "true|99"
    estimate 'select sum(customer_id) from raw.customers' > out
    grep -q 'weights of raw.customers' out
}

@test "a key that is masked by the configuration's key is so in the weights, and is found again" {
    export MASKING_KEY='correct horse battery staple'
    CONFIG_EXTRA='    masking_key: "{$MASKING_KEY}"' write_config ''
    rules <<'RULES'
raw.customers: sample 10 percent, at least 40 per (country), mask customer_id with fake;
raw.orders: follow raw.customers, mask customer_id with fake;
raw.gifts: none, plus where id < 10, mask giver with fake, mask taker with fake;
raw.items: none; raw.countries: none; raw.notes: limit 1;
RULES
    equal "$(sql mini "select count(*) from %T(flow_metadata.$(design customers)) as w join %T(raw.customers) as c on c.customer_id = w.customer_id")" \
        "$(sql mini "select count(*) from %T(raw.customers)")"
    equal "$(sql mini "select count(*) from %T(raw.orders) as o join %T(flow_metadata.$(design orders)) as w on w.id = o.id join %T(flow_metadata.$(design customers)) as c on c.customer_id = o.customer_id where w.weight <> c.weight")" 0
    equal "$(of_design orders)" "$(sql mini "select 'followed', count(*), $(fixed 'min(c.weight)'), $(fixed 'max(c.weight)'), $(fixed 'sum(c.weight)'), count(distinct case when c.weight > 0 then o.customer_id end) from %T(raw.orders) as o join %T(flow_metadata.$(design customers)) as c on c.customer_id = o.customer_id")"
    near "$(weights customers "sum(weight)")" 1000 15
    estimate 'select count(*) from raw.orders' > out
    grep -q 'weights of raw.orders' out
}

@test "weights live and die with the version that they speak of" {
    rules <<'RULES'
raw.customers: sample 10 percent;
raw.orders: follow raw.customers;
raw.items: none; raw.countries: all; raw.gifts: none; raw.notes: none;
RULES
    before=$(design customers)
    equal "$(weights customers 'count(*)')" 99
    # a run that fails leaves what is published alone, and its own for the next one
    sed -i 's/sample 10 percent/sample 20 percent/; s/view per_status/check none as select 1 as x where 1 = 1; view per_status/' main.flow
    build
    ./flow --instance mini >log1 2>&1 && return 1
    equal "$(design customers)" "$before"
    equal "$(weights customers 'count(*)')" 99
    sed -i 's/check none as select 1 as x where 1 = 1; //' main.flow
    build
    summary mini > mini.out
    [ "$(design customers)" != "$before" ]
    equal "$(weights customers "count(*), $(fixed 'max(weight)')")" "$(sql mini "select count(*), 5.00 from %T(raw.customers)")"
    # another declaration of the same rows keeps their weights
    sed -i 's/table customers primary key (customer_id)/table customers primary key (customer_id) unique (email)/' main.flow
    build
    summary mini > mini.out
    equal "$(weights customers "$(fixed 'max(weight)')")" 5.00
    # the same rows, weighed otherwise
    sed -i 's/sample 20 percent/sample 20.000001 percent/' main.flow
    build
    summary mini > mini.out
    equal "$(weights customers "$(fixed 'max(weight) * 1000000')")" 4999999.75
    # of what is gone nothing is left
    ./flow clean --instance mini >/dev/null 2>&1
    if [ "$ENGINE" = postgres ]; then schema=mini_flow_metadata; else schema=flow_metadata; fi
    equal "$(sql mini "select count(*) from information_schema.tables where table_schema = '$schema' and table_name like '%\\_\\_design\\_\\_%' escape '\\'")" \
        "$(sql mini "select count(distinct design_name) from %T(flow_metadata.tables)")"
}

@test "metadata of the format before is brought forward; copies without weights say so" {
    rules <<'RULES'
raw.customers: sample 10 percent; *: all;
RULES
    weighed=$(design customers)
    sql mini "alter table %T(flow_metadata.tables) drop column design_name" "drop table %T(flow_metadata.$weighed)" \
        "update %T(flow_metadata.format) set version = 2" > /dev/null
    ! estimate raw.customers > out
    summary mini > mini.out
    equal "$(cat mini.out)" "built=0 kept=9 copied=0"
    ! estimate raw.customers > out
    grep -q 'made again with --force raw.customers' log
    ./flow --instance mini --force raw.customers > out 2>&1
    equal "$(sql mini "select version, (select count(design_name) from %T(flow_metadata.tables) where state = 'published') from %T(flow_metadata.format)")" "3|1"
    estimate raw.customers > out
    grep -q 'weights of raw.customers' out
}

@test "estimates with intervals, exact figures, and what can't be told" {
    rules <<'RULES'
entity customer_id: sample 20 percent;
raw.items: follow raw.orders;
raw.countries: all; raw.gifts: none; raw.notes: none;
RULES
    q='select status, sum(amount) as total, avg(amount), count(*) from clean.orders where amount >= 10 group by 1'
    estimate "$q" --json > sql.json
    estimate clean.orders --by status --sum amount --avg amount --count --where 'amount >= 10' --json |
        sed 's/"sum(amount)/"total/g' > words.json
    cmp sql.json words.json
    INSTANCE=full estimate "$q" --json > full.json
    equal "$(wc -l < sql.json)" 5
    equal "$(jq -s --slurpfile e sql.json '[range(5) as $i | (.[$i].total >= $e[$i].total_low and .[$i].total <= $e[$i].total_high)] | map(select(.)) | length >= 4' full.json)" true
    estimate "$q" > out
    grep -q '^(weights of raw.orders)$' out
    INSTANCE=full estimate "$q" > out
    grep -q '^(exact: nothing was left out)$' out
    estimate raw.countries > out
    grep -q '^(exact: nothing was left out)$' out
    estimate "select country, count(*) from clean.orders where status = 3 and amount < 5 group by country" > out
    grep -q 'too few (' out
    grep -q 'fewer than 30 sampled units' out
    # what a row stands for
    ! estimate 'select sum(orders) from clean.per_status' > out
    grep -q "it isn't clear what a row of clean.per_status stands for: it has the key of none" log
    ! estimate 'select sum(orders) from clean.per_customer' > out
    grep -q 'has the key of raw.customers, and is made of a part of raw.orders' log
    estimate 'select sum(orders) from clean.per_customer' --weights raw.customers --json > out
    near "$(jq '.["sum(orders)"]' out)" 5000 10
    ! estimate 'select count(*) from raw.notes' > out
    grep -q 'the rows of raw.notes have no weights' log
}

@test "what estimate doesn't understand is refused with the form that it does" {
    rules <<'RULES'
*: all;
RULES
    for q in 'select count(*) from clean.orders, raw.items' 'select max(amount) from clean.orders' 'select status from clean.orders' \
        'select status, count(*) from clean.orders' 'select sum(amount) / 2 from clean.orders' 'select count(distinct status) from clean.orders' \
        'select count(*) from clean.orders where id in (select 1)' 'select count(*) from clean.orders; drop table x' 'select sum(a) from clean.orders having 1=1' \
        'select count(*) from clean.orders group by 1' 'select sum(amount, 1) from clean.orders' 'select sum(amount from clean.orders'; do
        ! estimate "$q" > out || { echo "taken: $q" >&2; return 1; }
        grep -q "estimate doesn't understand" log || { echo "$q" >&2; cat log >&2; return 1; }
    done
    ! estimate clean.orders --where '1 = 1) or (1 = 1' > out
    grep -q "estimate doesn't understand" log
    ! estimate clean.order > out
    grep -q 'did you mean `clean.orders`' log
    equal "$(estimate "SELECT o.status AS \"the status\", Count(*) n, sum(case when amount > 50 then 1 end) FROM clean.orders AS o WHERE o.status in (1, 2) -- some
        GROUP BY \"the status\";" --json | jq -c '[.["the status"], .n]')" "$(printf '[1,1000]\n[2,1000]')"
}
