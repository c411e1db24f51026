/* Placeholders. Each text is scanned once, from left to right; a value is never scanned. */

#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/config/config_priv.h"

#include <string.h>

/* One text on its way. */
typedef struct Scan Scan;
struct Scan {
    Expander *expander;
    const ConfigNode *node;
    const char *text;
    ExpandMode mode;
    Str out;
};

static bool
is_name_start(char c)
{
    return c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t
name_length(const char *text)
{
    size_t n = 0;
    while (is_name_start(text[n]) || (n > 0 && text[n] >= '0' && text[n] <= '9')) {
        n++;
    }
    return n;
}

/** Length of `{$NAME}` (variable) or `{name}` at `text`, or 0. */
static size_t
placeholder_length(const char *text, bool variable)
{
    size_t start = variable ? 2 : 1;
    if (text[0] != '{' || (variable && text[1] != '$')) {
        return 0;
    }
    size_t n = name_length(text + start);
    return n > 0 && text[start + n] == '}' ? start + n + 1 : 0;
}

/** Length of `{…}` that was surely meant as a placeholder but has no proper name (`{host name}`,
 * `{$1}`), or 0. */
static size_t
misspelt_length(const char *text)
{
    size_t n = 1;
    while (is_name_start(text[n]) ||
           (text[n] != '\0' && strchr("0123456789 .$-", text[n]) != NULL)) {
        n++;
    }
    return n > 1 && text[n] == '}' ? n + 1 : 0;
}

static Span
span_at(const Scan *scan, const char *at, size_t length)
{
    return config_node_part(scan->node, (size_t)(at - scan->text), length);
}

static void
append_value(Scan *scan, const char *at, const char *value)
{
    if (scan->mode == EXPAND_URL) {
        config_append_url_value(&scan->out, scan->text, (size_t)(at - scan->text), value);
    } else {
        str_append(&scan->out, value);
    }
}

/** What can't be filled in stays as written. @return whether to report it */
static bool
give_up(Scan *scan, const char *at, size_t length)
{
    str_append_n(&scan->out, at, length);
    scan->expander->failed = true;
    return !scan->expander->lenient;
}

static void
expand_variable(Scan *scan, const char *at, size_t length)
{
    const Config *config = scan->expander->config;
    const char *name = arena_strndup(config->arena, at + 2, length - 3);
    const char *value = config_get_env(config, name);
    bool valid = value != NULL && utf8_first_invalid(value, strlen(value)) == strlen(value);
    if (valid) {
        scan->expander->used_env = true;
        append_value(scan, at, value);
    } else if (give_up(scan, at, length)) {
        diag_add(scan->expander->diags, DIAG_CONFIG_ENVIRONMENT, span_at(scan, at, length), name,
                 value == NULL ? "is not set" : "is not UTF-8");
        diag_hint(scan->expander->diags, "export it, or write {{$%s}} for the text itself", name);
    }
}

static void
report_unknown(Scan *scan, const char *at, size_t length)
{
    const Placeholders *all = scan->expander->placeholders;
    Diags *diags = scan->expander->diags;
    Arena *arena = scan->expander->config->arena;
    const char *name = arena_strndup(arena, at + 1, length - 2);
    const char **known = ARENA_ARRAY(arena, const char *, all->n + 1);
    CLEANUP(str_deinit) Str list = {0};
    for (size_t i = 0; i < all->n; i++) {
        known[i] = all->items[i].name;
        str_append_format(&list, "%s{%s}", i > 0 ? ", " : "", known[i]);
    }
    diag_add(diags, DIAG_CONFIG_PLACEHOLDER, span_at(scan, at, length), name);
    const char *nearest = suggest_nearest(name, known, all->n);
    if (nearest != NULL) {
        diag_hint(diags, "did you mean {%s}? Known here: %s", nearest, str_text(&list));
    } else {
        diag_hint(diags, "known here: %s; for literal braces write {{ and }}", str_text(&list));
    }
}

static void
expand_name(Scan *scan, const char *at, size_t length)
{
    const Placeholders *all = scan->expander->placeholders;
    for (size_t i = 0; i < all->n; i++) {
        const Placeholder *placeholder = &all->items[i];
        if (strlen(placeholder->name) != length - 2 ||
            strncmp(placeholder->name, at + 1, length - 2) != 0) {
            continue;
        }
        if (placeholder->value != NULL) {
            append_value(scan, at, placeholder->value);
        } else if (give_up(scan, at, length)) {
            diag_add(scan->expander->diags, DIAG_CONFIG_ATTRS_FILE, span_at(scan, at, length),
                     placeholder->file, placeholder->problem);
        }
        return;
    }
    if (give_up(scan, at, length)) {
        report_unknown(scan, at, length);
    }
}

/** Handles the brace at `at`. @return how many bytes it took */
static size_t
expand_brace(Scan *scan, const char *at)
{
    bool env_only = scan->mode == EXPAND_ENV;
    size_t quoted = at[0] == '{' && at[1] == '{' ? placeholder_length(at + 1, true) : 0;
    if (env_only && quoted > 0 && at[1 + quoted] == '}') {
        str_append_n(&scan->out, at + 1, quoted);
        return quoted + 2;
    }
    if (!env_only && at[1] == at[0]) {
        str_append_char(&scan->out, at[0]);
        return 2;
    }
    size_t length = placeholder_length(at, true);
    if (length > 0) {
        expand_variable(scan, at, length);
        return length;
    }
    length = env_only ? 0 : placeholder_length(at, false);
    if (length > 0) {
        expand_name(scan, at, length);
        return length;
    }
    length = env_only || at[0] != '{' ? 0 : misspelt_length(at);
    if (length > 0) {
        if (give_up(scan, at, length)) {
            report_unknown(scan, at, length);
        }
        return length;
    }
    str_append_char(&scan->out, at[0]);
    return 1;
}

const char *
config_expand(Expander *expander, const ConfigNode *node, ExpandMode mode)
{
    Scan scan = {.expander = expander, .node = node, .text = node->text, .mode = mode};
    for (const char *at = scan.text; *at != '\0';) {
        if (*at == '{' || *at == '}') {
            at += expand_brace(&scan, at);
        } else {
            str_append_char(&scan.out, *at++);
        }
    }
    return str_take_in(&scan.out, expander->config->arena);
}
