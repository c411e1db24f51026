/* What a cell could be. All of it is told by the text alone, so that every engine gets the same
 * types. */
#include "runtime/exec/csv/csv_priv.h"

#include <string.h>
#include <strings.h>

enum {
    INT64_DIGITS = 19,
    EXACT_DIGITS = 15,     /* whole numbers so long are exact in a double */
    LARGEST_EXPONENT = 307 /* 10^307 and 10^-307 are within a double, without loss of precision */
};

#define EXACT_IN_DOUBLE (UINT64_C(1) << 53)

/** A cell without the blanks around it. */
typedef struct Piece Piece;
struct Piece {
    const char *c;
    const char *end;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Piece
trim(const char *cell)
{
    while (is_blank(*cell)) {
        cell++;
    }
    const char *end = cell + strlen(cell);
    while (end > cell && is_blank(end[-1])) {
        end--;
    }
    return (Piece){cell, end};
}

char *
csv_cell_trim(char *cell)
{
    Piece piece = trim(cell);
    cell[piece.end - cell] = '\0';
    return cell + (piece.c - cell);
}

/* ---- bool ---- */

static unsigned
bool_types(Piece piece)
{
    size_t length = (size_t)(piece.end - piece.c);
    bool is_bool = (length == 4 && strncasecmp(piece.c, "true", 4) == 0) ||
                   (length == 5 && strncasecmp(piece.c, "false", 5) == 0);
    return is_bool ? CSV_TYPE_BIT(PDC_TYPE_BOOL) : 0;
}

/* ---- numbers ---- */

static size_t
count_digits(const char *c, const char *end)
{
    const char *first = c;
    while (c < end && is_digit(*c)) {
        c++;
    }
    return (size_t)(c - first);
}

/* `n` digits without a leading zero. */
static unsigned
integer_types(const char *digits, size_t n, bool is_negative)
{
    unsigned both = CSV_TYPE_BIT(PDC_TYPE_INT) | CSV_TYPE_BIT(PDC_TYPE_FLOAT);
    if (n <= EXACT_DIGITS) {
        return both;
    }
    if (n > INT64_DIGITS) {
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) { /* 19 digits are less than 2^64 */
        value = value * 10 + (uint64_t)(digits[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + (is_negative ? 1 : 0)) {
        return 0;
    }
    return value <= EXACT_IN_DOUBLE ? both : CSV_TYPE_BIT(PDC_TYPE_INT);
}

/* Reads `e+12`. @return false if it is none; without one the exponent is 0 */
static bool
parse_exponent(Piece piece, long *ret_exponent)
{
    *ret_exponent = 0;
    if (piece.c == piece.end) {
        return true;
    }
    if (*piece.c != 'e' && *piece.c != 'E') {
        return false;
    }
    piece.c++;
    bool is_negative = piece.c < piece.end && *piece.c == '-';
    if (piece.c < piece.end && (*piece.c == '-' || *piece.c == '+')) {
        piece.c++;
    }
    size_t n = count_digits(piece.c, piece.end);
    if (n == 0 || n > 9 || piece.c + n != piece.end) {
        return false;
    }
    for (; piece.c < piece.end; piece.c++) {
        *ret_exponent = *ret_exponent * 10 + (*piece.c - '0');
    }
    *ret_exponent = is_negative ? -*ret_exponent : *ret_exponent;
    return true;
}

/* The power of ten of the first digit that is not 0. @return false if all are */
static bool
find_magnitude(const char *whole, size_t n_whole, const char *fraction, size_t n_fraction,
               long *ret_magnitude)
{
    if (n_whole > 0 && whole[0] != '0') {
        *ret_magnitude = (long)n_whole - 1;
        return true;
    }
    for (size_t i = 0; i < n_fraction; i++) {
        if (fraction[i] != '0') {
            *ret_magnitude = -(long)i - 1;
            return true;
        }
    }
    return false;
}

static unsigned
number_types(Piece piece)
{
    bool is_negative = *piece.c == '-';
    const char *whole = piece.c + (is_negative ? 1 : 0);
    size_t n_whole = count_digits(whole, piece.end);
    piece.c = whole + n_whole;
    if (n_whole > 1 && whole[0] == '0') {
        return 0; /* an article number, not a number */
    }
    if (piece.c == piece.end) {
        return n_whole > 0 ? integer_types(whole, n_whole, is_negative) : 0;
    }
    bool has_point = *piece.c == '.';
    const char *fraction = piece.c + (has_point ? 1 : 0);
    size_t n_fraction = has_point ? count_digits(fraction, piece.end) : 0;
    piece.c = fraction + n_fraction;
    long magnitude = 0;
    long exponent = 0;
    if ((has_point ? n_fraction : n_whole) == 0 || !parse_exponent(piece, &exponent)) {
        return 0;
    }
    if (find_magnitude(whole, n_whole, fraction, n_fraction, &magnitude) &&
        (magnitude + exponent > LARGEST_EXPONENT || magnitude + exponent < -LARGEST_EXPONENT)) {
        return 0;
    }
    return CSV_TYPE_BIT(PDC_TYPE_FLOAT);
}

/* ---- days and times ---- */

/* Does the text begin like `pattern`, in which 0 stands for a digit? */
static bool
has_form(Piece piece, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, piece.c++) {
        if (piece.c == piece.end ||
            (*pattern == '0' ? !is_digit(*piece.c) : *piece.c != *pattern)) {
            return false;
        }
    }
    return true;
}

static int
two_digits(const char *c)
{
    return (c[0] - '0') * 10 + (c[1] - '0');
}

static bool
is_day(const char *c)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = two_digits(c) * 100 + two_digits(c + 2);
    int month = two_digits(c + 5);
    int day = two_digits(c + 8);
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* `HH:MM`, `HH:MM:SS` or `HH:MM:SS.ffffff` with one to six digits. */
static bool
is_time(Piece piece)
{
    static const char minutes[] = "00:00";
    static const char seconds[] = ":00.0";
    enum { MICROSECOND_DIGITS = 6 };
    if (!has_form(piece, minutes) || two_digits(piece.c) > 23 || two_digits(piece.c + 3) > 59) {
        return false;
    }
    piece.c += strlen(minutes);
    if (piece.c == piece.end) {
        return true;
    }
    if (!has_form(piece, ":00") || two_digits(piece.c + 1) > 59) {
        return false;
    }
    if (piece.end - piece.c == 3) {
        return true;
    }
    if (!has_form(piece, seconds)) {
        return false;
    }
    piece.c += 4;
    size_t n = count_digits(piece.c, piece.end);
    return n <= MICROSECOND_DIGITS && piece.c + n == piece.end;
}

static unsigned
day_types(Piece piece)
{
    static const char form[] = "0000-00-00";
    if (!has_form(piece, form) || !is_day(piece.c)) {
        return 0;
    }
    piece.c += strlen(form);
    if (piece.c == piece.end) {
        return CSV_TYPE_BIT(PDC_TYPE_DATE) | CSV_TYPE_BIT(PDC_TYPE_TIMESTAMP);
    }
    char separator = *piece.c++;
    bool is_timestamp = (separator == ' ' || separator == 'T') && is_time(piece);
    return is_timestamp ? CSV_TYPE_BIT(PDC_TYPE_TIMESTAMP) : 0;
}

/* ---- all ---- */

unsigned
csv_cell_types(const char *cell)
{
    Piece piece = trim(cell);
    if (piece.c == piece.end) {
        return 0;
    }
    if (is_digit(*piece.c)) {
        bool may_be_day = piece.end - piece.c >= 10 && piece.c[4] == '-';
        return may_be_day ? day_types(piece) : number_types(piece);
    }
    if (*piece.c == '-' || *piece.c == '.') {
        return number_types(piece);
    }
    return bool_types(piece);
}
