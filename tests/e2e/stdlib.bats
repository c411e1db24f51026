# std.checks: what each check finds, and what it passes. Each test on both engines.
load lib

setup() {
    project
}

teardown() {
    project_teardown
}

# found CHECK…: builds a flow that uses each as a warning named w1, w2, …; prints the number of rows each finds.
found() {
    local check n=0 uses=''
    for check in "$@"; do
        n=$((n + 1))
        uses+="  warn w$n as $check;"$'\n'
    done
    flow_file <<FLOW
flow checked;
use std.checks;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table t as select * from (values (1, 'a', 5.5), (1, 'b', null), (2, 'c', 7.0), (null, null, -1)) as v(id, kind, amount);
  table parents as select 1 as pid union all select null;
  table same as select * from t;
  table more as select * from t union all select * from t where id = 2;
  table none as select * from t where id = 99;
$uses}
FLOW
    build
    ./flow --instance full --json 2>"$PROJECT/log" |
        jq -r 'select(.event == "check") | "\(.name)=\(.violations)"' | sort -V | tr '\n' ' '
}

@test "each check finds what it is for" {
    equal "$(found 'no_duplicates(t, id)' 'no_nulls(t, amount)' "accepted_values(t, kind, ('a', 'b'))" \
        "accepted_values(t, id, ('1',))" 'accepted_values(t, kind, ())' 'in_range(t, amount, null, 6)' \
        'in_range(t, amount, 0, null)' 'has_counterpart(t, id, parents, pid)' "matches(t, kind, 'a%')" \
        'not_empty(none)' 'row_count(t, null, 3)' 'row_count(none, 1, null)' 'same_rows(t, more)' 'same_rows(none, t)')" \
        'w1=1 w2=1 w3=1 w4=1 w5=3 w6=1 w7=1 w8=1 w9=2 w10=1 w11=1 w12=1 w13=1 w14=4 '
}

@test "each check passes what is right" {
    equal "$(found 'no_duplicates(t, kind)' "accepted_values(t, kind, ('a', 'b', 'c'))" 'in_range(t, amount, -1, 7)' \
        'in_range(t, amount, null, null)' 'has_counterpart(parents, pid, t, id)' "matches(t, kind, '_')" 'not_empty(t)' \
        'row_count(t, 4, 4)' 'row_count(none, 0, 0)' 'same_rows(t, same)' 'no_nulls(none, id)')" \
        'w1=0 w2=0 w3=0 w4=0 w5=0 w6=0 w7=0 w8=0 w9=0 w10=0 w11=0 '
}
