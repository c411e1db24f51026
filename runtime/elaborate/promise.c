#include "runtime/base/str.h"
#include "runtime/elaborate/flow.h"

const char *
flow_rejected_name(const FlowTable *table, Arena *arena)
{
    return arena_printf(arena, "%s__rejected", table->name);
}

bool
flow_constraint_is_scanned(const FlowTable *table, const FlowConstraint *constraint)
{
    if (!table->is_promised || table->kind == PDC_VIEW ||
        (constraint->warn && table->violation != FLOW_VIOLATION_WARN)) {
        return false;
    }
    switch (constraint->kind) {
    case PDC_CLAUSE_PRIMARY_KEY:
    case PDC_CLAUSE_UNIQUE:
    case PDC_CLAUSE_NOT_NULL: return true;
    case PDC_CLAUSE_CHECK: /* other tables may not be there yet */
        return constraint->condition->n_inputs == 0;
    default: return false;
    }
}

bool
flow_is_pii(const PdcContract *contract, const char *column)
{
    for (size_t i = 0; contract != NULL && i < contract->n_columns; i++) {
        if (text_equal_ignore_case(contract->columns[i].name, column)) {
            return contract->columns[i].pii;
        }
    }
    return false;
}
