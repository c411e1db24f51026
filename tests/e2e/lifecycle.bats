# What happens to tables and views as the flow changes: renamed, moved, dropped, altered, turned into something else.
# Each test on both engines; on PostgreSQL with both techniques of publication.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

# each_technique FUNCTION: runs it in a project of its own per technique.
each_technique() {
    local technique
    "$1"
    if [ "$ENGINE" = postgres ]; then
        for technique in read_views schema_swap; do
            project_teardown
            CONFIG_EXTRA="    stage_commit_technique: $technique" project
            "$1"
        done
    fi
}

# flow_of STAGES: a flow with these stages, built.
flow_of() {
    flow_file <<FLOW
flow life;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
$1
FLOW
    build
}

# there INSTANCE STAGE.TABLE: can it be read?
there() {
    sql "$1" "select * from %T($2)" >/dev/null 2>&1
}

# done_as INSTANCE ARGS…: what the run did, without zeros.
done_as() {
    local instance=$1
    shift
    ./flow --instance "$instance" --json "$@" 2>"$PROJECT/log" | jq -r 'select(.event == "run" and .built != null)
        | . as $run | ["built", "kept", "copied", "renamed", "altered", "reused", "dropped", "failed"]
        | map(select($run[.] > 0) | "\(.)=\($run[.])") | join(" ")' | tail -n 1
}

views_follow() {
    flow_of "stage a { table t as select 1 as n; view v as select n * 10 as n from t; }
             stage b { view w as select n + 1 as n from a.v; table u as select n from w; }"
    equal "$(done_as full)" "built=4"
    equal "$(rows full b.w)|$(rows full b.u)" "11|11"
    flow_of "stage a { table t as select 2 as n; view v as select n * 10 as n from t; }
             stage b { view w as select n + 1 as n from a.v; table u as select n from w; }"
    equal "$(done_as full)" "built=4"
    equal "$(rows full a.v)|$(rows full b.w)|$(rows full b.u)" "20|21|21"
    flow_of "stage a { table t as select 2 as n; view v as select n * 100 as n, 'x' as s from t; }
             stage b { view w as select n + 1 as n from a.v; table u as select n from w; }"
    equal "$(done_as full)" "built=3 kept=1"
    equal "$(rows full a.v)|$(rows full b.w)|$(rows full b.u)" "200|x|201|201"
    equal "$(done_as full)" "kept=4"
}

@test "views show the new tables, and what reads views is made again" {
    each_technique views_follow
}

changes_kind() {
    flow_of "stage a { table t as select 1 as n; table x as select n from t; table y as select n from x; }"
    done_as full
    flow_of "stage a { table t as select 1 as n; view x as select n from t; table y as select n from x; }"
    equal "$(done_as full)" "built=1 kept=2"
    equal "$(rows full a.x)|$(rows full a.y)" "1|1"
    equal "$(done_as full)" "kept=3"
    flow_of "stage a { table t as select 1 as n; table x as select n from t; table y as select n from x; }"
    done_as full
    equal "$(rows full a.x)|$(rows full a.y)" "1|1"
    equal "$(done_as full)" "kept=3"
}

@test "a table becomes a view and a table again" {
    each_technique changes_kind
}

moves() {
    flow_of "stage a { table t primary key (n) as select 1 as n; view v as select n from t; } stage b { table k as select 1 as n; }"
    done_as full
    flow_of "stage a { view v as select n from b.s; } stage b { table s primary key (n) as select 1 as n; table k as select 1 as n; }"
    equal "$(done_as full)" "built=1 kept=1 renamed=1"
    equal "$(rows full b.s)|$(rows full a.v)" "1|1"
    run there full a.t
    [ "$status" -ne 0 ]
    equal "$(done_as full)" "kept=3"
    flow_of "stage c { view v as select n from s; table s primary key (n) as select 1 as n; table k as select 1 as n; }"
    equal "$(done_as full)" "built=1 renamed=2 dropped=1"
    equal "$(rows full c.s)|$(rows full c.v)|$(rows full c.k)" "1|1|1"
    equal "$(done_as full)" "kept=3"
}

@test "tables move to other names and stages without being built" {
    each_technique moves
}

exchanges_names() {
    flow_of "stage a { table x as select 1 as n; table y as select 2 as n; }"
    done_as full
    flow_of "stage a { table x as select 2 as n; table y as select 1 as n; }"
    done_as full
    equal "$(rows full a.x)|$(rows full a.y)" "2|1"
    flow_of "stage a { table y as select 2 as n; table z as select 1 as n; }"
    done_as full
    equal "$(rows full a.y)|$(rows full a.z)" "2|1"
    run there full a.x
    [ "$status" -ne 0 ]
    equal "$(done_as full)" "kept=2"
}

