# A random schema with its rows and the rules of a copy: main.flow, tN.csv, tN.more (rows that come later), dump.sql (one
# query a table), and schema, which tells copy_random_check.awk the same in words of its own.
# awk -v seed=N -v mode=any|known|nested: `known` has rules whose rows the check can work out itself, `nested` those
# with which more percent, or more rows in the source, only ever add.
# Numbers are drawn by Park and Miller, not by rand(), so that a seed means the same to every awk.

function random() { state = state * 16807 % 2147483647; return state / 2147483647 }
function pick(n) { return int(random() * n) + 1 }
function chance(p) { return random() < p }
function skewed(n,  r) { r = random(); return int(r * r * r * n) } # from 0; the first ones often
function with_comma(list, item) { return list == "" ? item : list ", " item }

# ---- the schema ----

function key_columns(t) { return kind[t] == "none" ? "" : kind[t] == "pair" ? "t" t "_a, t" t "_b" : "t" t "_id" }
function key_width(t) { return kind[t] == "none" ? 0 : kind[t] == "pair" ? 2 : 1 }
# row i's key, as CSV
function key_value(t, i) {
    if (kind[t] == "pair") return int(i / 5) ",b" i % 5
    return kind[t] == "text" ? (i % 4 ? "k" : "kü") i : i * 3 - 20
}
function missing_key(t) { return kind[t] == "pair" ? "1,zz" : kind[t] == "text" ? "nowhere" : 999999 }
function no_key(t) { return kind[t] != "pair" ? "" : chance(0.3) ? "7," : "," } # half a reference is none
function ref_columns(t, r,  c) { c = "t" t "_r" r; return kind[target[t, r]] == "pair" ? c "a, " c "b" : c }

function new_table(t) {
    kind[t] = t == tables && chance(0.4) ? "none" : chance(0.3) ? "pair" : chance(0.3) ? "text" : "number"
    base[t] = 20 + pick(90)
    more[t] = 5 + pick(15)
}
function new_refs(t,  r, parents) {
    parents = kind[tables] == "none" ? tables - 1 : tables
    refs[t] = pick(4) - 1
    if (circle && t <= 3 && !refs[t]) refs[t] = 1
    for (r = 1; r <= refs[t]; r++) {
        target[t, r] = circle && t <= 3 && r == 1 ? t % 3 + 1 : chance(0.25) && kind[t] != "none" ? t : pick(parents)
        dangles[t, r] = chance(0.2)
    }
}
function header(t,  c, r) {
    c = key_columns(t)
    c = with_comma(c, "v, s, d")
    for (r = 1; r <= refs[t]; r++) c = c ", " ref_columns(t, r)
    return c
}
function row(t, i, last,  text, r, p) {
    text = kind[t] == "none" ? "" : key_value(t, i) ","
    text = text (chance(0.1) ? "" : skewed(40) - 3) "," (chance(0.2) ? "" : substr("aaaaabbbcd", pick(10), 1))
    text = text sprintf(",2024-%02d-%02d", 1 + skewed(3), pick(28))
    for (r = 1; r <= refs[t]; r++) {
        p = target[t, r]
        text = text "," (chance(0.25) ? no_key(p) : dangles[t, r] && chance(0.1) ? missing_key(p) : key_value(p, skewed(last ? base[p] + more[p] : base[p]) + 1))
    }
    return text
}
function write_rows(t, file, from, to, last,  i) {
    for (i = from; i <= to; i++) print row(t, i, last) > file
    close(file)
}

# ---- the rules ----

# Another table that this one refers to; 0: none
function some_parent(t, but,  r, found, n) {
    for (r = 1; r <= refs[t]; r++) if (target[t, r] != t && target[t, r] != but && chance(1 / ++n)) found = target[t, r]
    return found + 0
}
function refers_to_itself(t,  r) { for (r = 1; r <= refs[t]; r++) if (target[t, r] == t) return 1; return 0 }
function say(t, rule, told) {
    rules[t] = with_comma(rules[t], rule)
    if (told != "") told_rules = told_rules "rule|" t "|" told "\n"
}
function say_where(t,  m) { m = 2 + pick(3); say(t, "where v % " m " = 1", "where|" m "|1") }
function say_follow(t, p, q,  all, any) {
    all = chance(0.3)
    any = chance(0.5)
    say(t, "follow raw.t" p (q ? (any ? " or" : " and") " raw.t" q : "") (all ? " all" : ""), "follow|" p "|" q + 0 "|" (any || !q) "|" all)
}
function say_sample(t, by) { say(t, "sample " (mode == "nested" || chance(0.3) ? "attrs.p" : pick(40)) " percent" (by ? " by (v)" : "")) }

