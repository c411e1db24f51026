# How a table differs between two instances. Each test on both engines; full and mini are built from the same files, which
# change in between.
load lib

setup() {
    project
    sed -i '/^  mi[dn]i:/d; /attrs:$/d; /copy_filtered_input: false/d' pipedag.yaml
    printf '  mini: {}\n' >> pipedag.yaml
}

teardown() {
    project_teardown
}

# instance NAME < CSV: writes rows.csv and builds the instance from it.
instance() {
    cat > rows.csv
    ./flow --instance "$1" --quiet 2>log
}

# differ ARGS…: ./flow diff of mini against full; its exit code in $code.
differ() {
    code=0
    ./flow diff --instance mini --against full "$@" > out 2>log || code=$?
}

# counts ARGS…: exit code, state and counts, from the JSON.
counts() {
    differ --json "$@"
    jq -e . out > /dev/null
    jq -r "select(.event == \"diff\") | \"$code \(.state): \(.here) \(.there), equal=\(.equal) changed=\(.changed) here=\(.only_here) there=\(.only_there)\"" out
}

# columns: what is to be said of columns, from the JSON of the last call.
columns() {
    jq -r 'select(.event == "diff_column" and (.state != "compared" or .differ > 0 or .here_type != .there_type)) |
        "\(.column) \(.state) \(.differ) \(.example | tojson)"' out
}

# single: rows of one side, from the JSON of the last call.
single() {
    jq -rc 'select(.event == "diff_row") | [.side, .here, .there, .key // .row]' out
}

keyed_flow() {
    flow_file <<'FLOW'
flow shop;
stage raw {
  input { table rows as csv('rows.csv'); }
  table t primary key (id) as select cast(id as int) as id, cast(name as text) as name, cast(amount as int) as amount from rows;
}
FLOW
    build
}

whole_flow() {
    flow_file <<'FLOW'
flow shop;
stage raw { input { table rows as csv('rows.csv'); } table t as select cast(a as int) as a, cast(b as text) as b from rows; }
FLOW
    build
}

@test "equal, part of it, more than it" {
    keyed_flow
    printf 'id,name,amount\n1,a,10\n2,b,20\n3,,\n' | instance full
    printf 'id,name,amount\n3,,\n1,a,10\n2,b,20\n' | instance mini
    equal "$(counts raw.t)" '0 equal: 3 3, equal=3 changed=0 here=0 there=0'
    differ raw.t
    equal "$code $(tail -n 1 out)" '0 equal: mini and full hold the same'
    printf 'id,name,amount\n3,,\n' | instance mini
    equal "$(counts raw.t)" '1 subset: 1 3, equal=1 changed=0 here=0 there=2'
    equal "$(counts raw.t --subset)" '0 subset: 1 3, equal=1 changed=0 here=0 there=2'
    differ raw.t --subset
    equal "$code $(cat out)" "0 $(printf '%s\n' 'raw.t: mini (1 row) against full (3 rows), by (id)' \
        '1 equal, 0 different, 0 only in mini, 2 only in full' '' ' id' '----' '  1' '  2' '(2 rows only in full)' '' \
        'subset: all of mini is in full, which has more rows')"
    printf 'id,name,amount\n3,,\n4,d,40\n' | instance mini
    equal "$(counts raw.t --subset)" '1 different: 2 3, equal=1 changed=0 here=1 there=2'
    equal "$(single)" "$(printf '%s\n' '["here",1,0,{"id":4}]' '["there",0,1,{"id":1}]' '["there",0,1,{"id":2}]')"
}

@test "changed values, NULL among them, column by column" {
    keyed_flow
    printf 'id,name,amount\n1,a,10\n2,b,20\n3,c,\n4,,40\n5,e,50\n' | instance full
    printf 'id,name,amount\n1,a,10\n2,B,20\n3,c,30\n4,,41\n6,f,60\n' | instance mini
    equal "$(counts raw.t)" '1 different: 5 5, equal=1 changed=3 here=1 there=1'
    equal "$(columns)" "$(printf '%s\n' 'name compared 1 {"key":{"id":2},"here":"B","there":"b"}' \
        'amount compared 2 {"key":{"id":3},"here":30,"there":null}')"
    differ raw.t
    grep -q ' name   |                1 | 2          | B    | b' out
    grep -q ' amount |                2 | 3          | 30   | NULL' out
    equal "$(tail -n 1 out)" "different: mini and full don't hold the same"
}

