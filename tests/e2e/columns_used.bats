# What a table uses of another one decides whether it is made again: its rows, and the columns that it names.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

# flow_of SQL-of-clean.a [SQL-of-raw.t]
flow_of() {
    flow_file <<FLOW
flow used;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { table t as ${2:-select 1 as id, 'x' as name, 5 as amount union all select 2, 'y', 7}; }
stage clean { table a as $1; }
stage marts {
  table names as select name, count(*) as n from clean.a group by 1;
  table amounts as select id, doubled from clean.a;
  table everything as select * from clean.a; -- pdc: allow W0409
  view seen as select name from clean.a;
}
FLOW
    build --names-only
}

first='select id, name, amount * 2 as doubled from raw.t'

# built: the tables that a run makes, without their stage.
built() {
    ./flow --json "$@" 2>log | jq -r 'select(.event == "step" and .state == "done" and .action == "build") | .table' | sed 's/.*\.//' | sort | tr '\n' ' '
}

@test "a further column builds only what takes all columns, and views" {
    flow_of "$first"
    built
    flow_of "select id, name, amount * 2 as doubled, amount + 1 as more from raw.t"
    equal "$(built)" "a everything seen "
    equal "$(built)" ""
}

@test "another expression builds what names its column" {
    flow_of "$first"
    built
    flow_of "select id, name, amount * 3 as doubled from raw.t"
    equal "$(built)" "a amounts everything seen "
    equal "$(rows full marts.amounts)" "1|15
2|21"
    flow_of "select id, upper(name) as name, amount * 3 as doubled from raw.t"
    equal "$(built)" "a everything names seen "
    equal "$(rows full marts.names)" "X|1
Y|1"
}

@test "other rows build everything that reads them" {
    flow_of "$first"
    built
    flow_of "$first where id > 1"
    equal "$(built)" "a amounts everything names seen "
    equal "$(rows full marts.names)" "y|1"
}

@test "the same further up: through a table whose own query stays as it is" {
    flow_of "$first"
    built
    flow_of "$first" "select 1 as id, 'x' as name, 5 as amount, 0 as unused union all select 2, 'y', 7, 0"
    equal "$(built)" "t "
    flow_of "$first" "select 1 as id, 'x' as name, 6 as amount, 0 as unused union all select 2, 'y', 7, 0"
    equal "$(built)" "a amounts everything seen t "
    equal "$(rows full marts.amounts)" "1|12
2|14"
}

@test "columns in another order build only what takes all columns" {
    flow_of "$first"
    built
    flow_of "select amount * 2 as doubled, name, id from raw.t"
    equal "$(built)" "a everything seen "
}

@test "an attr in a column reaches only who names it" {
    write_config 'factor: 2'
    flow_file <<'FLOW'
flow used;
attrs { factor int; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage clean {
  table a as select x.id, x.id * ${attrs.factor} as times from (values (1), (2)) as x (id);
  table b as select id from a;
  table c as select times from a;
}
FLOW
    build
    built
    write_config 'factor: 3'
    equal "$(built)" "a c "
    equal "$(rows full clean.c)" "3
6"
}

@test "back to an earlier query, all earlier tables are valid again" {
    flow_of "$first"
    built
    flow_of "select id, name, amount * 3 as doubled from raw.t"
    built
    flow_of "$first"
    built
    equal "$(rows full marts.amounts)" "1|10
2|14"
    equal "$(built)" ""
}

@test "whoever is not selected stays, and the next run makes up for it" {
    flow_of "$first"
    built
    flow_of "select id, name, amount * 3 as doubled from raw.t"
    equal "$(built --select marts.amounts)" ""
    equal "$(built)" "a amounts everything seen "
    equal "$(rows full marts.amounts)" "1|15
2|21"
}

@test "a promise changes a column for those who name it" {
    contract='contract c (id int, name text, doubled '
    flow_of "$first"
    sed -i "s/table a as/table a of c as/; s/^stage raw/$contract int);\n&/" main.flow
    build --names-only
    built
    sed -i "s/doubled  int/doubled  float/" main.flow
    build --names-only
    equal "$(built)" "a amounts everything seen "
    sed -i "s/doubled  float)/doubled  float, note text)/; s/as doubled from/as doubled, 'n' as note from/" main.flow
    build --names-only
    equal "$(built)" "a everything seen "
}

@test "who promises to reject rows is made again, and all that reads it" {
    flow_of "$first"
    sed -i "s/table a as/table a on violation reject check (id > 0) as/" main.flow
    build --names-only
    built
    sed -i "s/as doubled from/as doubled, 1 as more from/" main.flow
    build --names-only
    equal "$(built)" "a amounts everything names seen "
}

@test "plan says what changed, and which columns that can reach" {
    flow_of "$first"
    built
    flow_of "select id, name as title, amount * 3 as doubled, 1 as more from raw.t where id > 0"
    sed -i 's/select name/select title as name/' main.flow
    build --names-only
    ./flow plan > plan
    grep -Fx 'build   clean.a           query changed: where added, column name renamed to title, column doubled changed, column more added' plan
    grep -F 'can change marts.names, marts.amounts, marts.everything, marts.seen' plan
    flow_of "select id, name, amount * 3 as doubled from raw.t"
    ./flow plan > plan
    grep -F 'query changed: column doubled changed' plan
    grep -Fx '           can change marts.amounts (doubled), marts.everything' plan
    ./flow plan --json | jq -se 'map(select(.table == "clean.a"))[0] | .change == {what: "column doubled changed", can_change: {"marts.amounts": "doubled", "marts.everything": null}}'
    flow_of "select   id, name, amount * 2 as doubled -- a comment
       from raw.t"
    ./flow plan > plan
    grep -Fx 'written differently, with the same result: clean.a' plan
    ./flow plan --json | jq -se 'map(select(.table == "clean.a"))[0] | .action == "keep" and .rewritten'
}

# Of inputs that are one part, keys are what they were in that format.
@test "metadata of the first format is read, and brought forward by the next run that writes" {
    flow_of 'select distinct id, name, amount * 2 as doubled from raw.t' "select distinct 1 as id, 'x' as name, 5 as amount"
    built
    if [ "$ENGINE" = postgres ]; then metadata=full_flow_metadata; else metadata=flow_metadata; fi
    sql full "alter table $metadata.inputs drop column used_key" "alter table $metadata.tables drop column outline" \
        "alter table $metadata.tables drop column design_name" \
        "update $metadata.format set version = 1"
    ./flow plan 2>&1 | grep -F 'nothing to do'
    ./flow status
    equal "$(sql full "select max(version) from $metadata.format")" 1
    equal "$(built)" ""
    flow_of "$first" "select distinct 1 as id, 'x' as name, 5 as amount"
    equal "$(built)" "a amounts everything names seen "
    equal "$(sql full "select max(version) from $metadata.format")" 3
    flow_of "select id, name, amount * 2 as doubled, 2 as more from raw.t" "select distinct 1 as id, 'x' as name, 5 as amount"
    equal "$(built)" "a everything seen "
}
