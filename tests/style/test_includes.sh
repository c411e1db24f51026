#!/bin/sh
# Holds every include of compiler/ and runtime/ to the table in tests/style/includes.txt.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1

# shellcheck disable=SC2046 # no path of ours holds a blank
awk '
function room_of(path,    parts) {
    split(path, parts, "/")
    return parts[1] "/" parts[2]
}
function wrong(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    n_wrong++
}
function below(path, folder) {
    return index(path, folder "/") == 1
}
# An arrow from `room` to a header of ours, or to its folder.
function may_include(room, header,    target) {
    target = room_of(header)
    if (target == room || (room, target) in arrow || (room, header) in arrow) return 1
    return room != "runtime/base" && room != "runtime/diag" &&
           (target == "runtime/base" || target == "runtime/diag")
}
function check_ours(file, header,    room) {
    room = room_of(file)
    if (header ~ /_priv\.h$/ && room_of(header) != room) {
        wrong("\"" header "\" is private to " room_of(header))
    } else if (!may_include(room, header)) {
        wrong(room " may not include \"" header "\" (tests/style/includes.txt)")
    }
}
function check_guarded(file, name,    i, n, folders) {
    n = split(only[name], folders, " ")
    for (i = 1; i <= n; i++) if (below(file, folders[i])) return
    wrong("<" name "> may be seen by " only[name] "only")
}

# First file: the table.
FILENAME ~ /includes\.txt$/ {
    sub(/#.*/, "")
    if (NF == 0) next
    colon = index($0, ":")
    left = substr($0, 1, colon - 1)
    n = split(substr($0, colon + 1), right, " ")
    if (left ~ /^only /) {
        sub(/^only /, "", left)
        for (i = 1; i <= n; i++) only[left] = only[left] right[i] " "
        next
    }
    for (i = 1; i <= n; i++) {
        arrow[left, right[i]] = 1
        if (!(room_of(right[i]) in known)) wrong(left " uses " right[i] ", which comes later or is unknown")
    }
    known[left] = 1
    next
}
FNR == 1 {
    n_files++
    if (split(FILENAME, parts, "/") > 2 && !(room_of(FILENAME) in known))
        wrong(room_of(FILENAME) " is not in tests/style/includes.txt")
}
/^[ \t]*#[ \t]*include/ {
    n_includes++
    header = $0
    sub(/^[^"<]*["<]/, "", header)
    sub(/[">].*$/, "", header)
    name = header
    sub(/.*\//, "", name)
    is_ours = header ~ /^(compiler|runtime)\//
    if (name in only) check_guarded(FILENAME, name)
    if (header ~ /^pdc\//) header = "runtime/flow/" header
    if (header ~ /^(compiler|runtime)\//) check_ours(FILENAME, header)
    else if ($0 ~ /"/ && !(name in only)) wrong("\"" header "\" is not written from the top of the repository")
    if (below(FILENAME, "runtime/flow/pdc") && is_ours)
        wrong("a public header may include <stdint.h> and friends and <pdc/...> only")
}
END {
    printf "%d includes in %d files, %d wrong\n", n_includes, n_files, n_wrong
    exit n_wrong > 0
}' tests/style/includes.txt $(find compiler runtime -name '*.[chly]' -o -name '*.def' | LC_ALL=C sort)
