# The flows of examples/, as their READMEs say. Each test on both engines.
load lib

setup() {
    project
    cp -r "$PDC_SOURCE_DIR"/examples/multi_instance "$PDC_SOURCE_DIR"/examples/multi_instance_postgres .
    unset PIPEDAG_CONFIG
    export HOME=$PROJECT
    rm pipedag.yaml
    if [ "$ENGINE" = postgres ]; then
        sed -i "s|postgresql:///pdc_example|postgresql:///$DATABASE|" multi_instance_postgres/pipedag.yaml
        cd multi_instance_postgres
    else
        cd multi_instance
    fi
}

teardown() {
    project_teardown
}

all_instances() {
    local instance
    "$PDC" build --quiet ../multi_instance/multi_instance.flow
    for instance in full midi mini; do
        flow --instance $instance
    done
}

# shown TABLE INSTANCE: its rows as `a,b a,b`.
shown() {
    flow show "$1" --instance "$2" --json | jq -r '"\(.a),\(.b)"' | tr '\n' ' '
}

@test "full, midi and mini, and a second run that does nothing" {
    all_instances
    equal "$(shown stage_1.dfB full)" '0,9 1,8 2,7 4,6 '
    equal "$(shown stage_2.a3 midi)" '0,36 4,32 '
    equal "$(shown stage_2.b2 mini)" '0,18 '
    equal "$(summary full)" 'built=0 kept=5 copied=0'
    equal "$(summary mini)" 'built=0 kept=5 copied=0'
}

@test "things to try: a changed file, and an attr that needs no build" {
    all_instances
    sed -i 's/^0,9$/0,90/' ../multi_instance/source.csv
    flow --instance full
    flow --instance mini
    equal "$(shown stage_2.a3 mini)" '0,360 '
    flow --instance mini --attr copy_filter_cnt=3
    equal "$(shown stage_2.a3 mini)" '0,360 4,32 8,28 '
}
