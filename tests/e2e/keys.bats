# When is a table built again, and when not? Each test on both engines.
load lib

setup() {
    project
    printf 'id,region,amount\n1,eu,10\n2,us,20\n3,eu,30\n' > orders.csv
}

teardown() {
    project_teardown
}

shop() { # SQL of clean.orders
    flow_file <<FLOW
flow shop;
attrs { factor int default 2; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage raw { input { table orders as csv('orders.csv'); } }
stage clean {
  table orders ${2:-} as $1;
  table other as select count(*) as n from raw.orders;
}
stage marts { table total as select sum(amount) as total from clean.orders; }
FLOW
    build
}

select_all="select id, region, amount from raw.orders where region = 'eu'"

@test "a second run does nothing" {
    shop "$select_all"
    equal "$(summary full)" "built=4 kept=0 copied=0"
    equal "$(summary full)" "built=0 kept=4 copied=0"
    equal "$(rows full marts.total)" "40"
}

@test "layout, comments and letter case of keywords and unquoted names don't count" {
    shop "$select_all"
    summary full
    shop "SELECT  ID, Region, -- the amount
       amount /* in cents */ FROM raw.Orders WHERE region='eu'"
    equal "$(summary full)" "built=0 kept=4 copied=0"
}

@test "a literal counts, its letter case too" {
    shop "$select_all"
    summary full
    shop "${select_all/eu/EU}"
    equal "$(summary full)" "built=2 kept=2 copied=0"
    equal "$(rows full marts.total)" "NULL"
}

@test "an attr rebuilds what uses it and what reads that" {
    shop 'select id, amount * ${attrs.factor} as amount from raw.orders'
    summary full
    write_config 'factor: 3'
    equal "$(summary full)" "built=2 kept=2 copied=0"
    equal "$(rows full marts.total)" "180"
    equal "$(summary full --attr factor=4)" "built=2 kept=2 copied=0"
}

@test "a changed file rebuilds what reads it; one with the same rows does not" {
    shop "$select_all"
    summary full
    printf 'id,region,amount\n3,eu,30\n2,us,20\n1,eu,10\n' > orders.csv
    equal "$(summary full)" "built=1 kept=3 copied=0"
    printf 'id,region,amount\n1,eu,11\n2,us,20\n3,eu,30\n' > orders.csv
    equal "$(summary full)" "built=4 kept=0 copied=0"
    equal "$(rows full marts.total)" "41"
}

@test "a primary key or an index takes effect at once, without computing anything again" {
    shop "$select_all"
    summary full
    shop "$select_all" "primary key (id) index (region)"
    equal "$(summary full)" "built=0 kept=3 copied=0"
    equal "$(actions full)" "$(printf 'clean.orders:keep\nclean.other:keep\nmarts.total:keep\nraw.orders:keep')"
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_index where indrelid = 'full_clean.orders'::regclass")" 2
    else
        equal "$(sql full "select count(*) from duckdb_indexes() where schema_name = 'flow_hidden' and not is_unique")" 1
    fi
}

@test "cutoff: built anew with the same rows, it leaves its readers as they are" {
    shop "$select_all" "version '1'"
    summary full
    shop "$select_all" "version '2'"
    equal "$(summary full)" "built=2 kept=2 copied=0"
    shop "$select_all" "version '2' cutoff"
    summary full
    shop "$select_all" "version '3' cutoff"
    equal "$(summary full)" "built=1 kept=3 copied=0"
    shop "${select_all/eu/us}" "version '3' cutoff"
    equal "$(summary full)" "built=2 kept=2 copied=0"
    equal "$(rows full marts.total)" "20"
}

@test "unlogged tables, where the engine has them" {
    shop "$select_all" "unlogged"
    equal "$(summary full)" "built=4 kept=0 copied=0"
    equal "$(summary full)" "built=0 kept=4 copied=0"
    [ "$ENGINE" != postgres ] ||
        equal "$(psql -At -d "$DATABASE" -c "select relpersistence from pg_class where oid = 'full_clean.orders'::regclass")" u
    shop "$select_all"
    summary full
    [ "$ENGINE" != postgres ] ||
        equal "$(psql -At -d "$DATABASE" -c "select relpersistence from pg_class where oid = 'full_clean.orders'::regclass")" p
    equal "$(rows full marts.total)" "40"
}

@test "a renamed table is renamed, not built" {
    shop "$select_all"
    summary full
    sed -i 's/table other /table count_of_orders /' main.flow
    build
    equal "$(summary full)" "built=0 kept=3 copied=0"
    equal "$(rows full clean.count_of_orders)" 3
    run sql full "select * from %T(clean.other)"
    [ "$status" -ne 0 ]
}

@test "a published table that was dropped by hand is noticed and built again" {
    shop "$select_all"
    summary full
    if [ "$ENGINE" = postgres ]; then
        sql full "drop table %T(clean.other)"
    else
        sql full "drop view %T(clean.other)"
    fi
    run flow plan --instance full
    [[ "$output" == *dropped* ]]
    summary full
    equal "$(rows full clean.other)" 3
}

@test "columns(t) knows the tables of its own stage, in pieces that wait for the run, too" {
    shop 'select ${for c in columns(other): max(${c}) as amount} from other'
    sed -i 's/^stage marts.*//' main.flow
    build
    equal "$(summary full)" "built=3 kept=0 copied=0"
    equal "$(rows full clean.orders)" 3
}

@test "current_date puts the date into the key" {
    shop "select id, region, amount, current_date as day from raw.orders"
    equal "$(summary full --at 2026-01-01)" "built=4 kept=0 copied=0"
    equal "$(summary full --at 2026-01-01)" "built=0 kept=4 copied=0"
    equal "$(summary full --at 2026-01-02)" "built=2 kept=2 copied=0"
}
