# Masks of copied columns: keyed hashes and fakes. Each test on both engines, with the same values on both.
load lib

KEY='correct horse battery staple'
OTHER_KEY='another key of sufficient length'

setup() {
    project
    export MASKING_KEY=$KEY
    CONFIG_EXTRA='    masking_key: "{$MASKING_KEY}"' write_config ''
    cat > schema.part <<'FLOW'
flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; }
stage raw { input {
  table customers primary key (id) as select * from (values
    (1, 'Ann.Smith@example.org', '+49 (0)30 1234-567', date '1980-02-29', cast(12.50 as decimal(10, 2)), timestamp '2024-05-06 07:08:09'),
    (22, 'Łukasz Żółć', 'x', date '1999-12-31', 0.00, null),
    (333, null, null, null, null, null),
    (2000000000, 'Ann.Smith@example.org', '', date '1980-02-29', -7.25, timestamp '2024-05-06 07:08:09')
  ) as v(id, email, phone, born, credit, seen);
  table orders primary key (no) foreign key (customer) references customers as
    select * from (values (1, 22, 'Ann.Smith@example.org'), (2, 2000000000, 'nobody')) as v(no, customer, sender);
} }
stage marts { table joined as select o.no from raw.orders as o join raw.customers as c on c.email = o.sender group by o.no; }
FLOW
}

teardown() {
    project_teardown
}

# masks < LINES of the copy block: builds, and runs full and mini.
masks() {
    { cat schema.part; echo 'copy from attrs.copy_source when attrs.copy_filtered_input {'; cat; echo '}'; } > main.flow
    build
    summary full > full.out
    summary mini > mini.out
}

hmac() {
    printf %s "$1" | openssl dgst -sha256 -hmac "$KEY" | sed 's/.*= //'
}

@test "a hash is the HMAC of the value's text, equal values stay equal, NULL stays NULL" {
    masks <<'RULES'
raw.customers: all, mask email with hash, mask born with hash, mask credit with hash;
raw.orders: all, mask sender with hash;
RULES
    equal "$(cat mini.out)" "built=1 kept=0 copied=2"
    equal "$(sql mini "select email, born, credit from %T(raw.customers) where id = 1")" \
        "$(hmac Ann.Smith@example.org)|$(hmac 1980-02-29)|$(hmac 12.5)"
    equal "$(sql mini "select email from %T(raw.customers) where id = 22")" "$(hmac 'Łukasz Żółć')"
    equal "$(sql mini "select count(email), count(born), count(distinct email) from %T(raw.customers)")" "3|3|2"
    equal "$(sql mini "select no from %T(marts.joined)")" "$(sql full "select no from %T(marts.joined)")"
}

@test "a fake has the shape of the value, the same on both engines" {
    masks <<'RULES'
raw.customers: all, mask id with fake, mask email with fake, mask phone with fake, mask born with fake, mask credit with fake, mask seen with fake;
raw.orders: all, mask customer with fake, mask sender with fake;
RULES
    equal "$(cat mini.out)" "built=1 kept=0 copied=2"
    equal "$(sql mini "select id, email, phone, born, cast(credit as decimal(10, 2)), seen from %T(raw.customers) order by id")" "$(cat <<'ROWS'
3|Kgg.Fulrn@zmcaimw.acc|+18 (8)47 4979-957|1980-06-14|32.50|2024-09-06 07:23:12
56|Łkivbb Źíłĥ|g|1999-04-21|0.00|NULL
893|NULL|NULL|NULL|NULL|NULL
2056312713|Kgg.Fulrn@zmcaimw.acc||1980-06-14|-9.42|2024-09-06 07:23:12
ROWS
    )"
    equal "$(sql mini "select count(*) from %T(raw.orders) as o join %T(raw.customers) as c on c.id = o.customer")" 2
    equal "$(sql mini "select no from %T(marts.joined)")" "$(sql full "select no from %T(marts.joined)")"
}

