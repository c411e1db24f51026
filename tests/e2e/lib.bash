# What the end-to-end tests share. Each *.bats file runs once per engine: ENGINE is duckdb or postgres.
# A test works in a folder of its own, with a database of its own, and instances full, midi and mini.

# project: a new folder with a configuration for $ENGINE; the present folder is there afterwards.
project() {
    PROJECT=$(mktemp -d "${BATS_TMPDIR:-/tmp}/pdc-e2e.XXXXXX")
    cd "$PROJECT" || return 1
    export PIPEDAG_CONFIG=$PROJECT/pipedag.yaml
    unset PIPEDAG_INSTANCE
    if [ "$ENGINE" = postgres ]; then
        DATABASE=pdc_$(basename "$PROJECT" | tr -c 'a-z0-9\n' _ | tr A-Z a-z)_$RANDOM
        psql -q -d postgres -c "create database $DATABASE"
        PROJECT_URL="postgresql://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$DATABASE"
    fi
    write_config ''
}

# write_config ATTRS: pipedag.yaml; ATTRS are lines for every instance's attrs, midi and mini copy from full.
write_config() {
    local url prefix
    if [ "$ENGINE" = postgres ]; then
        url=$PROJECT_URL prefix='{instance_id}_'
    else
        url="duckdb:///{instance_id}.duckdb" prefix=''
    fi
    cat > pipedag.yaml <<YAML
instances:
  __any__:
    table_store:
      args: {url: "$url", schema_prefix: "$prefix"}
${CONFIG_EXTRA:-}
    attrs:
      copy_filtered_input: false
$(printf '%s\n' "$1" | sed 's/^/      /')
  full: {}
  midi: {attrs: {copy_filtered_input: true, copy_source: full, copy_filter_cnt: 2}}
  mini: {attrs: {copy_filtered_input: true, copy_source: full, copy_filter_cnt: 1}}
YAML
}

project_teardown() {
    cd /
    if [ "$ENGINE" = postgres ] && [ -n "${DATABASE:-}" ]; then
        psql -q -d postgres -c "drop database if exists $DATABASE with (force)" || true
    fi
    rm -rf "$PROJECT"
}

# sql INSTANCE STATEMENT…: rows as a|b; %T(stage.table) is the table of that instance.
sql() {
    local instance=$1 statement statements=() url
    shift
    for statement in "$@"; do
        if [ "$ENGINE" = postgres ]; then
            statement=$(printf %s "$statement" | sed -E "s/%T\(([a-z0-9_]+)\./${instance}_\1./g; s/(${instance}_[a-z0-9_]+\.[a-z0-9_]+)\)/\1/g")
        else
            statement=$(printf %s "$statement" | sed -E 's/%T\(([a-z0-9_]+\.[a-z0-9_]+)\)/\1/g')
        fi
        statements+=("$statement")
    done
    if [ "$ENGINE" = postgres ]; then url=$PROJECT_URL; else url=duckdb:///$PROJECT/$instance.duckdb; fi
    "$PDC_BUILD_DIR/tests/sql_client" "$url" "${statements[@]}"
}

# rows INSTANCE STAGE.TABLE: all rows, sorted.
rows() {
    sql "$1" "select * from %T($2) order by all" 2>/dev/null || sql "$1" "select * from %T($2) as t order by t"
}

# flow_file < TEXT: the flow of the project.
flow_file() {
    cat > main.flow
}

build() {
    "$PDC" build -q "$@"
}

# flow ARGS…: the executable; its stderr is in $LOG as well.
flow() {
    ./flow "$@" 2> >(tee "$PROJECT/log" >&2)
}

# summary INSTANCE ARGS…: runs, and prints built/kept/copied … of the closing event.
summary() {
    local instance=$1
    shift
    ./flow --instance "$instance" --json "$@" 2>"$PROJECT/log" |
        jq -r 'select(.event == "run" and .state != null and .built != null) | "built=\(.built) kept=\(.kept) copied=\(.copied)"' | tail -n 1
}

# actions INSTANCE ARGS…: table:action of the plan, sorted.
actions() {
    local instance=$1
    shift
    ./flow plan --instance "$instance" --json "$@" 2>"$PROJECT/log" |
        jq -r 'select(.event == "plan") | "\(.table):\(.action)"' | sort
}

equal() {
    if [ "$1" != "$2" ]; then
        printf 'expected: %s\nfound:    %s\n' "$2" "$1" >&2
        [ -e "$PROJECT/log" ] && tail -n 20 "$PROJECT/log" >&2
        return 1
    fi
}
