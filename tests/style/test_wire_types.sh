#!/bin/sh
# docs/copying.md names every type of runtime/store/duckdb/wire_types.def.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
missing=0
types=$(sed -n 's/^WIRE_\(IN\|OUT\)("\([^"]*\)", "\([^"]*\)".*/\2\n\3/p' runtime/store/duckdb/wire_types.def | sort -u)
[ -n "$types" ] || exit 1
echo "$types" | {
    while read -r type; do
        grep -q "^| .*\`$type\`" docs/copying.md || { echo "docs/copying.md has no type $type"; missing=1; }
    done
    exit "$missing"
}
