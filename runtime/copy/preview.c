#include "runtime/copy/preview.h"

#include "runtime/copy/choose_priv.h"
#include "runtime/copy/trial.h"
#include "runtime/store/sql_text.h"

enum { MEASURED_ROWS = 10000 }; /* from which the size of a row is guessed */

const char *
copy_share_words(CopyShare share)
{
    static const char *const words[] = {
#define SHARE(id, key, text) [COPY_SHARE_##id] = text,
#include "runtime/copy/shares.def"
#undef SHARE
    };
    return words[share];
}

/** Do the table's rows come because they refer to chosen ones of other tables? */
static bool
follows_others(const CopyPicker *picker)
{
    const FlowCopyRule *rule = copy_picker_rule(picker, PDC_COPY_FOLLOW);
    for (size_t i = 0; rule != NULL && i < rule->n_tables; i++) {
        if (rule->tables[i] != picker->table) {
            return true;
        }
    }
    return false;
}

CopyShare
copy_share_of(const CopyPicker *picker, CopyReason reason)
{
    switch (reason) {
    case COPY_REASON_PICKED:
        return follows_others(picker) ? COPY_SHARE_FOLLOWED : COPY_SHARE_PICKED;
    case COPY_REASON_STRATUM: return COPY_SHARE_STRATUM;
    case COPY_REASON_COVER: return COPY_SHARE_COVER;
    case COPY_REASON_CERTAIN: return COPY_SHARE_CERTAIN;
    case COPY_REASON_PLUS: return COPY_SHARE_PLUS;
    case COPY_REASON_FOLLOWED: return COPY_SHARE_FOLLOWED;
    case COPY_REASON_CLOSURE: return COPY_SHARE_CLOSURE;
    }
    BUG("copy reason %d", (int)reason);
}

/* ---- rows ---- */

static void
append_list(const CopyChoice *choice, size_t node, const char *alias, CopyStatement *statement)
{
    str_append(&statement->sql, " from ");
    sql_ident(&statement->sql, choice->lists[node].name);
    str_append_format(&statement->sql, " as %s", alias);
}

/** Rows that a cycle first closed over and then picked stand in both lists: they count as picked.
 */
static void
append_not_picked(const CopyChoice *choice, const CopyKey *key, size_t picked,
                  CopyStatement *statement)
{
    str_append(&statement->sql, " where not exists (select 1");
    append_list(choice, picked, "p", statement);
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(&statement->sql, " %s p.c%zu = l.c%zu", i == 0 ? "where" : "and", i, i);
    }
    str_append(&statement->sql, key->row_id != NULL ? " where p.r = l.r)" : ")");
}

