/**
 * Build: the actions of flow.y that make nodes. All nodes are allocated in the parser's arena;
 * texts are made from the places of tokens. A node that would be deeper than AST_DEPTH_LIMIT is
 * reported, and its child returned instead.
 */
#ifndef PDC_PARSE_BUILD_H
#define PDC_PARSE_BUILD_H

#include "compiler/ast/ast.h"
#include "compiler/parse/parse_priv.h"

typedef VEC(AstArg) ArgList;
typedef VEC(AstMeta) MetaList;

/** `for x in LIST`, `for (a, b) in LIST` */
typedef struct ForHead ForHead;
struct ForHead {
    AstNames vars;
    bool tuple;
    AstExpr *list;
};

#define DECL(KIND, span, name) build_decl(parser, AST_##KIND, sizeof(AstDecl), (span), (name))
#define CLAUSE(KIND, span)     build_clause(parser, AST_CLAUSE_##KIND, (span))
#define RULE(KIND, span)       build_rule(parser, AST_RULE_##KIND, (span))

/* Names and types. `span` is that of the word. */
AstName *build_name(Parser *parser, Span span);
AstName *build_string_name(Parser *parser, Span span);
AstName *build_hole_name(Parser *parser, Span span, AstExpr *hole);
AstName *build_glue(Parser *parser, AstName *left, AstName *right);
AstQname *build_qname(Parser *parser, Span span, AstName *stage, AstName *name);
AstType *build_type(Parser *parser, Span name, AstExprs *sizes, unsigned dimensions, Span span);
AstExpr *build_type_size(Parser *parser, Span span);

/* Expressions. */
AstExpr *build_null(Parser *parser, Span span);
AstExpr *build_bool(Parser *parser, Span span, bool value);
AstExpr *build_number(Parser *parser, Span span);
AstExpr *build_string(Parser *parser, Span span);
AstExpr *build_ref(Parser *parser, AstName *name);
AstExpr *build_member(Parser *parser, AstExpr *object, AstName *member);
AstExpr *build_call(Parser *parser, Span span, AstExpr *callee, ArgList *args);
AstExpr *build_group(Parser *parser, Span span, AstExpr *inner);
/** `first` and `rest` may be NULL. */
AstExpr *build_list(Parser *parser, Span span, AstExpr *first, AstExprs *rest);
AstExpr *build_unary(Parser *parser, AstOperator op, Span op_span, AstExpr *operand, Span span);
AstExpr *build_binary(Parser *parser, AstOperator op, Span op_span, AstExpr *left, AstExpr *right);
/** Without the round brackets around it. */
const AstExpr *build_ungroup(const AstExpr *expr);

/* SQL and bodies. */
AstSql *build_sql(Parser *parser, Span open, Span close, AstPieces *pieces);
void build_append_piece(Parser *parser, AstPieces *pieces, AstPiece *piece);
AstPiece *build_text_piece(Parser *parser, Span span);
AstPiece *build_hole_piece(Parser *parser, Span span, AstExpr *expr);
AstPiece *build_for_piece(Parser *parser, Span span, ForHead *head, AstExpr *condition,
                          AstJoin join, AstPieces *body);
AstPiece *build_if_piece(Parser *parser, Span span, AstExpr *condition, AstPieces *then_body,
                         AstPieces *else_body);
AstBody *build_body(Parser *parser, AstKind kind, Span span);
AstBody *build_sql_body(Parser *parser, AstSql *sql);
ForHead *build_for_head(Parser *parser, AstName *name, AstNames *names, AstExpr *list);

/* Clauses. */
AstClause *build_clause(Parser *parser, AstClauseKind what, Span span);
AstClause *build_columns_clause(Parser *parser, AstClauseKind what, Span span, AstNames *columns);
AstClause *build_value_clause(Parser *parser, AstClauseKind what, Span span, AstExpr *value);
AstClause *build_sql_clause(Parser *parser, AstClauseKind what, Span span, AstSql *sql);
AstClause *build_references(Parser *parser, AstClauseKind what, Span span, AstNames *columns,
                            AstQname *target, AstNames *target_columns);
