/* The copy blocks. */
#include "compiler/emit/emit_priv.h"

#include <inttypes.h>

static const char *const copy_rule_kinds[] = {
    NAMED(PDC_COPY_ALL),          NAMED(PDC_COPY_NONE),           NAMED(PDC_COPY_LIMIT),
    NAMED(PDC_COPY_WHERE),        NAMED(PDC_COPY_SAMPLE_PERCENT), NAMED(PDC_COPY_SAMPLE_ROWS),
    NAMED(PDC_COPY_SAMPLE_BYTES), NAMED(PDC_COPY_AT_LEAST),       NAMED(PDC_COPY_CERTAIN),
    NAMED(PDC_COPY_WINDOW),       NAMED(PDC_COPY_FOLLOW),         NAMED(PDC_COPY_COVER_VALUES),
    NAMED(PDC_COPY_COVER_PAIRS),  NAMED(PDC_COPY_COVER_BOUNDS),   NAMED(PDC_COPY_PLUS_WHERE),
    NAMED(PDC_COPY_PLUS_KEYS),    NAMED(PDC_COPY_MASK_HASH),      NAMED(PDC_COPY_MASK_NULL),
    NAMED(PDC_COPY_MASK_FAKE),    NAMED(PDC_COPY_MASK_EXPR),      NAMED(PDC_COPY_BREAK)};

static void
write_tables(Emitter *e, const PdcCopyRule *rule)
{
    if (rule->n_tables == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_tables = %zu, .tables = (const PdcRelation[]){", rule->n_tables);
    for (size_t i = 0; i < rule->n_tables; i++) {
        cwriter_open(&e->w, "{");
        write_relation_members(e, &rule->tables[i]);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
}

static void
write_copy_rule(Emitter *e, const PdcCopyRule *rule)
{
    cwriter_line(&e->w, ".kind = %s,", copy_rule_kinds[rule->kind]);
    write_at(e, rule->at);
    write_expr(e, "expr", rule->expr);
    if (rule->unit_bytes != 0) {
        cwriter_line(&e->w, ".unit_bytes = UINT64_C(%" PRIu64 "),", rule->unit_bytes);
    }
    write_query(e, rule->query);
    cwriter_texts(&e->w, "columns", rule->columns, rule->n_columns);
    write_tables(e, rule);
    cwriter_flag(&e->w, "any_of", rule->any_of);
    cwriter_flag(&e->w, "all", rule->all);
}

static void
write_copy_line(Emitter *e, const PdcCopyLine *line)
{
    cwriter_open(&e->w, "{");
    write_relation(e, "table", &line->table);
    cwriter_texts(&e->w, "entity", line->entity, line->n_entity);
    write_at(e, line->at);
    cwriter_open(&e->w, ".n_rules = %zu, .rules = (const PdcCopyRule[]){", line->n_rules);
    for (size_t i = 0; i < line->n_rules; i++) {
        cwriter_open(&e->w, "{");
        write_copy_rule(e, &line->rules[i]);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "},");
    cwriter_close(&e->w, "},");
}

static void
write_copy_lines(Emitter *e, const PdcCopy *copy)
{
    if (copy->n_lines == 0) {
        return;
    }
    cwriter_open(&e->w, ".n_lines = %zu, .lines = (const PdcCopyLine[]){", copy->n_lines);
    for (size_t k = 0; k < copy->n_lines; k++) {
        write_copy_line(e, &copy->lines[k]);
    }
    cwriter_close(&e->w, "},");
}

void
write_copies(Emitter *e)
{
    cwriter_open(&e->w, "static const PdcCopy copies[] = {");
    for (size_t i = 0; i < e->flow->n_copies; i++) {
        const PdcCopy *copy = &e->flow->copies[i];
        write_origin(e, copy->at, "copy", "");
        cwriter_open(&e->w, "{");
        write_expr(e, "source", copy->source);
        write_expr(e, "per_user", copy->per_user);
        write_expr(e, "condition", copy->condition);
        write_at(e, copy->at);
        write_copy_lines(e, copy);
        cwriter_close(&e->w, "},");
    }
    cwriter_close(&e->w, "};\n");
}
