# What `pdc check` knows of columns and types: DuckDB by itself, PostgreSQL with --instance. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

shop() { # what stands in stage clean
    printf 'id,region,amount\n1,eu,10\n' > orders.csv
    flow_file <<FLOW
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
task twice(df table) as select \${for c in columns(df): \${c} * 2 as \${c}} from df;
stage raw { input { table orders as csv('orders.csv'); table far as external('erp', 'far'); } }
copy from attrs.copy_source when attrs.copy_filtered_input { raw.orders: where ${2:-amount > 0}; *: none; }
stage clean {
  table numbers as select id, amount from raw.orders;
  $1
}
FLOW
}

check() { # as the engine's users call it
    if [ "$ENGINE" = postgres ]; then
        run "$PDC" check --instance "${INSTANCE:-full}"
    else
        run "$PDC" check
    fi
}

found() { # PLACE WORD: exit code 3, one error, at this place
    check
    equal "$status" 3
    [[ "$output" == *"main.flow:$1: error"* ]] || { printf '%s\n' "$output"; return 1; }
    [[ "$output" == *"$2"* ]]
    [[ "$output" == *"1 error"* ]]
}

@test "a column that isn't there, in a query, a clause, a check, a condition" {
    shop 'table a as select id, amont from raw.orders;'
    found 8:25 amont
    shop 'table a primary key (idd) as select id from numbers;'
    found 8:11 'did you mean `id`?'
    shop 'table a check (amont > 0) as select amount from numbers;'
    found 8:18 amont
    shop 'table a index (lower(regn)) as select region from raw.orders;'
    found 8:24 regn
    shop 'check a as select * from numbers where amont < 0;'
    found 8:42 amont
    INSTANCE=mini
    shop '' 'amont > 0'
    found 5:80 amont
}

@test "types that don't go together; the place is in the task that was expanded" {
    shop 'table a as select id + region as x from raw.orders;'
    found 8:24 '+'
    shop 'table a as twice(raw.orders);'
    found 3:61 '*'
    shop 'table a as twice(numbers); table b as select amount, nope from a;'
    found 8:56 nope
}

@test "one mistake gives one message: what reads the table is unknown" {
    shop 'table a as select amont from numbers; table b as select nope from a; check c as select z from b;'
    found 8:21 amont
}

@test "unknown columns are no errors" {
    shop 'table a as select whatever, id from raw.far join numbers using (id); check c as select nope from a where 1 = 2;
  check d as select id, id, 1, 2 from numbers where id < 0;'
    rm orders.csv
    check
    equal "$status" 0
}

@test "what is right is right, and nothing is left on the server" {
    shop 'table a primary key (id) index (amount) check (amount > 0) as twice(numbers); view v unique (id) as select * from a;'
    check
    equal "$status" 0
    [[ "$output" == *"no errors"* ]]
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_namespace where nspname like 'pdc%'")" 0
    fi
}

@test "what was right the last time isn't asked again" {
    [ "$ENGINE" = duckdb ] || skip "PostgreSQL is asked each time"
    shop 'table a primary key (id) check (amount > 0) as select id, amount from numbers; check c as select * from a where id < 0;'
    build # makes .pdc, where answers are kept
    build
    export PDC_DUCKDB_LIB=/nowhere/libduckdb.so # whoever asks now is told that it isn't there
    check
    [[ "$output" == *"(columns and types too, but for 1 table)"* ]] || { printf "%s\n" "$output"; ls -la .pdc; return 1; }
    sed -i 's/select id, amount from numbers/select id, amount from numbers where id > 1/' main.flow
    check
    [[ "$output" == *"names only: "* ]]
    unset PDC_DUCKDB_LIB
    check
    [[ "$output" == *"(columns and types too, but for 1 table)"* ]] || { printf "%s\n" "$output"; ls -la .pdc; return 1; }
    printf 'idd,region,amount\n1,eu,10\n' > orders.csv
    found 7:27 idd
    printf 'garbage' > .pdc/types
    check
    equal "$status" 3
}

@test "--names-only asks nobody; a server that isn't there is said to be so" {
    shop 'table a as select amont from numbers;'
    run "$PDC" check --names-only
    equal "$status" 0
    [[ "$output" == *"names only"* ]]
    if [ "$ENGINE" = postgres ]; then
        PROJECT_URL=postgresql://nobody@localhost:1/none write_config ''
        check
        equal "$status" 0
        [[ "$output" == *"names only: can't connect"* ]]
    fi
    run "$PDC" check --instance ful
    equal "$status" 3
    [[ "$output" == *"did you mean \`full\`?"* ]]
}

@test "a column of whole rows is warned of where it holds on to its table" {
    shop 'table whole as select orders from raw.orders;'
    check
    equal "$status" 0
    if [ "$ENGINE" = postgres ]; then
        [[ "$output" == *"main.flow:"*"warning[W0410]: column \`orders\` holds whole rows"* ]]
    else
        [[ "$output" != *W0410* ]] # only PostgreSQL minds
    fi
}

@test "scripts: a column that isn't there, in a statement and in what reads an output" {
    flow_file <<FLOW
flow shop;
task split(df table) returns (good, bad) as script {
  create temporary table t as select id, amount * 2 as twice from df;
  create table \${out.good} as select * from t where twice > 0;
  create table \${out.bad} (id int, why varchar(10));
  insert into \${out.bad} select id, 'low' from t where twice <= 0;
  update \${out.bad} set why = upper(why);
};
stage raw { input { table orders as select 1 as id, 2.5 as amount; } }
stage clean {
  table good, bad as split(raw.orders);
  table reads as select good.id, twice, why from good left join bad on good.id = bad.id;
  table again_good, again_bad as split(raw.orders);
}
FLOW
    printf 'instances: {full: {table_store: {args: {url: "%s"}}}}\n' "${PROJECT_URL:-duckdb:///full.duckdb}" > pipedag.yaml
    check
    equal "$status" 0
    [[ "$output" == *"(columns and types too)"* ]]
    sed -i 's/good.id, twice/good.id, twicee/' main.flow
    found 12:34 twicee
    sed -i "s/twicee/twice/; s/select id, 'low'/select idd, 'low'/" main.flow
    found 6:33 idd
    sed -i "s/idd/id/; s/set why/set whyy/" main.flow
    check
    equal "$status" 3
    [[ "$output" == *"main.flow:7:"*"error[F0901]"*whyy* ]]
}
