/* Flow values_everywhere, compiled by pdc 0.1.0. Don't edit: changes are lost. */
#include <pdc/flow.h>

/* values.flow, for messages */
static const char *const source_0[] = {
    "flow values_everywhere;\n",
    "\n",
    "attrs {\n",
    "  flag    bool      default true;\n",
    "  percent float     default 2.5;\n",
    "  --- How far back.\n",
    "  since   date      default '2024-01-31';\n",
    "  regions text[]    default ('eu', 'it''s \"x\" \\ ?\?= ü');\n",
    "}\n",
    "\n",
    "const pairs = (('a', 1), ('b', -2));\n",
    "\n",
    "task double(df table) version '2' as\n",
    "  select ${for c in columns(df) if c.name <> 'id': ${c} * 2 as ${c}_twice} from df;\n",
    "\n",
    "stage raw tags (hourly) {\n",
    "  --- As delivered.\n",
    "  input {\n",
    "    table orders primary key (id) not null (amount) warn check (amount >= 0) as csv('orders.csv', delimiter => ';', header => true);\n",
    "  }\n",
    "  for (name, factor) in pairs {\n",
    "    table made_${name} index (id) after orders as select id, amount * ${factor} as ${name}_amount from orders;\n",
    "  }\n",
    "  if attrs.flag and not (1 in (2, 3)) { view seen as select * from orders where day >= ${attrs.since}; } else { view seen as select * from orders; }\n",
    "}\n",
    "\n",
    "stage marts {\n",
    "  table twice as double(raw.orders);\n",
    "  table wide cache by (select max(id) from erp.events) as\n",
    "    select raw.orders.id, -- a comment\n",
    "           ${for r in attrs.regions: sum(amount) filter (where region = ${r}) as amount_${r}}\n",
    "    from raw.orders\n",
    "    where ${if attrs.flag: true else: false} and percent > ${attrs.percent} /* ?\?/ */\n",
    "    group by raw.orders.id;\n",
    "  check none as select * from wide where id is null;\n",
    "}\n",
    "\n",
    "copy from full when instance.name = 'mini' { raw.orders: where id < 3, limit 2; *: all; }\n",
    "",
};

static const PdcSource sources[] = {
    {.path = "values.flow", .directory = ".", .lines = source_0, .n_lines = 39},
};

static const PdcAttr attrs[] = {
    /* values.flow:4: attr flag */
    {
        .name = "flag",
        .type = 0, /* bool */
        .initial = &(const PdcExpr){.kind = PDC_EXPR_BOOL, .at = {0, 61, 65}, .integer = INT64_C(1)},
        .at = {0, 35, 39},
    },
    /* values.flow:5: attr percent */
    {
        .name = "percent",
        .type = 2, /* float */
        .initial = &(const PdcExpr){.kind = PDC_EXPR_FLOAT, .at = {0, 95, 98}, .number = 2.5},
        .at = {0, 69, 76},
    },
    /* values.flow:7: attr since */
    {
        .name = "since",
        .type = 4, /* date */
        .initial = &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 148, 160}, .text = "2024-01-31"},
        .at = {0, 122, 127},
        .doc = "How far back.",
    },
    /* values.flow:8: attr regions */
    {
        .name = "regions",
        .type = 3, /* text */
        .is_list = true,
        .initial = &(const PdcExpr){
            .kind = PDC_EXPR_LIST,
            .at = {0, 190, 218},
            .n_args = 2, .args = (const PdcExpr *const[]){
                &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 191, 195}, .text = "eu"},
                &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 197, 217}, .text = "it's \"x\" \\ ?\?= ü"},
            },
        },
        .at = {0, 164, 171},
    },
};

