# Contracts: columns, types, and what becomes of rows that break a promise. Each test on both engines.
load lib

setup() {
    project
    printf 'Country,customer_id,email,extra,birth_year\nde,1,a@x,u,1970\nfr,2,b@x,v,\nit,3,c@x,w,2001\n' > customers.csv
}

contains() { # in what the last `run` printed
    grep -qF -- "$1" <<< "$output" || { printf 'not found: %s\nin: %s\n' "$1" "$output" >&2; return 1; }
}

lacks() {
    ! grep -qF -- "$1" <<< "$output"
}

runs() { # EXIT CODE: one run of full
    run ./flow --instance full
    [ "$status" -eq "$1" ] || { printf 'exit code %s: %s\n' "$status" "$output" >&2; return 1; }
}

teardown() {
    project_teardown
}

attrs="attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }"
contract="contract person (customer_id int primary key, country text not null);
contract customer extends person (
  email      text pii,
  birth_year int check (birth_year between 1900 and 2030),  --- When born.
  score      float
)"

shop() { # what happens to broken rows, further stages
    flow_file <<FLOW
flow shop;
$attrs
$contract ${1:-};
stage raw { input { table customers of customer as csv('customers.csv'); } }
${2:-}
FLOW
    build
}

@test "a CSV file by name: missing columns are NULL, further ones are dropped with a note" {
    shop
    runs 0
    contains 'column "extra" of the file dropped'
    equal "$(sql full "select * from %T(raw.customers) order by customer_id")" "1|de|a@x|1970|NULL
2|fr|b@x|NULL|NULL
3|it|c@x|2001|NULL"
}

@test "a missing column that can't be null is an error" {
    printf 'customer_id,email\n1,a@x\n' > customers.csv
    shop
    runs 1
    contains 'the file has no column "country", which can'"'"'t be null'
}

bad='customer_id,country,email,birth_year
1,de,a@x,1970
2,,b@x,1980
3,it,c@x,19x4
4,es,d@x,1800
5,es,e@x,1990
5,es,f@x,1990'

@test "broken rows fail the run: counted, shown, kept, and nothing is published" {
    printf '%s\n' "$bad" > customers.csv
    shop
    runs 1
    contains 'raw.customers: 5 of 6 rows break contract `customer` (types, primary key (customer_id), not null (country), check)'
    contains 'birth_year: "19x4" is no int'
    lacks 'c@x'
    equal "$(sql full "select customer_id, violation from %T(raw.customers__rejected) order by customer_id, email")" "2|not null (country)
3|birth_year: \"19x4\" is no int
4|check
5|primary key (customer_id)
5|primary key (customer_id)"
    printf 'customer_id,country\n1,de\n' > customers.csv
    runs 0
    equal "$(sql full "select customer_id from %T(raw.customers)")" "1"
    run sql full 'select * from %T(raw.customers__rejected)'
    [ "$status" -ne 0 ]
}

@test "on violation reject publishes the others, warn all of them" {
    printf '%s\n' "$bad" > customers.csv
    shop 'on violation reject'
    runs 0
    contains '5 of 6 rows break contract `customer`'
    contains 'they were rejected'
    equal "$(sql full "select customer_id, country from %T(raw.customers)")" "1|de"
    equal "$(sql full "select count(*) from %T(raw.customers__rejected)")" "5"
    shop 'on violation warn'
    runs 0
    contains 'they stay'
    equal "$(sql full "select customer_id, birth_year from %T(raw.customers) order by customer_id, email")" "1|1970
2|1980
3|NULL
4|1800
5|1990
5|1990"
}

@test "the table's own word counts before the contract's; a changed contract rebuilds" {
    printf '%s\n' "$bad" > customers.csv
    flow_file <<FLOW
flow shop;
$attrs
$contract on violation fail;
stage raw { input { table customers of customer on violation reject as csv('customers.csv'); } }
FLOW
    build
    runs 0
    equal "$(sql full "select count(*) from %T(raw.customers)")" "1"
    equal "$(summary full)" "built=0 kept=1 copied=0"
    sed -i 's/between 1900/between 1700/' main.flow
    build
    run ./flow plan --instance full
    contains 'contract changed'
    runs 0
    equal "$(sql full "select customer_id from %T(raw.customers) order by 1")" "1
4"
}