@test "columns of one side, and of another type" {
    flow_file <<'FLOW'
flow shop;
stage raw { input { table t as csv('rows.csv'); } }
FLOW
    build
    printf 'id,kept,typed,gone\n1,x,7,z\n' | instance full
    printf 'id,kept,typed,"ne""w"\n1,x,seven,z\n' | instance mini
    equal "$(counts raw.t --key id)" '1 different: 1 1, equal=1 changed=0 here=0 there=0'
    equal "$(columns)" "$(printf '%s\n' 'typed other_type null null' 'ne"w only_here null null' 'gone only_there null null')"
    equal "$(counts raw.t --key id --subset | cut -d ' ' -f 1)" 1
    differ raw.t --key id
    grep -q 'typed .*text in mini, bigint in full: not compared' <(tr A-Z a-z < out | sed 's/varchar/text/')
    grep -q 'only in mini: ' out
    grep -q 'only in full: ' out
    for key in gone typed; do
        differ raw.t --key $key
        equal "$code" 2
        grep -q "rows can't be matched by \"$key\"" log
    done
}

@test "types that differ and have something in common are compared, and reported" {
    flow_file <<'FLOW'
flow shop;
attrs { wide bool default false; }
stage s {
  if attrs.wide { table t primary key (i) as select cast(1 as bigint) as i, cast(1.5 as numeric(12, 4)) as n, cast(2.5 as double precision) as f, cast('x' as varchar(9)) as c; }
  if not attrs.wide { table t primary key (i) as select cast(1 as integer) as i, cast(1.5 as numeric(10, 2)) as n, cast(2.5 as real) as f, cast('x' as varchar(4)) as c; }
}
FLOW
    build
    ./flow --instance full --quiet --attr wide=true
    ./flow --instance mini --quiet
    equal "$(counts s.t)" '1 different: 1 1, equal=1 changed=0 here=0 there=0'
    equal "$(columns | cut -d ' ' -f 1-3 | grep -v '^c ' | tr '\n' ';')" 'i compared null;n compared 0;f compared 0;'
}

@test "keys of several columns, in the order that was asked for, and with NULL" {
    whole_flow
    printf 'a,b\n1,x\n1,y\n2,x\n,x\n3,\n' | instance full
    printf 'a,b\n1,y\n2,y\n,x\n3,\n' | instance mini
    equal "$(counts raw.t --key b,a)" '1 different: 4 5, equal=3 changed=0 here=1 there=2'
    equal "$(single)" "$(printf '%s\n' '["here",1,0,{"b":"y","a":2}]' '["there",0,1,{"b":"x","a":1}]' '["there",0,1,{"b":"x","a":2}]')"
    equal "$(counts raw.t --key ' A , "b" ' --limit 1)" '1 different: 4 5, equal=3 changed=0 here=1 there=2'
    equal "$(single | grep -c there)" 1
    differ raw.t --key a,b --limit 1
    grep -qx '(the first 1 of 2 rows only in full)' out
}

@test "without a key, whole rows as often as they occur" {
    whole_flow
    printf 'a,b\n1,x\n1,x\n1,x\n2,\n2,\n,z\n' | instance full
    printf 'a,b\n1,x\n2,\n2,\n2,\n,z\n3,n\n' | instance mini
    equal "$(counts raw.t)" '1 different: 6 6, equal=4 changed=0 here=2 there=2'
    equal "$(single)" "$(printf '%s\n' '["here",3,2,{"a":2,"b":null}]' '["here",1,0,{"a":3,"b":"n"}]' '["there",1,3,{"a":1,"b":"x"}]')"
    differ raw.t
    grep -qx ' a | b    | copies in mini | in full' out
    grep -qx ' 2 | NULL |              3 |       2' out
    printf 'a,b\n1,x\n2,\n' | instance mini
    equal "$(counts raw.t --subset)" '0 subset: 2 6, equal=2 changed=0 here=0 there=4'
    printf 'a,b\n1,x\n2,\n,z\n1,x\n2,\n1,x\n' | instance mini
    equal "$(counts raw.t)" '0 equal: 6 6, equal=6 changed=0 here=0 there=0'
}

@test "a key that is none is an error that says how much it isn't" {
    whole_flow
    printf 'a,b\n1,x\n2,y\n' | instance mini
    printf 'a,b\n1,x\n1,y\n2,x\n2,z\n2,u\n3,u\n,\n,\n' | instance full
    differ raw.t --key a
    equal "$code" 2
    [ ! -s out ]
    grep -q '(a) is no key of raw.t in instance full: 3 of its values stand for 7 rows' log
    grep -q 'hint: .*--key' log
    differ raw.t --key a --json
    jq -e 'select(.event == "error" and .code == "data")' out > /dev/null
}

