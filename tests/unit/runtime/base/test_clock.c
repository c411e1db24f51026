#include "runtime/base/clock.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *text;
    int64_t us;
} times[] = {
    {"1970-01-01T00:00:00.000000Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1969-12-31T23:59:59.999999Z", -1},
    {"2000-02-29T12:34:56.789000Z", INT64_C(951827696789000)},
    {"2026-01-31T12:00:00.123456Z", INT64_C(1769860800123456)},
    {"0001-01-01T00:00:00.000000Z", INT64_C(-62135596800000000)},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
};

Test(clock, formats_and_reads_back)
{
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        char text[28];
        int64_t us = 7;
        clock_format_utc(times[i].us, text, sizeof(text));
        cr_assert_str_eq(text, times[i].text);
        cr_assert_eq(clock_parse_utc(text, &us), 0, "%s", text);
        cr_assert_eq(us, times[i].us, "%s", text);
    }
}

Test(clock, agrees_with_the_c_library)
{
    for (int64_t day = -200000; day < 200000; day += 97) {
        time_t seconds = (time_t)(day * 86400 + 12345);
        struct tm parts;
        char ours[28];
        char theirs[28];
        cr_assert_not_null(gmtime_r(&seconds, &parts));
        strftime(theirs, sizeof(theirs), "T%H:%M:%S", &parts);
        clock_format_utc((int64_t)seconds * 1000000, ours, sizeof(ours));
        cr_assert_eq(strncmp(strchr(ours, 'T'), theirs, 9), 0);
        int64_t back;
        cr_assert_eq(clock_parse_utc(ours, &back), 0, "%s", ours);
        cr_assert_eq(back, (int64_t)seconds * 1000000);
        cr_assert_eq((ours[8] - '0') * 10 + ours[9] - '0', parts.tm_mday, "%s", ours);
        cr_assert_eq((ours[5] - '0') * 10 + ours[6] - '0', parts.tm_mon + 1, "%s", ours);
    }
}

Test(clock, far_away_times_do_not_overflow_the_text)
{
    char text[28];
    clock_format_utc(INT64_MAX, text, sizeof(text));
    clock_format_utc(INT64_MIN, text, sizeof(text));
    cr_assert_lt(strlen(text), sizeof(text));
}

Test(clock, reads_shorter_forms)
{
    static const struct {
        const char *text, *same;
    } cases[] = {
        {"2026-01-31", "2026-01-31T00:00:00.000000Z"},
        {"2026-01-31 07:08", "2026-01-31T07:08:00.000000Z"},
        {"2026-01-31T07:08Z", "2026-01-31T07:08:00.000000Z"},
        {"2026-01-31 07:08:09.5", "2026-01-31T07:08:09.500000Z"},
        {"2024-02-29", "2024-02-29T00:00:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t us;
        char text[28];
        cr_assert_eq(clock_parse_utc(cases[i].text, &us), 0, "%s", cases[i].text);
        clock_format_utc(us, text, sizeof(text));
        cr_assert_str_eq(text, cases[i].same);
    }
}

Test(clock, refuses_what_is_neither)
{
    static const char *const texts[] = {
        "",
        "2026",
        "2026-1-1",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "2025-02-31",
        "2026-01-00",
        "2026-01-01T",
        "2026-01-01T24:00",
        "2026-01-01T10:60",
        "2026-01-01T10:00:60",
        "2026-01-01T10:00:00.",
        "2026-01-01T10:00:00.1234567",
        "2026-01-01X10:00",
        "2026-01-01Z",
        " 2026-01-01",
        "2026-01-01 ",
        "20260101",
        "2026-01-01T10:00+01",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t us = 42;
        cr_assert_eq(clock_parse_utc(texts[i], &us), -1, "%s", texts[i]);
        cr_assert_eq(us, 42);
    }
}

Test(clock, runs)
{
    int64_t start = clock_monotonic_us();
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    cr_assert_geq(clock_monotonic_us() - start, 2000);
    cr_assert_gt(clock_now_us(), INT64_C(1700000000000000));
}