static int
count_list(const CopyChoice *choice, const CopyPicker *picker, size_t node, CopyPreview *preview,
           Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    str_append(&statement.sql, "select l.reason, count(*)");
    append_list(choice, node, "l", &statement);
    if (node != picker->node && choice->lists[picker->node].is_listed) {
        append_not_picked(choice, picker->key, picker->node, &statement);
    }
    str_append(&statement.sql, " group by l.reason");
    if (copy_ask(choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < store_result_rows(result); i++) {
        CopyReason reason = (CopyReason)copy_number_at(result, i, 0);
        CopyShare share = copy_share_of(picker, reason);
        preview->shares[share] += copy_number_at(result, i, 1);
    }
    return 0;
}

/** Nothing is listed: the rules stand in the table's own statement. */
static int
count_base(CopyChoice *choice, const CopyPicker *picker, CopyPreview *preview, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyDelta complete = {0};
    CopyStatement statement = {0};
    str_append(&statement.sql, "select count(*) from (select 1 as one");
    copy_append_from(choice, picker->table, &statement);
    if (copy_append_base(choice, picker, &complete, &statement, reterr) < 0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    str_append(&statement.sql, ") as s");
    if (copy_ask(choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    preview->shares[copy_share_of(picker, COPY_REASON_PICKED)] += copy_number_at(result, 0, 0);
    return 0;
}

int
copy_count_rows(CopyChoice *choice, const FlowTable *table, CopyPreview *preview, Error *reterr)
{
    CopyDelta complete = {0};
    CopyPicker picker = copy_picker_of_table(choice, table);
    CopyRows rows = copy_rows_of(choice, table, true, &complete);
    int status = rows.n_nodes > 0 ? 0 : count_base(choice, &picker, preview, reterr);
    for (size_t i = 0; status == 0 && i < rows.n_nodes; i++) {
        status = count_list(choice, &picker, rows.nodes[i], preview, reterr);
    }
    for (size_t i = 0; i < COPY_N_SHARES; i++) {
        preview->rows += preview->shares[i];
    }
    return status;
}

/* ---- the source's totals ---- */

/** What the source's metadata say; -1 where they don't. */
static int
read_totals(const CopyChoice *choice, CopyPreview *previews, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    const CopySource *source = choice->source;
    str_append(&statement.sql, "select stage, name, row_count, size_bytes from ");
    copy_append_name(source, source->way.layout.metadata_schema, "tables", &statement.sql);
    str_append(&statement.sql, " where state = 'published'");
    if (copy_ask(choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < store_result_rows(result); i++) {
        const FlowTable *table = flow_find_table(
            source->options.flow, store_result_text(result, i, 0), store_result_text(result, i, 1));
        if (table != NULL) {
            previews[table->index].source_rows = copy_number_at(result, i, 2);
            previews[table->index].source_bytes = copy_number_at(result, i, 3);
        }
    }
    return 0;
}

/** Of a view nobody has counted the rows. */
static int
count_source(const CopyChoice *choice, const FlowTable *table, CopyPreview *preview, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    if (preview->source_rows >= 0) {
        return 0;
    }
    str_append(&statement.sql, "select count(*)");
    copy_append_from(choice, table, &statement);
    if (copy_ask(choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    preview->source_rows = copy_number_at(result, 0, 0);
    return 0;
}

/** Where the engine doesn't say what tables take, the text of their first rows does. */
static int
measure_source(const CopyChoice *choice, const FlowTable *table, CopyPreview *preview,
               Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    if (preview->source_bytes >= 0) {
        return 0;
    }
    str_append(&statement.sql, "select avg(length(cast(s as text))) from (select *");
    copy_append_from(choice, table, &statement);
    str_append_format(&statement.sql, " limit %d) as s", MEASURED_ROWS);
    if (copy_ask(choice, &statement, &result, reterr) < 0) {
        return -1;
    }
    const char *width = store_result_text(result, 0, 0);
    preview->source_bytes =
        width == NULL ? 0 : (int64_t)(strtod(width, NULL) * (double)preview->source_rows);
    return 0;
}

static void
estimate_bytes(CopyPreview *preview)
{
    double width =
        preview->source_rows > 0 ? (double)preview->source_bytes / (double)preview->source_rows : 0;
    preview->bytes = (int64_t)(width * (double)preview->rows + 0.5);
}

/* ---- the whole ---- */

typedef struct Request Request;
struct Request {
    const bool *due;
    CopyPreview *previews;
};

static int
preview_tables(CopyChoice *choice, void *user, Error *reterr)
{
    const Request *request = user;
    const Flow *flow = choice->graph->flow;
    if (read_totals(choice, request->previews, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        CopyPreview *preview = &request->previews[i];
        if (!request->due[i]) {
            continue;
        }
        if (copy_count_rows(choice, flow->tables[i], preview, reterr) < 0 ||
            count_source(choice, flow->tables[i], preview, reterr) < 0 ||
            measure_source(choice, flow->tables[i], preview, reterr) < 0) {
            return error_wrap(reterr, "counting what is copied of %s.%s",
                              flow->tables[i]->stage->name, flow->tables[i]->name);
        }
        estimate_bytes(preview);
    }
    return 0;
}

int
copy_preview(CopySource *source, const Exec *exec, const bool *due, CopyPreview *previews,
             Error *reterr)
{
    Request request = {due, previews};
    for (size_t i = 0; i < source->options.flow->n_tables; i++) {
        previews[i] = (CopyPreview){.bytes = -1, .source_rows = -1, .source_bytes = -1};
    }
    return copy_try(source, exec, due, preview_tables, &request, reterr);
}
