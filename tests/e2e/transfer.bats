# Copies between databases: another PostgreSQL database, and both engines. One server is enough for all, so these run
# beside PostgreSQL only.
load lib

setup() {
    [ "$ENGINE" = postgres ] || skip "needs PostgreSQL as well"
    project
    OTHER=${DATABASE}_other
    psql -q -d postgres -c "create database $OTHER"
}

teardown() {
    [ "$ENGINE" = postgres ] || return 0
    cd /
    psql -q -d postgres -c "drop database if exists $OTHER with (force)"
    project_teardown
}

OTHER_URL() {
    echo "postgresql://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$OTHER"
}

# instances FULL MIDI: their URLs
instances() {
    FULL=$1 MIDI=$2
    cat > pipedag.yaml <<YAML
instances:
  full: {table_store: {args: {url: "$1"}}, attrs: {copy_filtered_input: false}}
  midi: {table_store: {args: {url: "$2"}}, attrs: {copy_filtered_input: true, copy_source: full}}
YAML
}

duckdb_of() {
    echo "duckdb:///$PROJECT/$1.duckdb"
}

at() { # URL SQL…
    "$PDC_BUILD_DIR/tests/sql_client" "$@"
}

shop() { # RULES
    flow_file <<FLOW
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; }
stage raw {
  input {
    table customers primary key (id) as csv('customers.csv');
    table orders primary key (id) foreign key (customer_id) references customers (id) as csv('orders.csv');
  }
}
copy from attrs.copy_source when attrs.copy_filtered_input {
${1:-raw.customers: sample 30 percent; raw.orders: follow raw.customers;}
}
stage marts { table totals as select c.region, count(*) as n, sum(o.amount) as amount from raw.orders as o join raw.customers as c on c.id = o.customer_id group by 1; }
FLOW
    build --names-only
}

data() {
    awk 'BEGIN { print "id,region,name,since"; for (i = 1; i <= 200; i++) printf "%d,%s,%s,2020-01-%02d\n", i, i % 3 ? "eu" : "us", i % 7 ? "name " i : "", i % 28 + 1 }' > customers.csv
    awk 'BEGIN { print "id,customer_id,amount"; for (i = 1; i <= 3000; i++) printf "%d,%d,%.2f\n", i, i * 7 % 200 + 1, i / 4 }' > orders.csv
}

