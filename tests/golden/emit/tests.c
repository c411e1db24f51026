/* Flow tests, compiled by pdc 0.1.0. Don't edit: changes are lost. */
#include <pdc/flow.h>

/* tests.flow, for messages */
static const char *const source_0[] = {
    "flow tests;\n",
    "\n",
    "attrs { factor int default 1; regions text[] default ('eu',); }\n",
    "\n",
    "stage raw { input { table orders as csv('orders.csv'); } }\n",
    "stage clean {\n",
    "  table orders as select id, current_date as day, amount * ${attrs.factor} as amount, 'current_date' as current_date from raw.orders;\n",
    "}\n",
    "\n",
    "test 'all of it */ \"quoted\"' with (factor = 2, regions = ('us', 'fr')) at '2024-02-29' {\n",
    "  given raw.orders (id, amount) values (1, 2), (2, null);\n",
    "  given clean.orders as csv('rows.csv', delimiter => ';');\n",
    "  expect clean.orders values (1, '2024-02-29', 4, 'x');\n",
    "  expect clean.orders (id) as select 1;\n",
    "  expect error 'a\\d+ \"b\"';\n",
    "}\n",
    "",
};

static const PdcSource sources[] = {
    {.path = "tests.flow", .directory = ".", .lines = source_0, .n_lines = 17},
};

static const PdcAttr attrs[] = {
    /* tests.flow:3: attr factor */
    {
        .name = "factor",
        .type = 1, /* int */
        .initial = &(const PdcExpr){.kind = PDC_EXPR_INT, .at = {0, 40, 41}, .integer = INT64_C(1)},
        .at = {0, 21, 27},
    },
    /* tests.flow:3: attr regions */
    {
        .name = "regions",
        .type = 3, /* text */
        .is_list = true,
        .initial = &(const PdcExpr){
            .kind = PDC_EXPR_LIST,
            .at = {0, 66, 73},
            .n_args = 1, .args = (const PdcExpr *const[]){
                &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 67, 71}, .text = "eu"},
            },
        },
        .at = {0, 43, 50},
    },
};

static const PdcStage stages[] = {
    /* tests.flow:5: stage raw */
    {
        .name = "raw",
        .at = {0, 84, 87},
        .items = {.n = 1, .items = (const PdcItem[]){
            /* tests.flow:5: table orders */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 98, 132},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .is_input = true,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_CSV,
                        .at = {0, 114, 131},
                        .n_args = 1, .args = (const PdcExpr *const[]){
                            &(const PdcExpr){
                                .kind = PDC_EXPR_TEXT,
                                .at = {0, 118, 130},
                                .text = "orders.csv",
                            },
                        },
                    },
                    .at = {0, 104, 110},
                },
            },
        }},
    },
    /* tests.flow:6: stage clean */
    {
        .name = "clean",
        .at = {0, 143, 148},
        .items = {.n = 1, .items = (const PdcItem[]){
            /* tests.flow:7: table orders */
            {
                .kind = PDC_ITEM_TABLE,
                .at = {0, 153, 284},
                .table = &(const PdcTable){
                    .kind = PDC_TABLE,
                    .n_names = 1, .names = (const PdcName[]){
                        {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                    },
                    .body = &(const PdcBody){
                        .kind = PDC_BODY_QUERY,
                        .at = {0, 169, 283},
                        .query = &(const PdcQuery){
                            .at = {0, 169, 283},
                            .uses_date = true,
                            .n_outline = 7, .outline = (const char *const[]){
                                "names\tid\tcurrent_date\tday\tamount\traw\torders",
                                "rows\t68798edfa96ba0cf\t169-175,268-283\traw\torders",
                                "column\tid\t4a65960c7d1290bf\t176-178\tid",
                                "column\tday\t561ba113137b379e\t180-199,237-267\tcurrent_date",
                                "column\tamount\t75c0f3e5d6d86fdf\t201-235\tamount",
                                "column\tcurrent_date\t5873b661d243f69a\t237-267",
                                "clause\tfrom\tf516d910877137ff",
                            },
                            .pieces = {.n = 6, .items = (const PdcPiece[]){
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 169, 180},
                                    .text = "select id, ",
                                    .canon = "select id ,",
                                },
                                {.kind = PDC_PIECE_TODAY, .at = {0, 180, 192}, .text = "current_date"},
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 192, 210},
                                    .text = " as day, amount * ",
                                    .canon = "as day , amount *",
                                },
                                {
                                    .kind = PDC_PIECE_VALUE,
                                    .at = {0, 210, 225},
                                    .expr = &(const PdcExpr){
                                        .kind = PDC_EXPR_ATTR,
                                        .at = {0, 212, 224},
                                        .text = "factor",
                                    },
                                },
                                {
                                    .kind = PDC_PIECE_TEXT,
                                    .at = {0, 225, 273},
                                    .text = " as amount, 'current_date' as current_date from ",
                                    .canon = "as amount , 'current_date' as current_date from",
                                },
                                {
                                    .kind = PDC_PIECE_RELATION,
                                    .at = {0, 273, 283},
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
                            }},
                        },
                    },
                    .at = {0, 159, 165},
                },
            },
        }},
    },
};