@test "empty tables" {
    whole_flow
    printf 'a,b\n' | instance full
    printf 'a,b\n' | instance mini
    equal "$(counts raw.t)" '0 equal: 0 0, equal=0 changed=0 here=0 there=0'
    equal "$(counts raw.t --key a)" '0 equal: 0 0, equal=0 changed=0 here=0 there=0'
    printf 'a,b\n1,x\n' | instance full
    equal "$(counts raw.t --key a --subset)" '0 subset: 0 1, equal=0 changed=0 here=0 there=1'
    equal "$(counts raw.t)" '1 subset: 0 1, equal=0 changed=0 here=0 there=1'
}

@test "odd names are names" {
    flow_file <<'FLOW'
flow shop;
stage "Süd stage" { input {
  table "a""b; drop table x --" primary key ("Schlüssel, 1") as select * from (values (1, 'x', 5), (2, 'y', 6)) as v("Schlüssel, 1", "'); --", "k0");
} }
FLOW
    build
    ./flow --instance full --quiet
    sed -i "s/'y', 6/'Z', 6/" main.flow
    build
    ./flow --instance mini --quiet
    equal "$(counts 'Süd stage.a"b; drop table x --')" '1 different: 2 2, equal=1 changed=1 here=0 there=0'
    equal "$(columns)" "'); -- compared 1 {\"key\":{\"Schlüssel, 1\":2},\"here\":\"Z\",\"there\":\"y\"}"
    equal "$(counts '"Süd stage"."a""b; drop table x --"' --key '"Schlüssel, 1"')" '1 different: 2 2, equal=1 changed=1 here=0 there=0'
    equal "$(counts 'Süd stage.a"b; drop table x --' --key "\"'); --\"")" '1 different: 2 2, equal=1 changed=0 here=1 there=1'
    differ 'Süd stage.a"b; drop table x --' --key 'x") or 1=1 --'
    equal "$code" 2
    grep -q 'has no column' log
}

@test "columns that the copy masks are counted, and not shown" {
    flow_file <<'FLOW'
flow shop;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
contract person (id int primary key, name text, born int pii);
stage raw { input {
  table t primary key (id) as csv('rows.csv');
  table log as csv('rows.csv');
} }
stage out {
  table mails primary key (id) as select id, email, name from raw.t;
  table people of person as select id, name, id + 1970 as born from raw.t;
}
copy from attrs.copy_source when attrs.copy_filtered_input { raw.t: all, mask email with null; raw.log: all, mask email with 'upper(email)'; }
FLOW
    sed -i 's/^  mini: {}/  mini: {attrs: {copy_filtered_input: true}}/' pipedag.yaml
    build
    printf 'id,email,name\n1,secret1@x,a\n2,secret2@x,b\n' | instance full
    ./flow --instance mini --quiet
    equal "$(counts raw.t)" '0 equal: 2 2, equal=2 changed=0 here=0 there=0'
    equal "$(jq -c 'select(.column == "email") | [.differ, .masked, .changed_by_copy, .example]' out)" \
        '[2,true,true,{"key":{"id":1},"here":"(masked)","there":"(masked)"}]'
    equal "$(counts raw.log)" '0 equal: 2 2, equal=2 changed=0 here=0 there=0'
    equal "$(counts out.mails)" '1 different: 2 2, equal=0 changed=2 here=0 there=0'
    for table in raw.t raw.log out.mails; do
        differ $table && cat out log >> all
        differ $table --json && cat out log >> all
        code=0
        ./flow diff $table --instance full --against mini >> all 2>&1 || code=$?
    done
    grep -q '(masked)' all
    ! grep -iq secret all
    differ raw.t --key email
    equal "$code" 2
    grep -q "rows can't be matched by \"email\": the copy changes its values" log
    printf 'id,email,name\n1,secret1@x,a\n3,secret3@x,c\n' | instance full
    equal "$(counts out.people --key born)" '1 different: 2 2, equal=1 changed=0 here=1 there=1'
    equal "$(single)" "$(printf '%s\n' '["here",1,0,{"born":"(masked)"}]' '["there",0,1,{"born":"(masked)"}]')"
    ! grep -q 197 out
}

