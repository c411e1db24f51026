# mini and midi, cut out of full. Each test on both engines.
load lib

setup() {
    project
    printf 'id,region,amount\n1,eu,10\n2,us,20\n3,eu,30\n' > orders.csv
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; note text default ''; }
stage raw { input { table orders primary key (id) as csv('orders.csv'); table events as csv('orders.csv'); } }
stage marts { table total as select sum(amount) as total from raw.orders; }
copy from attrs.copy_source when attrs.copy_filtered_input {
  raw.events: where region = 'eu';
  *: limit attrs.copy_filter_cnt;
}
FLOW
    build
}

teardown() {
    project_teardown
}

@test "full, midi and mini hold the rows that the rules say" {
    summary full
    equal "$(summary midi)" "built=1 kept=0 copied=2"
    equal "$(summary mini)" "built=1 kept=0 copied=2"
    equal "$(rows midi raw.orders)" "$(printf '1|eu|10\n2|us|20')"
    equal "$(rows mini raw.orders)" "1|eu|10"
    equal "$(rows mini raw.events)" "$(printf '1|eu|10\n3|eu|30')"
    equal "$(rows mini marts.total)" 10
    equal "$(rows full marts.total)" 60
}

@test "nothing new in the source: nothing is copied; new rows flow" {
    summary full
    summary mini
    equal "$(summary mini)" "built=0 kept=3 copied=0"
    printf 'id,region,amount\n0,eu,5\n1,eu,10\n2,us,20\n3,eu,30\n' > orders.csv
    summary full
    equal "$(summary mini)" "built=1 kept=0 copied=2"
    equal "$(rows mini marts.total)" 5
}

@test "a changed rule in the configuration copies again, without a build of the executable; an unrelated attr does not" {
    summary full
    summary mini
    sed -i 's/copy_filter_cnt: 1}/copy_filter_cnt: 3}/' pipedag.yaml
    equal "$(summary mini)" "built=1 kept=1 copied=1"
    equal "$(rows mini marts.total)" 60
    sed -i "s/copy_filter_cnt: 3}/copy_filter_cnt: 3, note: hello}/" pipedag.yaml
    equal "$(summary mini)" "built=0 kept=3 copied=0"
}

@test "a source that never ran is a clear error, and nothing is left behind" {
    run flow --instance mini
    equal "$status" 1
    [[ "$output" == *'instance full has no published raw'* ]]
    [[ "$output" == *'./flow --instance full'* ]]
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_namespace where nspname like 'mini_%' and nspname not like '%metadata' and nspname not like '%hidden'")" 0
    else
        [ ! -e full.duckdb ]
    fi
}

@test "keys come along" {
    summary full
    summary mini
    run sql mini "insert into %T(raw.orders) values (1, 'eu', 1)"
    [ "$status" -ne 0 ]
}

@test "a copy that fails publishes nothing and leaves no lock, on either side" {
    summary full
    summary mini
    sed -i "s/where region = 'eu'/where 1 \/ (id - 2) >= 0 and cast(region as int) > 0/" main.flow
    "$PDC" build -q
    run flow --instance mini
    equal "$status" 1
    equal "$(rows mini raw.events)" "$(printf '1|eu|10\n3|eu|30')"
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_locks where locktype = 'advisory'")" 0
    fi
    equal "$(summary full --wait 0 --force)" "built=3 kept=0 copied=0"
    run flow --instance mini --wait 0
    equal "$status" 1
}

@test "two instances that copy from each other both end" {
    summary full
    sed -i 's/mini: {attrs: {copy_filtered_input: true, copy_source: full/mini: {attrs: {copy_filtered_input: true, copy_source: midi/' pipedag.yaml
    summary midi
    summary mini
    sed -i 's/copy_source: full, copy_filter_cnt: 2/copy_source: mini, copy_filter_cnt: 2/' pipedag.yaml
    for i in 1 2 3; do
        timeout 60 ./flow --instance midi -q --force --wait 2s > /dev/null 2>&1 &
        first=$!
        timeout 60 ./flow --instance mini -q --force --wait 2s > /dev/null 2>&1 &
        wait $first || [ $? -ne 124 ]
        wait $! || [ $? -ne 124 ]
    done
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_locks where locktype = 'advisory'")" 0
    fi
    [ -n "$(rows mini raw.orders)" ]
    [ -n "$(rows midi raw.orders)" ]
}
