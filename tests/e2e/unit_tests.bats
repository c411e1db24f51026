# Unit tests of flows: `./flow test`, `pdc test`. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

# shop TESTS: a flow of every kind of table, and these tests.
shop() {
    flow_file <<FLOW
flow shop;
attrs { regions text[] default ('eu', 'us'); factor int default 2; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
contract customer (customer_id int primary key, country text not null, email text pii);
function euros(cents int) returns numeric(12, 2) as cents / 100.0;
task split(t table) returns (small, big) as script {
  create temporary table kept as select order_id, amount from t;
  create table \${out.small} as select * from kept where amount < 10;
  create table \${out.big} as select * from kept where amount >= 10;
};
stage raw { input {
  table customers of customer as csv('customers.csv');
  table orders primary key (order_id) as csv('orders.csv');
  table events as external('erp', 'events');
} }
copy from attrs.copy_source when attrs.copy_filtered_input { *: limit attrs.copy_filter_cnt; }
stage clean {
  table orders primary key (order_id) check (amount >= 0) as
    select order_id, customer_id, euros(amount_cents) as amount, current_date as today
    from raw.orders where status <> 'cancelled';
  view customers as select customer_id, upper(country) as country from raw.customers;
  table small, big as split(orders);
  table kept of customer on violation reject as select customer_id, country, 'x' as email from raw.customers;
  check few as select * from orders where amount > 1000;
}
stage marts {
  table revenue as select country, sum(amount) * \${attrs.factor} as revenue, avg(cast(amount as float)) as mean
    from clean.orders join clean.customers using (customer_id) group by country;
  for r in attrs.regions { table revenue_\${r} as select * from revenue where country = upper(\${r}); }
  table n_events as select count(*) as n from raw.events;
  table at as select \${run.date} as date, \${run.started} as started;
}
$1
FLOW
    printf 'order_id,customer_id,amount_cents,status\n1,1,500,ok\n' > orders.csv
    printf 'customer_id,country,email\n1,eu,a@example.org\n' > customers.csv
    build
}

GIVEN='given raw.orders (order_id, customer_id, amount_cents, status)'

# states ARGS…: name:state of each test.
states() {
    flow test --json "$@" | jq -r 'select(.event == "test") | "\(.test):\(.state)"'
}

@test "what is given is all there is, and what is expected is compared in any order" {
    shop "
test 'rows' {
  $GIVEN values (1, 1, 500, 'ok'), (2, 1, 900, 'cancelled'), (3, 2, 120, 'ok');
  given raw.customers (customer_id, country) values (1, 'eu'), (2, 'us');
  expect clean.orders (amount, order_id) values (1.2, 3), (5.0, 1);
  expect marts.revenue (country, revenue, mean) values ('US', 2.4, 1.2000001), ('EU', 10, 5);
  expect marts.revenue_us (revenue) values (2.40);
  expect clean.customers values (2, 'US'), (1, 'EU');
}
test 'left out columns are null, and inputs without a word empty' {
  given raw.customers (customer_id) values (1);
  expect clean.customers values (1, null);
  expect clean.orders (order_id) select 1 where false;
}
test 'queries and files' {
  given raw.customers as csv('given.csv');
  given clean.orders as select customer_id as order_id, customer_id, 7 as amount from raw.customers;
  expect clean.orders as csv('expected.csv');
}
test 'scripts' {
  given clean.orders (order_id, amount) values (1, 5), (2, 50);
  expect clean.big values (2, 50);
  expect clean.small values (1, 5);
}
test 'contracts reject' {
  given raw.customers (customer_id, country) values (1, 'eu'), (2, null), (3, 'us'), (3, 'de');
  expect clean.kept (customer_id) values (1);
}"
    printf 'country,customer_id\neu,1\nus,2\n' > given.csv
    printf 'order_id,customer_id,amount,today\n1,1,7,\n2,2,7,\n' > expected.csv
    run flow test
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"5 tests passed ("* ]]
}