static const PdcTest tests[] = {
    /* tests.flow:10: test all of it * / "quoted" */
    {
        .name = "all of it */ \"quoted\"",
        .n_settings = 2, .settings = (const PdcSetting[]){
            {
                .name = "factor",
                .value = &(const PdcExpr){.kind = PDC_EXPR_INT, .at = {0, 332, 333}, .integer = INT64_C(2)},
                .at = {0, 332, 333},
            },
            {
                .name = "regions",
                .value = &(const PdcExpr){
                    .kind = PDC_EXPR_LIST,
                    .at = {0, 345, 357},
                    .n_args = 2, .args = (const PdcExpr *const[]){
                        &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 346, 350}, .text = "us"},
                        &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 352, 356}, .text = "fr"},
                    },
                },
                .at = {0, 345, 357},
            },
        },
        .moment = "2024-02-29",
        .n_givens = 2, .givens = (const PdcTestRows[]){
            {
                .table = {
                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "raw"}}},
                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                },
                .columns = (const char *const[]){"id", "amount"}, .n_columns = 2,
                .body = &(const PdcBody){
                    .kind = PDC_BODY_QUERY,
                    .at = {0, 409, 433},
                    .query = &(const PdcQuery){
                        .at = {0, 409, 433},
                        .n_outline = 1, .outline = (const char *const[]){"names\tvalues"},
                        .pieces = {.n = 3, .items = (const PdcPiece[]){
                            {.kind = PDC_PIECE_TEXT, .text = "select * from ("},
                            {
                                .kind = PDC_PIECE_TEXT,
                                .at = {0, 409, 433},
                                .text = "values (1, 2), (2, null)",
                                .canon = "values ( 1 , 2 ) , ( 2 , null )",
                            },
                            {
                                .kind = PDC_PIECE_TEXT,
                                .text = 
                                    "\n"
                                    ") as \"values\" (column1, column2)",
                            },
                        }},
                    },
                },
                .at = {0, 385, 395},
            },
            {
                .table = {
                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "clean"}}},
                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                },
                .body = &(const PdcBody){
                    .kind = PDC_BODY_CSV,
                    .at = {0, 459, 492},
                    .n_args = 1, .args = (const PdcExpr *const[]){
                        &(const PdcExpr){.kind = PDC_EXPR_TEXT, .at = {0, 463, 473}, .text = "rows.csv"},
                    },
                    .n_options = 1, .options = (const PdcOption[]){
                        {
                            .name = "delimiter",
                            .value = &(const PdcExpr){
                                .kind = PDC_EXPR_TEXT,
                                .at = {0, 488, 491},
                                .text = ";",
                            },
                            .at = {0, 475, 491},
                        },
                    },
                },
                .at = {0, 443, 455},
            },
        },
        .n_expects = 2, .expects = (const PdcTestRows[]){
            {
                .table = {
                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "clean"}}},
                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                },
                .n_positions = 4,
                .body = &(const PdcBody){
                    .kind = PDC_BODY_QUERY,
                    .at = {0, 516, 548},
                    .query = &(const PdcQuery){
                        .at = {0, 516, 548},
                        .n_outline = 1, .outline = (const char *const[]){"names\tvalues"},
                        .pieces = {.n = 3, .items = (const PdcPiece[]){
                            {.kind = PDC_PIECE_TEXT, .text = "select * from ("},
                            {
                                .kind = PDC_PIECE_TEXT,
                                .at = {0, 516, 548},
                                .text = "values (1, '2024-02-29', 4, 'x')",
                                .canon = "values ( 1 , '2024-02-29' , 4 , 'x' )",
                            },
                            {
                                .kind = PDC_PIECE_TEXT,
                                .text = 
                                    "\n"
                                    ") as \"values\" (column1, column2, column3, column4)",
                            },
                        }},
                    },
                },
                .at = {0, 503, 515},
            },
            {
                .table = {
                    .stage = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "clean"}}},
                    .name = {.n_parts = 1, .parts = (const PdcNamePart[]){{.text = "orders"}}},
                },
                .columns = (const char *const[]){"id"}, .n_columns = 1,
                .body = &(const PdcBody){
                    .kind = PDC_BODY_QUERY,
                    .at = {0, 580, 588},
                    .query = &(const PdcQuery){
                        .at = {0, 580, 588},
                        .n_outline = 1, .outline = (const char *const[]){"names"},
                        .pieces = {.n = 1, .items = (const PdcPiece[]){
                            {.kind = PDC_PIECE_TEXT, .at = {0, 580, 588}, .text = "select 1"},
                        }},
                    },
                },
                .at = {0, 559, 571},
            },
        },
        .n_errors = 1, .errors = (const PdcTestError[]){{.pattern = "a\\d+ \"b\"", .at = {0, 605, 615}}},
        .at = {0, 293, 316},
    },
};

static const PdcFlow flow = {
    .abi = PDC_ABI,
    .pdc_version = "0.1.0",
    .name = "tests",
    .sources = sources, .n_sources = 1,
    .attrs = attrs, .n_attrs = 2,
    .stages = stages, .n_stages = 2,
    .tests = tests, .n_tests = 1,
};

int
main(int argc, char **argv)
{return pdc_main(&flow, argc, argv);}