/** One of `value` and `sql` is NULL. */
AstClause *build_cache_by(Parser *parser, Span span, AstExpr *value, AstSql *sql);
void build_set_meta(AstClause *clause, const MetaList *metas);
/** Sets a part of a clause; `word` gets a message if it was set before. */
#define build_set_once(parser, slot, value, word)                                                  \
    do {                                                                                           \
        if (*(slot) != NULL) {                                                                     \
            build_report_repeated((parser), (word));                                               \
        }                                                                                          \
        *(slot) = (value);                                                                         \
    } while (0)
void build_report_repeated(Parser *parser, Span word);

/* Declarations. */
AstDecl *build_decl(Parser *parser, AstKind kind, size_t size_bytes, Span span, AstName *name);
AstDecl *build_attrs(Parser *parser, Span span, AstAttrs *attrs);
AstAttr *build_attr(Parser *parser, Span span, AstName *name, AstType *type, AstExpr *value);
AstDecl *build_const(Parser *parser, Span span, AstName *name, AstExpr *value);
AstDecl *build_use(Parser *parser, Span span, AstNames *module, AstExpr *path);
AstDecl *build_contract(Parser *parser, Span span, AstName *name, AstName *extends,
                        AstContract *items, AstClauses *clauses);
AstColumn *build_column(Parser *parser, Span span, AstName *name, AstType *type,
                        AstClauses *clauses);
AstParam *build_param(Parser *parser, Span span, AstName *name, AstType *type);
void build_add_variant(Parser *parser, AstFunction *function, Span span, AstName *engine,
                       AstSql *sql);
AstDecl *build_function(Parser *parser, Span span, AstName *name, AstParams *params,
                        AstType *returns, AstFunction *variants);
AstDecl *build_task(Parser *parser, Span span, AstName *name, AstParams *params, AstTask *returns,
                    AstClauses *clauses, AstBody *body);
AstDecl *build_stage(Parser *parser, Span span, AstName *name, AstClauses *clauses,
                     AstDecls *items);
AstDecl *build_input(Parser *parser, Span span, AstDecls *items);
AstDecl *build_table(Parser *parser, Span span, AstNames *names, AstName *contract,
                     AstClauses *clauses, AstBody *body);
AstDecl *build_view(Parser *parser, Span span, AstName *name, AstName *contract,
                    AstClauses *clauses, AstBody *body);
AstDecl *build_history(Parser *parser, Span span, AstName *name, AstQname *of, AstClauses *clauses);
/** `params` is NULL in a stage. */
AstDecl *build_check(Parser *parser, Span span, AstName *name, bool warn_only, AstParams *params,
                     AstClauses *clauses, AstBody *body);
AstDecl *build_exposure(Parser *parser, Span span, AstName *name, AstClauses *clauses);
AstDecl *build_hook(Parser *parser, Span span, bool after_publish, AstBody *body);
/** `else_items` is NULL where there is no `else`. */
AstDecl *build_if(Parser *parser, Span span, AstExpr *condition, AstDecls *then_items,
                  AstDecls *else_items);
AstDecls *build_else_if(Parser *parser, AstDecl *item);
AstDecl *build_for(Parser *parser, Span span, ForHead *head, AstDecls *items);

/* Copy. */
AstDecl *build_copy(Parser *parser, Span span, AstExpr *source, AstExpr *per_user, AstExpr *when,
                    AstCopy *lines);
AstCopyLine *build_copy_line(Parser *parser, AstCopyTarget target, Span span);
AstRule *build_rule(Parser *parser, AstRuleKind what, Span span);
AstRule *build_sample_size(Parser *parser, Span span, AstExpr *amount, const AstName *unit);
AstRule *build_follow_more(Parser *parser, AstRule *rule, AstQname *table, bool any_of, Span word);
AstRule *build_mask(Parser *parser, Span span, AstName *column, AstMaskKind mask, AstExpr *text);

/* Tests. */
/** `rule '…' as SELECT`: of all tables, for people who work on the flow. */
AstDecl *build_policy(Parser *parser, Span span, AstExpr *title, bool warn_only, AstBody *body);
AstDecl *build_test(Parser *parser, Span span, AstExpr *title, AstNodes *settings, AstExpr *at,
                    AstNodes *steps);
AstNode *build_setting(Parser *parser, Span span, AstName *name, AstExpr *value);
AstNode *build_given(Parser *parser, Span span, AstQname *table, AstNames *columns, AstBody *body);
AstNode *build_expect(Parser *parser, Span span, AstQname *table, AstNames *columns, AstBody *body);
AstNode *build_expect_error(Parser *parser, Span span, AstExpr *pattern);

#endif