@test "tables exchange their names" {
    each_technique exchanges_names
}

drops() {
    flow_of "stage a { table t as select 1 as n; view v as select n from t; table u as select n from v; }"
    done_as full
    flow_of "stage a { table u as select 5 as n; }"
    equal "$(done_as full)" "built=1 dropped=2"
    run there full a.t
    [ "$status" -ne 0 ]
    run there full a.v
    [ "$status" -ne 0 ]
    equal "$(rows full a.u)" "5"
    equal "$(done_as full)" "kept=1"
}

@test "what left the flow is gone" {
    each_technique drops
}

alters() {
    flow_of "stage a { table t as select 1 as n, 2 as m; table r as select n from t; }"
    done_as full
    local clauses
    for clauses in 'primary key (n)' 'primary key (n) index (m) unique (m)' 'primary key (m) not null (n)' 'unique (n, m)' ''; do
        flow_of "stage a { table t $clauses as select 1 as n, 2 as m; table r as select n from t; }"
        equal "$(done_as full)" "kept=1 altered=1"
        equal "$(rows full a.t)" "1|2"
        equal "$(done_as full)" "kept=2"
    done
    flow_of "stage a {
--- What it is.
table t as select 1 as n, 2 as m; table r as select n from t; }"
    equal "$(done_as full)" "kept=1 altered=1"
    equal "$(done_as full)" "kept=2"
}

@test "keys, indexes and comments come and go without a build" {
    each_technique alters
}

alter_that_fails() {
    flow_of "stage a { table t as select 1 as n union all select 1; }"
    done_as full
    flow_of "stage a { table t primary key (n) as select 1 as n union all select 1; }"
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *main.flow:3* ]]
    [[ "$output" == *"primary key (n)"* ]]
    equal "$(rows full a.t)" "$(printf '1\n1')"
}

@test "a key that the rows of a valid table break is an error at its place" {
    each_technique alter_that_fails
}

twins() {
    flow_of "task twice(t table) as select n * 2 as n from t;
             stage a { table t as select 1 as n; table x as twice(t); table y primary key (n) as twice(t); }"
    equal "$(done_as full)" "built=2 reused=1"
    equal "$(rows full a.x)|$(rows full a.y)" "2|2"
    equal "$(done_as full)" "kept=3"
}

@test "the same task with the same inputs runs once" {
    each_technique twins
}

goes_back() {
    CONFIG_EXTRA="    keep_versions: 2
    stage_commit_technique: read_views"
    write_config ''
    local n
    for n in 1 2 3; do
        flow_of "stage a { table t as select $n as n; table u as select n + 1 as n from t; }"
        equal "$(done_as full)" "built=2"
    done
    for n in 2 1 3; do
        flow_of "stage a { table t as select $n as n; table u as select n + 1 as n from t; }"
        equal "$(done_as full)" "reused=2"
        equal "$(rows full a.t)|$(rows full a.u)" "$n|$((n + 1))"
    done
}

@test "with read_views and keep_versions earlier code finds its tables" {
    goes_back
}

by_hand() {
    flow_of "stage a { table t as select 1 as n; table u as select n from t; }"
    done_as full
    if [ "$ENGINE" = postgres ]; then
        sql full "drop table if exists nothing" "create table hand (a int)"
        sql full "do \$\$ begin if exists (select 1 from pg_tables where schemaname = 'full_a' and tablename = 't') then alter table full_a.t rename to was_t; else drop view full_a.t; end if; end \$\$" "create table %T(a.t) as select 9 as n"
    else
        sql full "drop view %T(a.t)" "create table %T(a.t) as select 9 as n"
    fi
    [[ "$(./flow plan --instance full 2>&1)" == *"by hand"* ]]
    equal "$(done_as full)" "built=1 kept=1"
    equal "$(rows full a.t)" "1"
    equal "$(done_as full)" "kept=2"
}

@test "a table that was replaced by hand is noticed and made again" {
    each_technique by_hand
}

in_the_way() {
    sql full "create schema if not exists $([ "$ENGINE" = postgres ] && echo full_)a" "create table %T(a.t) as select 'mine' as n"
    flow_of "stage a { table t as select 1 as n; }"
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *"not made by this flow"* ]]
    equal "$(rows full a.t)" "mine"
    sql full "drop table %T(a.t)" "create view %T(a.t) as select 'mine' as n"
    run flow --instance full
    equal "$status" 1
    equal "$(rows full a.t)" "mine"
}

