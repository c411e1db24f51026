/* What a scalar without quotes is: the rules of PyYAML (YAML 1.1 as Python reads it), so that a
 * file means here what it means to pydiverse.pipedag: yes/no/on/off are bools, 0o… is text, 012 is
 * octal, 1e3 is text, 12:30 is base 60. */

#include "runtime/config/config_priv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char TOO_LARGE[] = "is beyond the range of a 64-bit int";

static bool
resolve_word(ConfigNode *scalar)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"yes",  "Yes", "YES", "true", "True",
                                        "TRUE", "on",  "On",  "ON"};
    static const char *const falses[] = {"no",    "No",  "NO",  "false", "False",
                                         "FALSE", "off", "Off", "OFF"};
    if (text_is_one_of(scalar->text, nulls, ARRAY_LENGTH(nulls))) {
        scalar->kind = CONFIG_NULL;
        return true;
    }
    bool truth = text_is_one_of(scalar->text, trues, ARRAY_LENGTH(trues));
    if (truth || text_is_one_of(scalar->text, falses, ARRAY_LENGTH(falses))) {
        scalar->kind = CONFIG_BOOL;
        scalar->boolean = truth;
        return true;
    }
    return false;
}

/* ---- numbers ---- */

static int
digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return 99;
}

/** Adds `value * factor` to a total that stays within [0, 2^63]. @return false where it does not */
static bool
add_checked(uint64_t *total, uint64_t factor, uint64_t value)
{
    const uint64_t limit = UINT64_C(1) << 63;
    if (*total != 0 && factor > limit / *total) {
        return false;
    }
    *total = *total * factor;
    return value <= limit - *total && ((*total += value), true);
}

/** Reads digits and `_` of a base. @return the text behind them; `*ret_n` counts the digits */
static const char *
read_digits(const char *text, int base, size_t *ret_n, uint64_t *total, bool *overflow)
{
    for (*ret_n = 0; *text == '_' || digit_value(*text) < base; text++) {
        if (*text != '_') {
            (*ret_n)++;
            *overflow |= !add_checked(total, (uint64_t)base, (uint64_t)digit_value(*text));
        }
    }
    return text;
}

/** `:MM` parts of a base 60 number, each 0 to 59 of one or two digits. @return the text behind them
 */
static const char *
read_sixties(const char *text, uint64_t *total, bool *overflow)
{
    while (text[0] == ':' && digit_value(text[1]) < 10) {
        uint64_t part = (uint64_t)digit_value(text[1]);
        size_t n = 1;
        if (digit_value(text[2]) < 10 && part < 6) {
            part = part * 10 + (uint64_t)digit_value(text[2]);
            n = 2;
        }
        *overflow |= !add_checked(total, 60, part);
        text += 1 + n;
    }
    return text;
}

/** The int that all of `text` (without sign) is. @return false if it is none */
static bool
read_int(const char *text, uint64_t *total, bool *overflow)
{
    size_t n;
    *total = 0;
    *overflow = false;
    if (text[0] == '0' && (text[1] == 'b' || text[1] == 'x')) {
        text = read_digits(text + 2, text[1] == 'b' ? 2 : 16, &n, total, overflow);
        return n > 0 && *text == '\0';
    }
    if (text[0] == '0') {
        return *read_digits(text, 8, &n, total, overflow) == '\0';
    }
    if (digit_value(text[0]) >= 10) {
        return false;
    }
    text = read_digits(text, 10, &n, total, overflow);
    return *read_sixties(text, total, overflow) == '\0';
}

/** Does all of `text` (without sign) look like `12.5e+3`, `.5` or `1:30.5`? */
static bool
looks_like_float(const char *text, bool has_sign)
{
    static const char digits[] = "0123456789_";
    bool base_60 = false;
    const char *point = text + (digit_value(*text) < 10 ? strspn(text, digits) : 0);
    while (point > text && point[0] == ':' && digit_value(point[1]) < 10) {
        base_60 = true;
        point += digit_value(point[1]) < 6 && digit_value(point[2]) < 10 ? 3 : 2;
    }
    if (*point != '.' || (point == text && (has_sign || digit_value(point[1]) >= 10))) {
        return false;
    }
    const char *end = point + 1 + strspn(point + 1, digits);
    if (!base_60 && (*end == 'e' || *end == 'E') && (end[1] == '+' || end[1] == '-')) {
        size_t n = strspn(end + 2, "0123456789");
        end += n > 0 ? 2 + n : 0;
    }
    return *end == '\0';
}

/** Value of a float in base 60 or 10, whose form is known to be right. */
static double
read_float(Arena *arena, const char *text)
{
    char *clean = arena_strdup(arena, text);
    size_t n = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '_') {
            clean[n++] = *c;
        }
    }
    clean[n] = '\0';
    double total = 0;
    for (char *part = clean; part != NULL;) {
        char *colon = strchr(part, ':');
        total = total * 60 + strtod(part, NULL);
        part = colon != NULL ? colon + 1 : NULL;
    }
    return total;
}