@test "another key copies again, and nothing else; the same key does not" {
    masks <<'RULES'
raw.customers: all, mask email with hash;
raw.orders: all, mask sender with 'lower(sender)';
RULES
    equal "$(summary mini)" "built=0 kept=3 copied=0"
    MASKING_KEY=$OTHER_KEY run ./flow plan --instance mini --explain
    [[ "$output" == *'raw.customers of instance full, or `masking_key`, changed'* ]]
    MASKING_KEY=$OTHER_KEY run summary mini
    equal "$output" "built=1 kept=1 copied=1"
    [ "$(sql mini "select email from %T(raw.customers) where id = 1")" != "$(hmac Ann.Smith@example.org)" ]
    MASKING_KEY=$OTHER_KEY run summary mini
    equal "$output" "built=0 kept=3 copied=0"
}

@test "without a key, or with one that can be guessed, nothing is copied" {
    masks <<'RULES'
raw.customers: all, mask email with hash;
raw.orders: all, mask sender with fake;
RULES
    before=$(sql mini "select email from %T(raw.customers) order by id")
    MASKING_KEY=hunter2 run flow --instance mini
    [ "$status" -ne 0 ]
    [[ "$output" == *'`masking_key` has 7 bytes'* ]]
    [[ "$output" == *'mask email with hash'* ]]
    [[ "$output" != *hunter2* ]]
    MASKING_KEY= run flow --instance mini
    equal "$status" 3
    [[ "$output" == *'error[F0616]'*'`mask email with hash` needs a key'* ]]
    run env -u MASKING_KEY ./flow --instance mini
    equal "$status" 3
    [[ "$output" == *MASKING_KEY* ]]
    sed -i '/masking_key/d' pipedag.yaml
    run "$PDC" check
    equal "$status" 3
    [[ "$output" == *'error[F0616]'*'openssl rand -hex 32'* ]]
    equal "$(sql mini "select email from %T(raw.customers) order by id")" "$before"
}

@test "a column that has no such mask is refused by name, and nothing is left behind" {
    sed -i "s/'x', date/'x', date/; s/as v(no, customer, sender)/as v(no, customer, sender), (select cast(1.5 as double precision) as price) as p/" schema.part
    masks <<'RULES'
raw.customers: all;
raw.orders: all, mask price with fake;
RULES
    run flow --instance mini
    equal "$status" 1
    [[ "$output" == *'column "price" of type'*"can't be masked with fake"* ]]
    [[ "$output" == *'mask price with fake'* ]]
    if [ "$ENGINE" = postgres ]; then
        sed -i "s/mask price with fake/mask sender with hash/; s/'nobody')) as v/cast('nobody' as varchar(20)))) as v/; s/22, 'Ann.Smith@example.org'/22, cast('Ann' as varchar(20))/" main.flow
        build
        summary full
        run flow --instance mini
        [[ "$output" == *'column "sender" of type character varying(20) has no room for a hash'* ]]
    fi
}

@test "masking: required refuses what a contract calls personal, also if the configuration says so after the build" {
    sed -i "s/^stage raw/contract customer (id int primary key, email text pii, phone text pii, born date, credit numeric(10, 2), seen timestamp);\n&/; s/table customers primary key (id)/table customers of customer/" schema.part
    masks <<'RULES'
raw.customers: all, mask email with fake;
raw.orders: all;
RULES
    equal "$(cat mini.out)" "built=1 kept=0 copied=2"
    sed -i 's/^    masking_key/    masking: required\n&/' pipedag.yaml
    run flow --instance mini
    equal "$status" 3
    [[ "$output" == *'error[F0617]: `phone` of `raw.customers` is personal'* ]]
    [[ "$output" == *'`raw.customers: mask phone with hash` or `fake'* ]]
    run "$PDC" check
    equal "$status" 3
    [[ "$output" == *'error[F0617]'* ]]
    sed -i 's/mask email with fake/&, mask phone with null/' main.flow
    build
    equal "$(summary mini)" "built=1 kept=1 copied=1"
}

# server_log: where the server's messages go.
server_log() {
    readlink "/proc/$(head -n 1 "$(psql -At -d postgres -c 'show data_directory')/postmaster.pid")/fd/2"
}

