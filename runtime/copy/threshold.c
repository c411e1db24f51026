#include "runtime/copy/threshold.h"

#include <math.h>

int64_t
copy_hash_threshold(double percent)
{
    double bound = ceil(ldexp(percent / 100.0, 63)); /* hashes below it are kept */
    if (!(bound > 0.0)) {
        return -1;
    }
    if (bound >= ldexp(1.0, 63)) {
        return INT64_MAX;
    }
    return (int64_t)bound - 1;
}