# Which rows are picked, or nothing.
function say_base(t,  r, p) {
    r = mode == "any" ? pick(11) : mode == "known" ? 3 + pick(4) : 2 + pick(6)
    p = some_parent(t, 0)
    if (r == 1) say(t, "limit " pick(20))
    else if (r == 2) say(t, "window d last '" pick(30) " days'")
    else if (r == 3 && mode != "known") say_sample(t, kind[t] == "none" || chance(0.2))
    else if (r == 4) { if (chance(0.3)) say(t, "all", "all"); else say(t, "none", "none") }
    else if (r == 5) say_where(t)
    else if (r <= 8 && p) { say_follow(t, p, some_parent(t, p)); if (chance(0.3)) say_where(t) }
    else if (r == 9 && kind[t] != "none") say(t, "sample to " pick(30) " rows")
    else if (r == 10) { say_where(t); if (chance(0.5)) say(t, "limit " pick(20)) }
}
# Rows that come in addition.
function say_more(t,  k, up, all) {
    if (chance(0.3)) { k = pick(20); say(t, (chance(0.5) ? "plus" : "certain") " where v = " k, "plus|" k) }
    if (refers_to_itself(t) && chance(0.5)) {
        all = chance(0.3)
        up = !all && rules[t] !~ /follow/ && chance(0.5) ? pick(3) : 0
        say(t, "follow raw.t" t (up ? " up " up : "") (all ? " all" : ""), "self|" up "|" all)
    }
    if (mode != "any" || kind[t] == "none") return
    if (chance(0.15)) say(t, "at least " pick(3) " per (" (chance(0.5) ? "s" : "s, v") ")")
    if (chance(0.15)) say(t, "cover of (" (chance(0.5) ? "v" : "s, v") ")")
    if (chance(0.1)) say(t, "cover pairs of (v, s)")
    if (chance(0.1)) say(t, "cover bounds of (d, v)")
}
# What columns hold.
function say_values(t,  r) {
    for (r = 1; r <= refs[t]; r++) {
        if (chance(0.15)) { say(t, "break (" ref_columns(t, r) ")"); broken[t, r] = 1 }
    }
    if (chance(0.1)) say(t, "mask s with 'upper(s)'")
}
function entity_line(  t) {
    t = pick(tables)
    if (mode == "known" || kind[t] == "none" || chance(0.6)) return ""
    return "  entity (" key_columns(t) "): sample attrs.p percent" (mode == "any" && chance(0.3) ? ", at least 1 per (s)" : "") (chance(0.3) ? ", plus where v = 3" : "") ";\n"
}

# ---- output ----

function positions(first, n,  text) { for (text = first++; --n > 0; first++) text = text "," first; return text }
function show_table(t,  r) {
    printf "  table t%d", t > "main.flow"
    if (kind[t] != "none") printf " primary key (%s)", key_columns(t) > "main.flow"
    for (r = 1; r <= refs[t]; r++) {
        printf "\n    %sforeign key (%s) references t%d", dangles[t, r] ? "warn " : "", ref_columns(t, r), target[t, r] > "main.flow"
    }
    printf " as csv('t%d.csv');\n", t > "main.flow"
}
# By position in the rows of dump.sql: the table is the first.
function show_schema(t,  r, at, p) {
    at = key_width(t) + 2
    print "table|" t "|" (kind[t] == "none" ? "" : positions(2, key_width(t))) "|" at > "schema"
    for (r = 1; r <= refs[t]; r++) {
        p = target[t, r]
        if (r == 1) at += 3
        print "ref|" t "|" positions(at, key_width(p)) "|" p "|" positions(2, key_width(p)) "|" broken[t, r] + 0 > "schema"
        at += key_width(p)
    }
}

BEGIN {
    state = (seed * 7919 + 104729) % 2147483647
    for (k = 0; k < 10; k++) random()
    tables = 3 + pick(5)
    circle = chance(0.6)
    for (t = 1; t <= tables; t++) new_table(t)
    for (t = 1; t <= tables; t++) new_refs(t)
    for (t = 1; t <= tables; t++) {
        csv = header(t)
        gsub(", ", ",", csv)
        print csv > ("t" t ".csv")
        write_rows(t, "t" t ".csv", 1, base[t], 0)
    }
    for (t = 1; t <= tables; t++) write_rows(t, "t" t ".more", base[t] + 1, base[t] + more[t], 1)
    for (t = 1; t <= tables; t++) {
        say_base(t)
        say_more(t)
        say_values(t)
    }
    print "flow random;\nattrs { copy_filtered_input bool default false; copy_source instance default full; copy_filter_cnt int default 0; p int default 5; }" > "main.flow"
    print "stage raw { input {" > "main.flow"
    for (t = 1; t <= tables; t++) {
        show_table(t)
        show_schema(t)
        print "select " t ", " header(t) " from %T(raw.t" t ")" > "dump.sql"
    }
    print "} }\ncopy from attrs.copy_source when attrs.copy_filtered_input {" > "main.flow"
    printf "%s", entity_line() > "main.flow"
    for (t = 1; t <= tables; t++) if (rules[t] != "") print "  raw.t" t ": " rules[t] ";" > "main.flow"
    print "  *: none;\n}" > "main.flow"
    printf "%s", told_rules > "schema"
}
