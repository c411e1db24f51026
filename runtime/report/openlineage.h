/**
 * OpenLineage: a run as RunEvents of the OpenLineage standard (specification 2-0-2), an object a
 * line, so that catalogues see which table was made of which.
 *
 * The run is one job, `flow.instance`; each table that is worked on is a job of its own,
 * `flow.instance.stage.table`, with the run as its parent, the tables that it reads as inputs and
 * itself as output. A table's job is COMPLETE when readers see what it made: so its end is told
 * with the run's. What a run made that published nothing is an ABORT.
 *
 * Datasets are called as other integrations call them: `postgres://HOST:PORT` and
 * `DATABASE.SCHEMA.TABLE`, `duckdb://PATH` and `NAME.SCHEMA.TABLE`, `file` and an absolute path.
 */
#ifndef PDC_REPORT_OPENLINEAGE_H
#define PDC_REPORT_OPENLINEAGE_H

#include "runtime/base/str.h"
#include "runtime/report/record.h"

typedef struct LineageOptions LineageOptions;
struct LineageOptions {
    const char *job_namespace;
    const char *version; /* of the pdc that built the flow */
};

/** Appends the START of the run. */
void openlineage_append_start(const RunRecord *record, const LineageOptions *options, Str *out);
/** Appends the START of a table's job. */
void openlineage_append_table_start(const RunRecord *record, const RecordTable *table,
                                    const LineageOptions *options, Str *out);
/** Appends how the tables' jobs and the run ended. */
void openlineage_append_end(const RunRecord *record, const LineageOptions *options, Str *out);

#endif
