#!/bin/sh
# Each row of diagnostics.def has a test: its code is named in a file below tests/ (golden .err files name it).
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
printf '#define DIAGNOSTIC(id, code, ...) id code\n#include "runtime/diag/diagnostics.def"\n' |
    "${CC:-cc}" -E -P -I . -x c - | tr -d '"' | awk 'NF == 2 { print $2, $1 }' | LC_ALL=C sort > "$work/rows"
cut -d ' ' -f 1 "$work/rows" > "$work/codes"

repeated=$(uniq -d "$work/codes")
if [ -n "$repeated" ]; then
    echo "codes that stand for two messages:" $repeated
    exit 1
fi
grep -rhoE --exclude-dir=style '\b[FW][0-9]{4}\b' tests | LC_ALL=C sort -u > "$work/tested"
missing=$(LC_ALL=C comm -23 "$work/codes" "$work/tested")
echo "$(wc -l < "$work/codes") diagnostics, $(printf '%s' "$missing" | grep -c .) without a test"
for code in $missing; do
    grep "^$code " "$work/rows"
done
[ -z "$missing" ] && [ -s "$work/codes" ]
