# Copies of random schemas by random rules: cycles, references that are NULL, half NULL or lead nowhere, skew, keys of two
# columns, tables without key. copy_random.awk makes them, copy_random_check.awk says what must hold of a copy.
# PDC_RANDOM_COPIES says how many seeds of each kind, PDC_RANDOM_SEED the first one.
load lib

setup() {
    project
    SCHEMAS=0 COPIES=0 REFERENCES=0 REFUSED=0
    SEED=${PDC_RANDOM_SEED:-1}
    LAST=$((SEED + ${PDC_RANDOM_COPIES:-4} - 1))
}

teardown() {
    project_teardown
}

# schema MODE: flow, files and executable of $seed; not 0 if the compiler refuses rules that lead in circles, and says so.
schema() {
    local mode=$1
    rm -f ./*.csv ./*.more ./*.rows ./*.duckdb schema dump.sql main.flow
    awk -v seed="$seed" -v mode="$mode" -f "$PDC_SOURCE_DIR/tests/e2e/copy_random.awk"
    if ! "$PDC" build -q --names-only > log 2>&1; then
        [ "$(grep -o 'error\[[A-Z0-9]*' log | grep -cvE 'F060[89]')" = 0 ] || fail log
        REFUSED=$((REFUSED + 1))
        return 1
    fi
    SCHEMAS=$((SCHEMAS + 1))
    ./flow --instance full --force -q 2> log || fail log
}

fail() { # FILE: ends the test, with what is needed to see it again
    echo "seed $seed, in $PROJECT:" >&2
    cat main.flow "$1" >&2
    exit 1
}

# copy INSTANCE ARGS…: its rows, sorted, are in $INSTANCE.rows; of full as well.
copy() {
    local instance=$1 queries
    shift
    ./flow --instance "$instance" -q "$@" 2> log || fail log
    mapfile -t queries < dump.sql
    for instance in full "$instance"; do
        sql "$instance" "${queries[@]}" | sed 's/|NULL/|/g' | LC_ALL=C sort > "$instance.rows"
    done
    COPIES=$((COPIES + 1))
}

check_copy() { # INSTANCE MODE
    local n
    n=$(awk -F '|' -v mode="$2" -f "$PDC_SOURCE_DIR/tests/e2e/copy_random_check.awk" schema full.rows "$1.rows" 2> wrong) || fail wrong
    REFERENCES=$((REFERENCES + n))
}

# tell WHAT: what was tried; too few copies would test nothing.
tell() {
    echo "# $1: $SCHEMAS schemas ($REFUSED more refused), $COPIES copies, $REFERENCES references" >&3
    [ "$SCHEMAS" -gt $(((LAST - SEED + 1) / 2)) ]
}

@test "no reference is left without its target; a later copy of the same is the same" {
    for seed in $(seq "$SEED" "$LAST"); do
        schema any || continue
        copy mini
        check_copy mini any
        mv mini.rows first.rows
        copy mini --force
        cmp first.rows mini.rows || fail mini.rows
    done
    tell whole
}

@test "what is kept is what the rules mean, and no row more" {
    for seed in $(seq "$SEED" "$LAST"); do
        schema known || continue
        copy mini
        check_copy mini known
    done
    tell known
}

@test "a small sample lies within a greater one, and within that of a source with more rows" {
    for seed in $(seq "$SEED" "$LAST"); do
        schema nested || continue
        copy mini --attr p=5
        check_copy mini nested
        copy midi --attr p=25
        check_copy midi nested
        equal "$(LC_ALL=C comm -23 mini.rows midi.rows)" "" || fail mini.rows
        mv mini.rows small.rows
        for file in *.more; do
            cat "$file" >> "${file%.more}.csv"
        done
        ./flow --instance full -q 2> log || fail log
        copy mini --attr p=5
        check_copy mini nested
        equal "$(LC_ALL=C comm -23 small.rows mini.rows)" "" || fail mini.rows
    done
    tell nested
}

@test "both engines choose the same rows" {
    [ "$ENGINE" = postgres ] || skip "beside PostgreSQL, once is enough"
    for seed in $(seq "$SEED" "$LAST"); do
        schema any || continue
        copy mini
        mv full.rows full.postgres
        mv mini.rows mini.postgres
        ENGINE=duckdb
        write_config ''
        ./flow --instance full -q 2> log || fail log
        copy mini
        ENGINE=postgres
        write_config ''
        cmp full.postgres full.rows || fail full.rows
        diff mini.postgres mini.rows > differences || fail differences
    done
    tell equal
}