@test "attrs and time are the test's own" {
    shop "
test 'with' with (regions = ('fr',), factor = 3) {
  $GIVEN values (1, 1, 500, 'ok');
  given raw.customers (customer_id, country) values (1, 'fr');
  expect marts.revenue_fr (country, revenue) values ('FR', 15);
}
test 'at' at '2024-02-29 12:30' {
  $GIVEN values (1, 1, 500, 'ok');
  expect clean.orders (today) values ('2024-02-29');
  expect marts.at values ('2024-02-29', '2024-02-29 12:30:00');
}
test 'copies nothing' with (copy_filtered_input = true) {
  $GIVEN values (1, 1, 500, 'ok');
  expect clean.orders (order_id) values (1);
}"
    equal "$(states)" "$(printf 'with:passed\nat:passed\ncopies nothing:passed')"
    equal "$(states --instance mini)" "$(printf 'with:passed\nat:passed\ncopies nothing:passed')"
    equal "$(states --attr factor=7 with)" "with:passed"
}

@test "errors are expected, of clauses, contracts, checks and the engine" {
    shop "
test 'clause' { $GIVEN values (1, 1, -500, 'ok'); expect error 'breaks .check'; }
test 'key' { $GIVEN values (1, 1, 500, 'ok'), (1, 2, 500, 'ok'); expect error 'primary key|uplicate'; }
test 'check' { given clean.orders (order_id, amount) values (1, 5000); expect error '^check clean\.few failed: 1 row\$'; }
test 'checks are silent otherwise' { given clean.orders (order_id, amount) values (1, 5000); expect clean.big values (1, 5000); }
test 'none came' { $GIVEN values (1, 1, 500, 'ok'); expect error 'check'; }
test 'another came' { $GIVEN values (1, 1, -500, 'ok'); expect error 'nothing like it'; }
test 'unexpected' { $GIVEN values (1, 1, -500, 'ok'); expect clean.orders (order_id) values (1); }
test 'not given' { expect marts.n_events values (0); }
test 'given' { given raw.events (id) values (1), (2); expect marts.n_events values (2); }"
    run flow test
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"passed  clause"*"passed  key"*"passed  check "*"passed  checks are silent"* ]]
    [[ $output == *"FAILED  none came"*"an error like \`check\` was expected, and there was none"* ]]
    [[ $output == *"FAILED  another came"*"there was another one: clean.orders: 1 row breaks"* ]]
    [[ $output == *"FAILED  unexpected"*"main.flow:"*"clean.orders: 1 row breaks"* ]]
    [[ $output == *"FAILED  not given"*"raw.events is read, and its columns aren't known"*"given raw.events"* ]]
    [[ $output == *"passed  given"* ]]
    [[ $output == *"5 tests passed, 4 failed"* ]]
}

@test "a difference is shown row by row, and told the same to programs" {
    shop "
test 'differs' {
  $GIVEN values (1, 1, 500, 'ok'), (2, 1, 900, 'ok'), (3, 3, 0, 'ok');
  expect clean.orders (order_id, amount) values (1, 5.5), (2, 9), (4, 7);
}
test 'many' {
  given raw.events (id) select id from (values (1), (2), (3), (4), (5)) as v (id);
  expect raw.events (id) select a.id * 100 + b.id from raw.events as a cross join raw.events as b;
}
test 'passes <&> \"quoted\"' { given raw.events (id) values (1); expect raw.events values (1); }"
    run flow test --junit out.xml
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"clean.orders: 1 row differs, 1 row is missing, 1 row is unexpected (3 expected, 3 found)"* ]]
    [[ $output == *"- 1        | 5.5"*"+ 1        | 5.00"*"~~~~"*"- 4 "*"+ 3 "* ]]
    [[ $output == *"… and 10 more"* ]]
    equal "$(flow test --json differs | jq -c 'select(.event == "test_row") | [.expected.order_id, .expected.amount, .found.order_id, .found.amount]')" \
        "$(printf '[1,5.5,1,5.00]\n[4,7.0,null,null]\n[null,null,3,0.00]' | jq -c .)"
    equal "$(flow test --json differs | jq -r 'select(.event == "test_failure") | "\(.table) \(.changed) \(.missing) \(.unexpected) \(.line)"')" \
        "clean.orders 1 1 1 35"
    equal "$(flow test --json | jq -r 'select(.event == "tests") | "\(.state) \(.tests) \(.passed) \(.failed)"')" "failed 3 1 2"
    python3 - <<'PY'
