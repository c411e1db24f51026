#include "runtime/report/ids.h"

#include "runtime/key/hash.h"

#include <stdio.h>
#include <string.h>

static void
digest(const RunRecord *record, const char *kind, const char *what, const RecordName *table,
       char digits[HASH_DIGITS + 1])
{
    Hash *hash = hash_begin();
    hash_text(hash, kind);
    hash_text(hash, what);
    hash_text(hash, record->subject.flow);
    hash_text(hash, record->subject.instance);
    hash_text(hash, record->run);
    if (record->run == NULL) { /* it ended before it had an id */
        hash_number(hash, (uint64_t)record->started_us);
    }
    hash_text(hash, table != NULL ? table->stage : NULL);
    hash_text(hash, table != NULL ? table->name : NULL);
    hash_end(hash, digits);
}

void
id_trace(const RunRecord *record, char ret_id[ID_TRACE_DIGITS + 1])
{
    _Static_assert((int)HASH_DIGITS == (int)ID_TRACE_DIGITS, "a trace id is a digest");
    digest(record, "trace", NULL, NULL, ret_id);
}

void
id_span(const RunRecord *record, const char *what, const RecordName *table,
        char ret_id[ID_SPAN_DIGITS + 1])
{
    char digits[HASH_DIGITS + 1];
    digest(record, "span", what, table, digits);
    memcpy(ret_id, digits, ID_SPAN_DIGITS);
    ret_id[ID_SPAN_DIGITS] = '\0';
}

void
id_uuid(const RunRecord *record, const RecordName *table, char ret_id[ID_UUID_LENGTH + 1])
{
    static const char variant[] = "89ab";
    char d[HASH_DIGITS + 1];
    digest(record, "uuid", NULL, table, d);
    d[12] = '8';                                                            /* the version */
    d[16] = variant[(d[16] <= '9' ? d[16] - '0' : d[16] - 'a' + 10) & 0x3]; /* its first two bits */
    snprintf(ret_id, ID_UUID_LENGTH + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", d, d + 8, d + 12, d + 16,
             d + 20);
}
