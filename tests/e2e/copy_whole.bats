# What is checked of a copy before it is committed. Each test on both engines.
load lib

setup() {
    project
    LAST=103
}

teardown() {
    project_teardown
}

# shop CUSTOMERS ORDERS RULES [MORE]: customers 1 to 100 and MORE, orders that refer to customers 1 to $LAST, each with these
# clauses; runs full.
shop() {
    {
        echo 'flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; } stage raw { input {'
        cat <<FLOW
  table customers $1 as select i as id, 'c' || i as name from generate_series(1, 100) as g(i) ${4:-};
  table orders primary key (id) $2 as select i as id, i % $LAST + 1 as customer_id from generate_series(1, 1000) as g(i);
} }
copy from attrs.copy_source when attrs.copy_filtered_input { $3 }
FLOW
    } > main.flow
    build
    summary full > full.out
}

# mini ARGS…: runs it; its lines are in $output, its warnings in the file `warnings`.
mini() {
    status=0
    output=$(./flow --instance mini --json "$@" 2>"$PROJECT/log") || status=$?
    jq -r 'select(.event == "warning") | .text // .error.message' <<< "$output" > warnings
}

@test "a reference that a mask cuts is an error, with clause, count and first rows" {
    LAST=100
    shop 'primary key (id)' 'foreign key (customer_id) references customers' 'raw.customers: all; raw.orders: where id < 50, mask customer_id with '"'customer_id + 90'"';'
    mini
    equal "$status" 1
    equal "$(jq -r 'select(.event == "step" and .state == "failed") | "\(.table) \(.error.message)"' <<< "$output")" \
        'raw.orders raw.orders: 40 rows break `foreign key (customer_id) references raw.customers`'
    grep -q 'id = [0-9]*, customer_id = 1[0-9][0-9]' <<< "$output"
    [[ "$output" == *'in instance full all of these references have their target'* ]]
    run sql mini "select count(*) from %T(raw.orders)"
    [ "$status" -ne 0 ]
}

@test "references that dangle in the source are told, and stay; the clause decides" {
    shop 'primary key (id)' 'warn foreign key (customer_id) references customers' 'raw.orders: where id < 500; raw.customers: none;'
    mini
    equal "$status" 0
    equal "$(sql mini "select count(*) from %T(raw.orders) where customer_id > 100")" 12
    equal "$(jq -r 'select(.event == "note") | .text' <<< "$output")" \
        'raw.orders: 12 rows refer to nothing in instance full already, along `foreign key (customer_id) references raw.customers`'
    equal "$(jq -r 'select(.event == "check" and .passed == false) | .violations' <<< "$output")" 12
    sed -i 's/warn foreign/foreign/' main.flow
    build
    mini --force
    equal "$status" 1
    equal "$(cat warnings)" \
        'raw.orders: 12 rows refer to nothing in instance full already, along `foreign key (customer_id) references raw.customers`'
    sed -i 's/where id < 500;/where id < 500, break (customer_id);/' main.flow
    build
    mini
    equal "$status" 0
    equal "$(cat warnings)" ""
}

@test "what holds is tested once, and told" {
    LAST=100
    shop 'primary key (id)' 'foreign key (customer_id) references customers' 'raw.orders: where id < 500; raw.customers: none;'
    mini
    equal "$status" 0
    equal "$(jq -r 'select(.event == "check") | "\(.stage).\(.name) \(.clause) \(.passed)"' <<< "$output")" \
        'raw.orders foreign key (customer_id) references raw.customers true'
    equal "$(cat warnings)" ""
}

@test "keys that are there twice in the source come twice where the clause only warns" {
    shop 'warn primary key (id)' 'warn foreign key (customer_id) references customers (id)' 'raw.customers: where id < 10; raw.orders: follow raw.customers;' \
        "union all select 5, 'again'"
    ./flow copy --plan --instance mini --json > plan.json
    mini
    equal "$status" 0
    equal "$(sql mini "select count(*) from %T(raw.customers) where id = 5")" 2
    equal "$(jq -r 'select(.table == "raw.customers") | .rows' plan.json)" "$(sql mini "select count(*) from %T(raw.customers)")"
    equal "$(jq -r 'select(.table == "raw.orders") | .rows' plan.json)" "$(sql mini "select count(*) from %T(raw.orders)")"
    equal "$(jq -r 'select(.event == "check" and .passed == false) | "\(.name) \(.violations)"' <<< "$output")" "customers 1"
}

@test "keys that are there twice, where the clause was declared since, are an error that says where the rows are from" {
    shop '' 'warn foreign key (customer_id) references customers (id)' 'raw.customers: where id < 10; raw.orders: none;' \
        "union all select 5, 'again'"
    sed -i 's/table customers /table customers primary key (id) /' main.flow
    build
    mini
    equal "$status" 1
    equal "$(jq -r 'select(.event == "step" and .state == "failed") | "\(.table) \(.error.hint)"' <<< "$output")" \
        'raw.customers the rows are those of instance full: does that hold there?'
}

@test "rows without a key can't be chosen, and that is told" {
    shop 'unique (id)' 'warn foreign key (customer_id) references customers (id)' 'raw.customers: sample 100 percent, at least 1 per (name); raw.orders: none;' \
        "union all select null, 'nobody'"
    ./flow copy --plan --instance mini --json > plan.json
    mini
    equal "$status" 0
    equal "$(cat warnings)" "raw.customers: 1 row of instance full can't be chosen, since the key (id) is null there"
    equal "$(sql mini "select count(*) from %T(raw.customers)")" 100
    equal "$(jq -r 'select(.table == "raw.customers") | .rows' plan.json)" 100
}