import xml.etree.ElementTree as tree
suite = tree.parse('out.xml').getroot()[0]
assert (suite.get('tests'), suite.get('failures')) == ('3', '2'), suite.attrib
cases = suite.findall('testcase')
assert [c.get('name') for c in cases] == ['differs', 'many', 'passes <&> "quoted"']
assert '+ 1        | 5.00' in cases[0][0].text, cases[0][0].text
assert cases[0][0].tag == 'failure' and cases[0].get('file') == 'main.flow' and cases[0].get('line') == '33'
PY
}

@test "what the engine refuses has its place, and the other expectations are still compared" {
    shop "
test 'casts' {
  $GIVEN values (1, 1, 500, 'ok');
  expect clean.orders (today) values ('yesterday or so');
  expect clean.orders (order_id) values (2);
}
test 'given casts' { given raw.customers (customer_id) values ('x'); expect clean.customers values (1, null); }
test 'keys' { given clean.orders (order_id, amount) values (1, 1), (1, 1); expect clean.small values (1, 1), (1, 1); }"
    run flow test
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"main.flow:35:31: error[22"*"main.flow:36:10: error: clean.orders: 1 row differs"*"main.flow:38:"*"passed  keys"* ]] ||
        [[ $output == *"main.flow:35:31: error[22"*"main.flow:36:10: error: clean.orders: 1 row is missing, 1 row is unexpected"*"main.flow:38:"*"passed  keys"* ]]
}

@test "names and patterns choose tests; a wrong one is told" {
    shop "
test 'one' { given raw.events (id) values (1); expect raw.events (id) values (1); }
test 'two' { given raw.events (id) values (1); expect raw.events (id) values (2); }
test 'three' { given raw.events (id) values (1); expect raw.events (id) values (1); }"
    equal "$(states 't*')" "$(printf 'two:failed\nthree:passed')"
    equal "$(states one three)" "$(printf 'one:passed\nthree:passed')"
    run flow test thre
    [ "$status" -eq 2 ]
    [[ $output == *"no test is called \`thre\`"*"did you mean \`three\`?"* ]]
    run flow test --fail-fast --jobs 1 --json
    [ "$status" -eq 1 ]
    [[ $output != *three* ]]
    run flow test --quiet one
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "many tests at once end as one after the other" {
    local i tests=''
    for ((i = 1; i <= 40; i++)); do
        tests+="test 'number $i' { given clean.orders (order_id, amount) values ($i, $i); expect clean.$([ $i -lt 10 ] && echo small || echo big) values ($i, $((i % 7 == 0 ? 0 : i))); }"$'\n'
    done
    shop "$tests"
    states --jobs 1 > alone || true
    states --jobs 8 > together || true
    equal "$(wc -l < alone)" 40
    equal "$(grep -c failed alone)" 5
    diff alone together
}

# traces: schemas, tables, files that are there.
traces() {
    if [ "$ENGINE" = postgres ]; then
        psql -At -d "$PROJECT_URL" -c "select table_schema, table_name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2" -c "select nspname from pg_namespace where nspname !~ '^pg_' order by 1"
    else
        find . -name '*.duckdb*' | sort
        [ ! -e full.duckdb ] || sql full "select schema_name, table_name from duckdb_tables() order by 1, 2"
    fi
}

@test "nothing is left behind, not even by a test that is killed, and nothing published is touched" {
    shop "
test 'quick' { given raw.events (id) values (1); expect raw.events (id) values (1); }
test 'slow' {
  given raw.events (id) select a.id + 10 * b.id from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as a (id)
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as b (id);
  expect raw.events (id) select max(a.id + b.id + c.id + d.id + e.id) from raw.events as a cross join raw.events as b
    cross join raw.events as c cross join raw.events as d cross join raw.events as e;
}"
    flow --instance full --select +clean
    traces > before
    rows full clean.orders > rows_before
    flow test quick
    ./flow test slow &
    local pid=$!
    sleep 1
    kill -9 $pid
    wait $pid || true
    for ((i = 0; i < 50; i++)); do
        traces > after
        ! cmp -s before after || break
        sleep 0.2
    done
    diff before after
    equal "$(rows full clean.orders)" "$(cat rows_before)"
    run flow test --timeout 1s
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *"passed  quick"*"FAILED  slow"*"stopped after 1 s"* ]]
    equal "$(summary full --select +clean)" "built=0 kept=7 copied=0"
}

