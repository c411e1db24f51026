/**
 * Bind: names to columns, by the scope rules of SQL.
 *
 * A Set is what something is made of: columns of tables (numbers, see bind_column()), each with its
 * kinds, in the order of the numbers. A Shape is the row of a relation: named columns, each with
 * its set, and what is open: columns that nobody knows. Sets and shapes are not changed once made.
 */
#ifndef PDC_LINEAGE_BIND_PRIV_H
#define PDC_LINEAGE_BIND_PRIV_H

#include "compiler/lineage/lineage.h"
#include "compiler/lineage/tree_priv.h"
#include "runtime/base/map.h"

/** Rows of sets that are made, and selects that are bound, before lineage is given up. */
#define LINEAGE_WORK 4000000

typedef struct SetItem SetItem;
struct SetItem {
    uint32_t column;
    uint32_t kinds;
};

typedef struct Set Set;
struct Set {
    const SetItem *items;
    size_t n;
};

/** A set that is being made, on the heap; set_end() makes it one. */
typedef struct SetBuilder SetBuilder;
struct SetBuilder {
    VEC(SetItem) items;
};

typedef struct BindTable BindTable;
struct BindTable {
    const char *schema;
    const char *name;
    LineageTable known;
};

typedef struct BindColumn BindColumn;
struct BindColumn {
    uint32_t table;
    const char *name; /* NULL: some columns of the table */
};

typedef struct Bind Bind;
struct Bind {
    const LineageQuestion *question;
    Arena *arena;
    Map *table_numbers;  /* "schema.name" to BindTable index + 1 */
    Map *column_numbers; /* "table number.name" to BindColumn index + 1 */
    VEC(BindTable) tables;
    VEC(BindColumn) columns;
    size_t work;
    bool gave_up;
};

#define BIND_NONE UINT32_MAX

typedef struct ShapeColumn ShapeColumn;
struct ShapeColumn {
    const char *name; /* NULL: made up by the engine; any name may mean it */
    Set set;
};

/** Columns that nobody knows: all of a table, or what a function of the user returns. */
typedef struct ShapeOpen ShapeOpen;
struct ShapeOpen {
    uint32_t table; /* or BIND_NONE: then `any` is all that is known */
    Set any;
};

typedef struct Shape Shape;
struct Shape {
    VEC(ShapeColumn) columns;
    VEC(ShapeOpen) opens;
    Map *index; /* of a shape with many columns: folded names to their first number + 1 */
};

/** What a query gives. */
typedef struct Result Result;
struct Result {
    Shape *shape;
    Set filters;
};

/** A CTE, seen by the queries below it. */
typedef struct BindCte BindCte;
typedef struct Scope Scope;
struct BindCte {
    const TreeCte
        *cte; /* NULL: the CTE of the name of `hides`, and it alone, isn't seen from here */
    const BindCte *hides;
    const BindCte *next; /* those that were there before */
    const BindCte *sees; /* what its own query sees */
    const Scope *scope;  /* where the clause stands */
    Result result;       /* while it is being bound: of the round before */
    bool is_done;
    bool is_open;  /* being bound */
    bool was_read; /* while it was being bound */
    bool sees_itself;
};

typedef struct ScopeRelation ScopeRelation;
struct ScopeRelation {
    const char *schema;
    const char *name;
    const Shape *shape;
};

/** What a select sees. Tops are the rows of its `from` list, each a whole join; relations what
 * names before a dot may mean. */
struct Scope {
    const Scope *parent;
    const BindCte *ctes;
    VEC(ScopeRelation) relations;
    VEC(const Shape *) tops;
    const Shape *aliases; /* output columns, where they may be named; or NULL */
};

/* ---- sets ---- */

void set_add(SetBuilder *builder, uint32_t column, uint32_t kinds);
/** Adds a set, as it is but for the kinds: those in `keep` stay, `add` are added. */
void set_add_all(SetBuilder *builder, Set set, uint32_t keep, uint32_t add);
/** How a value becomes part of an expression: what was copied is computed now. */
void set_add_computed(SetBuilder *builder, Set set);
void set_add_filters(SetBuilder *builder, Set set);
/** As it is, but perhaps. */
void set_add_unsure(SetBuilder *builder, Set set);
/** Ends the builder. */
Set set_end(Bind *b, SetBuilder *builder);
bool set_equal(Set a, Set b);

/** The number of a table. */
uint32_t bind_table(Bind *b, const char *schema, const char *name);
/** The number of a table's column; NULL: of "some columns". */
uint32_t bind_column(Bind *b, uint32_t table, const char *name);
/** Counts work. @return false once lineage is given up */
bool bind_work(Bind *b, size_t n);
/** Are the names the same to the engine? */
bool bind_same_name(const Bind *b, const char *a, const char *c);

/* ---- shapes ---- */

typedef enum Found { FOUND_NOT, FOUND_PERHAPS, FOUND } Found;

Shape *shape_new(Bind *b);
void shape_add(Bind *b, Shape *shape, const char *name, Set set);
void shape_add_open(Bind *b, Shape *shape, uint32_t table, Set any);
/** The row of a table of the database. */
Shape *shape_of_table(Bind *b, uint32_t table);
/** Appends all of another shape. */
void shape_add_all(Bind *b, Shape *shape, const Shape *other);
/** Looks a column up, and adds what it is made of. */
Found shape_find(Bind *b, const Shape *shape, const char *name, SetBuilder *builder);
/** Only its named columns, without what is open or has no name. */
bool shape_find_named(Bind *b, const Shape *shape, const char *name, SetBuilder *builder);
/** Adds all that the row is made of. */
void shape_add_to(const Shape *shape, SetBuilder *builder);
/** The same row with other names: `as t(a, b)`. */
const Shape *shape_rename(Bind *b, const Shape *shape, TreeNames names);
bool shape_equal(const Shape *a, const Shape *b);

/* ---- scopes ---- */

/** Adds what a column's name means, innermost scope first. */
void scope_resolve(Bind *b, const Scope *scope, TreeNames names, SetBuilder *builder);
/** The rows that `*` or `t.*` stands for. @return how many were put into `ret_shapes`, in the
 * arena */
size_t scope_star(Bind *b, const Scope *scope, TreeNames qualifier, const Shape ***ret_shapes);

/* ---- queries ---- */

Result bind_query(Bind *b, const Scope *parent, const BindCte *ctes, const TreeQuery *query,
                  bool order_counts);
/** Adds what an expression is made of. `filters`: it stands where it decides about rows. */
void bind_expr(Bind *b, const Scope *scope, const TreeExpr *expr, bool filters,
               SetBuilder *builder);
/** Adds a relation of a `from` list to the scope, and what decides about its rows to `filters`. */
void bind_from(Bind *b, Scope *scope, const TreeFrom *from, SetBuilder *filters);
/** The CTE that a name without schema means, bound; or NULL. */
const Result *bind_cte(Bind *b, const BindCte *ctes, const char *name);
/** Adds the CTEs of a query to those that are seen. */
const BindCte *bind_ctes(Bind *b, const Scope *scope, const BindCte *ctes, const TreeQuery *query);

#endif