static bool
resolve_special_float(ConfigNode *scalar, const char *text, bool has_sign, double sign)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF"};
    static const char *const nans[] = {".nan", ".NaN", ".NAN"};
    if (text_is_one_of(text, infinities, ARRAY_LENGTH(infinities))) {
        scalar->number = sign * (double)INFINITY;
    } else if (!has_sign && text_is_one_of(text, nans, ARRAY_LENGTH(nans))) {
        scalar->number = (double)NAN;
    } else {
        return false;
    }
    scalar->kind = CONFIG_FLOAT;
    return true;
}

static const char *
set_int(ConfigNode *scalar, uint64_t total, bool overflow, bool negative)
{
    const uint64_t limit = UINT64_C(1) << 63;
    if (overflow || (total == limit && !negative)) {
        return TOO_LARGE;
    }
    scalar->kind = CONFIG_INT;
    scalar->integer = negative ? (total == limit ? INT64_MIN : -(int64_t)total) : (int64_t)total;
    scalar->number = (double)scalar->integer;
    return NULL;
}

/** @return true if it is a number, with `*ret_problem` set if it is one that can't be kept */
static bool
resolve_number(Arena *arena, ConfigNode *scalar, const char **ret_problem)
{
    bool has_sign = scalar->text[0] == '-' || scalar->text[0] == '+';
    bool negative = scalar->text[0] == '-';
    const char *text = scalar->text + has_sign;
    uint64_t total;
    bool overflow;
    if (read_int(text, &total, &overflow)) {
        *ret_problem = set_int(scalar, total, overflow, negative);
        return true;
    }
    if (looks_like_float(text, has_sign)) {
        scalar->kind = CONFIG_FLOAT;
        scalar->number = (negative ? -1 : 1) * read_float(arena, text);
        return true;
    }
    return resolve_special_float(scalar, text, has_sign, negative ? -1 : 1);
}

/* ---- dates ---- */

/** Matches `pattern` at `text`: `4` and `2` are so many digits, `1` is one or two, the rest itself.
 *  @return the text behind it, or NULL */
static const char *
match(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern < '1' || *pattern > '4') {
            if (*text++ != *pattern) {
                return NULL;
            }
            continue;
        }
        size_t most = *pattern == '4' ? 4 : 2;
        size_t least = *pattern == '1' ? 1 : most;
        size_t n = strspn(text, "0123456789");
        n = n < most ? n : most;
        if (n < least) {
            return NULL;
        }
        text += n;
    }
    return text;
}

/** The time behind a date: ` 12:00:00.5 +01:00`. @return whether all of `text` is one */
static bool
is_time(const char *text)
{
    size_t spaces = strspn(text, " \t");
    text += *text == 'T' || *text == 't' ? 1 : spaces;
    text = match(text, "1:2:2");
    if (text == NULL) {
        return false;
    }
    if (*text == '.') {
        text += 1 + strspn(text + 1, "0123456789");
    }
    const char *zone = text + strspn(text, " \t");
    if (*zone == 'Z') {
        zone++;
    } else if (*zone == '+' || *zone == '-') {
        const char *hours = match(zone + 1, "1");
        const char *minutes = hours != NULL ? match(hours, ":2") : NULL;
        zone = minutes != NULL ? minutes : hours;
    }
    return zone != NULL && *zone == '\0' && (zone > text || *text == '\0');
}

static bool
is_calendar_date(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char *end;
    long year = strtol(text, &end, 10);
    long month = strtol(end + 1, &end, 10);
    long day = strtol(end + 1, &end, 10);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

/** Is the first `H:MM:SS` in a text whose form is right a time of day? */
static bool
is_time_of_day(const char *text)
{
    char *end;
    long hours = strtol(text, &end, 10);
    long minutes = strtol(end + 1, &end, 10);
    long seconds = strtol(end + 1, &end, 10);
    return hours < 24 && minutes < 60 && seconds < 60;
}

static bool
resolve_date(ConfigNode *scalar, const char **ret_problem)
{
    const char *date_end = match(scalar->text, "4-2-2");
    const char *loose_end = match(scalar->text, "4-1-1");
    if (date_end != NULL && *date_end == '\0') {
        scalar->kind = CONFIG_DATE;
    } else if (loose_end != NULL && strchr("Tt \t", *loose_end) != NULL && is_time(loose_end)) {
        scalar->kind = CONFIG_TIMESTAMP;
    } else {
        return false;
    }
    if (!is_calendar_date(scalar->text)) {
        *ret_problem = "is no day of the calendar";
    } else if (scalar->kind == CONFIG_TIMESTAMP &&
               !is_time_of_day(loose_end + strspn(loose_end, "Tt \t"))) {
        *ret_problem = "is no time of day";
    }
    return true;
}

const char *
config_scalar_resolve(Arena *arena, ConfigNode *scalar)
{
    const char *problem = NULL;
    scalar->kind = CONFIG_TEXT;
    if (!resolve_word(scalar) && !resolve_date(scalar, &problem)) {
        (void)resolve_number(arena, scalar, &problem);
    }
    if (problem != NULL) {
        scalar->kind = CONFIG_TEXT;
    }
    return problem;
}
