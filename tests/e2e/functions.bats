# Functions of the flow, put into the queries that call them. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

flow_of() { # declarations, items of stage a
    flow_file <<FLOW
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; factor int default 3; }
$1
stage a { $2 }
FLOW
    build
    ./flow --instance full 2> "$PROJECT/log" || { cat "$PROJECT/log" >&2; return 1; }
}

@test "a function stands where an expression may: select, where, check, tasks, other functions" {
    flow_of "function euros(cents int) returns numeric(12, 2) as cents / 100.0;
function twice(x int) as x * 2;
function big(x int) as twice(x) > \${attrs.factor};
check above(t table, least int) as select * from t where twice(n) > least;
task halves(t table) as select twice(n) / 4 as h from t;" "
  table t check (twice(n) >= 2) as select 1 as n union all select 2;
  table u as select euros(n * 5) as e, twice(n + 1) as m, twice(twice(n)) as q from t where big(n);
  table h as halves(t);
  check c as above(t, 4);"
    equal "$(sql full 'select e, m, q from %T(a.u)')" "0.10|6|8"
}

@test "names never meet: a parameter, a column, and what an argument is made of" {
    flow_of "function minus(a int, b int) as a - b;
function swapped(b int, a int) as minus(a, b) * a;" "
  table t as select 10 as a, 1 as b, 2 as x;
  table u as select minus(b, a) as one, minus(a, b - x) as two, swapped(a, b) as three, minus(t.a, (select max(s.b) from t as s)) as four from t;"
    equal "$(sql full 'select one, two, three, four from %T(a.u)')" "-9|11|-9|9"
}

@test "each engine has its own body" {
    flow_of "function which(x int) on postgres as 'p' || x::text on duckdb as 'd' || cast(x as varchar);" "table t as select which(7) as w;"
    if [ "$ENGINE" = duckdb ]; then letter=d; else letter=p; fi
    equal "$(sql full 'select w from %T(a.t)')" "${letter}7"
}

@test "holes and fragments in arguments, and a changed body builds again" {
    flow_of "function plus(a int, b int) as a + b;" "
  table t as select plus(\${attrs.factor}, 1) as p, \${for c in ('x', 'y'): plus(1, plus(2, \${attrs.factor})) as \${c}}, plus(\${if attrs.factor = 3: 5 else: 6}, 1) as i;"
    equal "$(sql full 'select p, x, y, i from %T(a.t)')" "4|6|6|6"
    equal "$(summary full)" "built=0 kept=1 copied=0"
    sed -i 's/as a + b/as a + b + 0/' main.flow
    build
    equal "$(summary full)" "built=1 kept=0 copied=0"
}
