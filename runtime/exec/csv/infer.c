#include "runtime/exec/csv/csv_priv.h"
#include "runtime/store/sql_text.h"

/** What the rows so far say of one column. */
typedef struct Seen Seen;
struct Seen {
    unsigned types; /* all values could be these; text is always possible */
    bool has_value;
    bool has_null;
};

/* In order of preference: a column of whole numbers could be `float`, too. */
static const PdcType preference[] = {PDC_TYPE_BOOL, PDC_TYPE_INT, PDC_TYPE_FLOAT, PDC_TYPE_DATE,
                                     PDC_TYPE_TIMESTAMP};

static void
look_at(Seen *seen, const char *cell)
{
    if (cell == NULL) {
        seen->has_null = true;
        return;
    }
    seen->has_value = true;
    if (seen->types != 0) {
        seen->types &= csv_cell_types(cell);
    }
}

static PdcType
settle(const Seen *seen)
{
    for (size_t i = 0; seen->has_value && i < ARRAY_LENGTH(preference); i++) {
        if ((seen->types & CSV_TYPE_BIT(preference[i])) != 0) {
            return preference[i];
        }
    }
    return PDC_TYPE_TEXT;
}

static int
look_at_rows(CsvReader *reader, CsvColumn *columns, size_t n, int64_t *ret_rows, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Seen *seen = ARENA_ARRAY(arena, Seen, n);
    int status;
    for (size_t i = 0; i < n; i++) {
        seen[i].types = ~0u;
    }
    for (*ret_rows = 0; (status = csv_reader_next(reader, reterr)) > 0; (*ret_rows)++) {
        char **cells = csv_reader_cells(reader);
        for (size_t i = 0; i < n; i++) {
            look_at(&seen[i], cells[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        columns[i].type = settle(&seen[i]);
        columns[i].nullable = seen[i].has_null;
    }
    return status;
}

int
csv_infer(const char *path, const CsvOptions *options, Arena *arena, CsvSchema **ret_schema,
          Error *reterr)
{
    CLEANUP(csv_reader_freep) CsvReader *reader = NULL;
    CsvColumn *columns = NULL;
    CsvSchema schema = {0};
    if (csv_reader_open(path, options, &reader, reterr) != 0 ||
        csv_columns_read(reader, arena, &columns, &schema.n_columns, reterr) != 0 ||
        look_at_rows(reader, columns, schema.n_columns, &schema.n_rows, reterr) != 0 ||
        csv_reader_check_stamp(reader, &reader->stamp, reterr) != 0) {
        return -1;
    }
    schema.columns = columns;
    schema.stamp = reader->stamp;
    *ret_schema = arena_memdup(arena, &schema, sizeof(schema));
    return 0;
}

char *
csv_schema_text(const CsvSchema *schema, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < schema->n_columns; i++) {
        sql_ident(&text, schema->columns[i].name);
        str_append_format(&text, " %s\n", type_name(schema->columns[i].type));
    }
    return str_take_in(&text, arena);
}