static const PdcConst consts[] = {
    /* values.flow:11: const pairs */
    {
        .name = "pairs",
        .value = &(const PdcExpr){
            .kind = PDC_EXPR_LIST,
            .at = {0, 237, 258},
            .n_args = 2, .args = (const PdcExpr *const[]){
                &(const PdcExpr){
                    .kind = PDC_EXPR_TUPLE,
                    .at = {0, 238, 246},
                    .n_args = 2, .args = (const PdcExpr *const[]){
                        &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 239, 242}, .text = "a"},
                        &(const PdcExpr){.kind = PDC_EXPR_INT, .at = {0, 244, 245}, .integer = INT64_C(1)},
                    },
                },
                &(const PdcExpr){
                    .kind = PDC_EXPR_TUPLE,
                    .at = {0, 248, 257},
                    .n_args = 2, .args = (const PdcExpr *const[]){
                        &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 249, 252}, .text = "b"},
                        &(const PdcExpr){
                            .kind = PDC_EXPR_NEGATE,
                            .at = {0, 254, 256},
                            .n_args = 1, .args = (const PdcExpr *const[]){
                                &(const PdcExpr){
                                    .kind = PDC_EXPR_INT,
                                    .at = {0, 255, 256},
                                    .integer = INT64_C(2),
                                },
                            },
                        },
                    },
                },
            },
        },
        .at = {0, 229, 234},
    },
};

static const PdcTask tasks[] = {
    /* values.flow:13: task double */
    {
        .name = "double",
        .n_params = 1, .params = (const PdcParam[]){
            {
                .name = "df",
                .type = 7, /* table */
                .at = {0, 273, 275},
            },
        },
        .clauses = {.n = 1, .items = (const PdcClause[]){
            {.kind = PDC_CLAUSE_VERSION, .at = {0, 283, 294}, .text = "2"},
        }},
        .body = &(const PdcBody){
            .kind = PDC_BODY_QUERY,
            .at = {0, 300, 380},
            .query = &(const PdcQuery){
                .at = {0, 300, 380},
                .pieces = {.n = 4, .items = (const PdcPiece[]){
                    {.kind = PDC_PIECE_TEXT, .at = {0, 300, 307}, .text = "select ", .canon = "select"},
                    {
                        .kind = PDC_PIECE_FOR,
                        .at = {0, 307, 372},
                        .expr = &(const PdcExpr){
                            .kind = PDC_EXPR_COLUMNS,
                            .at = {0, 318, 329},
                            .n_args = 1, .args = (const PdcExpr *const[]){
                                &(const PdcExpr){
                                    .kind = PDC_EXPR_VARIABLE,
                                    .at = {0, 326, 328},
                                    .text = "df",
                                },
                            },
                        },
                        .variables = (const char *const[]){"c"}, .n_variables = 1,
                        .filter = &(const PdcExpr){
                            .kind = PDC_EXPR_NOT_EQUAL,
                            .at = {0, 333, 347},
                            .n_args = 2, .args = (const PdcExpr *const[]){
                                &(const PdcExpr){
                                    .kind = PDC_EXPR_FIELD,
                                    .at = {0, 333, 339},
                                    .text = "name",
                                    .n_args = 1, .args = (const PdcExpr *const[]){
                                        &(const PdcExpr){
                                            .kind = PDC_EXPR_VARIABLE,
                                            .at = {0, 333, 334},
                                            .text = "c",
                                        },
                                    },
                                },
                                &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 343, 347}, .text = "id"},
                            },
                        },
                        .join = PDC_JOIN_COMMA,
                        .body = {.n = 3, .items = (const PdcPiece[]){
                            {
                                .kind = PDC_PIECE_VALUE,
                                .at = {0, 349, 353},
                                .expr = &(const PdcExpr){
                                    .kind = PDC_EXPR_VARIABLE,
                                    .at = {0, 351, 352},
                                    .text = "c",
                                },
                            },
                            {
                                .kind = PDC_PIECE_TEXT,
                                .at = {0, 353, 361},
                                .text = " * 2 as ",
                                .canon = "* 2 as",
                            },
                            {
                                .kind = PDC_PIECE_IDENT,
                                .at = {0, 361, 371},
                                .name = {.n_parts = 2, .parts = (const PdcNamePart[]){
                                    {
                                        .expr = &(const PdcExpr){
                                            .kind = PDC_EXPR_VARIABLE,
                                            .at = {0, 363, 364},
                                            .text = "c",
                                        },
                                    },
                                    {.text = "_twice"},
                                }},
                            },
                        }},
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 372, 378}, .text = " from ", .canon = "from"},
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 378, 380},
                        .expr = &(const PdcExpr){
                            .kind = PDC_EXPR_VARIABLE,
                            .at = {0, 378, 380},
                            .text = "df",
                        },
                        .alias = "df",
                    },
                }},
            },
        },
        .at = {0, 266, 272},
    },
};

