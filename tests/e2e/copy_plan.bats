# What a copy would bring, and why it brings a row. Each test on both engines; the numbers are the same on both.
load lib

setup() {
    project
    {
        echo 'flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; percent float default 5.0; } stage raw { input {'
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
  table days primary key (day, word) as
    select date '2024-01-01' + cast(i as int) as day, case when i = 3 then 'it''s, "odd" ü' else 'w' || i end as word, -i as n
    from generate_series(1, 20) as g(i);
} }
stage marts { table total as select count(*) as n from raw.items; }
FLOW
    } > schema.part
}

teardown() {
    project_teardown
}

# rules < LINES of the copy block: builds, and runs full.
rules() {
    { cat schema.part; echo 'copy from attrs.copy_source when attrs.copy_filtered_input {'; cat; echo '}'; } > main.flow
    build
    summary full > full.out
}

plan() {
    ./flow copy --plan --instance mini --json "$@" 2>"$PROJECT/log"
}

# planned TABLE FIELD …: of the last plan.
planned() {
    local table=$1
    shift
    jq -r "select(.table == \"$table\") | [$(printf '.%s,' "$@" | sed 's/,$//')] | map(tostring) | join(\"|\")" plan.json
}

# as_planned: plans, runs mini, and compares each table's rows.
as_planned() {
    plan > plan.json
    jq -e . < plan.json > /dev/null
    summary mini > mini.out
    ./flow status --instance mini --json 2>"$PROJECT/log" | jq -r 'select(.table | startswith("raw.")) | "\(.table)=\(.rows)"' | sort > rows.found
    jq -r '"\(.table)=\(.rows)"' plan.json | sort > rows.planned
    equal "$(cat rows.found)" "$(cat rows.planned)"
    equal "$(jq -r 'select(.rows != .picked + .followed + .at_least + .covering + .certain + .plus + .closed_over) | .table' plan.json)" ""
}

# why TABLE KEY: whether it is copied and by what, then a line for each rule.
why() {
    ./flow copy --instance mini --json --explain-row "$@" 2>"$PROJECT/log" > why.json
    jq -r 'if .event == "explain_row" then "\(.copied) \(.by)" else "\(if .holds then "+" else "-" end) \(.rule): \(.why)" end' why.json
}

has() {
    if ! grep -qxF -- "$2" <<< "$1"; then
        printf 'lacks: %s\nfound: %s\n' "$2" "$1" >&2
        return 1
    fi
}

@test "a plan counts what a copy then brings: samples, follow, closure, limit, none" {
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none;
raw.emps: limit 3;
raw.notes: limit 2;
raw.days: all;
RULES
    as_planned
    equal "$(planned raw.customers action rows source_rows picked rules reason)" "copy|48|1000|48|sample 5 percent|first run"
    equal "$(planned raw.orders rows source_rows followed)" "240|5000|240"
    equal "$(planned raw.countries rows picked closed_over)" "2|0|2"
    equal "$(planned raw.notes rows picked)" "2|2"
    equal "$(planned raw.days rows source_rows)" "20|20"
    [ "$(planned raw.items source_bytes)" -gt 0 ]
    equal "$(jq -r 'select(.table == "raw.items") | (.bytes / .source_bytes * 1000 | round)' plan.json)" 48
}

@test "a plan counts rules that add rows, cover, cycles and entities" {
    printf 'customer_id\n901\n902\n' > keys.csv
    rules <<'RULES'
raw.customers: sample 1 percent, at least 3 per (country), certain where customer_id = 17, plus where customer_id in (18, 19), plus keys from 'keys.csv';
raw.orders: cover of (status), cover bounds of (day);
raw.items: follow raw.orders, sample 50 percent;
raw.emps: plus where id = 6, follow raw.emps up 2;
raw.days: cover pairs of (word, n), window day last '3 days';
raw.countries: none; raw.notes: where n > 10;
RULES
    as_planned
    [ "$(planned raw.customers certain)" = 1 ]
    [ "$(planned raw.customers plus)" -ge 3 ]
    [ "$(planned raw.customers at_least)" -ge 1 ]
    [ "$(planned raw.customers closed_over)" -ge 1 ]
    [ "$(planned raw.orders covering)" -ge 6 ]
    equal "$(planned raw.emps plus followed closed_over)" "1|6|2"
    rules <<'RULES'
entity customer_id: sample to 50 rows, at least 2 per (country), plus where customer_id = 500;
*: none;
raw.items: follow raw.orders all;
raw.orders: follow raw.customers all;
raw.emps: follow raw.emps all, plus where id = 20;
RULES
    as_planned
}

