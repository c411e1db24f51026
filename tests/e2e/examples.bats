# The flows of examples/, as their READMEs say. Each test on both engines.
load lib

setup() {
    project
    cp -r "$PDC_SOURCE_DIR"/examples/multi_instance "$PDC_SOURCE_DIR"/examples/multi_instance_postgres "$PDC_SOURCE_DIR"/examples/university .
    unset PIPEDAG_CONFIG
    export HOME=$PROJECT
    rm pipedag.yaml
    if [ "$ENGINE" = postgres ]; then
        sed -i "s|postgresql:///pdc_example|postgresql:///$DATABASE|" multi_instance_postgres/pipedag.yaml
        sed -i "s|url: .*|&\n        schema_prefix: \"{instance_id}_\"|; s|duckdb:[^\"]*|$PROJECT_URL|" university/pipedag.yaml
        cd multi_instance_postgres
    else
        cd multi_instance
    fi
}

teardown() {
    project_teardown
}

all_instances() { # FLOW
    local instance
    "$PDC" build --quiet "$1"
    for instance in full midi mini; do
        flow --instance $instance
    done
}

# shown TABLE INSTANCE: its rows as `a,b a,b`.
shown() {
    flow show "$1" --instance "$2" --json | jq -r '"\(.a),\(.b)"' | tr '\n' ' '
}

@test "full, midi and mini, and a second run that does nothing" {
    all_instances ../multi_instance/multi_instance.flow
    equal "$(shown stage_1.dfB full)" '0,9 1,8 2,7 4,6 '
    equal "$(shown stage_2.a3 midi)" '0,36 4,32 '
    equal "$(shown stage_2.b2 mini)" '0,18 '
    equal "$(summary full)" 'built=0 kept=5 copied=0'
    equal "$(summary mini)" 'built=0 kept=5 copied=0'
}

@test "things to try: a changed file, and an attr that needs no build" {
    all_instances ../multi_instance/multi_instance.flow
    sed -i 's/^0,9$/0,90/' ../multi_instance/source.csv
    flow --instance full
    flow --instance mini
    equal "$(shown stage_2.a3 mini)" '0,360 '
    flow --instance mini --attr copy_filter_cnt=3
    equal "$(shown stage_2.a3 mini)" '0,360 4,32 8,28 '
}

# column TABLE INSTANCE COLUMN: its values, each once, sorted; NULL as null.
column() {
    flow show "$1" --instance "$2" --json | jq -r ".$3" | sort -u
}

@test "university: what its README says of full, midi and mini, whole and masked" {
    cd ../university
    all_instances university.flow 2> log
    while read -r table full midi mini; do
        equal "$table $(sed -nE "s/.* raw\.$table +([0-9,]+) rows .*/\1/p" log | paste -sd ' ')" "$table $full $midi $mini"
    done < <(awk -F ' *[|] *' '$3 ~ /^[0-9]/ { print $2, $3, $4, $5 }' README.md)
    equal "$(column raw.students mini born_on)" null
    equal "$(column raw.students mini email | grep -cv '^student[0-9]*@example.org$')" 0
    equal "$(column raw.students mini student_id | grep -cxE '42|1001|7')" 3
    column raw.students mini student_id > one
    flow --instance mini --attr copy_percent=2
    column raw.students mini student_id > two
    equal "$(comm -23 one two)" ""
    [ "$(wc -l < two)" -gt "$(wc -l < one)" ]
}
