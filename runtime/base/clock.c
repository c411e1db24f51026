#include "runtime/base/clock.h"

#include "runtime/base/macros.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t US_PER_SECOND = 1000000;
static const int64_t SECONDS_PER_DAY = 86400;

static int64_t
read_clock(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0) {
        BUG("clock %d does not exist", (int)id);
    }
    return (int64_t)now.tv_sec * US_PER_SECOND + (int64_t)now.tv_nsec / 1000;
}

int64_t
clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

typedef struct Date Date;
struct Date {
    int64_t year;
    int64_t month;
    int64_t day;
};

/* Days since 1970-01-01 and back, proleptic Gregorian: Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms" (years start in March, so that the leap day comes last). */
static int64_t
days_of_date(Date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static Date
date_of_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (Date){
        .year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

void
clock_format_utc(int64_t epoch_us, char *text, size_t size_bytes)
{
    int64_t us_per_day = SECONDS_PER_DAY * US_PER_SECOND;
    int64_t days = epoch_us / us_per_day;
    int64_t us = epoch_us % us_per_day;
    if (us < 0) {
        us += us_per_day;
        days--;
    }
    Date date = date_of_days(days);
    int64_t seconds = us / US_PER_SECOND;
    snprintf(text, size_bytes, "%04lld-%02d-%02dT%02d:%02d:%02d.%06dZ", (long long)date.year,
             (int)date.month, (int)date.day, (int)(seconds / 3600), (int)(seconds / 60 % 60),
             (int)(seconds % 60), (int)(us % US_PER_SECOND));
}

/* Reads exactly `n` digits and steps over them. */
static bool
take_digits(const char **text, int n, int64_t *ret_number)
{
    int64_t number = 0;
    for (int i = 0; i < n; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9') {
            return false;
        }
        number = number * 10 + (c - '0');
    }
    *text += n;
    *ret_number = number;
    return true;
}

static bool
take_char(const char **text, char c)
{
    if (**text != c) {
        return false;
    }
    (*text)++;
    return true;
}

static bool
take_date(const char **text, int64_t *ret_days)
{
    Date date;
    if (!take_digits(text, 4, &date.year) || !take_char(text, '-') ||
        !take_digits(text, 2, &date.month) || !take_char(text, '-') ||
        !take_digits(text, 2, &date.day)) {
        return false;
    }
    *ret_days = days_of_date(date);
    Date same = date_of_days(*ret_days); /* 31 February comes back as a day in March */
    return date.month >= 1 && date.month <= 12 && same.month == date.month && same.day == date.day;
}

/* `.ffffff`: one to six digits. */
static bool
take_fraction(const char **text, int64_t *ret_us)
{
    int64_t us = 0;
    int64_t scale = US_PER_SECOND;
    int64_t digit;
    while (scale > 1 && take_digits(text, 1, &digit)) {
        scale /= 10;
        us += digit * scale;
    }
    *ret_us = us;
    return scale < US_PER_SECOND;
}

static bool
take_time(const char **text, int64_t *ret_us)
{
    int64_t hour;
    int64_t minute;
    int64_t second = 0;
    int64_t us = 0;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute)) {
        return false;
    }
    if (take_char(text, ':')) {
        if (!take_digits(text, 2, &second) || (take_char(text, '.') && !take_fraction(text, &us))) {
            return false;
        }
    }
    take_char(text, 'Z');
    *ret_us = ((hour * 60 + minute) * 60 + second) * US_PER_SECOND + us;
    return hour <= 23 && minute <= 59 && second <= 59;
}

int
clock_parse_utc(const char *text, int64_t *ret_epoch_us)
{
    int64_t days;
    int64_t us = 0;
    if (!take_date(&text, &days)) {
        return -1;
    }
    if (*text != '\0') {
        if ((!take_char(&text, 'T') && !take_char(&text, ' ')) || !take_time(&text, &us) ||
            *text != '\0') {
            return -1;
        }
    }
    *ret_epoch_us = days * SECONDS_PER_DAY * US_PER_SECOND + us;
    return 0;
}
