#!/usr/bin/env bats
# What other programs get to see of a run: the log, metrics, OpenLineage, traces.
load lib

setup() {
    project
    unset OPENLINEAGE_NAMESPACE
}

teardown() {
    project_teardown
}

# good: two tables, and a CSV file that one of them is made of.
good() {
    printf 'id,name\n1,ä\n2,b\n' > orders.csv
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { table orders as csv('orders.csv'); }
stage clean { table "größe" as select count(*) as n from raw.orders; }
FLOW
    build
}

# bad: one table is made, one fails, one waits for it in vain.
bad() {
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { table fine as select 'x' as a; }
stage clean {
  table broken as select cast(a as integer) as b from raw.fine;
  table after as select b from clean.broken;
}
FLOW
    build
}

# observed ARGS…: a run that writes everything.
observed() {
    flow --instance full --log-file run.log --metrics-file run.prom --openlineage-file run.ndjson --trace-file trace.json "$@"
}

# spans: name:failed of each span of the trace.
spans() {
    jq -r '.resourceSpans[].scopeSpans[].spans[] | "\(.name):\(.status.code == 2)"' trace.json | sort
}

# metric NAME [LABELS]: its value, a label being name="value" as it stands in the file.
metric() {
    grep -F "$1{flow=\"shop\",instance=\"full\"${2:+,$2}}" run.prom | sed 's/.*} //'
}

# lineage FILTER: what jq makes of each event.
lineage() {
    jq -r "$1" run.ndjson
}

@test "a good run in all of them" {
    good
    observed
    equal "$(spans)" 'build clean.größe:false
build raw.orders:false
publish:false
run:false'
    jq -e '[.resourceSpans[].scopeSpans[].spans[]] | (map(.traceId) | unique | length) == 1 and (map(.spanId) | unique | length) == 4
        and all(.[]; (.traceId | test("^[0-9a-f]{32}$")) and (.spanId | test("^[0-9a-f]{16}$")) and (.startTimeUnixNano | tonumber) <= (.endTimeUnixNano | tonumber))
        and (.[0].spanId as $root | all(.[1:][]; .parentSpanId == $root))' trace.json
    equal "$(metric pdc_run_success)" 1
    equal "$(metric pdc_run_tables 'outcome="built"')" 2
    equal "$(metric pdc_table_rows 'stage="raw",table="orders"')" 2
    equal "$(metric pdc_table_rows 'stage="clean",table="größe"')" 1
    equal "$(lineage '"\(.eventType) \(.job.name)"' | sort)" 'COMPLETE shop.full
COMPLETE shop.full.clean.größe
COMPLETE shop.full.raw.orders
START shop.full
START shop.full.clean.größe
START shop.full.raw.orders'
    equal "$(lineage 'select(.eventType == "COMPLETE" and .job.name == "shop.full.raw.orders") | .inputs[] | "\(.namespace) \(.name)"')" "file $PWD/orders.csv"
    equal "$(lineage 'select(.eventType == "COMPLETE" and .job.name == "shop.full.raw.orders") | .outputs[] | "\(.outputFacets.outputStatistics.rowCount) \([.facets.schema.fields[].name] | join(","))"')" '2 id,name'
    equal "$(lineage 'select(.eventType == "COMPLETE" and .job.name == "shop.full.clean.größe") | .inputs[0].name == (.outputs[0].name | sub("clean.größe$"; "raw.orders"))')" true
    jq -es 'all(.[]; .time and .level and .event and .flow == "shop" and .instance == "full") and (.[-1] | .event == "run" and .state == "done" and .built == 2)' run.log
    jq -es '[.[] | select(.event == "step" and .state == "done") | .rows] == [2, 1]' run.log
    jq -es '(map(.run) | unique | length) == 1' run.log
    equal "$(jq -r '.resourceSpans[].resource.attributes[] | select(.key == "pdc.run") | .value.stringValue' trace.json)" "$(jq -rs '.[0].run' run.log)"
}

@test "the dataset of a table is where readers find it" {
    good
    observed
    lineage 'select(.eventType == "COMPLETE" and .job.name == "shop.full.raw.orders") | .outputs[] | .namespace, .name' > found
    if [ "$ENGINE" = postgres ]; then
        printf '%s\n' "postgres://$PGHOST:$PGPORT" "$DATABASE.full_raw.orders" > expected
    else
        printf '%s\n' "duckdb://$PWD/full.duckdb" full.raw.orders > expected
    fi
    diff expected found
    OPENLINEAGE_NAMESPACE=team observed --force
    equal "$(lineage '.job.namespace' | sort | uniq -c | tr -s ' ' | tr '\n' ';')" ' 6 pdc; 6 team;'
}

