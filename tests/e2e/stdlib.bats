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

@test "std.sampling says what ./flow estimate says" {
    flow_file <<'FLOW'
flow shop;
use std.sampling;
attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; percent float default 100; }
stage raw { input { table orders primary key (id) as
  select i as id, i * 37 % 400 as customer_id, i % 3 as status, case when i % 11 > 0 then i % 17 end as amount from generate_series(1, 2000) as g(i); } }
stage marts {
  table weighed as select o.*, 100.0 / ${attrs.percent} as weight, ${attrs.percent} / 100.0 as inclusion from raw.orders as o;
  table short as select estimated_total(amount, weight) as total, estimated_count(weight) as n, estimated_mean(amount, weight) as mean from weighed;
  table totals as estimate_totals_by(weighed, status, amount, customer_id, inclusion, weight);
  table means as estimate_means_by(weighed, status, amount, customer_id, inclusion, weight);
  table total as estimate_total(weighed, amount, customer_id, inclusion, weight);
  table mean as estimate_mean(weighed, amount, customer_id, inclusion, weight);
  table few as estimate_total(weighed, amount, status, inclusion, weight);
}
copy from attrs.copy_source when attrs.copy_filtered_input { raw.orders: sample attrs.percent percent by (customer_id); }
FLOW
    build
    summary full
    summary mini --attr percent=20
    figures() { # TABLE: estimate, low and high to 9 digits, and units
        sql mini "select estimate, low, high, units from %T(marts.$1) order by ${2:-1}" | awk -F'|' '{ printf "%.9g %.9g %.9g %d\n", $1, $2, $3, $4 }'
    }
    estimated() { # FUNCTION QUERY
        ./flow estimate --instance mini --attr percent=20 "$2" --json | jq -r --arg f "$1" '"\(.[$f]) \(.[$f + "_low"]) \(.[$f + "_high"]) \(.[$f + "_units"])"' |
            awk '{ printf "%.9g %.9g %.9g %d\n", $1, $2, $3, $4 }'
    }
    equal "$(figures total)" "$(estimated x 'select sum(amount) as x from raw.orders')"
    equal "$(figures mean)" "$(estimated x 'select avg(amount) as x from raw.orders')"
    equal "$(figures totals status)" "$(estimated x 'select status, sum(amount) as x from raw.orders group by 1')"
    equal "$(figures means status)" "$(estimated x 'select status, avg(amount) as x from raw.orders group by 1')"
    equal "$(sql mini "select s.total = t.estimate, round(cast(s.mean - m.estimate as decimal(12, 6)), 6) from %T(marts.short) as s, %T(marts.total) as t, %T(marts.mean) as m")" 'true|0.000000'
    equal "$(sql mini "select low, high, units from %T(marts.few)")" 'NULL|NULL|3'
    equal "$(sql full "select low = estimate, high = estimate, units from %T(marts.total)")" 'true|true|0'
}
