# Scripts: several statements, several outputs. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

split() { # the task's last statements
    flow_file <<FLOW
flow scripts;
attrs { factor int default 2; extra bool default true; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
task split(t table, highest int) returns (small, big) as script {
  create temporary table all_rows as select id, amount * \${attrs.factor} as amount from t;
  create table \${out.small} as select all_rows.id, amount from all_rows where all_rows.amount < \${highest};
  create table \${out.big} as select * from all_rows where id not in (select small.id from \${out.small});
  \${if attrs.extra: insert into \${out.small} (id, amount) select -1, 0; insert into \${out.small} values (-2, 0)};
  update \${out.big} set amount = amount + 1 where id in (select id from t);
  delete from \${out.big} where id = 2;
  ${1:-}
};
stage raw { input { table orders as select * from (values (1, 10), (2, 200), (3, 300)) as v (id, amount); } }
stage clean {
  table low, high ${2:-} as split(raw.orders, 100);
  table sums as select (select count(*) from low) as n, (select sum(amount) from high) as total;
}
FLOW
    build $names_only
}

@test "a script makes all its outputs, and what reads them follows" {
    split
    equal "$(summary full)" "built=4 kept=0 copied=0"
    equal "$(rows full clean.low)" "$(printf -- '-1|0\n-2|0\n1|20' | sort -n)"
    equal "$(rows full clean.high)" "3|601"
    equal "$(rows full clean.sums)" "3|601"
    equal "$(summary full)" "built=0 kept=4 copied=0"
}

@test "a branch that comes to nothing is no statement" {
    split
    equal "$(summary full --attr extra=false)" "built=4 kept=0 copied=0"
    equal "$(rows full clean.low)" "1|20"
}

@test "a changed script makes all outputs again, a changed clause none" {
    split
    summary full
    split "" "primary key (id)"
    equal "$(summary full)" "built=0 kept=2 copied=0"
    split "insert into \${out.big} values (9, 9);" "primary key (id)"
    equal "$(summary full)" "built=3 kept=1 copied=0"
    equal "$(rows full clean.sums)" "3|610"
}

@test "one output that was dropped is made together with the others" {
    split
    summary full
    if [ "$ENGINE" = postgres ]; then
        sql full "drop table %T(clean.high)"
    else
        sql full "drop view %T(clean.high)"
    fi
    run flow plan --instance full
    [[ "$output" == *"made together with"* ]]
    summary full
    equal "$(rows full clean.high)" "3|601"
}

@test "only one output chosen: the other comes along" {
    split
    summary full
    equal "$(summary full --attr factor=3 --select clean.high)" "built=2 kept=0 copied=0"
    equal "$(rows full clean.low)" "$(printf -- '-1|0\n-2|0\n1|30' | sort -n)"
}

@test "a failing statement says where, leaves nothing behind, and the other output is skipped" {
    split "insert into \${out.big} select id, amount / (id - id) from t;"
    run flow run --instance full
    [ "$status" -eq 1 ]
    [[ "$output" == *"main.flow:10:"* ]]
    [[ "$output" == *"made together with clean.low"* ]]
    names_only=--names-only # else the build says it
    split "insert into \${out.big} select nothing from t;"
    names_only=
    run flow run --instance full
    [ "$status" -eq 1 ]
    [[ "$output" == *"main.flow:10:33"* ]]
    split
    equal "$(summary full)" "built=3 kept=0 copied=0" # what did not fail was taken up
    equal "$(rows full clean.high)" "3|601"
}

@test "two scripts of one run may use the same names for their temporary tables" {
    flow_file <<'FLOW'
flow scripts;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table a as script { create temp table "my rows" as select 1 as x; create table ${out.a} as select * from "my rows"; };
  table b, c as script {
    create temp table "my rows" (x int);
    insert into "my rows" values (2);
    create table ${out.b} as with doubled as (select x * 2 as x from "my rows") select * from doubled;
    create table ${out.c} as select b.x + a.x as x from ${out.b}, a;
  };
}
FLOW
    build
    equal "$(summary full)" "built=3 kept=0 copied=0"
    equal "$(rows full s.a)" 1
    equal "$(rows full s.b)" 4
    equal "$(rows full s.c)" 5
}

@test "an output that no branch creates in this instance" {
    flow_file <<'FLOW'
flow scripts;
attrs { on_ bool default false; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s { table a as script { ${if attrs.on_: create table ${out.a} as select 1 as x}; }; }
FLOW
    build
    run flow run --instance full
    [ "$status" -eq 1 ]
    [[ "$output" == *"did not create its output"* ]]
}
