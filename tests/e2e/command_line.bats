# What every command prints, for people and as JSON. Each test on both engines.
load lib

setup() {
    project
    flow_file <<'FLOW'
flow shop;
attrs { word text default '7'; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw {
  input { table orders primary key (id) as select * from (values (1, 'ä', 2.50), (2, null, -1.00)) as v(id, name, amount); }
}
stage clean {
  table orders as select id, name, amount, id > 1 as late, cast(${attrs.word} as int) as word from raw.orders;
  warn late as select * from orders where late;
}
FLOW
    build
}

teardown() {
    project_teardown
}

# fields EVENT: the names of the fields of its fullest event on stdin, in their order.
fields() {
    jq -rs --arg event "$1" '[.[] | select(.event == $event)] | max_by(length) | keys_unsorted | join(" ")'
}

# documented EVENT: the fields of its fullest example in the manual.
documented() {
    sed -n 's/^    {"event"/{"event"/p' "$PDC_SOURCE_DIR/docs/command-line.md" | fields "$1"
}

@test "each event of a run is as the manual says" {
    ./flow --instance full --json > events 2>log
    jq -e . events > /dev/null
    for event in start plan step check publish run; do
        equal "$event: $(fields $event < events)" "$event: $(documented $event)"
    done
    equal "$(tail -n 1 events | jq -r '"\(.event) \(.state) \(.built) \(.warnings)"')" 'run done 2 1'
    ./flow plan --instance full --json > events 2>log
    equal "$(fields summary < events)" "$(documented summary)"
    ./flow --instance full --attr word=x --json > events 2>log || true
    equal "$(jq -r 'select(.event == "step" and .error != null) | "\(.error.code) \(.error.file):\(.error.line)"' events)" 'sql main.flow:7'
}

@test "each answer is as the manual says" {
    ./flow --instance full --quiet
    for command in status history config clean unlock; do
        ./flow $command --instance full --json > events 2>log
        jq -e . events > /dev/null
        equal "$command: $(fields $command < events)" "$command: $(documented $command)"
    done
    equal "$(./flow show clean.orders --instance full --json)" \
        '{"id": 1, "name": "ä", "amount": 2.50, "late": false, "word": 7}
{"id": 2, "name": null, "amount": -1.00, "late": true, "word": 7}'
}

@test "people read tables and sentences" {
    run flow --instance full
    equal "$status" 0
    [[ "$output" == *'[1/2] built     raw.orders'* ]]
    [[ "$output" == *'done: 2 built, 1 warning ('* ]]
    run flow --instance full
    [[ "$output" == *'nothing to do: all 2 tables are still valid'* ]]
    equal "$(./flow show clean.orders --instance full)" "$(printf '%s\n' \
        ' id | name | amount | late  | word' '----+------+--------+-------+------' \
        '  1 | ä    |   2.50 | false |    7' '  2 | NULL |  -1.00 | true  |    7' '(2 rows)')"
    [[ "$(./flow status --instance full)" == *'valid'*'keep'* ]]
    [[ "$(./flow history --instance full)" == *done* ]]
    equal "$(./flow plan --instance full)" 'nothing to do: all 2 tables are still valid'
    equal "$(./flow unlock --instance full)" 'nobody holds the lock of instance full'
    [[ "$(./flow plan --instance full --attr word=8)" == *'build   clean.orders'* ]]
    ./flow --instance full --quiet --attr word=8 2>log
    grep -q 'main.flow:8:8: warning: check clean.late' log
    ! grep -q 'built\|done\|instance' log
}

@test "exit codes" {
    run flow show clean.order --instance full
    equal "$status" 2
    [[ "$output" == *clean.orders* ]]
    run flow show clean.orders --instance full
    equal "$status" 1
    run flow --instance ful
    equal "$status" 3
    run flow --instance full --attr wrd=1
    equal "$status" 3
    [[ "$output" == *word* ]]
    run flow --instance full --select clean.ordrs
    equal "$status" 2
    run flow tset
    equal "$status" 2
    [[ "$output" == *test* ]]
    run flow --instance full --attr word=x
    equal "$status" 1
}

@test "a reader that goes away disturbs nothing" {
    ./flow --instance full --json 2>log | true
    equal "${PIPESTATUS[0]}" 0
    [[ "$(./flow plan --instance full)" == 'nothing to do'* ]]
    ./flow show clean.orders --instance full | head -n 1 > /dev/null
    equal "${PIPESTATUS[0]}" 0
    run sh -c './flow status --instance full > /dev/full'
    equal "$status" 1
}

@test "on a terminal running tables have a line of their own, which is gone at the end" {
    command -v script > /dev/null || skip 'script is not installed'
    slow='select count(*) as n from generate_series(1, 20000) as a(x), generate_series(1, 20000) as b(y) where (a.x * b.y) % 7 = 8'
    printf 'flow shop;\nstage s { table slow as %s; }\n' "$slow" > main.flow
    write_config ''
    sed -i '/attrs:/,$d' pipedag.yaml
    printf '  full: {}\n' >> pipedag.yaml
    build
    TERM=xterm script -qc './flow --instance full' screen > /dev/null < /dev/null
    grep -q 'building  s.slow' screen
    grep -q "$(printf '\033\\[J')" screen
    grep -q 'built.*s.slow' screen
    TERM=dumb script -qc './flow --instance full --force' screen > /dev/null < /dev/null
    ! grep -q "$(printf '\033')" screen
}

@test "a second Ctrl-C ends the process at once" {
    slow='select count(*) as n from generate_series(1, 300000) as a(x), generate_series(1, 300000) as b(y) where (a.x * b.y) % 7 = 8'
    flow_file <<FLOW
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { table slow as $slow; }
FLOW
    build
    ./flow --instance full 2>log &
    pid=$!
    sleep 1
    kill -INT $pid
    kill -INT $pid 2>/dev/null || true
    status=0
    wait $pid || status=$?
    equal "$status" 130
}

@test "tables are chosen and shown by names as the language writes them, or as they are shown" {
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage "St Age" { table "a""b" as select 1 as x; table "c.d" as select 2 as x; table "Tab,le+" tags (odd) as select 3 as x; table plain as select 4 as x; }
FLOW
    build
    ./flow --instance full --quiet
    for name in '"St Age"."a""b"' 'St Age.a"b'; do
        equal "$(./flow show "$name" --instance full --json)" '{"x": 1}'
    done
    equal "$(./flow show '"St Age".PLAIN' --instance full --json)" '{"x": 4}'
    run flow show 'St Age' --instance full
    equal "$status" 2
    [[ "$output" == *'it is a stage'* ]]
    chosen() {
        ./flow plan --instance full --json --force "$1" 2>log | jq -r 'select(.event == "plan" and .action == "build").table' | sort | paste -sd ' '
    }
    equal "$(chosen '"St Age"."a""b"')" 'St Age.a"b'
    equal "$(chosen '"St Age"."Tab,le+",+"St Age"."c.d"')" 'St Age.Tab,le+ St Age.c.d'
    equal "$(chosen '"St Age".*')" 'St Age.Tab,le+ St Age.a"b St Age.c.d St Age.plain'
    equal "$(chosen 'St Age')" "$(chosen '*')"
    run flow --instance full --select 'tag:odd,'
    equal "$status" 2
    [[ "$output" == *'a selector is empty'* ]]
}

@test "closed standard files: no message ends up in the database" {
    sh -c './flow --instance full --attr word=8 2>&-' > log
    sh -c './flow --instance full --attr word=9 <&- >&- 2>&-'
    sh -c './flow --instance full --attr word=x <&- >&- 2>&-' || equal "$?" 1
    equal "$(./flow show clean.orders --instance full --json | jq -c '[.id, .word]' | paste -sd ' ')" '[1,9] [2,9]'
    run sh -c './flow status --instance full >&-'
    equal "$status" 1
    run sh -c './flow config --instance full --json >&-'
    equal "$status" 1
}