@test "pdc test builds and runs them" {
    shop "test 'one' { given raw.events (id) values (1); expect raw.events (id) values (1); }"
    rm flow
    run "$PDC" test
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"passed  one"*"1 test passed"* ]]
    sed -i 's/values (1); }$/values (2); }/' main.flow
    run "$PDC" test --json
    [ "$status" -eq 1 ]
    [[ $output == *'"state": "failed"'* ]]
    sed -i 's/raw.events (id) values (2)/raw.evens (id) values (2)/' main.flow
    run "$PDC" test
    [ "$status" -eq 3 ]
    [[ $output == *"did you mean \`raw.events\`?"* ]]
}

# example: examples/unit_tests, on this engine.
example() {
    cp -r "$PDC_SOURCE_DIR"/examples/unit_tests/* .
    rm pipedag.yaml
    unset PIPEDAG_CONFIG
    export HOME=$PROJECT
    if [ "$ENGINE" = postgres ]; then
        echo "instances: {full: {instance_id: {}, table_store: {args: {url: \"$PROJECT_URL\", schema_prefix: \"full_\"}}}}" |
            sed 's/instance_id: {}, //' > pipedag.yaml
    fi
}

@test "the example's tests pass, and notice what is changed in its SQL" {
    example
    run "$PDC" test
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"10 tests passed"* ]]
    "$PDC" test --mutations --json > mutants
    jq -c 'select(.event == "mutant" and .state != "killed")' mutants
    equal "$(jq -r 'select(.event == "mutations") | "\(.survived) \(.untested) \(.percent == 100) \(.killed > 20)"' mutants)" "0 0 true true"
    flow --instance full
    equal "$(flow show marts.idle --instance full --json)" '{"customer_id": 3}'
}

@test "mutants that no test notices are listed with their place" {
    example
    sed -i '/test .nobody orders/,/^}/d; /test .amounts are not/,/^}/d; /test .an order has/,/^}/d' tests.flow
    sed -i 's/(2, 10), (3, 10.01)/(3, 10.01)/; s/values (2), (3);/values (3);/' tests.flow
    run "$PDC" test --mutations
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"SURVIVED  shop.flow:18:76: warning: \`<\` became \`<=\`, and no test failed"*"18 | "*"^"* ]]
    [[ $output == *"UNTESTED  shop.flow:44:65: warning: \`<\` became \`<=\`, and no test reads it"* ]]
    [[ $output == *"killed    shop.flow:49:67: \`sum\` became \`max\`  (revenue by country)"* ]]
    [[ $output == *"18 of 22 mutants killed (81.8 %), 2 survived, 2 untested"* ]]
    sed -i 's/(3, 0, null);/(4, 0, null);/' tests.flow
    run "$PDC" test --mutations
    [ "$status" -eq 1 ]
    [[ $output == *"FAILED  cancelled orders"*"the tests have to pass before the SQL is changed"* ]]
}

@test "a mutant that never ends is stopped" {
    flow_file <<'FLOW'
flow loops;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table numbers as
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 10)
    select i from n;
}
test 'ten' { expect s.numbers (i) values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10); }
FLOW
    run timeout 120 "$PDC" test --mutations
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"killed    main.flow:5:58: \`+\` became \`-\`  (ten)"* ]]
}
