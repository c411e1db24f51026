# What must hold of a copy, worked out again from its rows and those of its source, without SQL:
#   awk -F '|' -v mode=M -f copy_random_check.awk schema full.rows mini.rows
# Each row is one of the source's; a reference has its target, unless the source lacks it, too; a broken one is null; and
# with mode=known the kept rows are exactly those that the rules mean. Prints how many references it looked at.

# The values at positions `at` of the present row; "" if one of them is null.
function values(at,  n, k, list, text) {
    n = split(at, list, ",")
    for (k = 1; k <= n; k++) {
        if ($list[k] == "") return ""
        text = text "|" $list[k]
    }
    return text
}
function wrong(what) { if (errors++ < 10) print what > "/dev/stderr" }

FILENAME == "schema" && $1 == "table" { key[$2] = $3; value[$2] = $4; next }
FILENAME == "schema" && $1 == "ref" {
    r = ++n_refs[$2]
    columns[$2, r] = $3; parent[$2, r] = $4; is_broken[$2, r] = $6
    next
}
FILENAME == "schema" { n_rules[$2]++; rule[$2, n_rules[$2]] = $0; next }

# A row without key is itself.
function identity(t) { return t SUBSEP (key[t] == "" ? $0 : values(key[t])) }

FILENAME == "full.rows" {
    id = identity($1)
    if (!(id in in_full)) { in_full[id] = 1; id_of[++n_full] = id; table_of[n_full] = $1; v[n_full] = $value[$1] }
    for (r = 1; r <= n_refs[$1]; r++) {
        text = values(columns[$1, r])
        refers[n_full, r] = text == "" ? "" : parent[$1, r] SUBSEP text
    }
    next
}
{
    n_mini++
    id = identity($1)
    in_mini[id] = 1
    if (!(id in in_full) && key[$1] != "") wrong("not in full: " $0)
    for (r = 1; r <= n_refs[$1]; r++) {
        text = values(columns[$1, r])
        if (text != "") { n_found++; found[n_found] = parent[$1, r] SUBSEP text; found_in[n_found] = $0 }
        if (text != "" && is_broken[$1, r]) wrong("not broken: " $0)
    }
}

# ---- what the rules mean, for those of mode=known ----

function has(t, what,  k, part) {
    for (k = 1; k <= n_rules[t]; k++) { split(rule[t, k], part, "|"); if (part[3] == what) return k }
    return 0
}
# Is a parent of row i among the picked ones (the kept ones) of table p?
function follows(i, p, all,  r, target) {
    for (r = 1; r <= n_refs[table_of[i]]; r++) {
        if (parent[table_of[i], r] != p) continue
        target = refers[i, r]
        if (target != "" && ((target in picked) || (all && (target in kept)))) return 1
    }
    return 0
}
# Is row i among those of which is chosen?
function in_population(i,  t, k, part, first, second) {
    t = table_of[i]
    for (k = 1; k <= n_rules[t]; k++) {
        split(rule[t, k], part, "|")
        if (part[3] == "where" && (v[i] == "" || v[i] % part[4] != part[5])) return 0
        if (part[3] == "follow") {
            first = follows(i, part[4], part[7])
            second = part[5] ? follows(i, part[5], part[7]) : part[6] ? 0 : 1
            if (part[6] ? !first && !second : !first || !second) return 0
        }
    }
    return 1
}
function is_picked(i,  t, k, part) {
    t = table_of[i]
    for (k = 1; k <= n_rules[t]; k++) {
        split(rule[t, k], part, "|")
        if (part[3] == "plus" && v[i] != "" && v[i] == part[4]) return 1
    }
    if (!has(t, "none") && (has(t, "all") || has(t, "where") || has(t, "follow")) && in_population(i)) return 1
    if (has(t, "self")) {
        split(rule[t, has(t, "self")], part, "|")
        return part[4] == 0 && follows(i, t, part[5]) && in_population(i)
    }
    return 0
}
# `up N`: N steps down from what the other rules pick.
function climb(  i, k, n, t, part, steps) {
    for (steps = 1; steps <= 3; steps++) {
        n = 0
        for (i = 1; i <= n_full; i++) {
            t = table_of[i]
            if (!has(t, "self")) continue
            split(rule[t, has(t, "self")], part, "|")
            if (part[4] >= steps && !(id_of[i] in picked) && follows(i, t, 0) && in_population(i)) next_step[++n] = id_of[i]
        }
        for (k = 1; k <= n; k++) picked[next_step[k]] = 1
    }
}
function grow(climbed,  i, r, n, id) {
    do {
        n = 0
        for (i = 1; i <= n_full; i++) {
            id = id_of[i]
            if (!(id in picked) && is_picked(i)) { picked[id] = 1; n++ }
            if ((id in picked) && !(id in kept)) { kept[id] = 1; n++ }
            for (r = 1; (id in kept) && r <= n_refs[table_of[i]]; r++) {
                target = refers[i, r]
                if (target != "" && (target in in_full) && !(target in kept) && !is_broken[table_of[i], r]) { kept[target] = 1; n++ }
            }
        }
    } while (n > 0)
}

END {
    for (k = 1; k <= n_found; k++) if ((found[k] in in_full) && !(found[k] in in_mini)) wrong("leads nowhere: " found_in[k])
    if (mode == "known") {
        grow()
        climb()
        grow()
        for (i = 1; i <= n_full; i++) {
            if (key[table_of[i]] == "") continue
            if ((id_of[i] in kept) && !(id_of[i] in in_mini)) wrong("missing: " id_of[i])
            if (!(id_of[i] in kept) && (id_of[i] in in_mini)) wrong("nothing asks for it: " id_of[i])
        }
    }
    print n_found + 0
    exit errors > 0
}
