/**
 * A store without an engine: notes the statements, and the rows of a load as one text (cells joined
 * by `|`, NULL as
 * `~`, rows ended by `/`). It can fail, or call somebody, at a chosen row.
 */
#ifndef PDC_TESTS_CSV_FAKE_STORE_H
#define PDC_TESTS_CSV_FAKE_STORE_H

#include "runtime/store/store_priv.h"

typedef struct FakeStore FakeStore;
struct FakeStore {
    Store store;
    Str statements;
    Str rows;
    bool keeps_rows;
    size_t n_columns;
    int64_t n_rows;
    int64_t fail_at; /* row from 1; 0: never */
    void (*at_first_row)(void *context);
    void *context;
    /** Looks at each cell. */
    void (*look)(void *context, size_t column, const char *cell);
    bool is_open; /* a load */
};

static inline int
fake_exec(Store *store, const char *sql, int64_t *ret_rows, Error *reterr)
{
    FakeStore *fake = (FakeStore *)store;
    (void)reterr;
    str_append_format(&fake->statements, "%s;\n", sql);
    *ret_rows = -1;
    return 0;
}

static inline int
fake_load_begin(Store *store, const char *schema, const char *table, const StoreColumn *columns,
                size_t n_columns, StoreLoad **ret_load, Error *reterr)
{
    static StoreLoad load;
    FakeStore *fake = (FakeStore *)store;
    (void)columns;
    (void)reterr;
    str_append_format(&fake->statements, "load %s.%s;\n", schema, table);
    fake->n_columns = n_columns;
    fake->n_rows = 0;
    fake->is_open = true;
    load.store = store;
    *ret_load = &load;
    return 0;
}

static inline int
fake_load_row(StoreLoad *load, const char *const *cells, Error *reterr)
{
    FakeStore *fake = (FakeStore *)load->store;
    fake->n_rows++;
    if (fake->n_rows == 1 && fake->at_first_row != NULL) {
        fake->at_first_row(fake->context);
    }
    if (fake->n_rows == fake->fail_at) {
        return error_set(reterr, ERROR_DATA, "row %d is refused", (int)fake->n_rows);
    }
    for (size_t i = 0; i < fake->n_columns; i++) {
        if (fake->look != NULL) {
            fake->look(fake->context, i, cells[i]);
        }
        if (fake->keeps_rows) {
            str_append_format(&fake->rows, "%s%s", i > 0 ? "|" : "",
                              cells[i] != NULL ? cells[i] : "~");
        }
    }
    if (fake->keeps_rows) {
        str_append_char(&fake->rows, '/');
    }
    return 0;
}

static inline int
fake_load_end(StoreLoad *load, Error *reterr)
{
    (void)reterr;
    ((FakeStore *)load->store)->is_open = false;
    return 0;
}

static inline void
fake_load_cancel(StoreLoad *load)
{
    ((FakeStore *)load->store)->is_open = false;
}

static const StoreEngine fake_engine = {
    .name = "fake",
    .identifier_limit = 63,
    .type_name = type_name,
    .exec = fake_exec,
    .load_begin = fake_load_begin,
    .load_row = fake_load_row,
    .load_end = fake_load_end,
    .load_cancel = fake_load_cancel,
};

static inline FakeStore
fake_store(void)
{
    return (FakeStore){.store = {.engine = &fake_engine}, .keeps_rows = true};
}

static inline void
fake_store_end(FakeStore *fake)
{
    cr_assert_not(fake->is_open, "a load was left open");
    str_deinit(&fake->statements);
    str_deinit(&fake->rows);
}

#endif
