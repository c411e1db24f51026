#include "runtime/copy/threshold.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>

Test(threshold, none_at_0_and_all_at_100_percent)
{
    static const struct {
        double percent;
        int64_t threshold;
    } cases[] = {
        {0, -1},
        {-0.0, -1},
        {-1, -1},
        {-INFINITY, -1},
        {NAN, -1},
        {5e-324, -1}, /* a hundredth of it is 0 */
        {1e-300, 0},  /* 0 is below any part of a hash */
        {50, INT64_MAX / 2},
        {25, INT64_MAX / 4},
        {100, INT64_MAX},
        {100.5, INT64_MAX},
        {INFINITY, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t threshold = copy_hash_threshold(cases[i].percent);
        cr_assert_eq(threshold, cases[i].threshold, "%g percent: %" PRId64, cases[i].percent,
                     threshold);
    }
}

/** Samples nest: a greater percentage never keeps fewer, and each keeps its part. */
Test(threshold, grows_with_the_percentage)
{
    int64_t before = copy_hash_threshold(0);
    for (int i = 1; i <= 100000; i++) {
        double percent = (double)i / 1000;
        int64_t threshold = copy_hash_threshold(percent);
        cr_assert_gt(threshold, before, "%g percent", percent);
        double kept = ((double)threshold + 1) / ldexp(1, 63) * 100;
        cr_assert_float_eq(kept, percent, 1e-12, "%g percent keeps %g", percent, kept);
        before = threshold;
    }
    cr_assert_lt(copy_hash_threshold(nextafter(100, 0)), INT64_MAX);
}
