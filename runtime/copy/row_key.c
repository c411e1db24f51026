#include "runtime/copy/row_key.h"

#include "runtime/base/utf8.h"
#include "runtime/copy/trial.h"
#include "runtime/store/sql_text.h"

#include <string.h>

typedef VEC(const char *) Values;

/** `(order_id, pos)`. */
static const char *
key_in_words(const CopyKey *key, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < key->n_key; i++) {
        str_append_format(&text, "%s%s", i == 0 ? "(" : ", ", key->columns.items[i]);
    }
    str_append_char(&text, ')');
    return str_take_in(&text, arena);
}

/** A value in double quotes; `text` is behind the first. @return behind the last, or NULL */
static const char *
read_quoted(const char *text, Str *value)
{
    for (;; text++) {
        if (text[0] == '\0') {
            return NULL;
        }
        if (text[0] == '"' && text[1] != '"') {
            return text + 1;
        }
        text += text[0] == '"' ? 1 : 0;
        str_append_char(value, text[0]);
    }
}

/** @return what stands behind the value; NULL where its quotes are wrong */
static const char *
read_value(const char *text, Str *value)
{
    if (text[0] == '"') {
        text = read_quoted(text + 1, value);
        return text != NULL && (text[0] == ',' || text[0] == '\0') ? text : NULL;
    }
    size_t length = strcspn(text, ",");
    str_append_n(value, text, length);
    return text + length;
}

static int
read_values(const char *text, Arena *arena, Values *values, Error *reterr)
{
    for (const char *rest = text;; rest++) {
        Str value = {0};
        rest = read_value(rest, &value);
        vec_push_in(arena, values, str_take_in(&value, arena));
        if (rest == NULL) {
            error_set(reterr, ERROR_USAGE, "the quotes in the key `%s` don't fit", text);
            error_set_hint(reterr, "a value with a comma in it stands in double quotes, a quote in "
                                   "it twice: '\"a,b\",2'");
            return -1;
        }
        if (rest[0] == '\0') {
            return 0;
        }
    }
}

static int
split(const CopyChoice *choice, const FlowTable *table, const char *text, Values *values,
      Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    if (key->n_key == 1) { /* whatever it looks like: there is nothing to tell apart */
        vec_push_in(choice->arena, values, text);
        return 0;
    }
    if (read_values(text, choice->arena, values, reterr) < 0) {
        return -1;
    }
    if (values->n != key->n_key) {
        error_set(reterr, ERROR_USAGE, "the key of %s.%s has %zu columns, and `%s` has %zu value%s",
                  table->stage->name, table->name, key->n_key, text, values->n,
                  values->n == 1 ? "" : "s");
        error_set_hint(reterr, "give a value for each of %s, with commas between",
                       key_in_words(key, choice->arena));
        return -1;
    }
    return 0;
}

static bool
is_whole_number(const char *text)
{
    text += text[0] == '-' || text[0] == '+' ? 1 : 0;
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int
wrong_value(const FlowTable *table, const StoreColumn *column, const char *value, Error *reterr)
{
    error_clear(reterr);
    return error_set(reterr, ERROR_USAGE, "%s.%s.%s is of type %s, and `%s` is no value of that",
                     table->stage->name, table->name, column->name, column->sql_type, value);
}

/** The engine reads the value; where it fails, a savepoint isn't needed: the trial is over. */
static int
check_value(CopyChoice *choice, const FlowTable *table, const char *name, const char *value,
            Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CopyStatement statement = {0};
    const StoreColumn *column = copy_find_column(choice, table, name, reterr);
    if (column == NULL) {
        return -1;
    }
    if (column->type == PDC_TYPE_INT && !is_whole_number(value)) { /* DuckDB rounds 1.5 */
        return wrong_value(table, column, value, reterr);
    }
    str_append(&statement.sql, "select cast(");
    sql_literal(&statement.sql, value);
    str_append_format(&statement.sql, " as %s)", column->sql_type);
    int status = copy_ask(choice, &statement, &result, reterr);
    bool is_value_wrong =
        status < 0 && reterr->code != ERROR_CONNECTION && reterr->code != ERROR_INTERRUPTED;
    return is_value_wrong ? wrong_value(table, column, value, reterr) : status;
}

int
copy_read_key(CopyChoice *choice, const FlowTable *table, const char *text,
              const char ***ret_values, Error *reterr)
{
    const CopyKey *key = &choice->keys[table->index];
    Values values = {0};
    if (key->n_key == 0) {
        error_set(reterr, ERROR_USAGE, "%s.%s has no key by which a row could be named",
                  table->stage->name, table->name);
        error_set_hint(reterr, "declare its primary key");
        error_set_origin(reterr, flow_span(choice->source->options.sources, table->at));
        return -1;
    }
    if (utf8_first_invalid(text, strlen(text)) < strlen(text)) {
        return error_set(reterr, ERROR_USAGE, "the key is not UTF-8");
    }
    if (split(choice, table, text, &values, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < values.n; i++) {
        if (check_value(choice, table, key->columns.items[i], values.items[i], reterr) < 0) {
            return -1;
        }
    }
    *ret_values = values.items;
    return 0;
}