amounts() { # a query, clauses of the table
    flow_file <<FLOW
flow shop;
$attrs
contract amounts (id int primary key, amount numeric(12, 2) not null, day date, label varchar(5), ratio float);
stage a { table t of amounts ${2:-} as $1; }
stage b { table doubled as select id, amount * 2 as twice from a.t; }
FLOW
    build $names_only
}

types="select column_name, data_type from information_schema.columns where table_schema like '%a' and table_name = 't' order by column_name"

@test "an SQL table gets the promised types by assignment cast" {
    amounts "select 1 as id, 12.50 as amount, date '2024-02-29' as day, 'ab' as label, cast(1 as smallint) as ratio"
    runs 0
    equal "$(sql full "select id, amount, day, label, ratio from %T(a.t)")" "1|12.50|2024-02-29|ab|$(number 1)"
    if [ "$ENGINE" = duckdb ]; then
        equal "$(sql full "$types")" "amount|DECIMAL(12,2)
day|DATE
id|BIGINT
label|VARCHAR
ratio|DOUBLE"
    else
        equal "$(sql full "${types/%a/full_a}")" "amount|numeric
day|date
id|bigint
label|character varying
ratio|double precision"
    fi
}

number() {
    if [ "$ENGINE" = duckdb ]; then echo "$1.0"; else echo "$1"; fi
}

values="select cast(c1 as int) as id, cast(c2 as double precision) as amount, cast(c3 as timestamp) as day, c4 as label, cast(c5 as bigint) as ratio
  from (values (1, '1.25', '2024-01-01', 'abcde', '7'), (2, '1.255', '2024-01-01', 'x', '7'), (3, '1e12', '2024-01-01', 'x', '7'),
               (4, '1', '2024-01-01 10:00', 'x', '7'), (5, '1', '2024-01-01', 'abcdef', '7'), (6, '1', null, null, '9007199254740993'))
       as v (c1, c2, c3, c4, c5)"

@test "a value that would lose something is a violation" {
    amounts "$values" 'on violation reject'
    runs 0
    contains '5 of 6 rows break contract `amounts` (types)'
    equal "$(sql full "select id, amount, label from %T(a.t)")" "1|1.25|abcde"
    equal "$(sql full "select id from %T(a.t__rejected) order by id")" "2
3
4
5
6"
    equal "$(sql full "select twice from %T(b.doubled)")" "2.50"
    amounts "$values"
    runs 1
    contains 'amount: "1.255" is no numeric(12, 2)'
    contains 'a.t__rejected'
}

@test "columns that are missing, too many or of another kind are errors at their place" {
    names_only=--names-only # as where the check can't ask: the run finds it
    amounts "select 1 as id, 1 as amount, null as day, 'x' as label"
    runs 1
    contains 'a.t has no column "ratio", which contract `amounts` promises'
    contains 'main.flow:3:'
    amounts "select 1 as id, 1 as amount, date '2024-01-01' as day, 'x' as label, 1 as ratio, 2 as more"
    runs 1
    contains 'a.t has a column "more", of which contract `amounts` knows nothing'
    amounts "select '1' as id, 1 as amount, date '2024-01-01' as day, 'x' as label, 1 as ratio"
    runs 1
    contains 'promises int'
    contains 'cast it in the query: cast(id as bigint)'
}

@test "the check finds them before the run, where it can ask the engine" {
    names_only=--names-only
    amounts "select '1' as id, 1 as amount, date '2024-01-01' as day, 'x' as label, 1 as ratio"
    if [ "$ENGINE" = postgres ]; then
        run "$PDC" check --instance full
    else
        run "$PDC" check
    fi
    equal "$status" 3
    [[ "$output" == *"main.flow:4:17: error[F0905]: a.t: column \`id\` is "*", but contract \`amounts\` promises int"* ]]
    [[ "$output" == *'hint: cast it in the query: cast(… as bigint)'* ]]
}

