# The command line of pdc: what it says where it can't even begin.

setup() {
    cd "$(mktemp -d)" || return 1
    export HOME=$PWD
}

@test "a folder without a flow (F0224), and one with two (F0225)" {
    run "$PDC" check
    [ "$status" -eq 3 ]
    [[ "$output" == *F0224* ]]
    echo 'flow a; stage s { table t as select 1 as a; }' > a.flow
    run "$PDC" check
    [ "$status" -eq 0 ]
    echo 'flow b; stage s { table t as select 1 as a; }' > b.flow
    run "$PDC" check
    [ "$status" -eq 3 ]
    [[ "$output" == *F0225* ]]
    run "$PDC" check b.flow
    [ "$status" -eq 0 ]
}

@test "a file that can't be read (F0220)" {
    run "$PDC" check missing.flow
    [ "$status" -eq 3 ]
    [[ "$output" == *F0220* ]]
    mkdir folder.flow
    run "$PDC" check folder.flow
    [ "$status" -eq 3 ]
}

@test "mistyped commands and options get a suggestion and exit code 2" {
    run "$PDC" biuld
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean `build`?'* ]]
    run "$PDC" check --confg x
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean `config`?'* ]]
    run "$PDC" check --config
    [ "$status" -eq 2 ]
    run "$PDC" fmt
    [ "$status" -eq 2 ]
    [[ "$output" == *'not built yet'* ]]
    run "$PDC"
    [ "$status" -eq 2 ]
}

@test "help has an example, and says the version" {
    run "$PDC" build --help
    [ "$status" -eq 0 ]
    [[ "$output" == *'pdc build -o out/flow'* ]]
    run "$PDC" version
    [ "$status" -eq 0 ]
    [[ "$output" == pdc\ * ]]
}

@test "nothing is written where there are errors, and an old executable stays" {
    echo 'flow a; stage s { table t as select * from u; }' > a.flow
    echo old > flow
    run "$PDC" build
    [ "$status" -eq 3 ]
    [ "$(cat flow)" = old ]
    [ ! -e .pdc ]
}

@test "a C compiler that fails or is missing is said, with exit code 1" {
    echo 'flow a; stage s { table t as select 1 as a; }' > a.flow
    CC=false run "$PDC" build
    [ "$status" -eq 1 ]
    CC=no-such-compiler run "$PDC" build
    [ "$status" -eq 1 ]
    [[ "$output" == *no-such-compiler* ]]
    [ ! -e flow ]
}

@test "files are used once, by pattern, in sorted order, relative to the file that uses them" {
    mkdir -p models/deep
    echo 'flow a; use "models/*.flow";' > a.flow
    run "$PDC" check
    [ "$status" -eq 3 ]
    echo "flow a; use 'models/*.flow'; stage z { table t as select * from s.t; }" > a.flow
    echo "use 'deep/*.flow'; stage s { table t as select * from d.t; }" > models/one.flow
    echo "use '../one.flow'; stage d { table t as select 1 as a; }" > models/deep/two.flow
    run "$PDC" check
    [ "$status" -eq 0 ]
    [[ "$output" == *'3 tables'* ]]
}

@test "emitting twice gives the same bytes, from another folder too" {
    mkdir here
    echo 'flow a; stage s { table t as select 1 as a; }' > here/a.flow
    "$PDC" emit here/a.flow > one.c
    "$PDC" emit here/a.flow > two.c
    cmp one.c two.c
}

@test "graph: text, JSON, and pictures by Graphviz's dot" {
    echo 'flow a; stage s { table t as select 1 as a; view u as select a from t; }' > a.flow
    "$PDC" graph -o a.dot
    grep -q '"s.t" -> "s.u"' a.dot
    "$PDC" graph -o a.json
    grep -q '"reads": \["s.t"\]' a.json
    mkdir bin
    printf '#!/bin/sh\necho "$1 $2 $3"\n[ "$1" = -Tsvg ] && cp "$4" "$3"\n' > bin/dot
    chmod +x bin/dot
    PATH=$PWD/bin:$PATH run "$PDC" graph -o a.svg
    [ "$status" -eq 0 ]
    cmp a.svg a.dot
    PATH=$PWD/bin:$PATH run "$PDC" graph -o a.xyz
    [ "$status" -eq 1 ]
    [[ "$output" == *'dot failed'* ]]
    PATH=/nowhere run "$PDC" graph -o b.svg
    [ "$status" -eq 1 ]
    [[ "$output" == *'install Graphviz'* ]]
    run "$PDC" graph -o /nowhere/a.dot
    [ "$status" -eq 1 ]
}

@test "help is a command; each command shows its own options and takes no others" {
    run "$PDC" help
    [ "$status" -eq 0 ]
    [[ "$output" == *'--output PATH'* ]]
    run "$PDC" help check
    [ "$status" -eq 0 ]
    [[ "$output" == *'pdc check shop.flow'* ]]
    [[ "$output" != *--output* ]]
    run "$PDC" help chek
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean `check`?'* ]]
    run "$PDC" help fmt
    [ "$status" -eq 2 ]
    echo 'flow a; stage s { table t as select 1 as a; }' > a.flow
    run "$PDC" check -o x
    [ "$status" -eq 2 ]
    run "$PDC" build --dump=resolve
    [ "$status" -eq 2 ]
    run "$PDC" build --out x
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean `output`?'* ]]
    run "$PDC" check --config=
    [ "$status" -eq 2 ]
    run "$PDC" version a.flow
    [ "$status" -eq 2 ]
    [ ! -e flow ]
    mv a.flow -- -a.flow
    run "$PDC" check -- -a.flow
    [ "$status" -eq 0 ]
}

@test "output that can't be written is an error" {
    [ -e /dev/full ] || skip 'there is no /dev/full'
    echo 'flow a; stage s { table t as select 1 as a; }' > a.flow
    run sh -c '"$PDC" emit a.flow > /dev/full'
    [ "$status" -eq 1 ]
    [[ "$output" == *"can't write"* ]]
}

@test "--quiet prints nothing but errors; a denied warning is one" {
    cat > main.flow <<'FLOW'
flow quiet;
stage s { table t as select 1 as a where 1 = null; }
FLOW
    run "$PDC" check
    [ "$status" -eq 0 ]
    [[ "$output" == *W0401* ]]
    run "$PDC" check -q
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run "$PDC" check -q --deny W0401
    [ "$status" -eq 3 ]
    [[ "$output" == *W0401* ]]
}