@test "views, and tables that the flow doesn't make" {
    flow_file <<'FLOW'
flow shop;
stage raw { input { table t as csv('rows.csv'); } }
stage out { view v as select a, count(*) as n from raw.t group by a; view w as select * from v; }
FLOW
    build
    printf 'a,b\n1,x\n1,y\n2,x\n' | instance full
    printf 'a,b\n1,x\n2,x\n' | instance mini
    equal "$(counts out.v --key a)" '1 different: 2 2, equal=1 changed=1 here=0 there=0'
    equal "$(counts out.w)" '1 different: 2 2, equal=1 changed=0 here=1 there=1'
}

@test "values of every kind" {
    local kinds
    if [ "$ENGINE" = postgres ]; then
        kinds="cast('{\"a\": 1}' as json) as j, cast('(1,2)' as point) as p, array[1, null] as l, cast('{\"b\": 2}' as jsonb) as jb,"
    else
        kinds="cast('{\"a\": 1}' as json) as j, {'x': 1} as p, [1, null] as l, map {'b': 2} as jb,"
    fi
    flow_file <<FLOW
flow shop;
attrs { other bool default false; }
stage s { table t as select 1 as id, $kinds cast('NaN' as double precision) as f, true as b, date '2026-01-31' as d, timestamp '2026-01-31 12:00:00' as ts,
    cast('00000000-0000-0000-0000-00000000000f' as uuid) as u, cast(null as interval) as n, 'ä' || chr(10) || '"' as t; }
FLOW
    build
    ./flow --instance full --quiet
    ./flow --instance mini --quiet
    equal "$(counts s.t)" '0 equal: 1 1, equal=1 changed=0 here=0 there=0'
    equal "$(counts s.t --key id)" '0 equal: 1 1, equal=1 changed=0 here=0 there=0'
    equal "$(counts s.t --key f,b,d,ts,u,n,t,j,l)" '0 equal: 1 1, equal=1 changed=0 here=0 there=0'
    sed -i "s/1, null\]/1, 2]/; s/true as b/false as b/; s/'NaN'/'1'/; s/'ä'/'Ä'/; s/null as interval/'1 day' as interval/" main.flow
    build
    ./flow --instance mini --quiet
    equal "$(counts s.t --key id)" '1 different: 1 1, equal=0 changed=1 here=0 there=0'
    equal "$(jq -c 'select(.differ > 0) | [.column, .differ, .example.here, .example.there]' out | grep -v '"[ln]"' | sed s/nan/NaN/)" \
        "$(printf '%s\n' '["f",1,1,"NaN"]' '["b",1,false,true]' '["t",1,"Ä\n\"","ä\n\""]')"
    equal "$(counts s.t)" '1 different: 1 1, equal=0 changed=0 here=1 there=1'
}

@test "while the other instance is written, it is waited for" {
    [ "$ENGINE" = duckdb ] || skip "a publication on a server is over too soon to be met"
    whole_flow
    printf 'a,b\n1,x\n' | instance full
    printf 'a,b\n1,x\n' | instance mini
    python3 - <<'PY' &
import fcntl, time
file = open('full.duckdb', 'r+b')
fcntl.lockf(file, fcntl.LOCK_EX)
open('held', 'w').close()
time.sleep(2)
PY
    holder=$!
    while [ ! -e held ]; do sleep 0.05; done
    differ raw.t --wait 0
    equal "$code" 4
    equal "$(counts raw.t)" '0 equal: 1 1, equal=1 changed=0 here=0 there=0'
    wait "$holder"
}

@test "what can't be compared is said" {
    keyed_flow
    differ raw.t
    equal "$code" 2
    grep -q 'instance .* has no published raw.t' log
    printf 'id,name,amount\n1,a,10\n' | instance mini
    differ raw.t
    equal "$code" 2
    grep -q 'instance full has no published raw.t' log
    grep -q 'hint: run ./flow --instance full first' log
    code=0
    ./flow diff raw.t --instance full --against mini 2>log || code=$?
    equal "$code" 2
    grep -q 'instance full has no published raw.t' log
    printf 'id,name,amount\n1,a,10\n' | instance full
    differ raw.tt
    equal "$code" 2
    grep -q 'did you mean `raw.t`' log
    differ raw
    grep -q 'it is a stage' log
    differ raw.t --key nam
    equal "$code" 2
    grep -q 'did you mean "name"' log
    code=0
    ./flow diff raw.t --instance full --against mni 2>log || code=$?
    equal "$code" 3
    grep -q 'unknown instance `mni`' log
    code=0
    ./flow diff raw.t --instance full --against full 2>log || code=$?
    equal "$code" 2
    grep -q 'compared with itself' log
    code=0
    ./flow diff raw.t --instance full 2>log || code=$?
    equal "$code" 2
    grep -q -- '--against' log
    cat >> pipedag.yaml <<'YAML'
  away: {table_store: {args: {url: "postgresql://u:secret@elsewhere.example/db"}}}
YAML
    code=0
    ./flow diff raw.t --instance full --against away 2>log || code=$?
    equal "$code" 3
    grep -q 'comparing instance full .* with instance away .* is not built yet: they are ' log
    ! grep -q secret log
}

