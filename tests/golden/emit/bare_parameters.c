/* Flow bare_parameters, compiled by pdc 0.1.0. Don't edit: changes are lost. */
#include <pdc/flow.h>

/* bare_parameters.flow, for messages */
static const char *const source_0[] = {
    "flow bare_parameters;\n",
    "check below(t table, c column, highest numeric) as\n",
    "  select * from t where c > highest and t.c is not null and highest(c) > 1; -- c\n",
    "check above(t table, c column, least int) as select c as \"C\", 1 as least from t where ${c} < least;\n",
    "stage s {\n",
    "  table t as select 1 as amount;\n",
    "  table u as select ${column('amount')} as x from t;\n",
    "  check small as below(t, amount, 10000);\n",
    "  check large as above(t, amount, 0);\n",
    "}\n",
    "",
};

static const PdcSource sources[] = {
    {.path = "bare_parameters.flow", .directory = ".", .lines = source_0, .n_lines = 11},
};

static const PdcTask tasks[] = {
    /* bare_parameters.flow:2: task below */
    {
        .name = "below",
        .n_params = 3, .params = (const PdcParam[]){
            {
                .name = "t",
                .type = 7, /* table */
                .at = {0, 34, 35},
            },
            {
                .name = "c",
                .type = 8, /* column */
                .at = {0, 43, 44},
            },
            {
                .name = "highest",
                .type = 2, /* float */
                .at = {0, 53, 60},
            },
        },
        .body = &(const PdcBody){
            .kind = PDC_BODY_QUERY,
            .at = {0, 75, 147},
            .query = &(const PdcQuery){
                .at = {0, 75, 147},
                .pieces = {.n = 9, .items = (const PdcPiece[]){
                    {
                        .kind = PDC_PIECE_TEXT,
                        .at = {0, 75, 89},
                        .text = "select * from ",
                        .canon = "select * from",
                    },
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 89, 90},
                        .expr = &(const PdcExpr){.kind = PDC_EXPR_VARIABLE, .at = {0, 89, 90}, .text = "t"},
                        .alias = "t",
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 90, 97}, .text = " where ", .canon = "where"},
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 97, 98},
                        .expr = &(const PdcExpr){.kind = PDC_EXPR_VARIABLE, .at = {0, 97, 98}, .text = "c"},
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 98, 101}, .text = " > ", .canon = ">"},
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 101, 108},
                        .expr = &(const PdcExpr){
                            .kind = PDC_EXPR_VARIABLE,
                            .at = {0, 101, 108},
                            .text = "highest",
                        },
                    },
                    {
                        .kind = PDC_PIECE_TEXT,
                        .at = {0, 108, 141},
                        .text = " and t.c is not null and highest(",
                        .canon = "and t . c is not null and highest (",
                    },
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 141, 142},
                        .expr = &(const PdcExpr){.kind = PDC_EXPR_VARIABLE, .at = {0, 141, 142}, .text = "c"},
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 142, 147}, .text = ") > 1"},
                }},
            },
        },
        .at = {0, 28, 33},
    },
    /* bare_parameters.flow:4: task above */
    {
        .name = "above",
        .n_params = 3, .params = (const PdcParam[]){
            {
                .name = "t",
                .type = 7, /* table */
                .at = {0, 166, 167},
            },
            {
                .name = "c",
                .type = 8, /* column */
                .at = {0, 175, 176},
            },
            {
                .name = "least",
                .type = 1, /* int */
                .at = {0, 185, 190},
            },
        },
        .body = &(const PdcBody){
            .kind = PDC_BODY_QUERY,
            .at = {0, 199, 252},
            .query = &(const PdcQuery){
                .at = {0, 199, 252},
                .pieces = {.n = 6, .items = (const PdcPiece[]){
                    {
                        .kind = PDC_PIECE_TEXT,
                        .at = {0, 199, 232},
                        .text = "select c as \"C\", 1 as least from ",
                        .canon = "select c as \"C\" , 1 as least from",
                    },
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 232, 233},
                        .expr = &(const PdcExpr){.kind = PDC_EXPR_VARIABLE, .at = {0, 232, 233}, .text = "t"},
                        .alias = "t",
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 233, 240}, .text = " where ", .canon = "where"},
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 240, 244},
                        .expr = &(const PdcExpr){.kind = PDC_EXPR_VARIABLE, .at = {0, 242, 243}, .text = "c"},
                    },
                    {.kind = PDC_PIECE_TEXT, .at = {0, 244, 247}, .text = " < ", .canon = "<"},
                    {
                        .kind = PDC_PIECE_VALUE,
                        .at = {0, 247, 252},
                        .expr = &(const PdcExpr){
                            .kind = PDC_EXPR_VARIABLE,
                            .at = {0, 247, 252},
                            .text = "least",
                        },
                    },
                }},
            },
        },
        .at = {0, 160, 165},
    },
};