@test "a table that somebody else put where ours would be stays" {
    each_technique in_the_way
}

@test "a change of the technique" {
    [ "$ENGINE" = postgres ] || skip "the embedded engine has one technique"
    flow_of "stage a { table t primary key (n) as select 1 as n; view v as select n from t; table k as select 2 as n; }"
    done_as full
    CONFIG_EXTRA="    stage_commit_technique: read_views" write_config ''
    flow_of "stage a { table t primary key (n) as select 7 as n; view v as select n from t; table k as select 2 as n; }"
    equal "$(done_as full)" "built=2 kept=1"
    equal "$(rows full a.t)|$(rows full a.v)|$(rows full a.k)" "7|7|2"
    equal "$(done_as full)" "kept=3"
    write_config ''
    flow_of "stage a { table t primary key (n) as select 8 as n; view v as select n from t; table k as select 2 as n; }"
    equal "$(done_as full)" "built=2 kept=1"
    equal "$(rows full a.t)|$(rows full a.v)|$(rows full a.k)" "8|8|2"
    equal "$(done_as full)" "kept=3"
    ./flow clean --instance full
    equal "$(rows full a.t)|$(rows full a.v)|$(rows full a.k)" "8|8|2"
}

@test "schema_swap on an engine that can't is a configuration error" {
    [ "$ENGINE" = duckdb ] || skip "PostgreSQL can"
    flow_of "stage a { table t as select 1 as n; }"
    CONFIG_EXTRA="    stage_commit_technique: schema_swap" write_config ''
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *read_views* ]]
}

@test "without the right to make schemas the administrator is told what to do" {
    if [ "$ENGINE" = postgres ]; then
        args="{url: \"$PROJECT_URL\", schema_prefix: \"{instance_id}_\", avoid_drop_create_schema: true}"
    else
        args="{url: \"duckdb:///{instance_id}.duckdb\", avoid_drop_create_schema: true}"
    fi
    printf 'instances:\n  full: {table_store: {args: %s}, attrs: {copy_filtered_input: false}}\n' "$args" > pipedag.yaml
    flow_of "stage a { table t as select 1 as n; }"
    run flow --instance full
    equal "$status" 3
    [[ "$output" == *"create schema"*flow_hidden* ]]
    [[ "$output" == *"create schema"*'a"'* ]]
    statements=$(printf '%s' "$output" | grep -o 'create schema "[a-z_]*"')
    while read -r statement; do sql full "$statement"; done <<< "$statements"
    equal "$(done_as full)" "built=1"
    equal "$(rows full a.t)" "1"
}

leftovers() {
    flow_of "stage a { table t as select 1 as n; table u as select cast('x' || n as int) as n from t; }"
    run flow --instance full
    equal "$status" 1
    ./flow clean --instance full
    local hidden=flow_hidden
    if [ "$ENGINE" = postgres ]; then hidden=full_flow_hidden; fi
    equal "$(sql full "select count(*) from information_schema.tables where table_schema = '$hidden'")" 0
    flow_of "stage a { table t as select 1 as n; table u as select n from t; }"
    equal "$(done_as full)" "built=2"
}

@test "clean drops what failed runs left behind" {
    each_technique leftovers
}

@test "select and force" {
    flow_of "stage a { table t tags (hot) as select 1 as n; table u as select n from t; }
             stage b { table v as select n from a.u; table w as select 1 as m; }"
    equal "$(done_as full --select a.t)" "built=1"
    run there full a.u
    [ "$status" -ne 0 ]
    run flow --instance full --select b.v
    equal "$status" 1
    [[ "$output" == *"a.u"*"not selected"* ]]
    equal "$(done_as full --select +b.v)" "built=2 kept=1"
    equal "$(done_as full)" "built=1 kept=3"
    equal "$(done_as full --force a.u)" "built=1 kept=3"
    equal "$(done_as full --force 'a.u+')" "built=2 kept=2"
    equal "$(done_as full --force '*')" "built=4"
    equal "$(done_as full --select tag:hot --force tag:hot)" "built=1"
    run flow --instance full --select a.tt
    equal "$status" 2
    [[ "$output" == *"did you mean"*"a.t"* ]]
    flow_of "stage b { table w as select 2 as m; }"
    equal "$(done_as full --select b)" "built=1"
    equal "$(rows full a.t)|$(rows full b.w)" "1|2"
    equal "$(done_as full)" "kept=1 dropped=3"
}
