# What each cache validation mode makes again: the table of docs/configuration.md, measured. Each test on both engines.
load lib

setup() {
    project
    printf 'id,amount\n1,10\n2,20\n' > files.csv
    printf 'a\n' > stamp
    flow_with "'x'"
}

teardown() {
    project_teardown
}

flow_with() { # a literal of clean.watched
    flow_file <<FLOW
flow modes;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { input {
  table files as csv('files.csv');
  table stamped cache by file('stamp') as select 1 as id;
} }
stage clean {
  table filed as select id, amount from raw.files;
  table watched as select id, $1 as mark from raw.stamped;
}
FLOW
    build
}

# mode WORDS: the configuration with these under cache_validation.
mode() {
    CONFIG_EXTRA="    cache_validation: {$1}" write_config ''
}

change() {
    case $1 in
    nothing) ;;
    rows) printf 'id,amount\n1,10\n2,21\n' > files.csv ;;
    order) printf 'id,amount\n2,20\n1,10\n' > files.csv ;;
    stamp) printf 'b\n' > stamp ;;
    query) flow_with "'y'" ;;
    esac
}

# measured WORDS: for each change one cell, the number of tables made again by a run in that mode after a normal one. On DuckDB a
# version that is still there may be taken up instead.
measured() {
    local what cells=""
    for what in nothing order rows stamp query; do
        printf 'id,amount\n1,10\n2,20\n' > files.csv
        printf 'a\n' > stamp
        mode 'mode: normal'
        [ "$what" != nothing ] || flow_with "'x'"
        ./flow --instance full --force '*' > /dev/null 2>&1 || return 1
        change "$what"
        mode "$1"
        cells="$cells | $(./flow --instance full --json 2>"$PROJECT/log" |
            jq -r 'select(.event == "run" and .built != null) | if .state == "done" then .built + .reused else "refused" end' | tail -n 1)"
    done
    printf '%s |\n' "${cells# | }"
}

# documented MODE FLAG: the same cells in the manual.
documented() {
    sed -n "s/^| \`$1\` | $2 | \(.* |\)\$/\1/p" "$PDC_SOURCE_DIR/docs/configuration.md"
}

holds() { # MODE FLAG
    local expected
    expected=$(documented "$1" "$2")
    [ -n "$expected" ]
    for ignore in false true; do
        equal "$(measured "mode: $1, disable_cache_function: $([ "$2" = yes ] && echo true || echo false), ignore_task_version: $ignore")" "$expected"
    done
}

@test "normal" {
    holds normal no
}

@test "assert_no_fresh_input" {
    holds assert_no_fresh_input no
    holds assert_no_fresh_input yes
}

@test "ignore_fresh_input" {
    holds ignore_fresh_input no
    holds ignore_fresh_input yes
}

@test "force_fresh_input" {
    holds force_fresh_input no
    holds force_fresh_input yes
}

@test "force_cache_invalid" {
    holds force_cache_invalid no
    holds force_cache_invalid yes
}