static const PdcStage stages[] = {
    /* bare_parameters.flow:5: stage s */
    {
        .name = "s",
        .at = {0, 260, 261},
        .items = {.n = 4, .items = (const PdcItem[]){
            /* bare_parameters.flow:6: table t */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 266, 296},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "t"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_QUERY,
                        .at = {0, 277, 295},
                        .query = &(const PdcQuery){
                            .at = {0, 277, 295},
                            .n_outline = 3, .outline = (const char *const[]){
                                "names\tamount",
                                "rows\t1db1b2ea237f09de\t277-283",
                                "column\tamount\td1a528594a1cb6bf\t284-295",
                            },
                            .pieces = {.n = 1, .items = (const PdcPiece[]){
                                {.kind = PDC_PIECE_TEXT, .at = {0, 277, 295}, .text = "select 1 as amount"},
                            }},
                        },
                    },
                    .at = {0, 272, 273},
                },
            },
            /* bare_parameters.flow:7: table u */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 299, 349},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "u"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_QUERY,
                        .at = {0, 310, 348},
                        .query = &(const PdcQuery){
                            .at = {0, 310, 348},
                            .pieces = {.n = 4, .items = (const PdcPiece[]){
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 310, 317},
                                    .text = "select ",
                                    .canon = "select",
                                },
                                {
                                    .kind = PDC_PIECE_VALUE,
                                    .at = {0, 317, 336},
                                    .expr = &(const PdcExpr){
                                        .kind = PDC_EXPR_COLUMN,
                                        .at = {0, 319, 335},
                                        .n_args = 1, .args = (const PdcExpr *const[]){
                                            &(const PdcExpr){
                                                .kind = PDC_EXPR_TEXT,
                                                .at = {0, 326, 334},
                                                .text = "amount",
                                            },
                                        },
                                    },
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 336, 347},
                                    .text = " as x from ",
                                    .canon = "as x from",
                                },
                                {
                                    .kind = PDC_PIECE_RELATION,
                                    .at = {0, 347, 348},
                                    .relation = {
                                        .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "t"}}},
                                    },
                                    .alias = "t",
                                },
                            }},
                        },
                    },
                    .at = {0, 305, 306},
                },
            },
            /* bare_parameters.flow:8: table small */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 352, 391},
                .table = &(const PdcTable){
                    .kind = PDC_CHECK,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "small"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_TASK,
                        .at = {0, 367, 390},
                        .text = "below",
                        .n_args = 3, .args = (const PdcExpr *const[]){
                            &(const PdcExpr){
                                .kind = PDC_EXPR_TABLE,
                                .at = {0, 373, 374},
                                .relation = &(const PdcRelation){
                                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "t"}}},
                                },
                            },
                            &(const PdcExpr){
                                .kind = PDC_EXPR_COLUMN,
                                .at = {0, 376, 382},
                                .n_args = 1, .args = (const PdcExpr *const[]){
                                    &(const PdcExpr){
                                        .kind = PDC_EXPR_TEXT,
                                        .at = {0, 376, 382},
                                        .text = "amount",
                                    },
                                },
                            },
                            &(const PdcExpr){
                                .kind = PDC_EXPR_INT,
                                .at = {0, 384, 389},
                                .integer = INT64_C(10000),
                            },
                        },
                    },
                    .at = {0, 358, 363},
                },
            },
            /* bare_parameters.flow:9: table large */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 394, 429},
                .table = &(const PdcTable){
                    .kind = PDC_CHECK,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "large"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_TASK,
                        .at = {0, 409, 428},
                        .text = "above",
                        .n_args = 3, .args = (const PdcExpr *const[]){
                            &(const PdcExpr){
                                .kind = PDC_EXPR_TABLE,
                                .at = {0, 415, 416},
                                .relation = &(const PdcRelation){
                                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "t"}}},
                                },
                            },
                            &(const PdcExpr){
                                .kind = PDC_EXPR_COLUMN,
                                .at = {0, 418, 424},
                                .n_args = 1, .args = (const PdcExpr *const[]){
                                    &(const PdcExpr){
                                        .kind = PDC_EXPR_TEXT,
                                        .at = {0, 418, 424},
                                        .text = "amount",
                                    },
                                },
                            },
                            &(const PdcExpr){.kind = PDC_EXPR_INT, .at = {0, 426, 427}},
                        },
                    },
                    .at = {0, 400, 405},
                },
            },
        }},
    },
};

static const PdcFlow flow = {
    .abi = PDC_ABI,
    .pdc_version = "0.1.0",
    .name = "bare_parameters",
    .sources = sources, .n_sources = 1,
    .tasks = tasks, .n_tasks = 2,
    .stages = stages, .n_stages = 1,
};

int
main(int argc, char **argv)
{return pdc_main(&flow, argc, argv);}
