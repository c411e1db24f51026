/**
 * Data files of a flow, as the compiler finds them: beside the `.flow` that names them, where the
 * executable is built.
 */
#ifndef PDC_TYPES_DATA_FILE_H
#define PDC_TYPES_DATA_FILE_H

#include "runtime/elaborate/flow.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/flow/sources.h"

/** Path of the file that a CSV or Parquet body reads, in `arena`. */
const char *data_file_path(const FlowBody *body, FlowSources *sources, Arena *arena);
/** The arguments of csv(…). @return false where one is wrong, which elaboration reported */
MUST_CHECK bool data_file_csv_options(const FlowBody *body, CsvOptions *ret_options);

#endif
