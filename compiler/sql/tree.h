/**
 * Tree: the parser's own tree of one query, for those who look further into it than analyze.h does.
 */
#ifndef PDC_SQL_TREE_H
#define PDC_SQL_TREE_H

#include "compiler/sql/analyze.h"
#include "compiler/sql/json.h"

typedef struct SqlTree SqlTree;
struct SqlTree {
    JsonDoc doc;    /* libpg_query's JSON, or that of DuckDB's json_serialize_sql() */
    uint32_t query; /* the outermost query in it */
    bool by_duckdb;
    const SqlFacts *facts; /* what sql_analyze() would have found */
};

/**
 * Parses one query, under the same rules as sql_analyze().
 * @param ret_tree  end it with sql_tree_deinit(), whatever was returned; its text is in `arena`
 * @return 0, or -1 with `ret_problem`: the user's text can't be taken
 */
MUST_CHECK int sql_parse_tree(SqlAnalyzer *analyzer, const char *text, size_t length,
                              SqlDialect dialect, Arena *arena, SqlTree *ret_tree,
                              SqlProblem *ret_problem);
void sql_tree_deinit(SqlTree *tree);

#endif