@test "0 and 100 percent, and a source without rows" {
    rules <<'RULES'
raw.customers: sample attrs.percent percent;
raw.orders: follow raw.customers;
*: sample 100 percent by (id); raw.items: follow raw.orders; raw.countries: none; raw.notes: none; raw.days: none;
RULES
    plan --attr percent=0 > plan.json
    equal "$(planned raw.customers rows bytes source_rows)" "0|0|1000"
    equal "$(planned raw.items rows)" 0
    plan --attr percent=100 > plan.json
    equal "$(planned raw.customers rows)" 1000
    equal "$(jq -r 'select(.table == "raw.items") | .rows == .source_rows and .bytes == .source_bytes' plan.json)" true
    sed -i 's/generate_series(1, [0-9]*) as g/generate_series(1, 0) as g/; s/percent default 5.0/percent default 100.0/' schema.part
    rules <<'RULES'
raw.customers: sample 5 percent, at least 3 per (country), cover of (country);
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
*: none; raw.emps: sample 100 percent;
RULES
    as_planned
    equal "$(planned raw.customers rows bytes source_rows)" "0|0|0"
    run ./flow copy --instance mini --explain-row raw.customers 1
    equal "$status" 1
    [[ "$output" == *'instance full has no row of raw.customers with customer_id = 1'* ]]
}

@test "a plan says what is still valid, and what a change makes due; it writes nothing" {
    rules <<'RULES'
raw.customers: sample attrs.percent percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none; raw.emps: limit 3; raw.notes: limit 2; raw.days: none;
RULES
    summary mini
    plan > plan.json
    equal "$(planned raw.customers action rows picked reason)" "keep|48|null|still valid"
    equal "$(./flow copy --plan --instance mini 2>&1 | tail -n 1)" "nothing is to be copied"
    plan --attr percent=10 > plan.json
    equal "$(jq -r 'select(.action == "copy") | .table' plan.json | sort | tr '\n' ' ')" "raw.countries raw.customers raw.items raw.orders "
    [ "$(planned raw.customers rows)" -gt 48 ]
    equal "$(planned raw.emps action)" keep
    plan --force raw.notes > plan.json
    equal "$(planned raw.notes action rows picked reason)" "copy|2|2|forced"
    equal "$(jq -r 'select(.action == "copy") | .table' plan.json)" raw.notes
    plan --select raw.emps > plan.json
    equal "$(jq -r .table plan.json)" raw.emps
    equal "$(summary mini)" "built=0 kept=8 copied=0"
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_locks where locktype = 'advisory'")" 0
    fi
    run ./flow copy --plan --instance mini
    [[ "$output" == *' raw.customers | keep '* ]]
    run ./flow copy --plan --instance full
    equal "$status" 0
    [[ "$output" == 'nothing is copied into instance full' ]]
}

@test "an instance that was never made can be planned, and isn't made by that" {
    rules <<'RULES'
*: limit 1;
RULES
    plan > plan.json
    equal "$(planned raw.orders rows)" 1
    if [ "$ENGINE" = duckdb ]; then
        [ ! -e mini.duckdb ]
    else
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_namespace where nspname like 'mini_%'")" 0
    fi
}

@test "a source that never ran" {
    { cat schema.part; echo 'copy from attrs.copy_source when attrs.copy_filtered_input { *: all; }'; } > main.flow
    build
    run ./flow copy --plan --instance mini
    equal "$status" 1
    [[ "$output" == *'instance full has no published raw'*'./flow --instance full'* ]]
    run ./flow copy --instance mini --explain-row raw.orders 1
    equal "$status" 1
    [[ "$output" == *'instance full has no published raw'* ]]
}

