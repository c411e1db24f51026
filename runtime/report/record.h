/**
 * Record: a run as its events have told it, for those who want it as a whole: metrics, traces,
 * lineage.
 *
 * In:   what the run is about, RunEvents. Out: a RunRecord, its texts in its own arena.
 */
#ifndef PDC_REPORT_RECORD_H
#define PDC_REPORT_RECORD_H

#include "runtime/base/arena.h"
#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/exec/event.h"

/** What a run is about; known before it begins. */
typedef struct RunSubject RunSubject;
struct RunSubject {
    const char *flow;
    const char *instance;
    RunEventPlace place;
};

/** The name of a table; `stage` may be NULL where it stands for a schema. */
typedef struct RecordName RecordName;
struct RecordName {
    const char *stage;
    const char *name;
};

typedef struct RecordTable RecordTable;
struct RecordTable {
    RecordName name;
    PlanAction action;
    StepState state;
    const char *reason;
    const char *error;  /* of a failed one; else NULL */
    int64_t rows;       /* -1: not known */
    double seconds;     /* that making its rows took, the last time; < 0: not known */
    int64_t started_us; /* of its work in this run; 0: there was none */
    int64_t ended_us;   /* 0: it had not ended when the run did */
    RecordName *inputs;
    size_t n_inputs;
    const char *file;        /* that its rows are read from, or NULL */
    bool is_copied;          /* from the table of that name in RunRecord.source */
    RecordName external;     /* a table outside of the flow that its rows come from; or no name */
    RunEventColumn *columns; /* where known */
    size_t n_columns;
};

/** A check, warn or constraint that found rows. */
typedef struct RecordCheck RecordCheck;
struct RecordCheck {
    RecordName name;
    const char *clause; /* or NULL */
    bool warn;
    int64_t violations;
    int64_t at_us;
};

typedef struct RunRecord RunRecord;
struct RunRecord {
    Arena *arena;
    RunSubject subject;
    const char *run;      /* its id; NULL until it is known */
    RunEventPlace source; /* of copies; url NULL: nothing is copied */
    int64_t started_us;
    int64_t ended_us;
    double seconds;
    RunState state; /* RUNNING until the end */
    RunCounts counts;
    const char *error;          /* what ended it, or its first failure; or NULL */
    int64_t publish_started_us; /* 0: nothing was published */
    int64_t publish_ended_us;   /* 0: that did not end */
    size_t n_published;         /* changes */
    VEC(RecordTable *) tables;  /* in the order of the plan */
    VEC(RecordCheck) checks;
    Map *tables_by_name;
};

/** A run begins at `now_us`. Texts are copied. */
MUST_CHECK RunRecord *record_new(const RunSubject *subject, int64_t now_us);
void record_free(RunRecord *record);

/** Notes an event. @return the table that it is of, or NULL */
const RecordTable *record_take(RunRecord *record, const RunEvent *event);
/** The run ended without an event that says so: its flow doesn't fit the instance. */
void record_end_early(RunRecord *record, int64_t now_us);
/** The table of that name, or NULL. */
const RecordTable *record_find(const RunRecord *record, const RecordName *name);

#endif
