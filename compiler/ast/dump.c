#include "compiler/ast/dump.h"

#include "compiler/ast/walk.h"

#include <inttypes.h>
#include <string.h>

/*
 * The tree is written by the walker; this file only adds what a node says by itself: `(kind detail
 * child child)`. What children alone do not tell (which of them is an `else`, say) is a detail.
 */
typedef struct Dump Dump;
struct Dump {
    Str *out;
    bool with_spans;
    unsigned depth;
};

/* ---- texts ---- */

static void
put_quoted(Str *out, const char *text, size_t length)
{
    str_append_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            str_append_format(out, "\\%c", c);
        } else if (c == '\n') {
            str_append(out, "\\n");
        } else if (c < ' ' || c == 0x7f) {
            str_append_format(out, "\\x%02x", c);
        } else {
            str_append_char(out, (char)c);
        }
    }
    str_append_char(out, '"');
}

static void
put_text(Str *out, const char *text)
{
    put_quoted(out, text, strlen(text));
}

static void
put_word(Str *out, const char *word)
{
    str_append_char(out, ' ');
    str_append(out, word);
}

static void
put_flag(Str *out, bool flag, const char *word)
{
    if (flag) {
        put_word(out, word);
    }
}

/* ---- details by kind ---- */

static void
put_name(Str *out, const AstName *name)
{
    for (size_t i = 0; i < name->parts.n; i++) {
        const AstNamePart *part = &name->parts.items[i];
        if (part->hole != NULL) {
            put_word(out, "${}");
        } else if (part->quoted) {
            str_append_char(out, ' ');
            put_text(out, part->text);
        } else {
            put_word(out, part->text);
        }
    }
}

static void
put_literal(Str *out, const AstExpr *expr)
{
    switch ((int)expr->node.kind) {
    case AST_EXPR_BOOL: put_word(out, expr->as.boolean ? "true" : "false"); break;
    case AST_EXPR_INT: str_append_format(out, " %" PRId64, expr->as.integer); break;
    case AST_EXPR_NUMBER: put_word(out, expr->as.number.text); break;
    case AST_EXPR_STRING:
        str_append_char(out, ' ');
        put_quoted(out, expr->as.string.text, expr->as.string.length);
        break;
    default: put_word(out, ast_operator_text(expr->as.op.op)); break;
    }
}

static void
put_call(Str *out, const AstExpr *call)
{
    for (size_t i = 0; i < call->as.call.args.n; i++) {
        put_word(out, call->as.call.args.items[i].name != NULL ? "name=>value" : "value");
    }
}

static void
put_piece(Str *out, const AstPiece *piece)
{
    switch ((int)piece->node.kind) {
    case AST_SQL_TEXT:
        str_append_char(out, ' ');
        put_quoted(out, piece->as.text.bytes, piece->as.text.length);
        break;
    case AST_SQL_HOLE:
        put_flag(out, piece->as.hole.glued_left, "glued-left");
        put_flag(out, piece->as.hole.glued_right, "glued-right");
        break;
    case AST_SQL_FOR:
        put_flag(out, piece->as.repeat.tuple, "tuple");
        put_flag(out, piece->as.repeat.condition != NULL, "if");
        str_append_char(out, ' ');
        put_text(out, ast_join_text(piece->as.repeat.join));
        break;
    default:
        str_append_format(out, " then=%zu else=%zu", piece->as.choice.then_body.n,
                          piece->as.choice.else_body.n);
        break;
    }
}

static const char *const cache_words[] = {"expr", "file", "shell", "query", "always", "never"};
static const char *const violation_words[] = {"fail", "warn", "reject"};
static const char *const incremental_words[] = {"by", "merge", "append"};
static const char *const mask_words[] = {"hash", "null", "fake", "expr"};
static const char *const target_words[] = {"table", "entity", "rest"};
static const char *const returns_words[] = {"table", "tables", "blob"};

static void
put_clause(Str *out, const AstClause *clause)
{
    put_flag(out, true, ast_clause_words(clause->what));
    put_flag(out, clause->warn_only, "warn-only");
    put_flag(out, clause->enforced, "enforced");
    put_flag(out, clause->sql != NULL && clause->columns.n > 0, "columns");
    put_flag(out, clause->lookback != NULL, "lookback");
    put_flag(out, clause->batch != NULL, "batch");
    put_flag(out, clause->warn_after != NULL, "warn-after");
    put_flag(out, clause->fail_after != NULL, "fail-after");
    put_flag(out, clause->by != NULL, "by");
    if (clause->what == AST_CLAUSE_CACHE_BY) {
        put_word(out, cache_words[clause->cache]);
    } else if (clause->what == AST_CLAUSE_ON_VIOLATION) {
        put_word(out, violation_words[clause->violation]);
    } else if (clause->what == AST_CLAUSE_INCREMENTAL) {
        put_word(out, incremental_words[clause->mode]);
    }
}

