# Queries that an engine accepts, pdc accepts: the features of each engine's manual (tests/corpus/queries).
load lib

setup() {
    project
    queries=$PDC_SOURCE_DIR/tests/corpus/queries
}

teardown() {
    project_teardown
}

corpus() {
    grep -v '^--' "$queries/$ENGINE.sql"
}

corpus_flow() { # a table for each query
    printf 'flow corpus;\nstage raw { input {\n'
    sed -E 's/^([a-z]+): (.*)$/  table \1 as \2;/' "$queries/base.$ENGINE.sql"
    printf '} }\nstage q {\n'
    corpus | awk '{ printf "table q%d cache by always as\n%s;\n", NR, $0 }'
    printf '}\n'
}

@test "the corpus is large enough, and the engine accepts all of it" {
    local statements=('create schema raw' 'create schema q') line n=0
    while IFS= read -r line; do
        statements+=("create table raw.${line%%:*} as ${line#*: }")
    done < "$queries/base.$ENGINE.sql"
    while IFS= read -r line; do
        n=$((n + 1))
        statements+=("create table q.q$n as $line")
    done < <(corpus)
    [ "$n" -ge 300 ]
    "$PDC_BUILD_DIR/tests/sql_client" "${PROJECT_URL:-duckdb:///:memory:}" "${statements[@]}" > out
}

@test "pdc accepts all of it: names, columns, types, lineage" {
    corpus_flow | flow_file
    printf 'instances: {full: {table_store: {args: {url: "%s"}}}}\n' \
        "${PROJECT_URL:-duckdb:///full.duckdb}" > pipedag.yaml
    if [ "$ENGINE" = postgres ]; then
        run "$PDC" check --instance full
    else
        run "$PDC" check
    fi
    equal "$status" 0
    [[ "$output" != *error:* && "$output" != *'error['* ]]
    [[ "$output" == *"(columns and types too)"* ]]
    run "$PDC" lineage
    equal "$status" 0
}
