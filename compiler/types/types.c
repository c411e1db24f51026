#include "compiler/parse/sql_lexer.h"
#include "compiler/types/types_priv.h"
#include "runtime/base/file.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/store/sql_text.h"

#include <string.h>
#include <sys/stat.h>

/** A larger file takes too long to read for its types. */
#define CSV_LIMIT_BYTES (64 * 1024 * 1024)

Types *
types_new(FlowSources *sources, const Secret *url)
{
    Arena *arena = arena_new();
    Types *types = ARENA_NEW(arena, Types);
    types->arena = arena;
    types->sources = sources;
    types->url = url;
    types->made = map_new(arena);
    types->schemas = map_new(arena);
    types->looks = map_new(arena);
    return types;
}

void
types_free(Types *types)
{
    if (types == NULL) {
        return;
    }
    for (size_t i = 0; i < types->owned.n; i++) {
        error_deinit(&types->owned.items[i]->error);
    }
    vec_free(&types->owned);
    store_close(types->store);
    arena_free(types->arena);
}

int
types_exec(Types *types, const char *sql, Error *reterr)
{
    bool is_server = types->url != NULL;
    if (is_server && store_exec(types->store, "savepoint pdc_types", reterr) < 0) {
        return -1;
    }
    int status = store_exec(types->store, sql, reterr);
    if (status < 0 && is_server) {
        Error lost = {0}; /* says what the first one said */
        if (store_exec(types->store, "rollback to savepoint pdc_types", &lost) < 0) {
            error_deinit(&lost);
        }
    }
    return status;
}

/** What is made on a server is gone with its transaction. */
static int
open_store(Types *types, Error *reterr)
{
    if (types->store != NULL) {
        return 0;
    }
    const Secret *url =
        types->url != NULL ? types->url : secret_new(types->arena, "duckdb:///:memory:");
    StoreOptions options = {.application_name = "pdc check"};
    if (store_open(url, &options, &types->store, reterr) != 0) {
        return -1;
    }
    bool failed = types->url != NULL && store_begin(types->store, reterr) < 0;
    if (failed || store_exec(types->store, "create schema pdc_types", reterr) < 0) {
        store_close(types->store);
        types->store = NULL;
        return -1;
    }
    return 0;
}

/* ---- words ---- */

bool
look_knows(const Look *look, const FlowTable *const *tables, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Made *made = look->tables[tables[i]->index];
        if (made == NULL || made->schema == NULL) {
            return false;
        }
    }
    return true;
}

static void
append_table(void *user, const FlowTable *table, Str *sql)
{
    const Look *look = user;
    const Made *made = look->tables[table->index];
    sql_qualified(sql, made->schema, made->name);
}

const StoreColumn *
made_columns(Types *types, Made *made, size_t *ret_n)
{
    if (made->columns == NULL) {
        Error error = {0};
        if (store_columns(types->store, made->schema, made->name, types->arena, &made->columns,
                          &made->n_columns, &error) != 0) {
            made->n_columns = 0;
        }
        error_deinit(&error);
    }
    *ret_n = made->n_columns;
    return made->columns;
}

static int
columns_of(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
           size_t *ret_n, Error *reterr)
{
    const Look *look = user;
    (void)reterr;
    const StoreColumn *columns = made_columns(look->types, look->tables[table->index], ret_n);
    *ret_columns = ARENA_ARRAY(arena, FlowColumn, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_columns)[i] = (FlowColumn){.name = columns[i].name, .type = columns[i].sql_type};
    }
    return 0;
}

/** The engine points to where a word begins. */
static Span
whole_word(Span at)
{
    const char *text = at.file->text;
    bool is_word = at.end == at.start + 1 && sql_is_identifier_byte(text[at.start]);
    while (is_word && at.end < at.file->length && sql_is_identifier_byte(text[at.end])) {
        at.end++;
    }
    return at;
}

void
look_report(Look *look, Error *error, PdcSpan fallback)
{
    if (error->origin.file == NULL) {
        error_set_origin(error, flow_span(look->types->sources, fallback));
    } else {
        error_set_origin(error, whole_word(error->origin));
    }
    diag_add_error(look->diags, error);
}

