# Each file of tests/corpus/mistakes has one mistake: what `pdc check` says of it, and its exit code, must be NAME.err; where
# a PostgreSQL server says something else, NAME.postgres.err. `UPDATE=1` writes them: read the difference.
load lib

setup() {
    project
    mistakes=$PDC_SOURCE_DIR/tests/corpus/mistakes
    local args="table_store: {args: {url: \"${PROJECT_URL:-duckdb:///{instance_id\}.duckdb}\", schema_prefix: \"{instance_id}_\"}}"
    printf 'instances: {__any__: {%s}, full: {}, mini: {}}\n' "$args" > pipedag.yaml
}

teardown() {
    project_teardown
}

said() { # NAME OPTIONS…: what is said of a file, which is called main.flow here
    cp "$mistakes/$1.flow" main.flow
    shift
    local code=0
    "$PDC" check --color never "$@" > said 2>&1 || code=$?
    sed "s#[^ ]*/stdlib/#std/#" said
    printf 'exit %s\n' $code
}

@test "each mistake is found, in these words, at this place" {
    local file name expected names=0 typed=0 all=0 failed=0 options=()
    [ "$ENGINE" = duckdb ] || options=(--instance mini) # which looks at full as well
    for file in "$mistakes"/*.flow; do
        name=$(basename "$file" .flow)
        all=$((all + 1))
        said "$name" --names-only > names.out
        said "$name" "${options[@]}" > typed.out
        ! grep -q '^exit 3$' names.out || names=$((names + 1))
        ! grep -q '^exit 3$' typed.out || typed=$((typed + 1))
        expected=$mistakes/$name.err
        if [ "$ENGINE" = postgres ] && { [ -e "$mistakes/$name.postgres.err" ] || [ -n "${UPDATE:-}" ]; }; then
            expected=$mistakes/$name.postgres.err
        fi
        if [ -n "${UPDATE:-}" ]; then
            cp typed.out "$expected"
            [ "$ENGINE" = duckdb ] || ! cmp -s "$expected" "$mistakes/$name.err" || rm "$expected"
        elif ! diff -u "$expected" typed.out; then
            failed=$((failed + 1))
        fi
    done
    equal "$failed" 0
    printf '# %s mistakes: %s found by names alone, %s with %s\n' "$all" "$names" "$typed" "$ENGINE" >&3
    [ "$all" -ge 150 ]
    [ "$typed" -ge $((all * 95 / 100)) ]
    grep -q "^| $(printf '%-10s' "$([ "$ENGINE" = duckdb ] && echo DuckDB || echo PostgreSQL)") | $typed of $all |" "$PDC_SOURCE_DIR/docs/diagnostics.md"
}
