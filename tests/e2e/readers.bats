# What readers see while runs publish (PostgreSQL: the embedded engine lets one process in).
load lib

setup() {
    [ "$ENGINE" = postgres ] || skip 'one process at a time'
    project
    flow_file <<'FLOW'
flow readers;
attrs { n int default 0; copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 10; }
stage s {
  table a primary key (n) as select ${attrs.n} as n;
  table b as select n from a;
  view v as select n from b;
}
FLOW
    build
}

teardown() {
    [ "$ENGINE" = postgres ] || return 0
    project_teardown
}

@test "a reader in a loop never meets a missing table or a mixture of two runs" {
    summary full
    (
        while [ ! -e stop ]; do
            psql -At -v ON_ERROR_STOP=1 -d "$DATABASE" \
                -c 'select (select n from full_s.a) = (select n from full_s.b) and (select n from full_s.b) = (select n from full_s.v)' || echo error
        done
    ) > seen 2>&1 &
    reader=$!
    for n in $(seq 1 15); do
        ./flow --instance full --attr "n=$n" --quiet
    done
    touch stop
    wait $reader
    equal "$(sort -u seen)" t
    [ "$(wc -l < seen)" -gt 15 ]
}

@test "somebody's view over a published table reads the new one after a run, with its grants" {
    summary full
    psql -q -d "$DATABASE" -c 'create view public.mine as select n + 1 as m from full_s.a' \
        -c 'create view public.yours as select m * 2 as z from public.mine' \
        -c 'grant select on public.mine to public' -c "comment on view public.mine is 'hello'" \
        -c 'grant select on full_s.a to public'
    ./flow --instance full --attr n=5
    equal "$(psql -At -d "$DATABASE" -c 'select m from public.mine' -c 'select z from public.yours')" "$(printf '6\n12')"
    equal "$(psql -At -d "$DATABASE" -c "select has_table_privilege('public', 'public.mine', 'select'), has_table_privilege('public', 'full_s.a', 'select'), obj_description('public.mine'::regclass)")" 't|t|hello'
}

@test "a view that no longer fits stops the publication, and the error names it" {
    summary full
    psql -q -d "$DATABASE" -c 'create view public.mine as select n from full_s.b'
    sed -i 's/table b as select n from a/table b as select n as other from a/; s/select n from b/select other from b/' main.flow
    build
    run flow --instance full
    equal "$status" 1
    [[ "$output" == *mine* ]]
    equal "$(psql -At -d "$DATABASE" -c 'select n from public.mine')" 0
}

@test "neighbours of a changed table keep their identity, and a run with nothing to do touches nothing" {
    sed -i 's/^}$/  table c as select 7 as x;\n}/' main.flow
    build
    summary full
    before=$(psql -At -d "$DATABASE" -c "select 'full_s.c'::regclass::oid, 'full_s.a'::regclass::oid")
    ./flow --instance full
    equal "$(psql -At -d "$DATABASE" -c "select 'full_s.c'::regclass::oid, 'full_s.a'::regclass::oid")" "$before"
    ./flow --instance full --attr n=9
    equal "$(psql -At -d "$DATABASE" -c "select 'full_s.c'::regclass::oid")" "${before%|*}"
}