int
look_render(Look *look, const FlowQuery *query, Rendered *ret_rendered)
{
    RenderContext context = {.flow = look->flow,
                             .environment = look->environment,
                             .sources = look->types->sources,
                             .append_table = append_table,
                             .columns = columns_of,
                             .user = look};
    Error error = {0};
    int status = flow_query_render(query, &context, look->types->arena, ret_rendered, &error);
    if (status < 0) {
        look_report(look, &error, query->at);
    }
    error_deinit(&error);
    return status;
}

/* ---- tables ---- */

static Made *
new_made(Types *types)
{
    Made *made = ARENA_NEW(types->arena, Made);
    vec_push(&types->owned, made);
    return made;
}

/** `create table "instance stage"."table"`, with the schema. @return in the arena */
static const char *
create_head(const Look *look, const FlowTable *table, const char **ret_schema)
{
    Types *types = look->types;
    Str sql = {0};
    *ret_schema = arena_printf(types->arena, "pdc_types %s %s", look->instance, table->stage->name);
    if (map_get(types->schemas, *ret_schema) == NULL) {
        Error error = {0};
        str_append(&sql, "create schema ");
        sql_ident(&sql, *ret_schema);
        if (types_exec(types, str_text(&sql), &error) == 0) {
            map_set(types->schemas, *ret_schema, types);
        }
        error_deinit(&error);
        str_deinit(&sql);
    }
    str_append(&sql, "create table ");
    sql_qualified(&sql, *ret_schema, table->name);
    return str_take_in(&sql, types->arena);
}

static Made *
create(const Look *look, const FlowTable *table, const char *head, const char *schema,
       const char *rest)
{
    Types *types = look->types;
    Made *made = new_made(types);
    const char *sql = arena_printf(types->arena, "%s%s", head, rest);
    if (types_exec(types, sql, &made->error) == 0) {
        made->schema = schema;
        made->name = table->name;
    }
    return made;
}

static Made *
look_at_query(Look *look, const FlowTable *table)
{
    Types *types = look->types;
    const FlowQuery *query = table->body->query;
    Rendered rendered;
    const char *schema;
    if (!look_knows(look, query->inputs, query->n_inputs) ||
        look_render(look, query, &rendered) < 0) {
        return NULL;
    }
    Made *made = map_get(types->made, rendered.text);
    if (made == NULL) {
        const char *head = arena_printf(types->arena, "%s as ", create_head(look, table, &schema));
        const char *rest = arena_printf(types->arena, "%s\nwith no data", rendered.text);
        made = create(look, table, head, schema, rest);
        if (made->schema == NULL) {
            const char *sql = arena_printf(types->arena, "%s%s", head, rest);
            rendered_locate(&rendered, sql, strlen(head), types->sources, &made->error);
        }
        map_set(types->made, rendered.text, made);
    }
    if (made->schema == NULL) {
        look_report(look, &made->error, table->body->at);
    }
    return made;
}

/** The file as the executable would find it where it is built. */
static const char *
data_path(const Look *look, const FlowBody *body)
{
    Types *types = look->types;
    Span file = flow_span(types->sources, (PdcSpan){body->file, 0, 1});
    return path_join(types->arena, path_directory(types->arena, file.file->path), body->path);
}

/** Columns of a file that is there and small enough; what is wrong in it is the run's to say. */
static Made *
look_at_csv(Look *look, const FlowTable *table)
{
    Types *types = look->types;
    const FlowBody *body = table->body;
    const char *path = data_path(look, body);
    struct stat status;
    CsvOptions options;
    CsvSchema *found = NULL;
    Error error = {0};
    csv_options_init(&options);
    bool known = stat(path, &status) == 0 && status.st_size <= CSV_LIMIT_BYTES;
    for (size_t i = 0; i < body->n_options && known; i++) {
        Str text = {0};
        const Value *value = &body->options[i].value;
        bool is_null = value->kind == VALUE_NULL || !value_append_plain(value, &text);
        const char *plain = is_null ? NULL : arena_strdup(types->arena, str_text(&text));
        known = csv_options_set(&options, body->options[i].name, plain, &error) == 0;
        str_deinit(&text);
    }
    known = known && csv_infer(path, &options, types->arena, &found, &error) == 0;
    error_deinit(&error);
    if (!known) {
        return NULL;
    }
    const char *schema;
    const char *head = create_head(look, table, &schema);
    Str columns = {0};
    for (size_t i = 0; i < found->n_columns; i++) {
        str_append(&columns, i == 0 ? " (" : ", ");
        sql_ident(&columns, found->columns[i].name);
        str_append_format(&columns, " %s", store_type_name(types->store, found->columns[i].type));
    }
    str_append(&columns, ")");
    Made *made = create(look, table, head, schema, str_text(&columns));
    str_deinit(&columns);
    return made->schema != NULL ? made : NULL;
}

