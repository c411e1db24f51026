/**
 * What the files of elaborate/ that work out copy blocks share.
 */
#ifndef PDC_ELABORATE_COPY_PRIV_H
#define PDC_ELABORATE_COPY_PRIV_H

#include "runtime/elaborate/copy_graph.h"
#include "runtime/elaborate/elaborate_priv.h"

/** Works out the values of a rule. @param table  whose rows are chosen; with `entity` its home, or
 * NULL */
MUST_CHECK int copy_rule_bind(Elaboration *e, const PdcCopyRule *rule, const FlowTable *table,
                              const FlowEntity *entity, FlowCopyRule *bound);
/** Rules that contradict each other. */
MUST_CHECK int copy_rules_check(Elaboration *e, const FlowCopyRule *rules, size_t n);
bool copy_rules_any(const FlowTable *table, bool (*holds)(PdcCopyRuleKind kind));
/** Does the rule pick rows by itself, and not among those that others bring? */
bool copy_rule_begins(PdcCopyRuleKind kind);
/** Does the rule count or rank the rows among which it chooses? */
bool copy_rule_ranks(PdcCopyRuleKind kind);
bool copy_follows_itself(const FlowTable *table);

/** Marks the links that `break` rules null. */
MUST_CHECK int copy_links_break(Elaboration *e);
/** Masks whose key is missing, references whose ends are masked apart, and personal columns without
 * a mask. */
MUST_CHECK int copy_masks_check(Elaboration *e);
/** Finds the home of an entity, and tells the tables that carry its key. */
MUST_CHECK int copy_entity_place(Elaboration *e, FlowEntity *entity);

#endif