static const PdcStage stages[] = {
    /* values.flow:16: stage raw */
    {
        .name = "raw",
        .at = {0, 389, 392},
        .items = {.n = 3, .items = (const PdcItem[]){
            /* values.flow:19: table orders */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 443, 571},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .is_input = true,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                    },
                    .clauses = {.n = 4, .items = (const PdcClause[]){
                        {.kind = PDC_CLAUSE_TAG, .at = {0, 393, 406}, .text = "hourly"},
                        {
                            .kind = PDC_CLAUSE_PRIMARY_KEY,
                            .at = {0, 456, 472},
                            .columns = (const char *const[]){"id"}, .n_columns = 1,
                        },
                        {
                            .kind = PDC_CLAUSE_NOT_NULL,
                            .at = {0, 473, 490},
                            .columns = (const char *const[]){"amount"}, .n_columns = 1,
                        },
                        {
                            .kind = PDC_CLAUSE_CHECK,
                            .at = {0, 491, 515},
                            .warn = true,
                            .query = &(const PdcQuery){
                                .at = {0, 503, 514},
                                .pieces = {.n = 1, .items = (const PdcPiece[]){
                                    {.kind = PDC_PIECE_TEXT, .at = {0, 503, 514}, .text = "amount >= 0"},
                                }},
                            },
                        },
                    }},
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_CSV,
                        .at = {0, 519, 570},
                        .n_args = 1, .args = (const PdcExpr *const[]){
                            &(const PdcExpr){
                                .kind = PDC_EXPR_TEXT,
                                .at = {0, 523, 535},
                                .text = "orders.csv",
                            },
                        },
                        .n_options = 2, .options = (const PdcOption[]){
                            {
                                .name = "delimiter",
                                .value = &(const PdcExpr){
                                    .kind = PDC_EXPR_TEXT,
                                    .at = {0, 550, 553},
                                    .text = ";",
                                },
                                .at = {0, 537, 553},
                            },
                            {
                                .name = "header",
                                .value = &(const PdcExpr){
                                    .kind = PDC_EXPR_BOOL,
                                    .at = {0, 565, 569},
                                    .integer = INT64_C(1),
                                },
                                .at = {0, 555, 569},
                            },
                        },
                    },
                    .at = {0, 449, 455},
                },
            },
            /* values.flow:21: for  */
            {
                .kind = PDC_ITEM_FOR,
                .at = {0, 578, 722},
                .expr = &(const PdcExpr){.kind = PDC_EXPR_CONST, .at = {0, 600, 605}, .text = "pairs"},
                .variables = (const char *const[]){"name", "factor"}, .n_variables = 2,
                .body = {.n = 1, .items = (const PdcItem[]){
                    /* values.flow:22: table  */
                    {
                        .kind = PDC_ITEM_TABLE,
                        .at = {0, 612, 718},
                        .table = &(const PdcTable){
                            .kind = PDC_TABLE,
                            .n_names = 1, .names = (const PdcName[]){
                                {.n_parts = 2, .parts = (const PdcNamePart[]){
                                    {.text = "made_"},
                                    {
                                        .expr = &(const PdcExpr){
                                            .kind = PDC_EXPR_VARIABLE,
                                            .at = {0, 625, 629},
                                            .text = "name",
                                        },
                                    },
                                }},
                            },
                            .clauses = {.n = 3, .items = (const PdcClause[]){
                                {.kind = PDC_CLAUSE_TAG, .at = {0, 393, 406}, .text = "hourly"},
                                {
                                    .kind = PDC_CLAUSE_INDEX,
                                    .at = {0, 631, 641},
                                    .columns = (const char *const[]){"id"}, .n_columns = 1,
                                },
                                {
                                    .kind = PDC_CLAUSE_AFTER,
                                    .at = {0, 648, 654},
                                    .target = {
                                        .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                            {.text = "orders"},
                                        }},
                                    },
                                },
                            }},
                            .body = &(const PdcBody){
                                .kind = PDC_BODY_QUERY,
                                .at = {0, 658, 717},
                                .query = &(const PdcQuery){
                                    .at = {0, 658, 717},
                                    .pieces = {.n = 6, .items = (const PdcPiece[]){
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 658, 678},
                                            .text = "select id, amount * ",
                                            .canon = "select id , amount *",
                                        },
                                        {
                                            .kind = PDC_PIECE_VALUE,
                                            .at = {0, 678, 687},
                                            .expr = &(const PdcExpr){
                                                .kind = PDC_EXPR_VARIABLE,
                                                .at = {0, 680, 686},
                                                .text = "factor",
                                            },
                                        },
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 687, 691},
                                            .text = " as ",
                                            .canon = "as",
                                        },
                                        {
                                            .kind = PDC_PIECE_IDENT,
                                            .at = {0, 691, 705},
                                            .name = {.n_parts = 2, .parts = (const PdcNamePart[]){
                                                {
                                                    .expr = &(const PdcExpr){
                                                        .kind = PDC_EXPR_VARIABLE,
                                                        .at = {0, 693, 697},
                                                        .text = "name",
                                                    },
                                                },
                                                {.text = "_amount"},
                                            }},
                                        },
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 705, 711},
                                            .text = " from ",
                                            .canon = "from",
                                        },
                                        {
                                            .kind = PDC_PIECE_RELATION,
                                            .at = {0, 711, 717},
                                            .relation = {
                                                .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                                    {.text = "orders"},
                                                }},
                                            },
                                            .alias = "orders",
                                        },
                                    }},
                                },
                            },
                            .at = {0, 618, 630},
                        },
                    },
                }},
            },
            /* values.flow:24: if  */
            {
                .kind = PDC_ITEM_IF,
                .at = {0, 725, 871},
                .expr = &(const PdcExpr){
                    .kind = PDC_EXPR_AND,
                    .at = {0, 728, 760},
                    .n_args = 2, .args = (const PdcExpr *const[]){
                        &(const PdcExpr){.kind = PDC_EXPR_ATTR, .at = {0, 728, 738}, .text = "flag"},
                        &(const PdcExpr){
                            .kind = PDC_EXPR_NOT,
                            .at = {0, 743, 760},
                            .n_args = 1, .args = (const PdcExpr *const[]){
                                &(const PdcExpr){
                                    .kind = PDC_EXPR_IN,
                                    .at = {0, 748, 759},
                                    .n_args = 2, .args = (const PdcExpr *const[]){
                                        &(const PdcExpr){
                                            .kind = PDC_EXPR_INT,
                                            .at = {0, 748, 749},
                                            .integer = INT64_C(1),
                                        },
                                        &(const PdcExpr){
                                            .kind = PDC_EXPR_LIST,
                                            .at = {0, 753, 759},
                                            .n_args = 2, .args = (const PdcExpr *const[]){
                                                &(const PdcExpr){
                                                    .kind = PDC_EXPR_INT,
                                                    .at = {0, 754, 755},
                                                    .integer = INT64_C(2),
                                                },
                                                &(const PdcExpr){
                                                    .kind = PDC_EXPR_INT,
                                                    .at = {0, 757, 758},
                                                    .integer = INT64_C(3),
                                                },
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
                .body = {.n = 1, .items = (const PdcItem[]){
                    /* values.flow:24: table seen */
                    {
                        .kind = PDC_ITEM_TABLE,
                        .at = {0, 763, 825},
                        .table = &(const PdcTable){
                            .kind = PDC_VIEW,
                            .n_names = 1, .names = (const PdcName[]){
                                {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "seen"}}},
                            },
                            .clauses = {.n = 1, .items = (const PdcClause[]){
                                {.kind = PDC_CLAUSE_TAG, .at = {0, 393, 406}, .text = "hourly"},
                            }},
                            .body = &(const PdcBody){
                                .kind = PDC_BODY_QUERY,
                                .at = {0, 776, 824},
                                .query = &(const PdcQuery){
                                    .at = {0, 776, 824},
                                    .pieces = {.n = 4, .items = (const PdcPiece[]){
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 776, 790},
                                            .text = "select * from ",
                                            .canon = "select * from",
                                        },
                                        {
                                            .kind = PDC_PIECE_RELATION,
                                            .at = {0, 790, 796},
                                            .relation = {
                                                .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                                    {.text = "orders"},
                                                }},
                                            },
                                            .alias = "orders",
                                        },
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 796, 810},
                                            .text = " where day >= ",
                                            .canon = "where day >=",
                                        },
                                        {
                                            .kind = PDC_PIECE_VALUE,
                                            .at = {0, 810, 824},
                                            .expr = &(const PdcExpr){
                                                .kind = PDC_EXPR_ATTR,
                                                .at = {0, 812, 823},
                                                .text = "since",
                                            },
                                        },
                                    }},
                                },
                            },
                            .at = {0, 768, 772},
                        },
                    },
                }},
                .otherwise = {.n = 1, .items = (const PdcItem[]){
                    /* values.flow:24: table seen */
                    {
                        .kind = PDC_ITEM_TABLE,
                        .at = {0, 835, 869},
                        .table = &(const PdcTable){
                            .kind = PDC_VIEW,
                            .n_names = 1, .names = (const PdcName[]){
                                {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "seen"}}},
                            },
                            .clauses = {.n = 1, .items = (const PdcClause[]){
                                {.kind = PDC_CLAUSE_TAG, .at = {0, 393, 406}, .text = "hourly"},
                            }},
                            .body = &(const PdcBody){
                                .kind = PDC_BODY_QUERY,
                                .at = {0, 848, 868},
                                .query = &(const PdcQuery){
                                    .at = {0, 848, 868},
                                    .pieces = {.n = 2, .items = (const PdcPiece[]){
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 848, 862},
                                            .text = "select * from ",
                                            .canon = "select * from",
                                        },
                                        {
                                            .kind = PDC_PIECE_RELATION,
                                            .at = {0, 862, 868},
                                            .relation = {
                                                .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                                    {.text = "orders"},
                                                }},
                                            },
                                            .alias = "orders",
                                        },
                                    }},
                                },
                            },
                            .at = {0, 840, 844},
                        },
                    },
                }},
            },
        }},
    },
    /* values.flow:27: stage marts */
    {
        .name = "marts",
        .at = {0, 881, 886},
        .items = {.n = 3, .items = (const PdcItem[]){
            /* values.flow:28: table twice */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 891, 925},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "twice"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_TASK,
                        .at = {0, 906, 924},
                        .text = "double",
                        .n_args = 1, .args = (const PdcExpr *const[]){
                            &(const PdcExpr){
                                .kind = PDC_EXPR_TABLE,
                                .at = {0, 913, 923},
                                .relation = &(const PdcRelation){
                                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "raw"}}},
                                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                        {.text = "orders"},
                                    }},
                                },
                            },
                        },
                    },
                    .at = {0, 897, 902},
                },
            },
            /* values.flow:29: table wide */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 928, 1250},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "wide"}}},
                    },
                    .clauses = {.n = 1, .items = (const PdcClause[]){
                        {
                            .kind = PDC_CLAUSE_CACHE_BY_QUERY,
                            .at = {0, 939, 980},
                            .query = &(const PdcQuery){
                                .at = {0, 949, 979},
                                .pieces = {.n = 1, .items = (const PdcPiece[]){
                                    {
                                        .kind = PDC_PIECE_TEXT,
                                        .at = {0, 949, 979},
                                        .text = "select max(id) from erp.events",
                                        .canon = "select max ( id ) from erp . events",
                                    },
                                }},
                            },
                        },
                    }},
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_QUERY,
                        .at = {0, 988, 1249},
                        .query = &(const PdcQuery){
                            .at = {0, 988, 1249},
                            .pieces = {.n = 13, .items = (const PdcPiece[]){
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 988, 995},
                                    .text = "select ",
                                    .canon = "select",
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 999, 1008},
                                    .text = "orders.id",
                                    .canon = "orders . id",
                                },
                                {.kind = PDC_PIECE_TEXT, .at = {0, 1008, 1009}, .text = ","},
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1009, 1034},
                                    .text = 
                                        " -- a comment\n"
                                        "           ",
                                    .canon = "",
                                },
                                {
                                    .kind = PDC_PIECE_FOR,
                                    .at = {0, 1034, 1116},
                                    .expr = &(const PdcExpr){
                                        .kind = PDC_EXPR_ATTR,
                                        .at = {0, 1045, 1058},
                                        .text = "regions",
                                    },
                                    .variables = (const char *const[]){"r"}, .n_variables = 1,
                                    .join = PDC_JOIN_COMMA,
                                    .body = {.n = 4, .items = (const PdcPiece[]){
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 1060, 1095},
                                            .text = "sum(amount) filter (where region = ",
                                            .canon = "sum ( amount ) filter ( where region =",
                                        },
                                        {
                                            .kind = PDC_PIECE_VALUE,
                                            .at = {0, 1095, 1099},
                                            .expr = &(const PdcExpr){
                                                .kind = PDC_EXPR_VARIABLE,
                                                .at = {0, 1097, 1098},
                                                .text = "r",
                                            },
                                        },
                                        {
                                            .kind = PDC_PIECE_TEXT,
                                            .at = {0, 1099, 1104},
                                            .text = ") as ",
                                            .canon = ") as",
                                        },
                                        {
                                            .kind = PDC_PIECE_IDENT,
                                            .at = {0, 1104, 1115},
                                            .name = {.n_parts = 2, .parts = (const PdcNamePart[]){
                                                {.text = "amount_"},
                                                {
                                                    .expr = &(const PdcExpr){
                                                        .kind = PDC_EXPR_VARIABLE,
                                                        .at = {0, 1113, 1114},
                                                        .text = "r",
                                                    },
                                                },
                                            }},
                                        },
                                    }},
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1116, 1126},
                                    .text = 
                                        "\n"
                                        "    from ",
                                    .canon = "from",
                                },
                                {
                                    .kind = PDC_PIECE_RELATION,
                                    .at = {0, 1126, 1136},
                                    .relation = {
                                        .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                            {.text = "raw"},
                                        }},
                                        .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                            {.text = "orders"},
                                        }},
                                    },
                                    .alias = "orders",
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1136, 1147},
                                    .text = 
                                        "\n"
                                        "    where ",
                                    .canon = "where",
                                },
                                {
                                    .kind = PDC_PIECE_IF,
                                    .at = {0, 1147, 1181},
                                    .expr = &(const PdcExpr){
                                        .kind = PDC_EXPR_ATTR,
                                        .at = {0, 1152, 1162},
                                        .text = "flag",
                                    },
                                    .body = {.n = 1, .items = (const PdcPiece[]){
                                        {.kind = PDC_PIECE_TEXT, .at = {0, 1164, 1168}, .text = "true"},
                                    }},
                                    .otherwise = {.n = 1, .items = (const PdcPiece[]){
                                        {.kind = PDC_PIECE_TEXT, .at = {0, 1175, 1180}, .text = "false"},
                                    }},
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1181, 1196},
                                    .text = " and percent > ",
                                    .canon = "and percent >",
                                },
                                {
                                    .kind = PDC_PIECE_VALUE,
                                    .at = {0, 1196, 1212},
                                    .expr = &(const PdcExpr){
                                        .kind = PDC_EXPR_ATTR,
                                        .at = {0, 1198, 1211},
                                        .text = "percent",
                                    },
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1212, 1236},
                                    .text = 
                                        " /* ?\?/ */\n"
                                        "    group by ",
                                    .canon = "group by",
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1240, 1249},
                                    .text = "orders.id",
                                    .canon = "orders . id",
                                },
                            }},
                        },
                    },
                    .at = {0, 934, 938},
                },
            },
            /* values.flow:35: table none */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 1253, 1303},
                .table = &(const PdcTable){
                    .kind = PDC_CHECK,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "none"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_QUERY,
                        .at = {0, 1267, 1302},
                        .query = &(const PdcQuery){
                            .at = {0, 1267, 1302},
                            .pieces = {.n = 3, .items = (const PdcPiece[]){
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1267, 1281},
                                    .text = "select * from ",
                                    .canon = "select * from",
                                },
                                {
                                    .kind = PDC_PIECE_RELATION,
                                    .at = {0, 1281, 1285},
                                    .relation = {
                                        .name = {.n_parts = 1, .parts = (const PdcNamePart[]){
                                            {.text = "wide"},
                                        }},
                                    },
                                    .alias = "wide",
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 1285, 1302},
                                    .text = " where id is null",
                                    .canon = "where id is null",
                                },
                            }},
                        },
                    },
                    .at = {0, 1259, 1263},
                },
            },
        }},
    },
};