@test "a copy comes from the other instance" {
    printf 'id,name\n1,ä\n2,b\n' > orders.csv
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { input { table orders primary key (id) as csv('orders.csv'); } }
stage clean { table total as select count(*) as n from raw.orders; }
copy from attrs.copy_source when attrs.copy_filtered_input { *: limit attrs.copy_filter_cnt; }
FLOW
    build
    flow --instance full
    flow --instance mini --openlineage-file run.ndjson --trace-file trace.json
    equal "$(spans)" 'build clean.total:false
copy raw.orders:false
publish:false
run:false'
    lineage 'select(.eventType == "COMPLETE" and .job.name == "shop.mini.raw.orders") | (.inputs[] | .namespace, .name), (.outputs[] | .name, .outputFacets.outputStatistics.rowCount)' > found
    if [ "$ENGINE" = postgres ]; then
        printf '%s\n' "postgres://$PGHOST:$PGPORT" "$DATABASE.full_raw.orders" "$DATABASE.mini_raw.orders" 1 > expected
    else
        printf '%s\n' "duckdb://$PWD/full.duckdb" full.raw.orders mini.raw.orders 1 > expected
    fi
    diff expected found
}

@test "a run that has nothing to do keeps the figures of its tables" {
    good
    observed
    observed
    equal "$(metric pdc_run_tables 'outcome="kept"')" 2
    equal "$(metric pdc_run_tables 'outcome="built"')" 0
    equal "$(metric pdc_table_rows 'stage="raw",table="orders"')" 2
    equal "$(spans)" run:false
    equal "$(lineage .eventType | sort | uniq -c | tr -s ' ' | tr '\n' ';')" ' 4 COMPLETE; 4 START;'
    equal "$(jq -rs 'map(select(.event == "start")) | length' run.log)" 2
}

@test "a failed run in all of them, and what takes it up" {
    bad
    run observed
    equal "$status" 1
    equal "$(spans)" 'build clean.broken:true
build raw.fine:false
run:true'
    equal "$(metric pdc_run_success)" 0
    equal "$(metric pdc_run_state 'state="failed"')" 1
    equal "$(metric pdc_run_tables 'outcome="failed"')" 1
    equal "$(metric pdc_run_tables 'outcome="skipped"')" 1
    equal "$(metric pdc_table_failed 'stage="raw",table="fine"')" 0
    equal "$(metric pdc_table_failed 'stage="clean",table="broken"')" 1
    equal "$(lineage 'select(.eventType != "START") | "\(.eventType) \(.job.name) \(.run.facets.errorMessage != null)"' | sort)" 'ABORT shop.full.raw.fine false
FAIL shop.full true
FAIL shop.full.clean.broken true'
    jq -es 'any(.[]; .level == "error" and .event == "step" and .table == "clean.broken" and .error.file == "main.flow" and .error.line == 5)
        and any(.[]; .level == "warning" and .state == "skipped") and (.[-1] | .level == "error" and .state == "failed")' run.log
    sed -i "s/cast(a as integer)/length(a)/" main.flow
    build
    observed
    equal "$(lineage 'select(.eventType == "COMPLETE") | .job.name' | sort)" 'shop.full
shop.full.clean.after
shop.full.clean.broken
shop.full.raw.fine'
}

@test "checks that find rows" {
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table t as select 1 as n union all select 2;
  warn few as select n from s.t where n > 1;
  check none as select n from s.t;
}
FLOW
    build
    run observed
    equal "$status" 1
    equal "$(jq -c '[.resourceSpans[].scopeSpans[].spans[] | select(.name == "run") | .events[] | .name, (.attributes[] | select(.key == "pdc.violations") | .value.intValue)]' trace.json |
        jq -c sort)" '["1","2","check failed","check warned"]'
    equal "$(metric pdc_run_warnings)" 1
    jq -es 'map(select(.event == "check") | .level) | sort == ["error", "warning"]' run.log
}

@test "--log json is alone on standard error" {
    good
    ./flow --instance full --log json > out 2> err
    equal "$(cat out)" ''
    jq -es 'length > 5 and all(.[]; .time and .level and .event)' err
    run ./flow --instance nowhere --log json
    equal "$status" 3
    equal "$(jq -r '.event + " " + .level + " " + .flow' <<< "$output")" 'diagnostic error shop'
    run ./flow --log json --instanz x
    equal "$status" 2
    equal "$(jq -r '.event + " " + .code' <<< "$output")" 'error usage'
}

@test "the environment says it for every run, and for runs only" {
    good
    export PDC_LOG_FILE=$PWD/run.log PDC_METRICS_FILE=$PWD/run.prom PDC_OPENLINEAGE_FILE=$PWD/run.ndjson PDC_TRACE_FILE=$PWD/trace.json
    flow plan --instance full
    flow --instance full --dry-run
    [ ! -e run.prom ]
    [ ! -e run.ndjson ]
    [ ! -e trace.json ]
    equal "$(jq -rs '.[-1].event' run.log)" summary
    flow --instance full --trace-file other.json
    [ -e other.json ]
    [ ! -e trace.json ]
    equal "$(metric pdc_run_success)" 1
    PDC_LOG=xml run flow --instance full
    equal "$status" 2
}