@test "the same rows on every path" {
    data
    expected=
    for way in "postgres other" "postgres duckdb" "duckdb postgres" "duckdb duckdb"; do
        rm -f ./*.duckdb
        for database in "$DATABASE" "$OTHER"; do
            psql -q -d "$database" -c 'drop schema if exists raw, marts, flow_metadata, flow_hidden cascade'
        done
        case $way in
        "postgres other") instances "$PROJECT_URL" "$(OTHER_URL)" ;;
        "postgres duckdb") instances "$PROJECT_URL" "$(duckdb_of midi)" ;;
        "duckdb postgres") instances "$(duckdb_of full)" "$PROJECT_URL" ;;
        "duckdb duckdb") instances "$(duckdb_of full)" "$(duckdb_of midi)" ;;
        esac
        shop
        ./flow --instance full -q
        equal "$(summary midi)" "built=1 kept=0 copied=2"
        equal "$(summary midi)" "built=0 kept=3 copied=0"
        found=$(at "$MIDI" "select id, region, name, cast(since as varchar) from raw.customers order by id" \
            "select id, customer_id, cast(round(amount * 4) as bigint) from raw.orders order by id" "select count(*) from raw.orders o where not exists (select 1 from raw.customers c where c.id = o.customer_id)")
        equal "$(echo "$found" | tail -n 1)" 0
        # weights travel along, and say the same
        found="$(./flow estimate 'select count(*), sum(amount) from raw.orders' --instance midi | grep '| [0-9]* to [0-9]*') $found"
        [ "$(echo "$found" | wc -l)" -gt 100 ]
        equal "$found" "${expected:-$found}"
        expected=$found
    done
}

@test "what a copy would bring, and why, is asked where the source is" {
    data
    for way in "postgres other" "postgres duckdb" "duckdb postgres"; do
        rm -f ./*.duckdb
        for database in "$DATABASE" "$OTHER"; do
            psql -q -d "$database" -c 'drop schema if exists raw, marts, flow_metadata, flow_hidden cascade'
        done
        case $way in
        "postgres other") instances "$PROJECT_URL" "$(OTHER_URL)" ;;
        "postgres duckdb") instances "$PROJECT_URL" "$(duckdb_of midi)" ;;
        "duckdb postgres") instances "$(duckdb_of full)" "$PROJECT_URL" ;;
        esac
        shop 'raw.customers: none, plus where id = 8; raw.orders: follow raw.customers;'
        ./flow --instance full -q
        ./flow copy --plan --instance midi --json > plan.json
        equal "$(jq -r '"\(.table) \(.rows) of \(.source_rows)"' plan.json)" "$(printf 'raw.customers 1 of 200\nraw.orders 15 of 3000')"
        equal "$(./flow copy --instance midi --explain-row raw.orders 1 --json | jq -r '.copied // .why')" "$(printf 'true\nit refers to raw.customers id = 8, which is picked')"
        equal "$(summary midi)" "built=1 kept=0 copied=2"
        equal "$(at "$MIDI" "select count(*) from raw.orders")" 15
        [ -e midi.duckdb ] || [ "$way" != "postgres duckdb" ]
    done
}

@test "references that a mask cuts are an error on this path, too" {
    data
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    shop "raw.customers: all; raw.orders: where id < 50, mask customer_id with 'customer_id + 190';"
    ./flow --instance full -q
    run ./flow --instance midi
    equal "$status" 1
    [[ "$output" == *'rows break `foreign key (customer_id) references raw.customers`'* ]]
    [[ "$output" == *'in instance full all of these references have their target'* ]]
}

@test "keys, contracts and comments of the copy are those of the flow" {
    data
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    shop
    ./flow --instance full -q
    ./flow --instance midi -q
    run at "$(duckdb_of midi)" "insert into raw.customers select * from raw.customers limit 1"
    [ "$status" -ne 0 ]
}

@test "what has no counterpart is told with its column, and nothing is published" {
    psql -q -d "$DATABASE" -c "create schema src; create table src.hosts as select 1 as id, '10.0.0.1'::inet as address"
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    flow_file <<'FLOW'
flow net;
attrs { copy_filtered_input bool default false; copy_source instance default full; }
stage raw {
  input { table hosts primary key (id) cache by always as external('src', 'hosts'); }
}
copy from attrs.copy_source when attrs.copy_filtered_input { raw.hosts: all; }
FLOW
    build --names-only
    ./flow --instance full -q
    run ./flow --instance midi
    echo "$output"
    [ "$status" -eq 1 ]
    echo "$output"
    [[ $output == *'column "address" has type inet, which has no counterpart'* ]]
    [[ $output == *'main.flow:6:'* ]]
    run at "$(duckdb_of midi)" "select count(*) from raw.hosts"
    [ "$status" -ne 0 ]
    sed -i "s/^stage raw/contract host (id int, address text);\n&/; s/table hosts primary/table hosts of host primary/" main.flow
    build --names-only
    ./flow --instance full -q
    ./flow --instance midi -q
    equal "$(at "$(duckdb_of midi)" 'select address from raw.hosts')" "10.0.0.1/32"
}

@test "a source that was never run, or is not there, is told" {
    instances "$(OTHER_URL)_not_there" "$(duckdb_of midi)"
    data
    shop
    run ./flow --instance midi
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'run ./flow --instance full first'* ]]
    instances "$(OTHER_URL)" "$(duckdb_of midi)"
    run ./flow --instance midi
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'run ./flow --instance full first'* ]]
    instances "$(duckdb_of full)" "$PROJECT_URL"
    run ./flow --instance midi
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'run ./flow --instance full first'* ]]
}

@test "a condition that the source refuses is told at its place" {
    data
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    shop "raw.customers: where id / (id - 100) > 0; raw.orders: follow raw.customers;"
    ./flow --instance full -q
    run ./flow --instance midi
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'division by zero'* ]]
    shop "raw.customers: where nosuch > 0; raw.orders: follow raw.customers;"
    run ./flow --instance midi
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'main.flow:10:22'*'nosuch'* ]]
    run at "$(duckdb_of midi)" "select count(*) from raw.customers"
    [ "$status" -ne 0 ]
}

@test "temporary tables and locks are gone after a copy that failed, and one that didn't" {
    data
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    shop
    ./flow --instance full -q
    ./flow --instance midi -q
    equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_locks where locktype = 'advisory'")" 0
    equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_class where relpersistence = 't'")" 0
}

@test "killed in mid-stream, the next run copies it whole" {
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    psql -q -d "$DATABASE" -c "create schema src; create table src.big as select i as id, repeat('x', 200) as filler from generate_series(1, 400000) i"
    flow_file <<'FLOW'
flow big;
attrs { copy_filtered_input bool default false; copy_source instance default full; }
stage raw {
  input { table big primary key (id) cache by never as external('src', 'big'); }
}
copy from attrs.copy_source when attrs.copy_filtered_input { raw.big: all; }
FLOW
    build --names-only
    ./flow --instance full -q
    for delay in 0.3 0.6 0.9; do
        ./flow --instance midi -q & pid=$!
        sleep $delay
        kill -9 $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
    done
    ./flow --instance midi -q
    equal "$(at "$(duckdb_of midi)" 'select count(*), sum(id) from raw.big')" "400000|80000200000"
}

@test "masks are worked out in the source: the raw value never reaches the other database" {
    data
    export MASKING_KEY='correct horse battery staple'
    for way in "$(duckdb_of midi)" "$(OTHER_URL)"; do
        instances "$PROJECT_URL" "$way"
        sed -i 's/^instances:/&\n  __any__: {masking_key: "{$MASKING_KEY}"}/' pipedag.yaml
        shop "raw.customers: all, mask name with hash, mask region with fake; raw.orders: none;"
        ./flow --instance full -q
        ./flow --instance midi -q
        found=$(at "$MIDI" "select id, name, region from raw.customers order by id")
        equal "$found" "${expected:-$found}"
        expected=$found
        equal "$(echo "$found" | sed -n 2p | cut -d '|' -f 2)" "$(printf 'name 2' | openssl dgst -sha256 -hmac "$MASKING_KEY" | sed 's/.*= //')"
    done
    ! grep -ac 'name 2' midi.duckdb
}

big_flow() {
    psql -q -d "$DATABASE" -c "create schema src; create table src.big as select i as id, md5(i::text) || md5((-i)::text) || md5((i * 3)::text) || md5((i * 7)::text) as filler from generate_series(1, 400000) i"
    flow_file <<'FLOW'
flow big;
attrs { copy_filtered_input bool default false; copy_source instance default full; percent int default 1; }
stage raw { input { table big primary key (id) cache by never as external('src', 'big'); } }
copy from attrs.copy_source when attrs.copy_filtered_input { raw.big: where id % 100 < ${attrs.percent}; }
FLOW
    build --names-only
    ./flow --instance full -q
    ./flow --instance midi -q
    before=$(at "$MIDI" 'select count(*), sum(id) from raw.big')
}

@test "a source whose connection dies in mid-stream leaves what was published" {
    instances "$PROJECT_URL" "$(duckdb_of midi)"
    big_flow
    ./flow --instance midi --attr percent=100 > out 2>&1 & pid=$!
    for _ in $(seq 200); do
        killed=$(psql -At -d postgres -c "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '$DATABASE' and query like 'copy (%'")
        [ "$killed" = 0 ] || break
    done
    [ "$killed" -gt 0 ]
    status=0
    wait $pid || status=$?
    [ "$status" -ne 0 ]
    cat out
    grep -i 'terminat\|connection' out
    equal "$(at "$MIDI" 'select count(*), sum(id) from raw.big')" "$before"
    ./flow --instance midi --attr percent=100 -q
    equal "$(at "$MIDI" 'select count(*), sum(id) from raw.big')" "400000|80000200000"
}

@test "a target whose disk fills keeps what was published" {
    mkdir small
    mount -t tmpfs -o size=24m tmpfs small 2>/dev/null || skip "needs the right to mount"
    instances "$PROJECT_URL" "duckdb:///$PROJECT/small/midi.duckdb"
    big_flow
    status=0
    ./flow --instance midi --attr percent=100 > out 2>&1 || status=$?
    cat out
    left=$(at "$MIDI" 'select count(*), sum(id) from raw.big')
    ./flow --instance midi -q
    again=$(at "$MIDI" 'select count(*), sum(id) from raw.big')
    umount small
    [ "$status" -eq 1 ]
    equal "$left|$again" "$before|$before"
}