@test "an answer that can't be written is trouble, and no difference" {
    keyed_flow
    printf 'id,name,amount\n1,a,10\n' | instance full
    printf 'id,name,amount\n1,a,10\n' | instance mini
    code=0
    ./flow diff raw.t --instance mini --against full > /dev/full 2>log || code=$?
    equal "$code" 2
    grep -q 'standard output' log
}

@test "a table that only one instance's flow has" {
    flow_file <<'FLOW'
flow shop;
attrs { more bool default false; }
stage s { table t as select 1 as a; if attrs.more { table u as select 1 as a; } }
FLOW
    build
    ./flow --instance full --quiet
    ./flow --instance mini --quiet --attr more=true
    differ s.u --attr more=true
    equal "$code" 2
    grep -q 'with the attrs of instance full the flow has no such table' log
}

@test "nothing is left behind, and nobody is kept from running" {
    keyed_flow
    printf 'id,name,amount\n1,a,10\n' | instance full
    printf 'id,name,amount\n1,a,11\n' | instance mini
    differ raw.t
    equal "$code" 1
    ./flow --instance mini --wait 0 --force --quiet
    ./flow --instance full --wait 0 --force --quiet
    if [ "$ENGINE" = postgres ]; then
        equal "$(psql -At -d "$DATABASE" -c "select count(*) from pg_locks where locktype = 'advisory'")" 0
    fi
}

# fields EVENT: the names of the fields of its fullest event on stdin.
fields() {
    jq -rs --arg event "$1" '[.[] | select(.event == $event)] | max_by(tojson | length) | keys_unsorted | join(" ")'
}

@test "each event is as the manual says" {
    keyed_flow
    printf 'id,name,amount\n1,a,10\n2,b,20\n' | instance full
    printf 'id,name,amount\n1,a,11\n' | instance mini
    differ raw.t --json
    equal "$code $(tail -n 1 out | jq -r .event)" '1 diff'
    sed -n 's/^    {"event"/{"event"/p' "$PDC_SOURCE_DIR/docs/command-line.md" > manual
    for event in diff_column diff_row diff; do
        equal "$event: $(fields $event < out)" "$event: $(fields $event < manual)"
    done
}

@test "a hundred thousand rows, and more columns than a join has" {
    flow_file <<'FLOW'
flow shop;
attrs { shift int default 0; }
stage s {
  table t primary key (id) as select cast(i as int) as id, i % 97 + case when i % 1000 = 0 then ${attrs.shift} else 0 end as v, 'text ' || i as w from (select row_number() over () as i from generate_series(1, 100000) as g(x)) as n where i > 10 * ${attrs.shift};
  table wide primary key (c0) as select @COLUMNS@, cast(null as int) as z;
}
FLOW
    local i columns='1 as c0'
    for i in $(seq 1 1499); do
        columns="$columns, \${attrs.shift} as c$i"
    done
    sed -i "s/@COLUMNS@/$columns/" main.flow
    build
    ./flow --instance full --quiet
    ./flow --instance mini --quiet --attr shift=1
    SECONDS=0
    equal "$(counts s.t)" '1 different: 99990 100000, equal=99890 changed=100 here=0 there=10'
    equal "$(single | wc -l)" 5
    equal "$(counts s.t --limit 0)" '1 different: 99990 100000, equal=99890 changed=100 here=0 there=10'
    equal "$(single | wc -l)" 10
    equal "$(counts s.t --key w)" '1 different: 99990 100000, equal=99890 changed=100 here=0 there=10'
    [ "$SECONDS" -lt 60 ]
    equal "$(counts s.wide)" '1 different: 1 1, equal=0 changed=1 here=0 there=0'
    equal "$(jq -c 'select(.event == "diff_column" and .example != null)' out | wc -l)" 1499
    ./flow --instance mini --quiet
    equal "$(counts s.wide)" '0 equal: 1 1, equal=1 changed=0 here=0 there=0'
}