@test "why a row comes: picked, followed, closed over, limit, all, none" {
    rules <<'RULES'
raw.customers: sample 5 percent;
raw.orders: follow raw.customers;
raw.items: follow raw.orders;
raw.countries: none;
raw.emps: limit 3;
raw.notes: all; raw.days: all;
RULES
    found=$(why raw.customers 17)
    has "$found" "true picked"
    has "$found" "+ sample 5 percent: the hash of customer_id = 17 is at 2.75 %, below 5 %"
    has "$found" "+ closed over raw.orders (customer_id): raw.orders id = 288 is kept, and refers to it"
    found=$(why raw.customers 3)
    has "$found" "false null"
    has "$found" "- sample 5 percent: the hash of customer_id = 3 is at 28.80 %, and what is kept lies below 5 %"
    has "$found" "- closed over raw.orders (customer_id): 5 rows of raw.orders refer to it, none of them kept"
    found=$(why raw.orders 288)
    has "$found" "true followed"
    has "$found" "+ follow raw.customers: it refers to raw.customers customer_id = 17, which is picked"
    found=$(why raw.orders 17)
    has "$found" "- follow raw.customers: it refers to raw.customers customer_id = 120, which is not picked"
    equal "$(why raw.items 288,2)" "true followed
+ follow raw.orders: it refers to raw.orders id = 288, which is picked"
    found=$(why raw.countries us)
    has "$found" "true closed over"
    has "$found" "- none: no row is picked by itself"
    grep -q '^+ closed over raw.customers (country): raw.customers customer_id = [0-9]* is kept, and refers to it$' <<< "$found"
    found=$(why raw.countries fr)
    equal "$found" "false null
- none: no row is picked by itself
- closed over raw.customers (country): no row of raw.customers refers to it"
    has "$(why raw.emps 3)" "+ limit 3: it is one of the first rows that the other rules leave"
    has "$(why raw.emps 4)" "- limit 3: it is none of the first rows that the other rules leave"
    equal "$(why raw.days '2024-01-04,"it'"'"'s, ""odd"" ü"')" "true picked
+ all: every row is picked"
    summary mini
    run ./flow copy --instance mini --explain-row raw.customers 17
    equal "$status" 0
    [ "${lines[0]}" = 'raw.customers customer_id = 17 comes with a copy from instance full: picked' ]
}

@test "why a row comes: at least, certain, plus, keys of a file, cover, where, window, steps" {
    printf 'customer_id\n901\n902\n' > keys.csv
    rules <<'RULES'
raw.customers: sample 1 percent, at least 3 per (country), certain where customer_id = 17, plus where customer_id in (18, 19), plus keys from 'keys.csv';
raw.orders: cover of (status), cover bounds of (day);
raw.items: none;
raw.emps: plus where id = 6, follow raw.emps up 2;
raw.days: window day last '3 days', where n <> -20;
raw.countries: none; raw.notes: none;
RULES
    found=$(why raw.customers 17)
    has "$found" "true certain"
    has "$found" "+ certain where customer_id = 17: that is true of it"
    has "$found" "- plus where customer_id in (18, 19): that is not true of it"
    found=$(why raw.customers 18)
    has "$found" "true added by plus"
    has "$found" "+ plus where customer_id in (18, 19): that is true of it"
    found=$(why raw.customers 902)
    has "$found" "true added by plus"
    has "$found" "+ plus keys from 'keys.csv': its key stands in the file"
    summary mini
    first=$(sql mini "select min(customer_id) from %T(raw.customers) where customer_id not in (17, 18, 19, 901, 902) and country = 'de'")
    found=$(why raw.customers "$first")
    grep -q '^true ' <<< "$found"
    orders=$(sql mini "select min(id) from %T(raw.orders)")
    found=$(why raw.orders "$orders")
    has "$found" "true covering"
    grep -q '^+ cover ' <<< "$found"
    absent=$(sql full "select min(id) from %T(raw.orders) where id > $orders and status = 1 and day = date '2024-01-17'")
    found=$(why raw.orders "$absent")
    has "$found" "false null"
    has "$found" "- cover bounds of (day): other rows stand for its values"
    has "$(why raw.emps 6)" "+ plus where id = 6: that is true of it"
    found=$(why raw.emps 24)
    has "$found" "true followed"
    has "$found" "+ follow raw.emps up 2: it refers to raw.emps id = 12, which is picked"
    found=$(why raw.emps 48)
    has "$found" "false null"
    has "$found" "- follow raw.emps up 2: it isn't reached in 2 steps"
    has "$(why raw.emps 3)" "true closed over"
    has "$(why raw.emps 1)" "- follow raw.emps up 2: it refers to no row of raw.emps: boss = NULL"
    equal "$(why raw.days 2024-01-20,w19)" "true picked
+ window day last '3 days': it lies within that time of the newest row
+ where n <> -20: that is true of it"
    has "$(why raw.days 2024-01-21,w20)" "- where n <> -20: that is not true of it"
    has "$(why raw.days 2024-01-05,w4)" "- window day last '3 days': it is older, or has no time"
}

