#!/bin/sh
# docs/metadata.md lists the tables and columns that runtime/meta/migrations.def makes, in both directions.
# (A migration that alters a table must be understood here, too: `alter table … add column …`.)
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
export LC_ALL=C

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2016 # $S is the def file's own
grep -o '"[^"]*"' runtime/meta/migrations.def | tr -d '"\n' | tr ';' '\n' | awk '
    function column(table, text) { split(text, word, " "); print table "." word[1] }
    /create table \$S\./ {
        match($0, /\$S\.[a-z_]+/); table = substr($0, RSTART + 3, RLENGTH - 3)
        body = substr($0, index($0, "(") + 1); sub(/\)[^)]*$/, "", body)
        n = split(body, columns, ","); for (i = 1; i <= n; i++) column(table, columns[i])
    }
    /alter table \$S\.[a-z_]+ add column/ {
        match($0, /\$S\.[a-z_]+/); table = substr($0, RSTART + 3, RLENGTH - 3)
        column(table, substr($0, index($0, "add column") + 11))
    }' | sort > "$work/made"
awk '
    /^## / { table = "" }
    /^## `/ { table = $2; gsub(/`/, "", table) }
    table != "" && /^\| `/ {
        n = split($0, cell, "|"); text = cell[2]
        while (match(text, /`[a-z_]+`/)) { print table "." substr(text, RSTART + 1, RLENGTH - 2); text = substr(text, RSTART + RLENGTH) }
    }' docs/metadata.md | sort > "$work/listed"
[ -s "$work/made" ] && diff "$work/listed" "$work/made" && echo "$(wc -l < "$work/made") columns"
