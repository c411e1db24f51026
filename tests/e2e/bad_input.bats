# Input that is wrong: a clear error with its place, the right exit code, nothing changed.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

flow_with() { # BODY of table s.t
    flow_file <<FLOW
flow bad;
attrs { n int default 0; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { input { table src as csv('src.csv'); } table t as $1; }
FLOW
}

@test "configuration: unreadable, wrong, unknown instance, missing variable, wrong type" {
    flow_with 'select 1 as a'
    printf 'a\n1\n' > src.csv
    build
    run flow --instance ful
    equal "$status" 3
    [[ "$output" == *'full'* ]]
    run flow --instance full --attr n=abc
    equal "$status" 3
    run flow --instance full --attr nn=1
    equal "$status" 3
    [[ "$output" == *'did you mean `n`'* ]]
    printf 'instances: [\n' > pipedag.yaml
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *pipedag.yaml:* ]]
    printf 'instances:\n  full:\n    table_store: {args: {url: "duckdb:///{$NOT_SET_AT_ALL}.duckdb"}}\n' > pipedag.yaml
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *NOT_SET_AT_ALL* ]]
    PIPEDAG_CONFIG=nowhere.yaml run flow --instance full
    equal "$status" 3
}

@test "a configuration that is there and can't be read is not taken for none" {
    flow_with 'select 1 as a'
    printf 'a\n1\n' > src.csv
    build
    unset PIPEDAG_CONFIG
    rm pipedag.yaml
    ln -s nowhere pipedag.yaml
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *F0802* ]]
    rm pipedag.yaml
    mkdir pipedag.yaml
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *F0802* ]]
    rmdir pipedag.yaml
    printf 'instances: *nothing\n' > pipedag.yaml
    run flow
    equal "$status" 3
    equal "$(grep -c 'error' <<< "$output")" 1
    printf 'instances:\n  full: *nothing\n' > pipedag.yaml
    run flow
    equal "$status" 3
    equal "$(grep -c 'error' <<< "$output")" 1
    [ ! -e .pdc/full.duckdb ]
}

@test "an environment variable that the flow asks for is missing (F0504)" {
    flow_with "select \${env('PDC_TEST_NOT_SET')} as a"
    printf 'a\n1\n' > src.csv
    build
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *F0504* ]]
    [[ "$output" == *main.flow:3* ]]
    PDC_TEST_NOT_SET=$(printf 'h\xff') run flow --instance full
    equal "$status" 3
    [[ "$output" == *F0504*'not UTF-8'* ]]
    PDC_TEST_NOT_SET=here run flow --instance full
    equal "$status" 0
    equal "$(sql full 'select a from %T(s.t)')" here
}

@test "data files: ragged rows, a BOM, missing" {
    flow_with 'select * from src'
    printf 'a,b\n1,2\n3\n' > src.csv
    build
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *src.csv:3* ]]
    printf '\xef\xbb\xbfa,b\n1,2\n' > src.csv
    run flow --instance full
    equal "$status" 0
    equal "$(sql full 'select a, b from %T(s.t)')" '1|2'
    rm src.csv
    run flow --instance full
    [ "$status" -ne 0 ]
    [[ "$output" == *src.csv* ]]
    equal "$(sql full 'select a, b from %T(s.t)')" '1|2'
}

@test "names with quotes, blanks and umlauts, and very long ones" {
    printf 'a\n1\n' > src.csv
    flow_file <<'FLOW'
flow names;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table "a b" primary key (x) index (x) as select 1 as x;
  table "ä" as select x from "a b";
  table "it's ""q""" as select x as "the x" from "ä";
  table last as select "the x" as x from "it's ""q""";
  table a_name_of_exactly_sixty_three_bytes_which_is_all_that_fits_xxxx primary key (x) index (x) as select x from last;
}
FLOW
    build
    run flow --instance full
    equal "$status" 0
    equal "$(sql full 'select x from %T(s.last)')" 1
    run flow show 's."a b"' --instance full --json
    equal "$status" 0
}

@test "invalid UTF-8 and a 100 MB line" {
    flow_with "select '$(printf '\xff')' as a"
    run build
    equal "$status" 3
    {
        printf "flow big; stage s { table t as select 1 as a; } -- "
        head -c 100000000 /dev/zero | tr '\0' x
    } > main.flow
    run build
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    {
        printf "flow big; stage s { table t as select '"
        head -c 100000000 /dev/zero | tr '\0' x
    } > main.flow
    run build
    equal "$status" 3
}

