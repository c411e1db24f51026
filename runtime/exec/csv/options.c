#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/exec/csv/csv_priv.h"

#include <stddef.h>
#include <string.h>

enum { ROW_LIMIT_BYTES = 64 * 1024 * 1024 };

typedef enum OptionKind { KIND_TEXT, KIND_NULLABLE, KIND_BOOL } OptionKind;

typedef struct OptionRow OptionRow;
struct OptionRow {
    const char *name;
    OptionKind kind;
    size_t offset; /* in CsvOptions */
};

static const OptionRow option_rows[] = {
#define CSV_OPTION(name, kind, meaning) {#name, KIND_##kind, offsetof(CsvOptions, name)},
#include "runtime/exec/csv/options.def"
#undef CSV_OPTION
};

static const char *const option_names[] = {
#define CSV_OPTION(name, kind, meaning) #name,
#include "runtime/exec/csv/options.def"
#undef CSV_OPTION
};

void
csv_options_init(CsvOptions *options)
{
    *options = (CsvOptions){
        .delimiter = ",",
        .quote = "\"",
        .encoding = "utf-8",
        .header = true,
        .row_limit_bytes = ROW_LIMIT_BYTES,
    };
}

static const OptionRow *
find_option(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(option_rows); i++) {
        if (text_equal(name, option_rows[i].name)) {
            return &option_rows[i];
        }
    }
    return NULL;
}

static int
unknown_option(const char *name, Error *reterr)
{
    const char *near = suggest_nearest(name, option_names, ARRAY_LENGTH(option_names));
    error_set(reterr, ERROR_CONFIG, "csv() has no argument \"%s\"", name);
    if (near != NULL) {
        error_set_hint(reterr, "did you mean \"%s\"?", near);
    } else {
        error_set_hint(reterr, "it has delimiter, quote, null, header and encoding");
    }
    return -1;
}

static int
set_bool(bool *slot, const char *name, const char *value, Error *reterr)
{
    bool is_true = text_equal(value, "true");
    if (!is_true && !text_equal(value, "false")) {
        return error_set(reterr, ERROR_CONFIG, "%s of csv() must be true or false, not %s", name,
                         value != NULL ? value : "null");
    }
    *slot = is_true;
    return 0;
}

static bool
is_line_break(const char *text)
{
    return text[0] == '\n' || text[0] == '\r';
}

static int
check_delimiter(const char *delimiter, Error *reterr)
{
    if (text_equal(delimiter, "\\t")) {
        return 0;
    }
    uint32_t code_point;
    size_t length = strlen(delimiter);
    if (length == 0 || utf8_decode(delimiter, length, &code_point) != length ||
        is_line_break(delimiter)) {
        error_set(reterr, ERROR_CONFIG, "delimiter of csv() must be one character, not '%s'",
                  delimiter);
        error_set_hint(reterr, "for a tab write '\\t'");
        return -1;
    }
    return 0;
}

static int
check_quote(const char *quote, Error *reterr)
{
    if (quote[0] == '\0') {
        return 0;
    }
    if (strlen(quote) != 1 || (unsigned char)quote[0] >= 0x80 || is_line_break(quote)) {
        error_set(reterr, ERROR_CONFIG, "quote of csv() must be one ASCII character, not '%s'",
                  quote);
        error_set_hint(reterr, "for a file without quotes write ''");
        return -1;
    }
    return 0;
}

static int
check_each(const CsvOptions *options, Error *reterr)
{
    int status = check_delimiter(options->delimiter, reterr);
    if (status == 0) {
        status = check_quote(options->quote, reterr);
    }
    if (status == 0) {
        status = csv_encoding_check(options->encoding, reterr);
    }
    return status;
}

int
csv_options_set(CsvOptions *options, const char *name, const char *value, Error *reterr)
{
    const OptionRow *row = find_option(name);
    if (row == NULL) {
        return unknown_option(name, reterr);
    }
    void *slot = (char *)options + row->offset;
    if (row->kind == KIND_BOOL) {
        return set_bool(slot, name, value, reterr);
    }
    if (value == NULL && row->kind == KIND_TEXT) {
        return error_set(reterr, ERROR_CONFIG, "%s of csv() must be a text, not null", name);
    }
    *(const char **)slot = value;
    return check_each(options, reterr);
}

int
csv_options_check(const CsvOptions *options, Error *reterr)
{
    int status = check_each(options, reterr);
    bool is_tab = text_equal(options->delimiter, "\\t") && options->quote[0] == '\t';
    if (status == 0 && (is_tab || text_equal(options->quote, options->delimiter))) {
        return error_set(reterr, ERROR_CONFIG, "delimiter and quote of csv() are the same: '%s'",
                         options->quote);
    }
    return status;
}

int
csv_options_check_named(const char *const *names, const char *const *values, size_t n,
                        size_t *ret_wrong, Error *reterr)
{
    CsvOptions options;
    csv_options_init(&options);
    for (size_t i = 0; i < n; i++) {
        if (csv_options_set(&options, names[i], values[i], reterr) < 0) {
            *ret_wrong = i;
            return -1;
        }
    }
    *ret_wrong = n;
    return csv_options_check(&options, reterr);
}