static Made *
look_at_parquet(Look *look, const FlowTable *table)
{
    const char *schema;
    if (!store_can(look->types->store, STORE_READ_PARQUET)) {
        return NULL;
    }
    const char *head = create_head(look, table, &schema);
    Str rest = {0};
    str_append(&rest, " as select * from read_parquet(");
    sql_literal(&rest, data_path(look, table->body));
    str_append(&rest, ") with no data");
    Made *made = create(look, table, head, schema, str_text(&rest));
    str_deinit(&rest);
    return made->schema != NULL ? made : NULL;
}

/** Known where the instance's own database is asked. */
static Made *
look_at_external(Look *look, const FlowTable *table)
{
    const char *schema;
    if (look->types->url == NULL) {
        return NULL;
    }
    const char *head = create_head(look, table, &schema);
    Str rest = {0};
    str_append(&rest, " as select * from ");
    sql_qualified(&rest, table->body->schema, table->body->table);
    str_append(&rest, " with no data");
    Made *made = create(look, table, head, schema, str_text(&rest));
    str_deinit(&rest);
    return made->schema != NULL ? made : NULL;
}

/** The table of the source instance has the same columns. */
static Made *
look_at_copy(Look *look, const FlowTable *table)
{
    const FlowCopySource *copied = look->flow->copy_source;
    const Look *source = copied != NULL ? map_get(look->types->looks, copied->instance) : NULL;
    const FlowTable *original =
        source != NULL ? flow_find_table(source->flow, table->stage->name, table->name) : NULL;
    Made *made = original != NULL ? source->tables[original->index] : NULL;
    if (made == NULL || made->schema == NULL) {
        return NULL;
    }
    look->tables[table->index] = made;
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        if (rule->condition != NULL) {
            Str tail = {0};
            str_append(&tail, "\n) is null from ");
            sql_qualified(&tail, made->schema, made->name);
            str_append(&tail, " as ");
            sql_ident(&tail, table->name);
            look_bind(look, "select (", rule->condition, str_text(&tail), rule->at);
            str_deinit(&tail);
        }
    }
    return made;
}

static Made *
look_at_table(Look *look, const FlowTable *table)
{
    switch (table->body->kind) {
    case FLOW_BODY_QUERY: return look_at_query(look, table);
    case FLOW_BODY_CSV: return look_at_csv(look, table);
    case FLOW_BODY_PARQUET: return look_at_parquet(look, table);
    case FLOW_BODY_COPY: return look_at_copy(look, table);
    case FLOW_BODY_EXTERNAL: return look_at_external(look, table);
    case FLOW_BODY_SCRIPT: return NULL;
    }
    return NULL;
}

long
types_look(Types *types, const char *instance, const Flow *flow, const Environment *environment,
           Diags *diags, Error *reterr)
{
    Look *look = ARENA_NEW(types->arena, Look);
    *look = (Look){.types = types,
                   .instance = instance,
                   .flow = flow,
                   .environment = environment,
                   .diags = diags,
                   .tables = ARENA_ARRAY(types->arena, Made *, flow->n_tables + 1)};
    long n_unknown = 0;
    if (open_store(types, reterr) < 0) {
        return -1;
    }
    map_set(types->looks, instance, look);
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        Made *made = look_at_table(look, table);
        look->tables[table->index] = made;
        n_unknown += made == NULL ? 1 : 0;
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        const Made *made = look->tables[flow->tables[i]->index];
        if (made != NULL && made->schema != NULL) {
            clauses_look(look, flow->tables[i]);
        }
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        look_bind(look, "", flow->checks[i]->query, "", flow->checks[i]->at);
    }
    return n_unknown;
}
