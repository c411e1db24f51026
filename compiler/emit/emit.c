#include "compiler/emit/emit.h"

#include "compiler/emit/emit_priv.h"
#include "runtime/diag/source.h"
#include "runtime/flow/column_type.h"
#include "runtime/flow/type.h"

#include <inttypes.h>
#include <math.h>

static void write_pieces(Emitter *e, const char *member, const PdcPieces *pieces);
static void write_items(Emitter *e, const char *member, const PdcItems *items);

/* ---- names of enum values, as C spells them ---- */

static const char *const expr_kinds[] = {
    NAMED(PDC_EXPR_NULL),       NAMED(PDC_EXPR_BOOL),        NAMED(PDC_EXPR_INT),
    NAMED(PDC_EXPR_FLOAT),      NAMED(PDC_EXPR_TEXT),        NAMED(PDC_EXPR_LIST),
    NAMED(PDC_EXPR_TUPLE),      NAMED(PDC_EXPR_ATTR),        NAMED(PDC_EXPR_CONST),
    NAMED(PDC_EXPR_VARIABLE),   NAMED(PDC_EXPR_INSTANCE),    NAMED(PDC_EXPR_FLOW_NAME),
    NAMED(PDC_EXPR_RUN_DATE),   NAMED(PDC_EXPR_RUN_STARTED), NAMED(PDC_EXPR_ENV),
    NAMED(PDC_EXPR_COLUMNS),    NAMED(PDC_EXPR_COLUMN),      NAMED(PDC_EXPR_TABLE),
    NAMED(PDC_EXPR_FIELD),      NAMED(PDC_EXPR_NOT),         NAMED(PDC_EXPR_NEGATE),
    NAMED(PDC_EXPR_IS_NULL),    NAMED(PDC_EXPR_AND),         NAMED(PDC_EXPR_OR),
    NAMED(PDC_EXPR_EQUAL),      NAMED(PDC_EXPR_NOT_EQUAL),   NAMED(PDC_EXPR_LESS),
    NAMED(PDC_EXPR_LESS_EQUAL), NAMED(PDC_EXPR_GREATER),     NAMED(PDC_EXPR_GREATER_EQUAL),
    NAMED(PDC_EXPR_IN),         NAMED(PDC_EXPR_ADD),         NAMED(PDC_EXPR_SUBTRACT),
    NAMED(PDC_EXPR_MULTIPLY),   NAMED(PDC_EXPR_DIVIDE),      NAMED(PDC_EXPR_MODULO),
    NAMED(PDC_EXPR_CONCAT),
};

static const char *const piece_kinds[] = {
    NAMED(PDC_PIECE_TEXT),     NAMED(PDC_PIECE_VALUE),  NAMED(PDC_PIECE_IDENT),
    NAMED(PDC_PIECE_RELATION), NAMED(PDC_PIECE_CALL),   NAMED(PDC_PIECE_FOR),
    NAMED(PDC_PIECE_IF),       NAMED(PDC_PIECE_OUTPUT), NAMED(PDC_PIECE_TODAY),
};

static const char *const joins[] = {
    NAMED(PDC_JOIN_COMMA), NAMED(PDC_JOIN_UNION_ALL), NAMED(PDC_JOIN_UNION),  NAMED(PDC_JOIN_AND),
    NAMED(PDC_JOIN_OR),    NAMED(PDC_JOIN_ADD),       NAMED(PDC_JOIN_CONCAT),
};

