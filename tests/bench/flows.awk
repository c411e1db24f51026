# A flow of `tables` tables in stages of 100, each of 20 columns, with joins and a CTE: awk -v tables=1000 -f flows.awk
BEGIN {
    srand(1)
    columns = 20
    print "flow bench;"
    print "stage raw { input {"
    for (t = 0; t < 20; t++) {
        names = values = ""
        for (c = 0; c < columns; c++) {
            names = names (c ? ", " : "") "c" c
            values = values (c ? ", " : "") (c + t)
        }
        printf "  table src%d as select * from (values (%s)) as v (%s);\n", t, values, names
    }
    print "} }"
    for (s = 0; s * 100 < tables; s++) {
        printf "stage s%d {\n", s
        for (t = 0; t < 100 && s * 100 + t < tables; t++) {
            list = ""
            for (c = 1; c < columns; c++) {
                list = list sprintf(", coalesce(x.c%d, 0) + %d as c%d", c, int(rand() * 1000), c)
            }
            printf "  table t%d as with x as (select * from %s where c1 > %d), ", t, source(s), t
            printf "y as (select c0, sum(c2) as s from %s group by c0) ", source(s)
            printf "select x.c0%s from x join y on x.c0 = y.c0 where y.s > %d;\n", list, s
        }
        print "}"
    }
}
function source(s) {
    return s == 0 ? "raw.src" int(rand() * 20) : "s" (s - 1) ".t" int(rand() * 100)
}
