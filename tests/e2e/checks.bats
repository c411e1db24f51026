# What is verified before publication. Each test on both engines.
load lib

setup() {
    project
    export rows='(1, 10), (2, 20)'
}

teardown() {
    project_teardown
}

with_clause() { # CLAUSES ITEMS
    flow_file <<FLOW
flow checked;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table parents primary key (id) as select 1 as id;
  table t $1 as select * from (values $rows) as v(id, amount);
  ${2:-}
}
FLOW
    build ${BUILD_OPTIONS:-}
}

violated() { # CLAUSES: a run fails with exit 1, says so, and publishes nothing new
    with_clause "$1" "${2:-}"
    run flow --instance full
    equal "$status" 1
}

@test "each constraint is verified before anything is seen" {
    with_clause ''
    summary full
    rows='(1, 99), (1, 99)'
    for clause in 'primary key (id)' 'unique (id)' 'check (amount < 50)' 'foreign key (amount) references parents'; do
        violated "$clause"
        [[ "$output" == *main.flow:5* ]]
        equal "$(rows full s.t)" "$(printf '1|10\n2|20')"
    done
    rows='(1, null), (2, 20)'
    violated 'not null (amount)'
    equal "$(rows full s.t)" "$(printf '1|10\n2|20')"
}

@test "with warn before it a constraint only reports" {
    rows='(1, 99), (1, 99)'
    with_clause 'warn unique (id) warn check (amount < 50)'
    run flow --instance full
    equal "$status" 0
    [[ "$output" == *warn* ]]
    equal "$(rows full s.t)" "$(printf '1|99\n1|99')"
}

@test "a failing check publishes nothing, a failing warn reports" {
    with_clause ''
    summary full
    rows='(1, 10), (2, 21)'
    violated '' 'check even as select * from t where amount % 2 = 1;'
    equal "$(rows full s.t)" "$(printf '1|10\n2|20')"
    with_clause '' 'warn even as select * from t where amount % 2 = 1;'
    run flow --instance full
    equal "$status" 0
    equal "$(rows full s.t)" "$(printf '1|10\n2|21')"
}

@test "a check with parameters" {
    with_clause ''
    sed -i 's/^stage s {/check below(t table, c column, highest int) as select * from t where ${c} > ${highest};\nstage s {\n check small as below(t, amount, 15);/' main.flow
    build
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *small* ]]
    sed -i 's/15/25/' main.flow
    build
    run flow --instance full
    equal "$status" 0
}

@test "a column that the table lacks is an error at its place" {
    BUILD_OPTIONS=--names-only violated 'primary key (idd)'
    [[ "$output" == *main.flow:5* ]]
    [[ "$output" == *idd* ]]
}

@test "an SQL error shows the line of the flow" {
    BUILD_OPTIONS=--names-only with_clause '' 'table u as select amount / 0 + nothing_here as x from t;'
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *main.flow:6* ]]
    [[ "$output" == *nothing_here* ]]
}
