/**
 * Ids: what a run and its parts are called in traces and lineage. They are derived from the run's
 * id, flow, instance and the table's name, so whoever knows those can work them out, and each part
 * has the same id wherever it is told of.
 */
#ifndef PDC_REPORT_IDS_H
#define PDC_REPORT_IDS_H

#include "runtime/report/record.h"

enum { ID_TRACE_DIGITS = 32, ID_SPAN_DIGITS = 16, ID_UUID_LENGTH = 36 };

/** The run's trace: 16 bytes in hex. */
void id_trace(const RunRecord *record, char ret_id[ID_TRACE_DIGITS + 1]);
/** A part of it, 8 bytes in hex: `what` it is ("run", "publish", "table"); `table` may be NULL. */
void id_span(const RunRecord *record, const char *what, const RecordName *table,
             char ret_id[ID_SPAN_DIGITS + 1]);
/** The UUID of the run, or of a table's part in it. Of version 8 (RFC 9562), a hash. */
void id_uuid(const RunRecord *record, const RecordName *table, char ret_id[ID_UUID_LENGTH + 1]);

#endif
