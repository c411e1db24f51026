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

/* A decimal number: its digits without zeros at both ends, and the power of ten behind the first.
 */
typedef struct Decimal Decimal;
struct Decimal {
    long n_digits;  /* from the first to the last that is not 0; 0: the number is 0 */
    long magnitude; /* number of digits before the point, negative for 0.00x */
};

/* Reads `-0012.50e3`. @return false if it is no number */
static bool
read_decimal(Piece piece, Decimal *ret_decimal)
{
    piece.c += piece.c < piece.end && *piece.c == '-' ? 1 : 0;
    const char *whole = piece.c;
    size_t n_whole = count_digits(whole, piece.end);
    piece.c += n_whole;
    bool has_point = piece.c < piece.end && *piece.c == '.';
    const char *fraction = piece.c + (has_point ? 1 : 0);
    size_t n_fraction = has_point ? count_digits(fraction, piece.end) : 0;
    piece.c = fraction + n_fraction;
    long exponent = 0;
    if ((has_point ? n_fraction : n_whole) == 0 || !parse_exponent(piece, &exponent)) {
        return false;
    }
    long first = -1;
    long last = -1;
    for (size_t i = 0; i < n_whole + n_fraction; i++) {
        char digit = i < n_whole ? whole[i] : fraction[i - n_whole];
        first = digit != '0' && first < 0 ? (long)i : first;
        last = digit != '0' ? (long)i : last;
    }
    ret_decimal->n_digits = first < 0 ? 0 : last - first + 1;
    ret_decimal->magnitude = first < 0 ? 0 : (long)n_whole - first + exponent;
    return true;
}

/* Has the number no more digits than `size`, and no more than `scale` behind the point? */
static bool
fits_digits(Piece piece, int size, int scale)
{
    Decimal decimal;
    return read_decimal(piece, &decimal) && decimal.magnitude <= size - scale &&
           decimal.n_digits - decimal.magnitude <= scale;
}

/* The number without the zeros before it, which count where types are guessed only. */
static Piece
plain_number(Piece piece, char *buffer, size_t capacity)
{
    size_t length = (size_t)(piece.end - piece.c);
    size_t sign = length > 0 && *piece.c == '-' ? 1 : 0;
    size_t skip = sign;
    while (skip + 1 < length && piece.c[skip] == '0' && is_digit(piece.c[skip + 1])) {
        skip++;
    }
    size_t kept = 0;
    if (length - skip + 1 >= capacity) {
        return piece; /* too long for a number anyway */
    }
    if (sign > 0) {
        buffer[kept++] = '-';
    }
    memcpy(buffer + kept, piece.c + skip, length - skip);
    return (Piece){buffer, buffer + kept + length - skip};
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

static size_t
count_characters(const char *cell)
{
    size_t n = 0;
    for (; *cell != '\0'; cell++) {
        n += ((unsigned char)*cell & 0xC0) != 0x80 ? 1 : 0;
    }
    return n;
}

bool
csv_cell_fits(const char *cell, PdcColumnType type)
{
    enum { LONGEST_NUMBER = 400 };
    char buffer[LONGEST_NUMBER];
    Piece piece = trim(cell);
    bool is_empty = piece.c == piece.end;
    switch ((ColumnTypeKind)type.kind) {
    case COLUMN_TYPE_TEXT: return true;
    case COLUMN_TYPE_VARCHAR: return count_characters(cell) <= (size_t)type.size;
    case COLUMN_TYPE_BOOL: return (bool_types(piece) & CSV_TYPE_BIT(PDC_TYPE_BOOL)) != 0;
    case COLUMN_TYPE_NUMERIC: return fits_digits(piece, type.size, type.scale);
    case COLUMN_TYPE_INT:
    case COLUMN_TYPE_FLOAT:
        piece = plain_number(piece, buffer, sizeof buffer);
        return !is_empty && (number_types(piece) &
                             CSV_TYPE_BIT(column_type_value((ColumnTypeKind)type.kind))) != 0;
    case COLUMN_TYPE_DATE:
    case COLUMN_TYPE_TIMESTAMP:
        return !is_empty &&
               (day_types(piece) & CSV_TYPE_BIT(column_type_value((ColumnTypeKind)type.kind))) != 0;
    case COLUMN_TYPE_COUNT: break;
    }
    return false;
}

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