static const PdcCopy copies[] = {
    /* values.flow:38: copy  */
    {
        .source = &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 1317, 1321}, .text = "full"},
        .condition = &(const PdcExpr){
            .kind = PDC_EXPR_EQUAL,
            .at = {0, 1327, 1349},
            .n_args = 2, .args = (const PdcExpr *const[]){
                &(const PdcExpr){.kind = PDC_EXPR_INSTANCE, .at = {0, 1327, 1340}, .text = "name"},
                &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 1343, 1349}, .text = "mini"},
            },
        },
        .at = {0, 1317, 1321},
        .n_lines = 2, .lines = (const PdcCopyLine[]){
            {
                .table = {
                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "raw"}}},
                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                },
                .at = {0, 1352, 1362},
                .n_rules = 2, .rules = (const PdcCopyRule[]){
                    {
                        .kind = PDC_COPY_WHERE,
                        .at = {0, 1364, 1376},
                        .query = &(const PdcQuery){
                            .at = {0, 1370, 1376},
                            .pieces = {.n = 1, .items = (const PdcPiece[]){
                                {.kind = PDC_PIECE_TEXT, .at = {0, 1370, 1376}, .text = "id < 3"},
                            }},
                        },
                    },
                    {
                        .kind = PDC_COPY_LIMIT,
                        .at = {0, 1378, 1385},
                        .expr = &(const PdcExpr){
                            .kind = PDC_EXPR_INT,
                            .at = {0, 1384, 1385},
                            .integer = INT64_C(2),
                        },
                    },
                },
            },
            {
                .at = {0, 1387, 1388},
                .n_rules = 1, .rules = (const PdcCopyRule[]){{.kind = PDC_COPY_ALL, .at = {0, 1390, 1393}}},
            },
        },
    },
};

static const PdcFlow flow = {
    .abi = PDC_ABI,
    .pdc_version = "0.1.0",
    .name = "values_everywhere",
    .sources = sources, .n_sources = 1,
    .attrs = attrs, .n_attrs = 4,
    .consts = consts, .n_consts = 1,
    .tasks = tasks, .n_tasks = 1,
    .stages = stages, .n_stages = 2,
    .copies = copies, .n_copies = 1,
};

int
main(int argc, char **argv)
{return pdc_main(&flow, argc, argv);}
