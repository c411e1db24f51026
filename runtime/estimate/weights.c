/* Whose weights the rows of a table have: those of the copied table whose key it carries. */
#include "runtime/base/vec.h"
#include "runtime/estimate/estimate.h"

typedef VEC(const FlowTable *) Tables;

/** The search for the copied table that the rows stand for. */
typedef struct Search Search;
struct Search {
    const EstimateSource *source;
    const FlowTable *table;
    StoreColumn *columns; /* of the table */
    size_t n_columns;
    Tables copied; /* that it is made of, and that aren't whole */
    Arena *arena;
};

/** The columns of a design are its key, and five more (copy/weigh.h). */
enum { WEIGHT, STRATUM, REASON, UNIT, INCLUSION, N_DESIGN_COLUMNS };

static bool
is_among(const Tables *tables, const FlowTable *table)
{
    for (size_t i = 0; i < tables->n; i++) {
        if (tables->items[i] == table) {
            return true;
        }
    }
    return false;
}

static const MetaTable *
published(const EstimateSource *source, const FlowTable *table)
{
    return meta_published(source->snapshot, table->stage->name, table->name);
}

/** Has it been copied with all of its rows? */
static bool
is_whole(const EstimateSource *source, const FlowTable *table)
{
    const MetaTable *row = published(source, table);
    return (row == NULL || row->design == NULL) && flow_copies_all(table);
}

/** All copied tables that the table is made of. */
static void
list_copied(Search *s)
{
    Tables seen = {0};
    vec_push_in(s->arena, &seen, s->table);
    for (size_t i = 0; i < seen.n; i++) {
        const FlowTable *table = seen.items[i];
        if (table->body->kind == FLOW_BODY_COPY) {
            if (!is_whole(s->source, table)) {
                vec_push_in(s->arena, &s->copied, table);
            }
            continue;
        }
        for (size_t k = 0; k < table->n_inputs; k++) {
            if (!is_among(&seen, table->inputs[k])) {
                vec_push_in(s->arena, &seen, table->inputs[k]);
            }
        }
    }
}

/** Can one get from the child to the parent along foreign keys? */
static bool
refers_to(const Search *s, const FlowTable *child, const FlowTable *parent)
{
    const Flow *flow = s->source->flow;
    Tables reached = {0};
    vec_push_in(s->arena, &reached, child);
    for (size_t i = 0; i < reached.n; i++) {
        for (size_t k = 0; k < flow->n_links; k++) {
            const FlowLink *link = &flow->links[k];
            if (link->child != reached.items[i] || link->is_broken) {
                continue;
            }
            if (link->parent == parent) {
                return true;
            }
            if (!is_among(&reached, link->parent)) {
                vec_push_in(s->arena, &reached, link->parent);
            }
        }
    }
    return false;
}

/* ---- the design ---- */

static const char *
full_name(const FlowTable *table, Arena *arena)
{
    return arena_printf(arena, "%s.%s", table->stage->name, table->name);
}

static int
no_weights(const Search *s, const FlowTable *table, Error *reterr)
{
    const char *name = full_name(table, s->arena);
    if (published(s->source, table) == NULL) {
        return error_set(reterr, ERROR_DATA, "%s is not published in instance %s yet", name,
                         s->source->instance);
    }
    error_set(reterr, ERROR_DATA, "the rows of %s have no weights in instance %s", name,
              s->source->instance);
    error_set_hint(reterr,
                   "weights need a primary key, or a unique one, by which rows are told apart; a "
                   "copy that was made before weights were kept is made again with --force %s",
                   name);
    return -1;
}

static int
read_design(const Search *s, const FlowTable *table, EstimateWeights *weights, Error *reterr)
{
    const MetaTable *row = published(s->source, table);
    StoreColumn *columns = NULL;
    size_t n = 0;
    if (row == NULL || row->design == NULL) {
        return no_weights(s, table, reterr);
    }
    if (store_columns(s->source->store, s->source->layout->metadata_schema, row->design, s->arena,
                      &columns, &n, reterr) != 0) {
        return error_wrap(reterr, "reading the weights of %s", full_name(table, s->arena));
    }
    if (n <= N_DESIGN_COLUMNS) {
        return no_weights(s, table, reterr);
    }
    size_t n_keys = n - N_DESIGN_COLUMNS;
    *weights = (EstimateWeights){.table = table,
                                 .design = row->design,
                                 .keys = ARENA_ARRAY(s->arena, const char *, n_keys),
                                 .n_keys = n_keys,
                                 .weight = columns[n_keys + WEIGHT].name,
                                 .unit = columns[n_keys + UNIT].name,
                                 .inclusion = columns[n_keys + INCLUSION].name};
    for (size_t i = 0; i < n_keys; i++) {
        weights->keys[i] = columns[i].name;
    }
    return 0;
}

static bool
has_keys(const Search *s, const EstimateWeights *weights)
{
    bool folds = store_can(s->source->store, STORE_FOLDS_NAMES);
    for (size_t i = 0; i < weights->n_keys; i++) {
        if (!store_has_column(s->columns, s->n_columns, weights->keys[i], folds)) {
            return false;
        }
    }
    return true;
}

