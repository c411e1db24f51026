#!/bin/sh
# The tables of docs/types.md are those of the types.def files. `test_types.sh --update` writes them anew.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
export LC_ALL=C

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
page=docs/types.md

# fields FILE MACRO: the arguments of each row, parted by `|`, without blanks and quotes around them.
fields() {
    sed -n "s/^$2(\(.*\)).*/\1/p" "$1" | sed -e 's/^ *//' -e 's/", *"/|/g' -e 's/", */|/g' -e 's/, *"/|/g' -e 's/"//g'
}

# names FILE MACRO TYPE: the engine's names for one type of the language, in code quotes.
names() {
    fields "$1" "$2" | awk -F'|' -v type="$3" '$3 == type { printf "%s`%s`", n++ ? ", " : "", tolower($2) }'
}

fields runtime/flow/types.def TYPE |
    awk -F'|' '{ printf "| `%s` | `%s` | `%s` | %s |\n", $2, $3, $4, $5 == "BOOL" ? "true, false" : tolower($5) }' > "$work/1"
fields runtime/flow/types.def TYPE | while IFS='|' read -r id name rest; do
    if [ "$id" = TEXT ]; then
        continue # all that is left
    fi
    printf '| `%s` | %s | %s |\n' "$name" "$(names runtime/store/postgres/types.def PG_TYPE "$id")" \
        "$(names runtime/store/duckdb/types.def DUCK_TYPE "$id")"
done > "$work/2"
fields runtime/flow/column_types.def COLUMN_TYPE | awk -F'|' '{ n = split($0, f, /[|,] */)
    least = f[4]; most = f[5]
    sizes = most == 0 ? "" : most == 1 ? "(n)" : "(p, s), (p)"
    printf "| `%s` | `%s` | %s |\n", f[2], f[n], sizes }' > "$work/3"
if ! [ -s "$work/1" ] || ! [ -s "$work/2" ] || ! [ -s "$work/3" ]; then
    echo 'no rows were found in the types.def files: has their form changed?'
    exit 1
fi

# The page with the rows between `<!-- made from` (and the two lines of the table's head) and `<!-- end`.
awk -v work="$work" '
    /^<!-- end/ { skip = 0 }
    skip == 1 && ++head > 2 { next }
    { print }
    /^<!-- made from/ { skip = 1; head = 0; n++ }
    skip == 1 && head == 2 && !done[n]++ { while ((getline line < (work "/" n)) > 0) print line }
' "$page" > "$work/page"
if [ "$1" = --update ]; then
    cp "$work/page" "$page"
fi
diff -u "$page" "$work/page" && echo "$(cat "$work/1" "$work/2" "$work/3" | wc -l) rows of docs/types.md are those of the code"
