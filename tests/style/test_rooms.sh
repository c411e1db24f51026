#!/bin/sh
# docs/architecture.md lists the rooms of tests/style/includes.txt, in both directions.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
export LC_ALL=C

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
sed -n 's/^\([a-z]*\/[a-z]*\):.*/\1/p' tests/style/includes.txt | sort > "$work/rooms"
sed -n 's/^| `\([a-z]*\/[a-z]*\)` |.*/\1/p' docs/architecture.md | sort > "$work/listed"
[ -s "$work/rooms" ] && diff "$work/listed" "$work/rooms" && echo "$(wc -l < "$work/rooms") rooms"