static const char *
names_of(const Tables *tables, Arena *arena)
{
    Str names = {0};
    for (size_t i = 0; i < tables->n; i++) {
        str_append_format(&names, "%s%s", i > 0 ? ", " : "", full_name(tables->items[i], arena));
    }
    return str_take_in(&names, arena);
}

/* ---- which one ---- */

/** Those whose key the table carries, but for parents of others: it is the children that count. */
static int
list_candidates(const Search *s, Tables *candidates, Error *reterr)
{
    Tables carried = {0};
    for (size_t i = 0; i < s->copied.n; i++) {
        EstimateWeights weights;
        Error ignored = {0};
        int status = read_design(s, s->copied.items[i], &weights, &ignored);
        bool lost = status < 0 && ignored.code == ERROR_CONNECTION;
        if (lost) {
            error_move(reterr, &ignored);
        }
        error_deinit(&ignored);
        if (lost) {
            return -1;
        }
        if (status == 0 && has_keys(s, &weights)) {
            vec_push_in(s->arena, &carried, s->copied.items[i]);
        }
    }
    for (size_t i = 0; i < carried.n; i++) {
        bool has_child = false;
        for (size_t k = 0; k < carried.n; k++) {
            has_child |= k != i && refers_to(s, carried.items[k], carried.items[i]) &&
                         !refers_to(s, carried.items[i], carried.items[k]);
        }
        if (!has_child) {
            vec_push_in(s->arena, candidates, carried.items[i]);
        }
    }
    return 0;
}

static int
unclear(const Search *s, const char *why, Error *reterr)
{
    const char *name = full_name(s->table, s->arena);
    error_set(reterr, ERROR_SELECTOR, "it isn't clear what a row of %s stands for: %s", name, why);
    error_set_hint(reterr,
                   "--weights %s says that each row stands for one of that table, whose key it "
                   "has, and that what it holds is complete for it",
                   full_name(s->copied.items[0], s->arena));
    return -1;
}

/** Are all other samples that the table is made of referred to by the chosen one, so that nothing
 * of theirs is missing? */
static int
check_others(const Search *s, const FlowTable *chosen, Error *reterr)
{
    for (size_t i = 0; i < s->copied.n; i++) {
        const FlowTable *other = s->copied.items[i];
        if (other != chosen && !refers_to(s, chosen, other)) {
            return unclear(s,
                           arena_printf(s->arena,
                                        "it has the key of %s, and is made of a part of %s, too",
                                        full_name(chosen, s->arena), full_name(other, s->arena)),
                           reterr);
        }
    }
    return 0;
}

static int
choose(const Search *s, EstimateWeights *weights, Error *reterr)
{
    Tables candidates = {0};
    if (published(s->source, s->copied.items[0]) == NULL) {
        return no_weights(s, s->copied.items[0], reterr);
    }
    if (is_among(&s->copied, s->table)) {
        return read_design(s, s->table, weights, reterr);
    }
    if (list_candidates(s, &candidates, reterr) < 0) {
        return -1;
    }
    if (candidates.n == 0) {
        return unclear(s,
                       arena_printf(s->arena, "it has the key of none of the copied tables (%s)",
                                    names_of(&s->copied, s->arena)),
                       reterr);
    }
    if (candidates.n > 1) {
        return unclear(
            s, arena_printf(s->arena, "it has the keys of %s", names_of(&candidates, s->arena)),
            reterr);
    }
    return check_others(s, candidates.items[0], reterr) < 0
               ? -1
               : read_design(s, candidates.items[0], weights, reterr);
}

static int
take_wanted(const Search *s, const FlowTable *wanted, EstimateWeights *weights, Error *reterr)
{
    if (!is_among(&s->copied, wanted)) {
        error_set(reterr, ERROR_SELECTOR, "%s is not made of a part of %s",
                  full_name(s->table, s->arena), full_name(wanted, s->arena));
        error_set_hint(reterr, "it is made of %s", names_of(&s->copied, s->arena));
        return -1;
    }
    if (read_design(s, wanted, weights, reterr) < 0) {
        return -1;
    }
    if (!has_keys(s, weights)) {
        return error_set(reterr, ERROR_SELECTOR,
                         "%s lacks the key of %s, by which weights are found",
                         full_name(s->table, s->arena), full_name(wanted, s->arena));
    }
    return 0;
}

int
estimate_find_weights(const EstimateSource *source, const FlowTable *table, const FlowTable *wanted,
                      Arena *arena, EstimateWeights *ret_weights, Error *reterr)
{
    Search s = {.source = source, .table = table, .arena = arena};
    const char *schema = meta_stage_schema(source->layout, table->stage->name, arena);
    *ret_weights = (EstimateWeights){0};
    if (store_columns(source->store, schema, table->name, arena, &s.columns, &s.n_columns,
                      reterr) != 0) {
        return -1;
    }
    list_copied(&s);
    if (s.copied.n == 0) {
        return wanted == NULL
                   ? 0
                   : error_set(reterr, ERROR_SELECTOR,
                               "no sample is behind %s in instance %s: figures are exact "
                               "without --weights",
                               full_name(table, arena), source->instance);
    }
    return wanted != NULL ? take_wanted(&s, wanted, ret_weights, reterr)
                          : choose(&s, ret_weights, reterr);
}
