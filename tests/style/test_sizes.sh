#!/bin/sh
# Prints how long functions and files are. These are figures to look at: it never fails.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1

for side in compiler runtime; do
    files=$(find "$side" -name '*.c')
    [ -n "$files" ] || continue
    # The layout puts a function's braces, and nothing else's, alone at the start of a line.
    # shellcheck disable=SC2086 # no path of ours holds a blank
    awk '/^\{$/ { start = FNR } /^\}$/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' $files |
        sort -n | awk -v side="$side" '
            { lines[NR] = $1; place[NR] = $2 }
            END {
                printf "%s: %d functions, lines: median %d, p95 %d, longest %d (%s)\n", side, NR,
                    lines[int((NR + 1) / 2)], lines[int(NR * 0.95 + 0.5)], lines[NR], place[NR]
                for (i = 1; i <= NR; i++) if (lines[i] > 100) print "  over 100: " lines[i] " " place[i]
            }'
done
find compiler runtime -name '*.[chly]' -exec wc -l {} + | awk '$2 != "total" && $1 > 600 { print "  over 600: " $1 " " $2 }'
exit 0
