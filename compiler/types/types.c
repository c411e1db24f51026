#include "compiler/parse/sql_lexer.h"
#include "compiler/types/data_file.h"
#include "compiler/types/types_priv.h"
#include "runtime/flow/column_type.h"
#include "runtime/key/hash.h"
#include "runtime/store/mask.h"
#include "runtime/store/sql_text.h"

#include <string.h>
#include <sys/stat.h>

/** A larger file takes too long to read for its types. */
#define CSV_LIMIT_BYTES (64 * 1024 * 1024)

Types *
types_new(FlowSources *sources, const Secret *url, const char *cache_path, const char *version)
{
    Arena *arena = arena_new();
    Types *types = ARENA_NEW(arena, Types);
    types->arena = arena;
    types->sources = sources;
    types->url = url;
    types->made = map_new(arena);
    types->schemas = map_new(arena);
    types->looks = map_new(arena);
    types->cache = types_cache_open(url == NULL ? cache_path : NULL, version, arena);
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
    error_deinit(&types->missing);
    types_cache_save(types->cache);
    store_close(types->store);
    arena_free(types->arena);
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

int
look_require(const Look *look, const FlowTable *const *tables, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (made_require(look->types, look->tables[tables[i]->index]) < 0) {
            return -1;
        }
    }
    return 0;
}

const char *
look_key(const Look *look, const char *text, const FlowQuery *query, Made *own)
{
    Hash *hash = hash_begin();
    hash_text(hash, text);
    hash_text(hash, own != NULL ? made_signature(look->types, own) : NULL);
    for (size_t i = 0; i < query->n_inputs; i++) {
        hash_text(hash, made_signature(look->types, look->tables[query->inputs[i]->index]));
    }
    return hash_end_in(hash, look->types->arena);
}

static void
append_table(void *user, const FlowTable *table, Str *sql)
{
    const Look *look = user;
    const Made *made = look->tables[table->index];
    sql_qualified(sql, made->schema, made->name);
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
                             .append_output = script_append_output,
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

/** Has the engine make the table; without a schema it refused. */
static void
ask(Types *types, Made *made, const Rendered *rendered, const char *key)
{
    size_t n;
    if (made_create_as(types, made, rendered) < 0) {
        made->schema = NULL;
        return;
    }
    const StoreColumn *columns = made_columns(types, made, &n);
    types_cache_put(types->cache, key, columns, n);
}

/** On a server a column of a table's row type holds on to that table. */
static void
warn_of_rows(Look *look, const FlowTable *table, Made *made)
{
    size_t n;
    const StoreColumn *columns = made_columns(look->types, made, &n);
    for (size_t i = 0; i < n; i++) {
        if (strncmp(columns[i].sql_type, "\"pdc_types ", 11) == 0) {
            diag_add(look->diags, DIAG_ROW_TYPED, flow_span(look->types->sources, table->body->at),
                     columns[i].name);
        }
    }
}

static Made *
look_at_query(Look *look, const FlowTable *table)
{
    Types *types = look->types;
    const FlowQuery *query = table->body->query;
    Rendered rendered;
    if (!look_knows(look, query->inputs, query->n_inputs) ||
        look_render(look, query, &rendered) < 0) {
        return NULL;
    }
    Made *made = map_get(types->made, rendered.text);
    if (made == NULL) {
        const char *key = look_key(look, rendered.text, query, NULL);
        made = made_new(types, look->instance, table);
        if (!types_cache_get(types->cache, key, &made->columns, &made->n_columns)) {
            if (look_require(look, query->inputs, query->n_inputs) < 0) {
                return NULL;
            }
            ask(types, made, &rendered, key);
        }
        map_set(types->made, rendered.text, made);
    }
    if (made->schema == NULL && types->missing.code == ERROR_NONE) {
        look_report(look, &made->error, table->body->at);
    }
    if (made->schema != NULL && types->url != NULL) {
        warn_of_rows(look, table, made);
    }
    return made;
}

/** Columns of a file that is there and small enough; what is wrong in it is the run's to say. */
static Made *
look_at_csv(Look *look, const FlowTable *table)
{
    Types *types = look->types;
    const char *path = data_file_path(table->body, types->sources, types->arena);
    struct stat status;
    CsvOptions options;
    CsvSchema *found = NULL;
    Error error = {0};
    bool known = stat(path, &status) == 0 && status.st_size <= CSV_LIMIT_BYTES &&
                 data_file_csv_options(table->body, &options) &&
                 csv_infer(path, &options, types->arena, &found, &error) == 0;
    error_deinit(&error);
    if (!known) {
        return NULL;
    }
    Made *made = made_new(types, look->instance, table);
    made->csv = found;
    return made;
}

/** A table with the columns of something else, which isn't looked at again if it can't be read. */
static Made *
look_at_source(Look *look, const FlowTable *table, const char *source)
{
    Made *made = made_new(look->types, look->instance, table);
    const char *rest =
        arena_printf(look->types->arena, " as select * from %s with no data", source);
    return made_create(look->types, made, rest) == 0 ? made : NULL;
}

static Made *
look_at_parquet(Look *look, const FlowTable *table)
{
    Types *types = look->types;
    if (types_open(types) < 0 || !store_can(types->store, STORE_READ_PARQUET)) {
        return NULL;
    }
    Str source = {0};
    str_append(&source, "read_parquet(");
    sql_literal(&source, data_file_path(table->body, types->sources, types->arena));
    str_append(&source, ")");
    Made *made = look_at_source(look, table, str_text(&source));
    str_deinit(&source);
    return made;
}

/** Known where the instance's own database is asked. */
static Made *
look_at_external(Look *look, const FlowTable *table)
{
    if (look->types->url == NULL) {
        return NULL;
    }
    Str source = {0};
    sql_qualified(&source, table->body->schema, table->body->table);
    Made *made = look_at_source(look, table, str_text(&source));
    str_deinit(&source);
    return made;
}

/** Columns and conditions of rules that choose rows of a copied table. */
static void
look_at_rules(Look *look, const FlowTable *table, const FlowCopyRule *rules, size_t n_rules)
{
    Made *made = look->tables[table->index];
    for (size_t i = 0; i < n_rules; i++) {
        const FlowCopyRule *rule = &rules[i];
        look_check_names(look, table, rule->columns, rule->n_columns, rule->at);
        if (rule->condition != NULL) {
            Str tail = {0};
            str_append(&tail, "\n) is null from ");
            sql_qualified(&tail, made->schema, made->name);
            str_append(&tail, " as ");
            sql_ident(&tail, table->name);
            look_bind(look, "select (", rule->condition, str_text(&tail), made, rule->at);
            str_deinit(&tail);
        }
    }
}

/** A hash is text, whatever its column was. */
static Made *
with_hashes(Look *look, const FlowTable *table, Made *source)
{
    Types *types = look->types;
    const FlowBody *body = table->body;
    size_t n = 0;
    const StoreColumn *own = NULL;
    StoreColumn *columns = NULL;
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &body->copy_rules[i];
        if (rule->kind != PDC_COPY_MASK_HASH || types_open(types) < 0) {
            continue;
        }
        if (columns == NULL) {
            own = made_columns(types, source, &n);
            columns = n > 0 ? arena_memdup(types->arena, own, n * sizeof(*own)) : NULL;
        }
        for (size_t k = 0; columns != NULL && k < n; k++) {
            if (store_has_column(&columns[k], 1, rule->columns[0],
                                 store_can(types->store, STORE_FOLDS_NAMES))) {
                columns[k].sql_type =
                    store_mask_type(types->store, STORE_MASK_HASH, &own[k], types->arena);
            }
        }
    }
    if (columns == NULL) {
        return source;
    }
    Made *made = made_new(types, look->instance, table);
    made->columns = columns;
    made->n_columns = n;
    return made;
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
    look_at_rules(look, table, table->body->copy_rules, table->body->n_copy_rules);
    for (size_t i = 0; i < table->body->n_carriers; i++) {
        const FlowEntity *entity = table->body->carriers[i].entity;
        if (entity->home == table) {
            look_at_rules(look, table, entity->rules, entity->n_rules);
        }
    }
    return with_hashes(look, table, made);
}

