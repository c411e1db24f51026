#!/bin/sh
# Compiles each header by itself: what it uses, it includes.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
: "${CC:=cc}"
export CC
export generated="${PDC_BUILD_DIR:-build}/generated"
export duckdb="${PDC_DUCKDB_DIR:-${PDC_CACHE:-$HOME/.cache/pdc}/duckdb-1.4.4}"

find compiler runtime -name '*.h' | LC_ALL=C sort | xargs -n 1 -P 4 sh -c '
    "$CC" -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
        -I . -I runtime/flow -I "$generated" -isystem "$duckdb" -isystem /usr/include/postgresql \
        -include "$0" -x c /dev/null || { echo "$0 does not compile by itself"; exit 1; }'
