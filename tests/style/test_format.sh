#!/bin/sh
# Compares the layout of all C files but generated ones with .clang-format. `test_format.sh --fix` lays them out.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1

formatter=$(command -v clang-format-14 || command -v clang-format)
case $("${formatter:-false}" --version 2>/dev/null) in
*"version 14."*) ;;
*)
    echo "skipped: clang-format 14 is not installed (package clang-format-14); another version lays out otherwise"
    exit 77
    ;;
esac
if [ "$1" = --fix ]; then
    mode=-i
else
    mode='--dry-run -Werror --ferror-limit=1'
fi
# shellcheck disable=SC2086 # the mode is words
find compiler runtime tests examples -name .pdc -prune -o -path '*/golden/emit' -prune -o -name '*.[ch]' -print | LC_ALL=C sort |
    xargs -r -n 16 -P 4 "$formatter" --style=file $mode
