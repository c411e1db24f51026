# What must hold when things go wrong. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

# slow N: a query that takes some time, and gives one row of N.
slow() {
    echo "select $1 as n, count(*) as c from generate_series(1, ${2:-3000}) as a(x), generate_series(1, 3000) as b(y) where (a.x * b.y) % 7 = 8"
}

steps() { # BODY…: tables t1, t2, … of stage s
    local i=0 body
    {
        echo 'flow steps;'
        echo 'attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }'
        echo 'stage s {'
        for body in "$@"; do
            i=$((i + 1))
            echo "  table t$i as $body;"
        done
        echo '}'
    } > main.flow
    build
}

@test "kill -9 in the middle: the published state is the last run's, finished work is taken up" {
    steps 'select 1 as n' 'select n from t1' 'select n from t2'
    summary full
    steps 'select 2 as n' 'select n from t1' "$(slow 2 20000) union all select n, n from t2"
    ./flow --instance full --json > events 2>/dev/null &
    pid=$!
    for _ in $(seq 100); do
        sleep 0.1
        if grep -q '"s.t2"' events && [ "$(grep -c '"event": *"done"\|"state": *"done"\|"table_done"\|"built"' events)" -gt 1 ]; then break; fi
    done
    kill -9 $pid
    wait $pid || true
    equal "$(rows full s.t1)" 1
    equal "$(rows full s.t2)" 1
    steps 'select 2 as n' 'select n from t1' 'select n from t2'
    flow --instance full
    equal "$(rows full s.t1)" 2
    equal "$(rows full s.t3)" 2
    equal "$(summary full)" "built=0 kept=3 copied=0"
}

@test "the third of five tables fails: nothing is published, the first two are taken up by the next run" {
    steps 'select 1 as n' 'select 2 as n' 'select 3 as n' 'select 4 as n' 'select n from t3'
    summary full
    steps 'select 11 as n' 'select 12 as n' "select cast('x' || n as int) as n from t2" 'select 14 as n' 'select n from t3'
    run flow --instance full --keep-going
    equal "$status" 1
    [[ "$output" == *main.flow:6* ]]
    equal "$(rows full s.t1)" 1
    steps 'select 11 as n' 'select 12 as n' 'select 13 as n' 'select 14 as n' 'select n from t3'
    equal "$(summary full)" "built=2 kept=0 copied=0"
    equal "$(rows full s.t1)" 11
    equal "$(rows full s.t4)" 14
    equal "$(rows full s.t5)" 13
}

@test "Ctrl-C ends the run with 130 and publishes nothing" {
    steps 'select 1 as n'
    summary full
    steps "$(slow 2 200000)"
    ./flow --instance full 2>log &
    pid=$!
    sleep 1
    kill -INT $pid
    status=0
    wait $pid || status=$?
    equal "$status" 130
    equal "$(rows full s.t1)" 1
}

@test "two runs of one instance at once: both end right; --wait 0 gives up with exit code 4 and names the holder" {
    steps "$(slow 1 100000)" 'select n from t1'
    ./flow --instance full 2>one.log &
    pid=$!
    until grep -q 'instance full' one.log; do sleep 0.1; done # it has the lock
    run flow --instance full --wait 0
    equal "$status" 4
    [[ "$output" == *"$(id -un)"* ]]
    flow --instance full
    wait $pid
    equal "$(rows full s.t2)" 1
}

@test "a server that isn't there, a wrong password: exit code 4, no secret, nothing changed" {
    [ "$ENGINE" = postgres ] || skip 'the embedded engine has no server'
    steps 'select 1 as n'
    sed -i "s#$PROJECT_URL#postgresql://nobody:geheim-7@$PGHOST:$PGPORT/$DATABASE#" pipedag.yaml
    run flow --instance full
    equal "$status" 4
    [[ "$output" != *geheim-7* ]]
    sed -i "s#$PGHOST:$PGPORT#$PGHOST:1#" pipedag.yaml
    run flow --instance full
    equal "$status" 4
    [[ "$output" != *geheim-7* ]]
}

@test "a read-only database is a clear error" {
    steps 'select 1 as n'
    summary full
    steps 'select 2 as n'
    if [ "$ENGINE" = postgres ]; then
        psql -q -d postgres -c "alter database $DATABASE set default_transaction_read_only = on"
    else
        [ "$(id -u)" -ne 0 ] || skip 'root may write everything'
        chmod a-w full.duckdb
    fi
    run flow --instance full
    [ "$status" -ne 0 ]
    [[ "$output" == *read-only* ]]
}
