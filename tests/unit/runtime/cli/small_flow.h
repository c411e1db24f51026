/* A compiled flow, as `pdc emit` would print it, cut down to what the tests need. */
#ifndef PDC_TEST_SMALL_FLOW_H
#define PDC_TEST_SMALL_FLOW_H

#include "runtime/flow/type.h"

#include <pdc/flow.h>

static const char *const small_lines[] = {
    "flow small;\n",
    "attrs { word text default '1'; }\n",
    "stage s {\n",
    "  table a primary key (id) as select * from (values (1, 'x'), (2, null)) as v(id, name);\n",
    "  table b as select id, cast(${attrs.word} as integer) as n from a;\n",
    "  check few as select * from b where n > 100;\n",
    "}\n",
};

static const PdcSource small_sources[] = {
    {.path = "small.flow", .directory = ".", .lines = small_lines, .n_lines = 7},
};

static const PdcAttr small_attrs[] = {
    {
        .name = "word",
        .type = PDC_TYPE_TEXT,
        .initial = &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 38, 41}, .text = "1"},
        .at = {0, 20, 24},
    },
};

#define SMALL_NAME(word)                                                                           \
    {                                                                                              \
        .n_parts = 1, .parts = (const PdcNamePart[])                                               \
        {                                                                                          \
            {                                                                                      \
                .text = (word)                                                                     \
            }                                                                                      \
        }                                                                                          \
    }
#define SMALL_TEXT(start, end, sql)                                                                \
    {                                                                                              \
        .kind = PDC_PIECE_TEXT, .at = {0, (start), (end)}, .text = (sql)                           \
    }
#define SMALL_TABLE(start, table_name)                                                             \
    {                                                                                              \
        .kind = PDC_PIECE_RELATION, .at = {0, (start), (start) + 1},                               \
        .relation = {.name = SMALL_NAME(table_name)}, .alias = (table_name)                        \
    }

static const PdcPiece small_query_a[] = {
    SMALL_TEXT(85, 142, "select * from (values (1, 'x'), (2, null)) as v(id, name)"),
};

static const PdcPiece small_query_b[] = {
    SMALL_TEXT(157, 173, "select id, cast("),
    {
        .kind = PDC_PIECE_VALUE,
        .at = {0, 173, 186},
        .expr = &(const PdcExpr){.kind = PDC_EXPR_ATTR, .at = {0, 175, 185}, .text = "word"},
    },
    SMALL_TEXT(186, 209, " as integer) as n from "),
    SMALL_TABLE(209, "a"),
};

static const PdcPiece small_query_few[] = {
    SMALL_TEXT(227, 241, "select * from "),
    SMALL_TABLE(241, "b"),
    SMALL_TEXT(242, 256, " where n > 100"),
};

static const PdcClause small_key[] = {
    {
        .kind = PDC_CLAUSE_PRIMARY_KEY,
        .at = {0, 65, 81},
        .columns = (const char *const[]){"id"},
        .n_columns = 1,
    },
};

#define SMALL_ITEM(table_kind, name_start, word, query_start, query_end, query_pieces, ...)        \
    {                                                                                              \
        .kind = PDC_ITEM_TABLE, .at = {0, (name_start), (query_end)}, .table = &(const PdcTable)   \
        {                                                                                          \
            .kind = (table_kind), .n_names = 1, .names = (const PdcName[]){SMALL_NAME(word)},      \
            .body =                                                                                \
                &(const PdcBody){                                                                  \
                    .kind = PDC_BODY_QUERY,                                                        \
                    .at = {0, (query_start), (query_end)},                                         \
                    .query = &(const PdcQuery){.at = {0, (query_start), (query_end)},              \
                                               .pieces = {.items = (query_pieces),                 \
                                                          .n = sizeof(query_pieces) /              \
                                                               sizeof((query_pieces)[0])}},        \
                },                                                                                 \
            .at = {0, (name_start), (name_start) + sizeof(word) - 1}, __VA_ARGS__                  \
        }                                                                                          \
    }

static const PdcItem small_items[] = {
    SMALL_ITEM(PDC_TABLE, 63, "a", 85, 142, small_query_a, .clauses = {small_key, 1}),
    SMALL_ITEM(PDC_TABLE, 152, "b", 157, 210, small_query_b, .doc = NULL),
    SMALL_ITEM(PDC_CHECK, 220, "few", 227, 256, small_query_few, .doc = NULL),
};

static const PdcStage small_stages[] = {
    {.name = "s", .at = {0, 51, 52}, .items = {.items = small_items, .n = 3}},
};

static const PdcFlow small_flow = {
    .abi = PDC_ABI,
    .pdc_version = "0.1.0",
    .name = "small",
    .sources = small_sources,
    .n_sources = 1,
    .attrs = small_attrs,
    .n_attrs = 1,
    .stages = small_stages,
    .n_stages = 1,
};

#endif