@test "scripts, external tables and views have contracts, too" {
    if [ "$ENGINE" = postgres ]; then
        sql full 'create schema erp' 'create table erp.events (id smallint, day timestamp)' "insert into erp.events values (1, '2024-01-01'), (2, '2024-01-01 01:00')"
    else
        sql full 'create schema erp' 'create table erp.events (id smallint, day timestamp)' "insert into erp.events values (1, '2024-01-01'), (2, '2024-01-01 01:00')"
    fi
    flow_file <<FLOW
flow shop;
$attrs
contract event (id int not null, day date) on violation reject;
contract one (id int unique, day date);
stage a {
  input { table events of event as external('erp', 'events'); }
  table x, y of one as script {
    create table \${out.x} as select cast(1 as smallint) as id, cast(null as date) as day;
    create table \${out.y} as select cast(2.0 as numeric(5, 1)) as id, timestamp '2024-01-01 00:00:00' as day;
  };
  view v of one as select id, day from events;
}
FLOW
    build
    runs 0
    equal "$(sql full "select id, day from %T(a.events)")" "1|2024-01-01"
    equal "$(sql full "select x.id, y.id, y.day from %T(a.x) as x, %T(a.y) as y")" "1|2|2024-01-01"
    equal "$(summary full)" "built=1 kept=3 copied=0"
    flow_file <<FLOW
flow shop;
$attrs
contract one (id int);
stage a { view v of one as select cast(1 as smallint) as id; }
FLOW
    build
    runs 1
    contains 'cast them in the query: select cast(id as bigint) as id'
}

@test "on violation goes without a contract" {
    flow_file <<FLOW
flow shop;
$attrs
stage a { table t primary key (id) check (n > 0) on violation reject as select * from (values (1, 1), (1, 2), (2, 0), (3, 5)) as v (id, n); }
FLOW
    build
    runs 0
    contains 'a.t: 3 of 4 rows break its clauses (primary key (id), check); they were rejected'
    equal "$(sql full "select id, n from %T(a.t)")" "3|5"
}

@test "bare values take the names of the contract" {
    amounts "values (1, 2.5, date '2024-01-01', 'x', 1)"
    runs 0
    equal "$(sql full "select id, amount, label from %T(a.t)")" "1|2.50|x"
}

@test "pdc contract writes what a table is, and the table keeps it" {
    printf 'id,name,since\n1,x,2026-01-01\n' > people.csv
    flow_file <<FLOW
flow shop;
$attrs
stage raw { input { table people primary key (id) not null (name) as csv('people.csv'); table gone as csv('gone.csv'); } }
stage a {
  table t unique (amount) as select cast(1 as int) as id, cast(2.5 as numeric(8, 3)) as amount, cast('x' as varchar(20)) as "select",
    true as flag, cast(1.5 as double precision) as ratio, timestamp '2026-01-01 10:00' as "At" from raw.people;
  table pair primary key (a, b) as select cast(1 as smallint) as a, date '2026-01-01' as b, cast(2 as numeric) as n;
  table made as script { create table \${out.made} as select cast(1 as bigint) as a; };
  table copy as select * from raw.gone;
}
FLOW
    equal "$("$PDC" contract raw.people --instance full)" 'contract people (
  id    int primary key,
  name  text not null,
  since date
);'
    "$PDC" contract a.t --instance full > t.flow
    grep -q '^  amount   numeric(8, 3) unique,$' t.flow
    grep -q '^  "select" ' t.flow
    grep -q '^  flag     bool,$' t.flow
    [[ "$("$PDC" contract a.pair --instance full)" == *'primary key (a, b)'* ]]
    [ "$ENGINE" = duckdb ] || [[ "$("$PDC" contract a.pair --instance full)" == *'-- n is numeric; numeric(38, 9) is the nearest'* ]]
    equal "$("$PDC" contract a.made --instance full)" 'contract made (
  a int
);'
    run "$PDC" contract a.copy --instance full
    equal "$status" 3
    [[ "$output" == *"error[F0907]: the columns of \`a.copy\` are not known before a run"* ]]
    sed -i "/raw.gone/d; s/table gone as csv('gone.csv');//" main.flow
    sed -i 's/table t unique (amount) as/table t of t as/' main.flow
    cat t.flow >> main.flow
    build
    ./flow --instance full
    run "$PDC" contract a.tt --instance full
    equal "$status" 3
    [[ "$output" == *'did you mean `a.t`?'* ]]
}