static const char *const clause_kinds[] = {
    NAMED(PDC_CLAUSE_PRIMARY_KEY),
    NAMED(PDC_CLAUSE_UNIQUE),
    NAMED(PDC_CLAUSE_NOT_NULL),
    NAMED(PDC_CLAUSE_CHECK),
    NAMED(PDC_CLAUSE_FOREIGN_KEY),
    NAMED(PDC_CLAUSE_INDEX),
    NAMED(PDC_CLAUSE_VERSION),
    NAMED(PDC_CLAUSE_CACHE_BY_QUERY),
    NAMED(PDC_CLAUSE_CACHE_BY_FILE),
    NAMED(PDC_CLAUSE_CACHE_BY_SHELL),
    NAMED(PDC_CLAUSE_CACHE_BY_VALUE),
    NAMED(PDC_CLAUSE_CACHE_ALWAYS),
    NAMED(PDC_CLAUSE_CACHE_NEVER),
    NAMED(PDC_CLAUSE_AFTER),
    NAMED(PDC_CLAUSE_TAG),
    NAMED(PDC_CLAUSE_OWNER),
    NAMED(PDC_CLAUSE_META),
    NAMED(PDC_CLAUSE_ALLOW_FRESH_INPUT),
    NAMED(PDC_CLAUSE_FAILS_ABOVE),
    NAMED(PDC_CLAUSE_UNLOGGED),
    NAMED(PDC_CLAUSE_CUTOFF),
    NAMED(PDC_CLAUSE_VIOLATION_FAIL),
    NAMED(PDC_CLAUSE_VIOLATION_WARN),
    NAMED(PDC_CLAUSE_VIOLATION_REJECT),
};

static const char *const body_kinds[] = {
    NAMED(PDC_BODY_QUERY),   NAMED(PDC_BODY_TASK),     NAMED(PDC_BODY_CSV),
    NAMED(PDC_BODY_PARQUET), NAMED(PDC_BODY_EXTERNAL), NAMED(PDC_BODY_SCRIPT),
};

static const char *const table_kinds[] = {NAMED(PDC_TABLE), NAMED(PDC_VIEW), NAMED(PDC_CHECK),
                                          NAMED(PDC_WARN)};

/* ---- small things ---- */

void
write_at(Emitter *e, PdcSpan at)
{
    if (at.end > 0) {
        cwriter_line(&e->w, ".at = {%" PRIu32 ", %" PRIu32 ", %" PRIu32 "},", at.file, at.start,
                     at.end);
    }
}

/** A comment with the file and line of an entry. */
void
write_origin(Emitter *e, PdcSpan at, const char *what, const char *name)
{
    Str text = {0};
    Span span = flow_span(e->sources, at);
    if (span.file != NULL) {
        str_append_format(&text, "%s:%zu: ", span.file->path,
                          source_line_of(span.file, span.start));
    }
    str_append_format(&text, "%s %s", what, name);
    cwriter_comment(&e->w, str_text(&text));
    str_deinit(&text);
}

static void
write_name(Emitter *e, const char *member, const PdcName *name)
{
    if (name->n_parts == 0) {
        return;
    }
    cwriter_open(&e->w, ".%s = {.n_parts = %zu, .parts = (const PdcNamePart[]){", member,
                 name->n_parts);
    for (size_t i = 0; i < name->n_parts; i++) {
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "text", name->parts[i].text);
        write_expr(e, "expr", name->parts[i].expr);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "}},");
}

void
write_relation_members(Emitter *e, const PdcRelation *relation)
{
    write_name(e, "stage", &relation->stage);
    write_name(e, "name", &relation->name);
}

void
write_relation(Emitter *e, const char *member, const PdcRelation *relation)
{
    if (relation->name.n_parts > 0) {
        cwriter_open(&e->w, ".%s = {", member);
        write_relation_members(e, relation);
        cwriter_close(&e->w, "},");
    }
}

/* ---- expressions ---- */

static void write_expr_members(Emitter *e, const PdcExpr *expr);