/** What a contract promises is what readers see, whatever the query gives. */
static Made *
look_at_contract(const Look *look, const FlowTable *table)
{
    Arena *arena = look->types->arena;
    const PdcContract *contract = table->contract;
    Made *made = made_new(look->types, look->instance, table);
    StoreColumn *columns = ARENA_ARRAY(arena, StoreColumn, contract->n_columns + 1);
    for (size_t i = 0; i < contract->n_columns; i++) {
        columns[i] = (StoreColumn){.name = contract->columns[i].name,
                                   .sql_type = column_type_sql(contract->columns[i].type, arena),
                                   .nullable = true};
    }
    made->schema = arena_printf(arena, "%s promised", made->schema);
    made->columns = columns;
    made->n_columns = contract->n_columns;
    return made;
}

static Made *
look_at_body(Look *look, const FlowTable *table)
{
    switch (table->body->kind) {
    case FLOW_BODY_QUERY: return look_at_query(look, table);
    case FLOW_BODY_CSV: return look_at_csv(look, table);
    case FLOW_BODY_PARQUET: return look_at_parquet(look, table);
    case FLOW_BODY_COPY: return look_at_copy(look, table);
    case FLOW_BODY_EXTERNAL: return look_at_external(look, table);
    case FLOW_BODY_SCRIPT: return script_look(look, table);
    }
    return NULL;
}

static Made *
look_at_table(Look *look, const FlowTable *table)
{
    Made *made = look_at_body(look, table);
    bool failed = made != NULL && made->schema == NULL;
    if (made != NULL && !failed && table->contract != NULL &&
        table->body->kind == FLOW_BODY_QUERY) {
        contract_look(look, table, made);
    }
    return table->contract != NULL && !failed ? look_at_contract(look, table) : made;
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
                   .tables = ARENA_ARRAY(types->arena, Made *, flow->n_tables + 1),
                   .scripts = ARENA_ARRAY(types->arena, Made *, flow->n_tables + 1)};
    long n_unknown = 0;
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
        look_bind(look, "", flow->checks[i]->query, "", NULL, flow->checks[i]->at);
    }
    if (types->missing.code != ERROR_NONE) {
        return error_set(reterr, types->missing.code, "%s", types->missing.message);
    }
    return n_unknown;
}

const StoreColumn *
types_columns(Types *types, const char *instance, const FlowTable *table, size_t *ret_n)
{
    const Look *look = map_get(types->looks, instance);
    Made *made = look != NULL ? look->tables[table->index] : NULL;
    *ret_n = 0;
    return made != NULL && made->schema != NULL ? made_columns(types, made, ret_n) : NULL;
}