@test "masked keys: samples, strata, following and closing over choose the same rows as without masks" {
    cat > main.flow <<'FLOW'
flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; masks bool default false; }
stage raw { input {
  table countries primary key (code) as select * from (values ('de'), ('us'), ('fr')) as v(code);
  table customers primary key (customer_id) foreign key (country) references countries as
    select i as customer_id, case when i % 10 = 0 then null when i % 3 = 0 then 'de' else 'us' end as country from generate_series(1, 1000) as g(i);
  table orders primary key (id) foreign key (customer_id) references customers as
    select i as id, cast((i * 7) % 1000 + 1 as bigint) as customer_id, i % 5 as status from generate_series(1, 3000) as g(i);
  table emps primary key (id) foreign key (boss) references emps as
    select i as id, nullif(i >> 1, 0) as boss from generate_series(1, 200) as g(i);
} }
copy from attrs.copy_source when attrs.copy_filtered_input and not attrs.masks {
  entity customer_id: sample to 50 rows, at least 2 per (country), plus where customer_id = 500;
  raw.orders: plus where id = 17, cover of (status);
  raw.countries: none;
  raw.emps: plus where id = 6, plus keys from 'keys.csv', follow raw.emps up 2;
}
copy from attrs.copy_source when attrs.copy_filtered_input and attrs.masks {
  entity customer_id: sample to 50 rows, at least 2 per (country), plus where customer_id = 500;
  raw.customers: mask customer_id with fake, mask country with null;
  raw.orders: plus where id = 17, cover of (status), mask customer_id with fake;
  raw.countries: none;
  raw.emps: plus where id = 6, plus keys from 'keys.csv', follow raw.emps up 2, mask id with 'id + 1000', mask boss with 'boss + 1000';
}
FLOW
    printf 'id
77
' > keys.csv
    build
    summary full
    equal "$(summary midi)" "built=0 kept=0 copied=4"
    equal "$(summary mini --attr masks=true)" "built=0 kept=0 copied=4"
    for table in customers orders countries emps; do
        sql midi "select count(*) from %T(raw.$table)"
    done > plain
    for table in customers orders countries emps; do
        sql mini "select count(*) from %T(raw.$table)"
    done > masked
    equal "$(cat masked)" "$(cat plain)"
    equal "$(sql mini "select string_agg(cast(id - 1000 as text), ',' order by id) from %T(raw.emps)")" "$(sql midi "select string_agg(cast(id as text), ',' order by id) from %T(raw.emps)")"
    equal "$(sql mini "select string_agg(cast(id as text), ',' order by id) from %T(raw.orders)")" "$(sql midi "select string_agg(cast(id as text), ',' order by id) from %T(raw.orders)")"
    equal "$(sql mini "select count(*) from %T(raw.orders) where customer_id not in (select customer_id from %T(raw.customers))")" 0
}

# absent TEXT FILE: in no letter case, among any bytes.
absent() {
    if grep -aqiF -- "$1" "$2"; then
        printf 'found in %s: %s\n' "$2" "$(grep -aoiF -m 3 -- "$1" "$2" | head -n 3)" >&2
        grep -aiF -m 3 -- "$1" "$2" | cut -c 1-400 >&2
        return 1
    fi
}

# everything PLACE…: all bytes in these files and folders. A server's files come and go with the databases of other tests.
everything() {
    find "$@" -type f -exec cat {} + 2>/dev/null || true
}