static void
write_exprs(Emitter *e, const char *member, const PdcExpr *const *exprs, size_t n)
{
    if (n == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_%s = %zu, .%s = (const PdcExpr *const[]){", member, n, member);
    for (size_t i = 0; i < n; i++) {
        cwriter_open(&e->w, "&(const PdcExpr){");
        write_expr_members(e, exprs[i]);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

static void
write_number(Emitter *e, double number)
{
    if (isfinite(number)) {
        cwriter_line(&e->w, ".number = %.17g,", number);
    } else {
        cwriter_line(&e->w, ".number = %s1e308 * 10,", number < 0 ? "-" : "");
    }
}

static void
write_expr_members(Emitter *e, const PdcExpr *expr)
{
    cwriter_line(&e->w, ".kind = %s,", expr_kinds[expr->kind]);
    write_at(e, expr->at);
    cwriter_text(&e->w, "text", expr->text);
    if (expr->integer == INT64_MIN) {
        cwriter_line(&e->w, ".integer = INT64_MIN,");
    } else if (expr->integer != 0) {
        cwriter_line(&e->w, ".integer = INT64_C(%" PRId64 "),", expr->integer);
    }
    if (expr->kind == PDC_EXPR_FLOAT) {
        write_number(e, expr->number);
    }
    write_exprs(e, "args", expr->args, expr->n_args);
    if (expr->relation != NULL) {
        cwriter_open(&e->w, ".relation = &(const PdcRelation){");
        write_relation_members(e, expr->relation);
        cwriter_close(&e->w, "},");
    }
}

void
write_expr(Emitter *e, const char *member, const PdcExpr *expr)
{
    if (expr != NULL) {
        cwriter_open(&e->w, ".%s = &(const PdcExpr){", member);
        write_expr_members(e, expr);
        cwriter_close(&e->w, "},");
    }
}

/* ---- queries ---- */

static void
write_piece(Emitter *e, const PdcPiece *piece)
{
    cwriter_open(&e->w, "{");
    cwriter_line(&e->w, ".kind = %s,", piece_kinds[piece->kind]);
    write_at(e, piece->at);
    cwriter_text(&e->w, "text", piece->text);
    cwriter_text(&e->w, "canon", piece->canon);
    write_expr(e, "expr", piece->expr);
    write_name(e, "name", &piece->name);
    write_relation(e, "relation", &piece->relation);
    cwriter_text(&e->w, "alias", piece->alias);
    write_exprs(e, "args", piece->args, piece->n_args);
    cwriter_texts(&e->w, "variables", piece->variables, piece->n_variables);
    write_expr(e, "filter", piece->filter);
    if (piece->kind == PDC_PIECE_FOR) {
        cwriter_line(&e->w, ".join = %s,", joins[piece->join]);
    }
    write_pieces(e, "body", &piece->body);
    write_pieces(e, "otherwise", &piece->otherwise);
    cwriter_close(&e->w, "},");
}

static void
write_pieces(Emitter *e, const char *member, const PdcPieces *pieces)
{
    if (pieces->n == 0) {
        return;
    }
    cwriter_open(&e->w, ".%s = {.n = %zu, .items = (const PdcPiece[]){", member, pieces->n);
    for (size_t i = 0; i < pieces->n; i++) {
        write_piece(e, &pieces->items[i]);
    }
    cwriter_close(&e->w, "}},");
}

static void
write_outline(Emitter *e, const PdcQuery *query)
{
    if (query->n_outline > 0) {
        cwriter_open(&e->w, ".n_outline = %zu, .outline = (const char *const[]){",
                     query->n_outline);
        for (size_t i = 0; i < query->n_outline; i++) {
            cwriter_element(&e->w, query->outline[i]);
        }
        cwriter_close(&e->w, "},");
    }
}

void
write_query(Emitter *e, const PdcQuery *query)
{
    if (query == NULL) {
        return;
    }
    cwriter_open(&e->w, ".query = &(const PdcQuery){");
    write_at(e, query->at);
    cwriter_flag(&e->w, "uses_date", query->uses_date);
    write_outline(e, query);
    write_pieces(e, "pieces", &query->pieces);
    cwriter_close(&e->w, "},");
}

/* ---- clauses and bodies ---- */

static void
write_clause(Emitter *e, const PdcClause *clause)
{
    cwriter_open(&e->w, "{");
    cwriter_line(&e->w, ".kind = %s,", clause_kinds[clause->kind]);
    write_at(e, clause->at);
    cwriter_flag(&e->w, "warn", clause->warn);
    cwriter_texts(&e->w, "columns", clause->columns, clause->n_columns);
    write_relation(e, "target", &clause->target);
    cwriter_texts(&e->w, "target_columns", clause->target_columns, clause->n_target_columns);
    write_query(e, clause->query);
    write_expr(e, "expr", clause->expr);
    cwriter_text(&e->w, "text", clause->text);
    cwriter_close(&e->w, "},");
}

static void
write_clauses(Emitter *e, const PdcClauses *clauses)
{
    if (clauses->n == 0) {
        return;
    }
    cwriter_open(&e->w, ".clauses = {.n = %zu, .items = (const PdcClause[]){", clauses->n);
    for (size_t i = 0; i < clauses->n; i++) {
        write_clause(e, &clauses->items[i]);
    }
    cwriter_close(&e->w, "}},");
}

static void
write_options(Emitter *e, const PdcBody *body)
{
    if (body->n_options == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_options = %zu, .options = (const PdcOption[]){", body->n_options);
    for (size_t i = 0; i < body->n_options; i++) {
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", body->options[i].name);
        write_expr(e, "value", body->options[i].value);
        write_at(e, body->options[i].at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

void
write_body(Emitter *e, const PdcBody *body)
{
    cwriter_open(&e->w, ".body = &(const PdcBody){");
    cwriter_line(&e->w, ".kind = %s,", body_kinds[body->kind]);
    write_at(e, body->at);
    cwriter_text(&e->w, "text", body->text);
    write_exprs(e, "args", body->args, body->n_args);
    write_options(e, body);
    write_query(e, body->query);
    cwriter_close(&e->w, "},");
}

/* ---- declarations ---- */

static void
write_attrs(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcAttr attrs[] = {");
    for (size_t i = 0; i < e->flow->n_attrs; i++) {
        const PdcAttr *attr = &e->flow->attrs[i];
        write_origin(e, attr->at, "attr", attr->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", attr->name);
        cwriter_line(&e->w, ".type = %d, /* %s */", attr->type, type_name((PdcType)attr->type));
        cwriter_flag(&e->w, "is_list", attr->is_list);
        write_expr(e, "initial", attr->initial);
        write_at(e, attr->at);
        cwriter_text(&e->w, "doc", attr->doc);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_consts(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcConst consts[] = {");
    for (size_t i = 0; i < e->flow->n_consts; i++) {
        const PdcConst *constant = &e->flow->consts[i];
        write_origin(e, constant->at, "const", constant->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", constant->name);
        write_expr(e, "value", constant->value);
        write_at(e, constant->at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_promise(Emitter *e, const PdcPromise *column)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    cwriter_open(&e->w, "{");
    cwriter_text(&e->w, "name", column->name);
    cwriter_line(&e->w, ".type = {%d, %d, %d}, /* %s */", column->type.kind, column->type.size,
                 column->type.scale, column_type_text(column->type, scratch));
    cwriter_flag(&e->w, "pii", column->pii);
    cwriter_text(&e->w, "doc", column->doc);
    write_at(e, column->at);
    cwriter_close(&e->w, "},");
}

static void
write_contracts(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcContract contracts[] = {");
    for (size_t i = 0; i < e->flow->n_contracts; i++) {
        const PdcContract *contract = &e->flow->contracts[i];
        write_origin(e, contract->at, "contract", contract->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", contract->name);
        cwriter_open(&e->w, ".n_columns = %zu, .columns = (const PdcPromise[]){",
                     contract->n_columns);
        for (size_t k = 0; k < contract->n_columns; k++) {
            write_promise(e, &contract->columns[k]);
        }
        cwriter_close(&e->w, "},");
        write_clauses(e, &contract->clauses);
        write_at(e, contract->at);
        cwriter_text(&e->w, "doc", contract->doc);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_params(Emitter *e, const PdcTask *task)
{
    if (task->n_params == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_params = %zu, .params = (const PdcParam[]){", task->n_params);
    for (size_t i = 0; i < task->n_params; i++) {
        const PdcParam *param = &task->params[i];
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", param->name);
        cwriter_line(&e->w, ".type = %d, /* %s */", param->type, type_name((PdcType)param->type));
        cwriter_flag(&e->w, "is_list", param->is_list);
        write_at(e, param->at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

static void
write_tasks(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcTask tasks[] = {");
    for (size_t i = 0; i < e->flow->n_tasks; i++) {
        const PdcTask *task = &e->flow->tasks[i];
        write_origin(e, task->at, "task", task->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", task->name);
        write_params(e, task);
        cwriter_texts(&e->w, "outputs", task->outputs, task->n_outputs);
        write_clauses(e, &task->clauses);
        write_body(e, task->body);
        write_at(e, task->at);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_table(Emitter *e, const PdcTable *table)
{
    cwriter_open(&e->w, ".table = &(const PdcTable){");
    cwriter_line(&e->w, ".kind = %s,", table_kinds[table->kind]);
    cwriter_flag(&e->w, "is_input", table->is_input);
    cwriter_open(&e->w, ".n_names = %zu, .names = (const PdcName[]){", table->n_names);
    for (size_t i = 0; i < table->n_names; i++) {
        cwriter_open(&e->w, "{.n_parts = %zu, .parts = (const PdcNamePart[]){",
                     table->names[i].n_parts);
        for (size_t k = 0; k < table->names[i].n_parts; k++) {
            cwriter_open(&e->w, "{");
            cwriter_text(&e->w, "text", table->names[i].parts[k].text);
            write_expr(e, "expr", table->names[i].parts[k].expr);
            cwriter_close(&e->w, "},");
        }
        cwriter_close(&e->w, "}},");
    }
    cwriter_close(&e->w, "},");
    cwriter_text(&e->w, "contract", table->contract);
    write_clauses(e, &table->clauses);
    write_body(e, table->body);
    write_at(e, table->at);
    cwriter_text(&e->w, "doc", table->doc);
    cwriter_close(&e->w, "},");
}

static void
write_item(Emitter *e, const PdcItem *item)
{
    static const char *const kinds[] = {NAMED(PDC_ITEM_TABLE), NAMED(PDC_ITEM_IF),
                                        NAMED(PDC_ITEM_FOR)};
    static const char *const words[] = {"table", "if", "for"};
    const PdcName *name = item->kind == PDC_ITEM_TABLE ? &item->table->names[0] : NULL;
    bool plain = name != NULL && name->n_parts == 1 && name->parts[0].text != NULL;
    write_origin(e, item->at, words[item->kind], plain ? name->parts[0].text : "");
    cwriter_open(&e->w, "{");
    cwriter_line(&e->w, ".kind = %s,", kinds[item->kind]);
    write_at(e, item->at);
    if (item->table != NULL) {
        write_table(e, item->table);
    }
    write_expr(e, "expr", item->expr);
    cwriter_texts(&e->w, "variables", item->variables, item->n_variables);
    write_items(e, "body", &item->body);
    write_items(e, "otherwise", &item->otherwise);
    cwriter_close(&e->w, "},");
}

static void
write_items(Emitter *e, const char *member, const PdcItems *items)
{
    if (items->n == 0) {
        return;
    }
    cwriter_open(&e->w, ".%s = {.n = %zu, .items = (const PdcItem[]){", member, items->n);
    for (size_t i = 0; i < items->n; i++) {
        write_item(e, &items->items[i]);
    }
    cwriter_close(&e->w, "}},");
}

static void
write_stages(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcStage stages[] = {");
    for (size_t i = 0; i < e->flow->n_stages; i++) {
        const PdcStage *stage = &e->flow->stages[i];
        write_origin(e, stage->at, "stage", stage->name);
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "name", stage->name);
        write_at(e, stage->at);
        cwriter_text(&e->w, "doc", stage->doc);
        write_items(e, "items", &stage->items);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

/* ---- the file ---- */

static void
write_source(Emitter *e, size_t number)
{
    const PdcSource *source = &e->flow->sources[number];
    Str comment = {0};
    str_append_format(&comment, "%s, for messages", source->path);
    cwriter_comment(&e->w, str_text(&comment));
    str_deinit(&comment);
    if (source->n_lines == 0) {
        return;
    }
    cwriter_open(&e->w, "static const char *const source_%zu[] = {", number);
    for (size_t i = 0; i < source->n_lines; i++) {
        cwriter_element(&e->w, source->lines[i]);
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_sources(Emitter *e)
{
    for (size_t i = 0; i < e->flow->n_sources; i++) {
        write_source(e, i);
    }
    cwriter_open(&e->w, "static const PdcSource sources[] = {");
    for (size_t i = 0; i < e->flow->n_sources; i++) {
        const PdcSource *source = &e->flow->sources[i];
        cwriter_open(&e->w, "{");
        cwriter_text(&e->w, "path", source->path);
        cwriter_text(&e->w, "directory", source->directory);
        if (source->n_lines > 0) {
            cwriter_line(&e->w, ".lines = source_%zu, .n_lines = %zu,", i, source->n_lines);
        }
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}

static void
write_member(Emitter *e, const char *name, size_t n)
{
    if (n > 0) {
        cwriter_line(&e->w, ".%s = %s, .n_%s = %zu,", name, name, name, n);
    }
}

static void
write_flow(Emitter *e)
{
    const PdcFlow *flow = e->flow;
    cwriter_open(&e->w, "static const PdcFlow flow = {");
    cwriter_line(&e->w, ".abi = PDC_ABI,");
    cwriter_text(&e->w, "pdc_version", flow->pdc_version);
    cwriter_text(&e->w, "name", flow->name);
    write_member(e, "sources", flow->n_sources);
    write_member(e, "attrs", flow->n_attrs);
    write_member(e, "consts", flow->n_consts);
    write_member(e, "contracts", flow->n_contracts);
    write_member(e, "tasks", flow->n_tasks);
    write_member(e, "stages", flow->n_stages);
    write_member(e, "copies", flow->n_copies);
    write_member(e, "tests", flow->n_tests);
    cwriter_close(&e->w, "};\n");
    cwriter_line(&e->w, "int");
    cwriter_line(&e->w, "main(int argc, char **argv)");
    cwriter_open(&e->w, "{");
    cwriter_line(&e->w, "return pdc_main(&flow, argc, argv);");
    cwriter_close(&e->w, "}");
}

void
emit_flow(const PdcFlow *flow, FlowSources *sources, Str *out)
{
    typedef struct Part Part;
    struct Part {
        size_t n;
        void (*write)(Emitter *e);
    };
    const Part parts[] = {
        {flow->n_sources, write_sources}, {flow->n_attrs, write_attrs},
        {flow->n_consts, write_consts},   {flow->n_contracts, write_contracts},
        {flow->n_tasks, write_tasks},     {flow->n_stages, write_stages},
        {flow->n_copies, write_copies},   {flow->n_tests, write_tests},
    };
    Emitter e = {.flow = flow, .sources = sources};
    Str head = {0};
    str_append_format(&head, "Flow %s, compiled by pdc %s. Don't edit: changes are lost.",
                      flow->name, flow->pdc_version);
    cwriter_comment(&e.w, str_text(&head));
    str_deinit(&head);
    cwriter_line(&e.w, "#include <pdc/flow.h>\n");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n > 0) {
            parts[i].write(&e);
        }
    }
    write_flow(&e);
    str_append(out, str_text(&e.w.out));
    cwriter_deinit(&e.w);
}