static void
put_rule(Str *out, const AstRule *rule)
{
    put_word(out, ast_rule_words(rule->what));
    put_flag(out, rule->any_of, "any-of");
    put_flag(out, rule->all, "all");
    if (rule->what == AST_RULE_SAMPLE_BYTES) {
        str_append_format(out, " *%.0f", rule->unit_bytes);
    } else if (rule->what == AST_RULE_MASK) {
        put_word(out, mask_words[rule->mask]);
    }
}

#define AS(Type) ((const Type *)(const void *)node)

static void
put_type(Str *out, const AstType *type)
{
    put_word(out, type->name);
    for (unsigned i = 0; i < type->array_dimensions; i++) {
        str_append(out, "[]");
    }
}

/** What declarations say beside their children. */
static void
put_decl(Str *out, const AstNode *node)
{
    switch ((int)node->kind) {
    case AST_TASK: put_word(out, returns_words[AS(AstTask)->returns]); break;
    case AST_FUNCTION: put_flag(out, AS(AstFunction)->returns != NULL, "returns"); break;
    case AST_CHECK:
        put_flag(out, AS(AstCheck)->warn_only, "warn-only");
        put_flag(out, AS(AstCheck)->has_params, "params");
        break;
    case AST_HOOK: put_word(out, AS(AstHook)->after_publish ? "after-publish" : "setup"); break;
    case AST_IF:
        str_append_format(out, " then=%zu else=%zu", AS(AstIf)->then_items.n,
                          AS(AstIf)->else_items.n);
        break;
    case AST_FOR: put_flag(out, AS(AstFor)->tuple, "tuple"); break;
    case AST_COPY: put_flag(out, AS(AstCopy)->per_user != NULL, "per-user"); break;
    case AST_POLICY: put_flag(out, AS(AstPolicy)->warn_only, "warn"); break;
    case AST_TEST: put_flag(out, AS(AstTest)->at != NULL, "at"); break;
    default: break; /* all is in the children */
    }
    if (AS(AstDecl)->doc != NULL) {
        str_append(out, " doc=");
        put_text(out, AS(AstDecl)->doc);
    }
}

static void
put_details(Str *out, const AstNode *node)
{
    if (ast_is_decl(node)) {
        put_decl(out, node);
        return;
    }
    switch ((int)node->kind) {
    case AST_NAME: put_name(out, AS(AstName)); break;
    case AST_TYPE: put_type(out, AS(AstType)); break;
    case AST_EXPR_BOOL:
    case AST_EXPR_INT:
    case AST_EXPR_NUMBER:
    case AST_EXPR_STRING:
    case AST_EXPR_UNARY:
    case AST_EXPR_BINARY: put_literal(out, AS(AstExpr)); break;
    case AST_EXPR_CALL: put_call(out, AS(AstExpr)); break;
    case AST_SQL_TEXT:
    case AST_SQL_HOLE:
    case AST_SQL_FOR:
    case AST_SQL_IF: put_piece(out, AS(AstPiece)); break;
    case AST_CLAUSE: put_clause(out, AS(AstClause)); break;
    case AST_RULE: put_rule(out, AS(AstRule)); break;
    case AST_COPY_LINE: put_word(out, target_words[AS(AstCopyLine)->target]); break;
    case AST_EXPECT: put_flag(out, AS(AstExpect)->error != NULL, "error"); break;
    default: break; /* all is in the children */
    }
}

/* ---- the tree ---- */

/** Names and literals stay on the line of their parent. */
static bool
is_short(AstKind kind)
{
    return kind == AST_NAME || kind == AST_QNAME || kind == AST_TYPE ||
           (kind >= AST_EXPR_NULL && kind <= AST_EXPR_BINARY);
}

static bool
enter(const AstNode *node, void *context)
{
    Dump *dump = context;
    if (is_short(node->kind)) {
        str_append_char(dump->out, ' ');
    } else {
        str_append_char(dump->out, '\n');
        str_append_repeat(dump->out, ' ', (size_t)dump->depth * 2);
    }
    str_append_char(dump->out, '(');
    str_append(dump->out, ast_kind_name(node->kind));
    if (dump->with_spans) {
        str_append_format(dump->out, "@%u-%u", node->span.start, node->span.end);
    }
    put_details(dump->out, node);
    dump->depth++;
    return true;
}

static void
leave(const AstNode *node, void *context)
{
    Dump *dump = context;
    (void)node;
    str_append_char(dump->out, ')');
    dump->depth--;
}

void
ast_dump_file(const AstFile *file, bool with_spans, Str *out)
{
    Dump dump = {out, with_spans, 1};
    str_append(out, "(file");
    ast_walk_file(file, &(AstVisitor){enter, leave, &dump});
    str_append(out, ")\n");
}