@test "no personal value leaves the source, and no key goes anywhere" {
    secret_mail='quentin.quarantine@nowhere.invalid'
    secret_id=987654321
    {
        echo 'flow shop; attrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; }'
        cat <<'FLOW'
contract person (id int primary key, email text not null pii, phone text pii, check (length(email) < 100));
stage raw { input {
  table people of person as csv('people.csv');
  table visits primary key (no) foreign key (id) references people as csv('visits.csv');
} }
stage marts { table seen as select p.email, count(*) as n from raw.people as p join raw.visits as v using (id) group by 1; }
copy from attrs.copy_source when attrs.copy_filtered_input {
  raw.people: sample 100 percent, mask id with fake, mask email with hash, mask phone with fake;
  raw.visits: follow raw.people, mask id with fake, mask mail with fake;
}
FLOW
    } > main.flow
    {
        echo id,email,phone
        echo "$secret_id,$secret_mail,+49 171 7654321"
        for i in $(seq 1 2000); do echo "$i,user$i@nowhere.invalid,+49 30 $((1000000 + i))"; done
    } > people.csv
    {
        echo no,id,mail
        echo "1,$secret_id,$secret_mail"
        for i in $(seq 2 2000); do echo "$i,$i,user$i@nowhere.invalid"; done
    } > visits.csv
    sed -i 's/^    masking_key/    masking: required\n&/' pipedag.yaml
    sed -i 's/      args: {url/      args: {print_sql: true, url/' pipedag.yaml
    build
    ./flow --instance full > full.out 2>&1
    mkdir temp
    if [ "$ENGINE" = postgres ]; then
        # what the server logs of the copy, all of it
        psql -q -d "$DATABASE" -c "alter database $DATABASE set log_statement = 'all'" -c "alter database $DATABASE set log_min_duration_statement = 0" \
            -c "alter database $DATABASE set log_parameter_max_length = -1" -c "alter database $DATABASE set log_min_messages = debug1"
    fi
    TMPDIR=$PROJECT/temp ./flow --instance mini --verbose > mini.out 2>&1
    TMPDIR=$PROJECT/temp ./flow plan --instance mini --explain > plan.out 2>&1
    TMPDIR=$PROJECT/temp ./flow history --instance mini > history.out 2>&1 || true
    ./flow config --instance mini > config.out 2>&1
    equal "$(sql mini "select count(*) from %T(raw.people)")" 2001
    equal "$(sql mini "select n from %T(marts.seen) where email = '$(hmac $secret_mail)'")" 1

    # Lists of keys stand in temporary tables, which may come to lie on a disk.
    grep -E 'create temporary table "pdc (picked|closed)' mini.out > lists
    [ -s lists ]
    equal "$(grep -Evc 'sha256|pdc_mask_hash' lists)" 0

    if [ "$ENGINE" = postgres ]; then
        psql -q -d "$DATABASE" -c checkpoint
        pg_dump -d "$DATABASE" --exclude-schema='full_*' > target
        cat "$(server_log)" > server
        [ -s server ]
        grep -qi 'LOG: .*create table .*sha256' server # what is searched is what was done
        grep -q 'fastpath function call: "set_config"' server
        grep -q "$(hmac $secret_mail)" target
    else
        cat mini.duckdb* > target
        : > server
    fi
    for table in raw.people raw.visits marts.seen; do
        sql mini "select * from %T($table)" >> target
    done
    everything temp mini.out plan.out history.out config.out server target > outside
    [ -s outside ]
    for secret in "$secret_mail" quarantine "$secret_id" 7654321 user1999@ ; do
        absent "$secret" outside
    done
    run absent "$secret_mail" people.csv # a search that finds
    equal "$status" 1
    # The key: also where the source is, in the executable, and in all that the server has.
    everything . > "$BATS_TEST_TMPDIR/all"
    hex=$(printf %s "$KEY" | od -An -v -tx1 | tr -d ' \n')
    pad() { printf %s "$KEY" | od -An -v -tx1 -w1 | while read -r b; do printf %02x $((0x$b ^ $1)); done; }
    for secret in "$KEY" "$hex" "$(pad 0x36)" "$(pad 0x5c)"; do
        absent "$secret" "$BATS_TEST_TMPDIR/all"
    done
    if [ "$ENGINE" = postgres ]; then
        everything "$(psql -At -d postgres -c 'show data_directory')" > "$BATS_TEST_TMPDIR/cluster"
        [ -s "$BATS_TEST_TMPDIR/cluster" ]
        for secret in "$KEY" "$hex" "$(pad 0x36)" "$(pad 0x5c)"; do
            absent "$secret" "$BATS_TEST_TMPDIR/cluster"
        done
    fi
}
