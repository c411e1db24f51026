/* Any text as a query and as an expression of either engine: facts that lie in the text, or a
 * problem that does; and the lineage of what is a query. */
// Rooms: compiler/sql compiler/lineage
#include "compiler/lineage/lineage.h"
#include "compiler/sql/analyze.h"
#include "compiler/sql/canon.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void
check_place(SqlRange place, size_t length)
{
    if (place.start > place.end || place.end > length) {
        BUG("%zu..%zu is outside of a text of %zu bytes", place.start, place.end, length);
    }
}

static void
check_facts(const SqlFacts *facts, size_t length)
{
    for (size_t i = 0; i < facts->n_relations; i++) {
        check_place(facts->relations[i].place, length);
        check_place((SqlRange){facts->relations[i].place.end, facts->relations[i].alias_at},
                    length);
    }
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        check_place(facts->qualifiers[i].place, length);
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        check_place(facts->functions[i].place, length);
    }
}

typedef int (*Analyze)(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
                       Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem);

static void
analyze(Analyze function, const char *text, size_t length, SqlDialect dialect)
{
    static SqlAnalyzer *analyzer; /* loading libduckdb takes longer than all the rest */
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    analyzer = analyzer ? analyzer : sql_analyzer_new();
    if (function(analyzer, text, length, dialect, arena, &facts, &problem) == 0) {
        check_facts(facts, length);
    } else if (problem.message == NULL) {
        BUG("refused without a word");
    } else {
        check_place(problem.place, length);
    }
}

/** Every other table has columns that somebody knows. */
static LineageTable
look_up(void *user, const char *schema, const char *name)
{
    static const char *const columns[] = {"a", "b", "c", "id"};
    (void)user;
    (void)schema;
    return (LineageTable){columns, ARRAY_LENGTH(columns), name[0] % 2 == 0};
}

static void
trace(const char *text, size_t length, SqlDialect dialect)
{
    static SqlAnalyzer *analyzer;
    CLEANUP(arena_freep) Arena *arena = arena_new();
    LineageQuestion question = {
        .text = text, .length = length, .dialect = dialect, .lookup = look_up};
    LineageFacts *facts = NULL;
    SqlProblem problem = {0};
    analyzer = analyzer ? analyzer : sql_analyzer_new();
    if (lineage_of_query(analyzer, &question, arena, &facts, &problem) < 0) {
        check_place(problem.place, length);
    } else if (facts->n_outputs > 0 && facts->outputs == NULL) {
        BUG("outputs without a place");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    const char *text = (const char *)data;
    for (SqlDialect dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        analyze(sql_analyze, text, size_bytes, dialect);
        analyze(sql_analyze_expression, text, size_bytes, dialect);
        analyze(sql_analyze_statement, text, size_bytes, dialect);
        trace(text, size_bytes, dialect);
    }
    Str canon = {0};
    sql_canon(text, size_bytes, &canon);
    str_deinit(&canon);
    return 0;
}
