# Of 95 % intervals about 95 in 100 contain the truth. More customers and other shapes: tests/bench/intervals.
load lib
load ../lib/coverage

setup() {
    project
}

teardown() {
    project_teardown
}

@test "intervals over 500 populations: clusters of an entity's rows" {
    echo 'entity customer_id: sample 25 percent;' | population 500 400 0.6
    coverage clean.orders amount > shares
    within 93 97 < shares >&3
}

@test "intervals over 500 populations: parents counted through their children" {
    echo 'raw.orders: sample 25 percent; raw.customers: none;' | population 500 400 0.6
    coverage raw.customers size > shares
    within 93 97 < shares >&3
}

@test "intervals over 500 populations: the smallest hashes of strata" {
    echo 'raw.customers: sample 5 percent, at least 100 per (population); raw.orders: follow raw.customers;' | population 500 400 0.6
    coverage clean.orders amount > shares
    within 93 97 < shares >&3
}