@test "text of an attr never becomes SQL" {
    flow_file <<'FLOW'
flow injection;
attrs { word text default ''; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { table t as select ${attrs.word} as w, 1 as "x_${attrs.word}"; }
FLOW
    run build
    flow_file <<'FLOW'
flow injection;
attrs { word text default ''; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { table t as select ${attrs.word} as w, 1 as x_${attrs.word}; }
FLOW
    build
    evil="'; drop table s.t; --\"\\"
    run flow --instance full --attr "word=$evil"
    equal "$status" 0
    equal "$(sql full 'select w from %T(s.t)')" "$evil"
}

@test "a named pipe as a data file is refused, not waited for" {
    flow_with 'select * from src'
    printf 'a\n1\n' > src.csv
    build
    rm src.csv
    mkfifo src.csv
    run timeout -s KILL 20 ./flow --instance full
    equal "$status" 1
    [[ "$output" == *main.flow:3*'no regular file'* ]]
}

@test "csv() takes null, and another text for it" {
    flow_file <<'FLOW'
flow bad;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { input { table src as csv('src.csv', null => 'NA'); } table t as select * from src; }
FLOW
    printf 'a,b\n1,NA\n2,"NA"\n' > src.csv
    build
    run flow --instance full
    equal "$status" 0
    equal "$(sql full "select a, coalesce(b, '-') from %T(s.t) order by a")" '1|-
2|NA'
}

@test "an attr names an instance that is not configured: by the configuration, by --attr (F0514, F0606)" {
    flow_file <<'FLOW'
flow bad;
attrs { other instance default nobody; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { input { table t as select 1 as a; } }
copy from attrs.copy_source when attrs.copy_filtered_input { *: all; }
FLOW
    build
    run flow plan --instance full
    equal "$status" 0
    run flow plan --instance full --attr other=mni
    equal "$status" 3
    [[ "$output" == *F0514*'did you mean `mini`'* ]]
    run flow plan --instance mini --attr copy_source=fill
    equal "$status" 3
    write_config 'other: mni'
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *pipedag.yaml:*F0514* ]]
    flow_file <<'FLOW'
flow bad;
attrs { copy_filtered_input bool default false; copy_filter_cnt int default 10; copy_source instance default full; }
stage s { input { table t as select 1 as a; } }
copy from fll when attrs.copy_filtered_input { *: all; }
FLOW
    write_config ''
    run build
    equal "$status" 3
    [[ "$output" == *main.flow:4:11*F0606* ]]
}

@test "names that the engine can't tell apart, or would cut off, never become one table" {
    long=$(printf 'x%.0s' $(seq 62))
    flow_file <<FLOW
flow bad;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { table "T" as select 1 as a; table t as select 2 as a; table ${long}ab as select 3 as a; table ${long}ac as select 4 as a; }
FLOW
    run build
    equal "$status" 3
    if [ "$ENGINE" = postgres ]; then
        [[ "$output" == *F0226*F0226*'2 errors'* ]]
    else
        [[ "$output" == *F0227*'1 error'* ]]
    fi
    sed -i 's/; table x.*/; }/' main.flow
    if [ "$ENGINE" = postgres ]; then
        build
        ./flow --instance full --quiet
        equal "$(sql full 'select a from %T(s.t)')" 2
        equal "$(sql full 'select a from full_s."T"')" 1
    fi
}

@test "mistakes of the configuration and of its attrs are told at once" {
    flow_with 'select 1 as a'
    printf 'a\n1\n' > src.csv
    build
    write_config 'n: x'
    sed -i 's/^  full: {}/  full: {jbs: 3}/' pipedag.yaml
    run flow --instance full --attr copy_source=mni
    equal "$status" 3
    [[ "$output" == *F0811*F0514* || "$output" == *F0514*F0811* ]]
    [[ "$output" == *F0511* ]]
}

@test "a database that may only be read: nothing is changed, looking works" {
    flow_with 'select a from src'
    printf 'a\n1\n' > src.csv
    build
    if [ "$ENGINE" = postgres ]; then
        role=reader_$RANDOM$RANDOM
        psql -q -d postgres -c "create role $role login superuser password 'r-secret'; alter role $role set default_transaction_read_only = on"
        sed "s|//[^@]*@|//$role:r-secret@|" pipedag.yaml > read.yaml
        run flow --instance full --config read.yaml
        equal "$status" 1
        [[ "$output" == *'user "'$role'"'*'only reading is allowed'* ]]
        [[ "$output" != *r-secret* ]]
        equal "$(sql full "select count(*) from pg_namespace where nspname like 'full%'")" 0
        ./flow --instance full --quiet
        run flow show s.t --instance full --config read.yaml
        equal "$status" 0
        psql -q -d postgres -c "drop role $role"
        role=nobody_$RANDOM$RANDOM
        psql -q -d postgres -c "create role $role login password 'r-secret'"
        sed "s|//[^@]*@|//$role:r-secret@|" pipedag.yaml > read.yaml
        for command in run plan status 'show s.t'; do
            run flow $command --instance full --config read.yaml
            equal "$status" 1
            [[ "$output" == *"permission denied"*'grant'* ]]
        done
        psql -q -d postgres -c "drop role $role"
    else
        [ "$(id -u)" -ne 0 ] || skip 'root may write to all files'
        ./flow --instance full --quiet
        chmod a-w full.duckdb
        run flow --instance full --force
        equal "$status" 4
        [[ "$output" == *full.duckdb*'Permission denied'* ]]
        run flow show s.t --instance full
        equal "$status" 0
    fi
}

@test "attrs of the command line: not UTF-8, numbers that only C takes for such" {
    flow_with "select \${attrs.n} as a"
    printf 'a\n1\n' > src.csv
    build
    run flow --instance full --attr "$(printf 'n=\xff')"
    equal "$status" 2
    [[ "$output" == *'not UTF-8'* ]]
    for n in 0x10 ' 1' '1 ' '' 99999999999999999999; do
        run flow --instance full --attr "n=$n"
        equal "$status" 3
    done
}
