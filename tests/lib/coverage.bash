# How often intervals of `./flow estimate` contain the truth. Sourced behind e2e/lib.bash.
#
# Instead of many seeds there are many populations, copied and estimated at once: each has its own keys, so its own
# hashes, and is a group of the estimate. Their customers' sizes are log-normal (the sum of twelve uniform
# figures stands for a normal one), and each has one to nine orders.

# population N_POPULATIONS N_CUSTOMERS SIGMA < RULES
population() {
    cat > main.flow <<FLOW
flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; }
stage raw { input {
  table customers primary key (customer_id) as
    select cast((r * $2 + c) * 7919 + 123456 as bigint) as customer_id, cast(r as int) as population, c,
      100 * exp($3 * (cast((c * 3571) % 997 + (c * 2659) % 991 + (c * 4703) % 983 + (c * 5813) % 977 + (c * 6911) % 971 + (c * 1283) % 967
        + (c * 7411) % 953 + (c * 8219) % 947 + (c * 1999) % 941 + (c * 9461) % 937 + (c * 3259) % 929 + (c * 5003) % 919 as double precision) / 960 - 6)) as size
    from generate_series(0, $1 - 1) as g(r), generate_series(0, $2 - 1) as h(c);
  table orders primary key (id) foreign key (customer_id) references customers as
    select c.customer_id * 10 + o as id, c.customer_id, c.population, c.size * (0.5 + (c.c + o * 31) % 100 / 100.0) as amount
    from customers as c, generate_series(0, 8) as i(o) where o <= c.c * 13 % 9;
} }
stage clean { table orders primary key (id) as
  select o.id, o.population, o.amount, c.size from raw.orders as o join raw.customers as c on c.customer_id = o.customer_id; }
copy from attrs.copy_source when attrs.copy_filtered_input {
FLOW
    { cat; echo '}'; } >> main.flow
    build
}

# coverage TABLE COLUMN: runs both instances; for each figure its name, the number of intervals, and the share of those with the truth, in percent.
coverage() {
    local query="select population, sum($2) as sum, count(*) as count, avg($2) as avg from $1 group by population"
    ./flow --instance full -q 2>"$PROJECT/log"
    ./flow --instance mini -q 2>"$PROJECT/log"
    ./flow estimate "$query" --instance full --json > truth.json
    ./flow estimate "$query" --instance mini --json > estimates.json
    jq -r -s --slurpfile truth truth.json '. as $e | ("sum", "count", "avg") as $f
        | [range(length) as $i | $truth[$i][$f] as $t | select($e[$i][$f + "_margin"] == "interval") | $e[$i][$f + "_low"] <= $t and $t <= $e[$i][$f + "_high"]]
        | "\($f) \(length) \(100 * (map(select(.)) | length) / length)"' estimates.json
}

# within LOWEST HIGHEST < COVERAGE: prints it, and says whether each share lies there.
within() {
    awk -v low="$1" -v high="$2" '{ print "# " $1 ": " $3 " % of " $2 " intervals contain the truth" } $3 < low || $3 > high { bad = 1 } END { exit bad || NR == 0 }'
}