@test "why a row comes: entities by their hash, and by rules of their own" {
    rules <<'RULES'
entity customer_id: sample 5 percent;
raw.items: follow raw.orders;
*: none;
RULES
    has "$(why raw.orders 288)" "+ entity (customer_id): sample 5 percent: the hash of customer_id = 17 is at 2.75 %, below 5 %"
    has "$(why raw.orders 17)" "false null"
    rules <<'RULES'
entity customer_id: sample to 50 rows, at least 2 per (country), plus where customer_id = 500;
*: none;
RULES
    found=$(why raw.customers 500)
    has "$found" "true picked"
    has "$found" "+ entity (customer_id): customer_id = 500 is one of the chosen keys"
    has "$found" "+ entity (customer_id): plus where customer_id = 500: that is true of it"
    grep -q '^- entity (customer_id): sample to 50 rows: the hash of customer_id = 500 is at ' <<< "$found"
    found=$(why raw.orders 357)
    has "$found" "+ entity (customer_id): customer_id = 500 is one of the chosen keys"
    has "$found" "+ entity (customer_id): plus where customer_id = 500: that is true of it"
    has "$(why raw.orders 1)" "- entity (customer_id): customer_id = 8 is none of the chosen keys"
}

@test "keys that don't fit" {
    rules <<'RULES'
*: all;
RULES
    wrong() { # STATUS MESSAGE ARGS…
        local expected=$1 message=$2
        shift 2
        run ./flow copy --instance mini --explain-row "$@"
        equal "$status" "$expected"
        if [[ "$output" != *"$message"* ]]; then
            printf 'lacks: %s\nfound: %s\n' "$message" "$output" >&2
            return 1
        fi
    }
    wrong 2 'the key of raw.items has 2 columns, and `1` has 1 value' raw.items 1
    wrong 2 'give a value for each of (order_id, pos), with commas between' raw.items 1,2,3
    wrong 2 'the quotes in the key `"1,2` don'"'"'t fit' raw.items '"1,2'
    wrong 2 'and `one` is no value of that' raw.customers one
    wrong 2 'and `1.5` is no value of that' raw.customers 1.5
    wrong 2 'and `` is no value of that' raw.customers ''
    wrong 2 'and `2024-02-30` is no value of that' raw.days 2024-02-30,w1
    wrong 2 'and `99999999999999999999` is no value of that' raw.customers 99999999999999999999
    wrong 1 'instance full has no row of raw.customers with customer_id = -5' raw.customers -5
    wrong 1 'instance full has no row of raw.countries with code = '"'; drop table x; --" raw.countries "'; drop table x; --"
    wrong 1 'instance full has no row of raw.countries with code = de,us' raw.countries de,us
    wrong 2 'raw.notes has no key by which a row could be named' raw.notes 1
    wrong 2 'the flow has no table `raw.custmers`' raw.custmers 1
    wrong 2 "marts.total isn't copied into instance mini" marts.total 1
    wrong 2 'the key is not UTF-8' raw.countries $'\xff'
    wrong 2 'needs the row'"'"'s key behind it' raw.countries
    run ./flow copy --instance full --explain-row raw.orders 1
    equal "$status" 2
    [[ "$output" == *"raw.orders isn't copied into instance full"*'no `copy` block is in force there'* ]]
    run ./flow copy --instance mini
    equal "$status" 2
    [[ "$output" == *'`copy` needs --plan, or --explain-row TABLE KEY'* ]]
    run ./flow copy --instance mini --explain-row raw.countries --json "'"
    equal "$(jq -r '"\(.event) \(.code)"' <<< "${lines[0]}")" "error data"
}

@test "what is masked isn't told of other rows" {
    rules <<'RULES'
raw.customers: where customer_id = 17;
raw.orders: follow raw.customers, mask id with 'id + 1000000';
raw.items: none; raw.emps: none; raw.notes: none; raw.days: none; raw.countries: none;
RULES
    has "$(why raw.customers 17)" "+ closed over raw.orders (customer_id): raw.orders id = … is kept, and refers to it"
}

@test "lists of masked keys are counted and asked like others" {
    MASKING_KEY=0123456789abcdef0123456789abcdef
    export MASKING_KEY
    CONFIG_EXTRA='    masking_key: "{$MASKING_KEY}"' write_config ''
    rules <<'RULES'
raw.customers: sample 5 percent, mask customer_id with fake, at least 3 per (country);
raw.orders: follow raw.customers, mask customer_id with fake;
raw.items: follow raw.orders;
raw.emps: none; raw.notes: none; raw.days: none; raw.countries: none;
RULES
    as_planned
    equal "$(planned raw.orders followed)" "$((5 * $(planned raw.customers rows)))"
    found=$(why raw.customers 17)
    has "$found" "true picked"
    has "$found" "+ sample 5 percent: the hash of customer_id = … is at 2.75 %, below 5 %"
    has "$found" "+ closed over raw.orders (customer_id): raw.orders id = 288 is kept, and refers to it"
    has "$(why raw.orders 288)" "+ follow raw.customers: it refers to raw.customers customer_id = …, which is picked"
    has "$(why raw.orders 17)" "- follow raw.customers: it refers to raw.customers customer_id = …, which is not picked"
}