@test "files that can't be written are warnings, and the run succeeds" {
    good
    mkdir folder
    mkfifo pipe
    run timeout 60 ./flow --instance full --json --log-file pipe --metrics-file folder --openlineage-file nowhere/x --trace-file pipe
    equal "$status" 0
    equal "$(grep '^{' <<< "$output" | jq -r 'select(.event == "warning") | .text')" "can't write pipe: nobody reads the pipe
can't write nowhere/x: No such file or directory
can't write folder: it is no regular file
can't write pipe: it is no regular file"
    equal "$(grep '^{' <<< "$output" | jq -r .event | tail -n 1)" run
    equal "$(rows full raw.orders | wc -l)" 2
    [ -p pipe ]
    run flow --instance full --metrics-file /dev/full --log-file /dev/full
    equal "$status" 0
    [[ "$output" == *"can't write /dev/full: No space left on device"* ]]
    [ -c /dev/full ]
}

@test "a run whose attrs don't fit, and one without a server, are seen as failed" {
    good
    run observed --attr nosuch=1
    equal "$status" 3
    equal "$(metric pdc_run_success)" 0
    equal "$(lineage .eventType | tr '\n' ' ')" 'START FAIL '
    equal "$(spans)" run:true
    [ "$ENGINE" = postgres ] || return 0
    sed -i "s#$PGHOST:$PGPORT#$PGHOST:1#" pipedag.yaml
    run observed
    equal "$status" 4
    equal "$(metric pdc_run_state 'state="lost"')" 1
    jq -es 'any(.[]; .level == "error" and .error.code == "connection")' run.log
}

# slow: a table that takes its time.
slow() {
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table a as select 1 as n;
  table b as select count(*) as n from generate_series(1, 40000) as x(i), generate_series(1, 100000) as y(j) where (i * j) % 7 = 3;
}
FLOW
    build
}

# wait_for_b: until the log says that it is being made.
wait_for_b() {
    for _ in $(seq 300); do
        grep -q '"table": "s.b", "state": "running"' run.log 2> /dev/null && return 0
        sleep 0.1
    done
    return 1
}

@test "a killed run leaves whole lines, and the files of the run before" {
    good
    observed
    cp run.prom before.prom
    cp trace.json before.json
    slow
    ./flow --instance full --log-file run.log --metrics-file run.prom --openlineage-file run.ndjson --trace-file trace.json 2> /dev/null &
    wait_for_b
    kill -9 $!
    wait $! || true
    cmp run.prom before.prom
    cmp trace.json before.json
    jq -es 'length > 0' run.log
    jq -es '.[-1] | .eventType == "START" and .job.name == "shop.full.s.b"' run.ndjson
    [ -z "$(find . -maxdepth 1 -name '.pdc-*.tmp')" ]
}

@test "an interrupted run is seen as one" {
    slow
    ./flow --instance full --log-file run.log --metrics-file run.prom --openlineage-file run.ndjson --trace-file trace.json 2> /dev/null &
    wait_for_b
    kill -INT $!
    status=0
    wait $! || status=$?
    equal "$status" 130
    equal "$(metric pdc_run_state 'state="interrupted"')" 1
    equal "$(spans)" 'build s.a:false
build s.b:true
run:true'
    equal "$(lineage 'select(.eventType != "START") | "\(.eventType) \(.job.name)"' | sort)" 'ABORT shop.full
ABORT shop.full.s.a
ABORT shop.full.s.b'
}

@test "a password is in none of the files" {
    local secret=geheim-4711
    bad
    if [ "$ENGINE" = postgres ]; then
        role=observe_$RANDOM
        psql -q -d postgres -c "create role $role login superuser password '$secret'"
        sed -i "s|//[^@]*@|//$role:$secret@|" pipedag.yaml
    else
        sed -i "s|duckdb:///{instance_id}.duckdb|duckdb:///{instance_id}.duckdb?password=$secret|" pipedag.yaml
    fi
    run observed --verbose
    [ -e run.log ]
    [[ "$output" != *$secret* ]]
    if [ "$ENGINE" = postgres ]; then
        equal "$status" 1
        sed -i "s|$role:|nobody-$role:|" pipedag.yaml
        run observed
        equal "$status" 4
        psql -q -d "$DATABASE" -c "drop owned by $role cascade"
        psql -q -d postgres -c "drop role $role"
    fi
    ! grep -q "$secret" run.log run.prom run.ndjson trace.json 2> /dev/null
}
