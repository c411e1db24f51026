/* The grammar of .flow files: LALR(1), without conflicts. Tokens carry only their place; build.c makes nodes.
 *
 * Words are reserved only where they must be (keywords.def); the others are names through `soft_word`.
 * After an error the parser goes on behind the next `;` or `}`, and behind the end of a hole. A head that is wrong before a
 * block of statements does not lose the block. tokens.c sees to it that skipping ends at the right one.
 */
%require "3.8"
%define api.prefix {flow_yy}
%define api.pure full
%define api.location.type {Span}
%define api.token.prefix {TOKEN_}
%define parse.error custom
%define parse.lac full
%locations
%param {struct Parser *parser}

%code requires {
#include "compiler/parse/build.h"
}

%code {
#include "compiler/parse/parse_priv.h"

/* Deep enough for AST_DEPTH_LIMIT brackets; what goes past it is a chain of `not` or `else if`. */
#define YYMAXDEPTH 6000

#define YYLLOC_DEFAULT(current, rhs, n)                                            \
    (current) = (n) > 0 ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))            \
                        : span_make(YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end)

#define NEW(Type) ARENA_NEW(parser->arena, Type)

/* Poisoned items (NULL) are left out. `item` is evaluated twice. */
#define APPEND(list, item)                                                         \
    do {                                                                           \
        if ((item) != NULL) {                                                      \
            vec_push_in(parser->arena, (list), (item));                            \
        }                                                                          \
    } while (0)

static int flow_yylex(YYSTYPE *value, Span *span, Parser *parser);
static void flow_yyerror(Span *span, Parser *parser, const char *message);
}

%union {
    AstName *name;
    AstNames *names;
    AstQname *qname;
    AstQnames *qnames;
    AstType *type;
    AstExpr *expr;
    AstExprs *exprs;
    AstArg arg;
    ArgList *args;
    AstSql *sql;
    AstSqls *sqls;
    AstPiece *piece;
    AstPieces *pieces;
    AstJoin join;
    AstBody *body;
    AstClause *clause;
    AstClauses *clauses;
    AstMeta meta;
    MetaList *metas;
    AstViolation violation;
    AstDecl *decl;
    AstDecls *decls;
    AstNode *node;
    AstNodes *nodes;
    AstAttr *attr;
    AstAttrs *attrs;
    AstContract *contract;
    AstColumn *column;
    AstParam *param;
    AstParams *params;
    AstFunction *function;
    AstTask *task;
    AstRule *rule;
    AstRules *rules;
    AstCopy *copy;
    AstCopyLine *copy_line;
    ForHead *for_head;
}

/* ---- tokens ---- */

%token END 0             "the end of the file"
%token NAME              "a name"
%token QUOTED_NAME       "a quoted name"
%token NUMBER            "a number"
%token STRING            "a string"
%token SQL_OPEN          "SQL"
%token SQL_CLOSE         "the end of the SQL"
%token SQL_TEXT          "SQL text"
%token HOLE_OPEN         "${"
%token HOLE_CLOSE        "the `}` of `${`"
%token ELSE_COLON        "else:"
%token GLUE              "the rest of a name"
%token SCRIPT_OPEN       "the `{` of a script"
%token SCRIPT_CLOSE      "the `}` of a script"
%token LEFT_ROUND        "("
%token RIGHT_ROUND       ")"
%token LEFT_SQUARE       "["
%token RIGHT_SQUARE      "]"
%token LEFT_CURLY        "{"
%token RIGHT_CURLY       "}"
%token SEMICOLON         ";"
%token COLON             ":"
%token COMMA             ","
%token DOT               "."
%token ARROW             "=>"
%token EQ                "="
%token NE                "<>"
%token LT                "<"
%token LE                "<="
%token GT                ">"
%token GE                ">="
%token CONCAT            "||"
%token ADD               "+"
%token SUB               "-"
%token MUL               "*"
%token DIV               "/"
%token MOD               "%"
%token NOT_IN            "not in"
%token WARN_AFTER        "warn after"
%token
    ABOVE        "above"
    AFTER        "after"
    ALL          "all"
    ALLOW        "allow"
    AND          "and"
    APPEND       "append"
    AS           "as"
    AT           "at"
    ATTRS        "attrs"
    BATCH        "batch"
    BLOB         "blob"
    BOUNDS       "bounds"
    BREAK        "break"
    BY           "by"
    C            "c"
    CACHE        "cache"
    CERTAIN      "certain"
    CHECK        "check"
    CLOSE        "close"
    CODE         "code"
    COLUMN       "column"
    CONST        "const"
    CONTRACT     "contract"
    COPY         "copy"
    COVER        "cover"
    CUTOFF       "cutoff"
    DEFAULT      "default"
    ELSE         "else"
    ENFORCED     "enforced"
    ENTITY       "entity"
    ERROR        "error"
    EXEC         "exec"
    EXPECT       "expect"
    EXPOSURE     "exposure"
    EXTENDS      "extends"
    FAIL         "fail"
    FAILS        "fails"
    FAKE         "fake"
    FALSE        "false"
    FLOW         "flow"
    FOLLOW       "follow"
    FOR          "for"
    FOREIGN      "foreign"
    FORMAT       "format"
    FRESH        "fresh"
    FRESHNESS    "freshness"
    FROM         "from"
    FUNCTION     "function"
    GIVEN        "given"
    GRANT        "grant"
    HASH         "hash"
    HISTORY      "history"
    IF           "if"
    IN           "in"
    INCREMENTAL  "incremental"
    INDEX        "index"
    INPUT        "input"
    IS           "is"
    JOINED       "joined"
    KEY          "key"
    KEYS         "keys"
    LAST         "last"
    LEAST        "least"
    LIMIT        "limit"
    LOOKBACK     "lookback"
    MASK         "mask"
    MERGE        "merge"
    META         "meta"
    MISSING      "missing"
    NONE         "none"
    NOT          "not"
    NULL         "null"
    OF           "of"
    ON           "on"
    OR           "or"
    OWNER        "owner"
    PAIRS        "pairs"
    PER          "per"
    PERCENT      "percent"
    PII          "pii"
    PLUS         "plus"
    PRIMARY      "primary"
    PUBLISH      "publish"
    READS        "reads"
    REFERENCES   "references"
    REJECT       "reject"
    RETRIES      "retries"
    RETURNS      "returns"
    RULE         "rule"
    SAMPLE       "sample"
    SCRIPT       "script"
    SELECT       "select"
    SETUP        "setup"
    STAGE        "stage"
    TABLE        "table"
    TAGS         "tags"
    TASK         "task"
    TEST         "test"
    TIMEOUT      "timeout"
    TO           "to"
    TRUE         "true"
    UNION        "union"
    UNIQUE       "unique"
    UNLOGGED     "unlogged"
    UP           "up"
    UPDATED      "updated"
    URL          "url"
    USE          "use"
    USER         "user"
    VALUES       "values"
    VERSION      "version"
    VIEW         "view"
    VIOLATION    "violation"
    WARN         "warn"
    WHEN         "when"
    WHERE        "where"
    WINDOW       "window"
    WITH         "with"

/* As in SQL, from loose to tight. */
%left OR
%left AND
%precedence NOT
%precedence IS
%nonassoc EQ NE LT LE GT GE
%nonassoc IN NOT_IN
%left CONCAT
%left ADD SUB
%left MUL DIV MOD
%precedence SIGN

%type <name> plain_name name name_part module_part tag opt_extends opt_format opt_contract
%type <names> name_list columns opt_columns column_or_columns entity_columns module tag_list roles
%type <qname> qname
%type <qnames> qname_list
%type <type> type param_type opt_returns_type
%type <expr> type_size expr primary ref call string opt_condition opt_default opt_per_user opt_at
%type <exprs> expr_list type_sizes
%type <arg> arg
%type <args> args arg_list
%type <sql> sql
%type <sqls> statements
%type <piece> piece
%type <pieces> pieces
%type <join> opt_joined
%type <body> body body_end script
%type <clause> clause plain_clause full_constraint constraint column_clause column_constraint freshness incremental
%type <clauses> clauses column_clauses
%type <meta> meta
%type <metas> meta_list
%type <violation> violation
%type <decl> declaration item if_item
%type <decls> block items
%type <node> step
%type <nodes> steps
%type <attr> attr
%type <attrs> attr_list
%type <contract> contract_items
%type <column> column
%type <param> param
%type <params> params param_list
%type <function> variants
%type <task> opt_returns
%type <node> setting
%type <nodes> opt_with setting_list
%type <rule> rule follow
%type <rules> rules
%type <copy> copy_lines
%type <copy_line> copy_line copy_target
%type <for_head> for_head

%%

/* ---- the file ---- */

file:
    declarations
;

declarations:
    %empty
  | declarations declaration        { APPEND(&parser->file->decls, $2); }
  | declarations ";"
  | declarations error ";"          { yyerrok; }
  | declarations error "}"          { yyerrok; }
;

declaration:
    "flow" plain_name ";"           { $$ = DECL(FLOW, @$, $2); }
  | "attrs" "{" attr_list "}"       { $$ = build_attrs(parser, @$, $3); }
  | "attrs" "{" attr_list error "}" { yyerrok; $$ = build_attrs(parser, @$, $3); }
  | "const" plain_name "=" expr ";" { $$ = build_const(parser, @$, $2, $4); }
  | "use" module ";"                { $$ = build_use(parser, @$, $2, NULL); }
  | "use" string ";"                { $$ = build_use(parser, @$, NULL, $2); }
  | "contract" plain_name opt_extends "(" contract_items ")" clauses ";"
                                    { $$ = build_contract(parser, @$, $2, $3, $5, $7); }
  | "function" plain_name "(" params ")" opt_returns_type variants ";"
                                    { $$ = build_function(parser, @$, $2, $4, $6, $7); }
  | "task" plain_name "(" params ")" opt_returns clauses "as" body_end
                                    { $$ = build_task(parser, @$, $2, $4, $6, $7, $9); }
  | "check" plain_name "(" params ")" clauses "as" body_end
                                    { $$ = build_check(parser, @$, $2, false, $4, $6, $8); }
  | "stage" plain_name clauses block
                                    { $$ = build_stage(parser, @$, $2, $3, $4); }
  | "copy" "from" expr opt_per_user "when" expr "{" copy_lines "}"
                                    { $$ = build_copy(parser, @$, $3, $4, $6, $8); }
  | "copy" "from" expr opt_per_user "when" expr "{" copy_lines error "}"
                                    { yyerrok; $$ = build_copy(parser, @$, $3, $4, $6, $8); }
  | "test" string opt_with opt_at "{" steps "}"
                                    { $$ = build_test(parser, @$, $2, $3, $4, $6); }
  | "test" string opt_with opt_at "{" steps error "}"
                                    { yyerrok; $$ = build_test(parser, @$, $2, $3, $4, $6); }
  | "rule" string "as" body_end     { $$ = build_policy(parser, @$, $2, false, $4); }
  | "rule" string "warn" "as" body_end
                                    { $$ = build_policy(parser, @$, $2, true, $5); }
  | "stage" plain_name clauses error block
                                    { $$ = build_stage(parser, @$, $2, $3, $5); }
  | "stage" plain_name clauses error ";"
                                    { yyerrok; $$ = NULL; }
  | "stage" error block             { $$ = NULL; }
  | "stage" error ";"               { yyerrok; $$ = NULL; }
  | "copy" error "{" copy_lines "}" { $$ = NULL; }
  | "copy" error ";"                { yyerrok; $$ = NULL; }
  | "test" error "{" steps "}"      { $$ = NULL; }
  | "test" error ";"                { yyerrok; $$ = NULL; }
;

attr_list:
    %empty                          { $$ = NEW(AstAttrs); }
  | attr_list attr                  { $$ = $1; APPEND(&$$->attrs, $2); }
  | attr_list ";"
  | attr_list error ";"             { yyerrok; $$ = $1; }
;

attr:
    plain_name type opt_default ";" { $$ = build_attr(parser, @$, $1, $2, $3); }
;

opt_default:
    %empty                          { $$ = NULL; }
  | "default" expr                  { $$ = $2; }
;

module:
    module_part                     { $$ = NEW(AstNames); APPEND($$, $1); }
  | module "." module_part          { $$ = $1; APPEND($$, $3); }
;

module_part:
    plain_name
;

opt_extends:
    %empty                          { $$ = NULL; }
  | "extends" plain_name            { $$ = $2; }
;

contract_items:
    column                          { $$ = NEW(AstContract); APPEND(&$$->columns, $1); }
  | full_constraint                 { $$ = NEW(AstContract); APPEND(&$$->clauses, $1); }
  | contract_items "," column       { $$ = $1; APPEND(&$$->columns, $3); }
  | contract_items "," full_constraint
                                    { $$ = $1; APPEND(&$$->clauses, $3); }
;

column:
    plain_name type column_clauses  { $$ = build_column(parser, @$, $1, $2, $3); }
;

column_clauses:
    %empty                          { $$ = NEW(AstClauses); }
  | column_clauses column_clause    { $$ = $1; APPEND($$, $2); }
;

column_clause:
    column_constraint
  | "warn" column_constraint        { $$ = $2; $$->warn_only = true; $$->node.span = @$; }
  | column_constraint "enforced"    { $$ = $1; $$->enforced = true; $$->node.span = @$; }
  | "null"                          { $$ = CLAUSE(NULLABLE, @$); }
  | "pii"                           { $$ = CLAUSE(PII, @$); }
;

column_constraint:
    "primary" "key"                 { $$ = CLAUSE(PRIMARY_KEY, @$); }
  | "unique"                        { $$ = CLAUSE(UNIQUE, @$); }
  | "not" "null"                    { $$ = CLAUSE(NOT_NULL, @$); }
  | "check" sql                     { $$ = build_sql_clause(parser, AST_CLAUSE_CHECK, @$, $2); }
  | "references" qname opt_columns  { $$ = build_references(parser, AST_CLAUSE_REFERENCES, @$, NULL, $2, $3); }
;

params:
    %empty                          { $$ = NEW(AstParams); }
  | param_list
;

param_list:
    param                           { $$ = NEW(AstParams); APPEND($$, $1); }
  | param_list "," param            { $$ = $1; APPEND($$, $3); }
;

param:
    plain_name param_type           { $$ = build_param(parser, @$, $1, $2); }
;

param_type:
    type
  | "table"                         { $$ = build_type(parser, @1, NULL, 0, @$); }
  | "column"                        { $$ = build_type(parser, @1, NULL, 0, @$); }
;

type:
    plain_name                      { $$ = build_type(parser, @1, NULL, 0, @$); }
  | plain_name "(" type_sizes ")"   { $$ = build_type(parser, @1, $3, 0, @$); }
  | type "[" "]"                    { $$ = $1; $$->array_dimensions++; $$->node.span = @$; }
;

type_sizes:
    type_size                       { $$ = NEW(AstExprs); APPEND($$, $1); }
  | type_sizes "," type_size        { $$ = $1; APPEND($$, $3); }
;

type_size:
    NUMBER                          { $$ = build_type_size(parser, @1); }
;

opt_returns_type:
    %empty                          { $$ = NULL; }
  | "returns" type                  { $$ = $2; }
;

variants:
    "as" sql                        { $$ = NEW(AstFunction); build_add_variant(parser, $$, @$, NULL, $2); }
  | "on" plain_name "as" sql        { $$ = NEW(AstFunction); build_add_variant(parser, $$, @$, $2, $4); }
  | variants "on" plain_name "as" sql
                                    { $$ = $1; build_add_variant(parser, $$, span_join(@2, @5), $3, $5); }
;

opt_returns:
    %empty                          { $$ = NEW(AstTask); }
  | "returns" "table"               { $$ = NEW(AstTask); }
  | "returns" "blob"                { $$ = NEW(AstTask); $$->returns = AST_RETURNS_BLOB; }
  | "returns" "(" name_list ")"     { $$ = NEW(AstTask); $$->returns = AST_RETURNS_TABLES; $$->outputs = *$3; }
;

/* ---- stages ---- */

block:
    "{" items "}"                   { $$ = $2; }
  | "{" items error "}"             { yyerrok; $$ = $2; }
;

items:
    %empty                          { $$ = NEW(AstDecls); }
  | items item                      { $$ = $1; APPEND($$, $2); }
  | items ";"
  | items error ";"                 { yyerrok; $$ = $1; }
;

item:
    "input" block                   { $$ = build_input(parser, @$, $2); }
  | "table" name_list opt_contract clauses "as" body_end
                                    { $$ = build_table(parser, @$, $2, $3, $4, $6); }
  | "view" name opt_contract clauses "as" body_end
                                    { $$ = build_view(parser, @$, $2, $3, $4, $6); }
  | "history" name "of" qname clauses ";"
                                    { $$ = build_history(parser, @$, $2, $4, $5); }
  | "check" name clauses "as" body_end
                                    { $$ = build_check(parser, @$, $2, false, NULL, $3, $5); }
  | "warn" name clauses "as" body_end
                                    { $$ = build_check(parser, @$, $2, true, NULL, $3, $5); }
  | "exposure" name clauses ";"     { $$ = build_exposure(parser, @$, $2, $3); }
  | "setup" script                  { $$ = build_hook(parser, @$, false, $2); }
  | "after" "publish" script        { $$ = build_hook(parser, @$, true, $3); }
  | if_item
  | "for" for_head block            { $$ = build_for(parser, @$, $2, $3); }
  | "input" error block             { $$ = build_input(parser, @$, $3); }
  | "input" error ";"               { yyerrok; $$ = NULL; }
  | "if" error block                { $$ = NULL; }
  | "if" error ";"                  { yyerrok; $$ = NULL; }
  | "for" error block               { $$ = NULL; }
  | "for" error ";"                 { yyerrok; $$ = NULL; }
;

if_item:
    "if" expr block                 { $$ = build_if(parser, @$, $2, $3, NULL); }
  | "if" expr block "else" block    { $$ = build_if(parser, @$, $2, $3, $5); }
  | "if" expr block "else" if_item  { $$ = build_if(parser, @$, $2, $3, build_else_if(parser, $5)); }
;

opt_contract:
    %empty                          { $$ = NULL; }
  | "of" plain_name                 { $$ = $2; }
;

for_head:
    plain_name "in" expr            { $$ = build_for_head(parser, $1, NULL, $3); }
  | "(" name_list ")" "in" expr     { $$ = build_for_head(parser, NULL, $2, $5); }
;

/* ---- clauses ---- */

clauses:
    %empty                          { $$ = NEW(AstClauses); }
  | clauses clause                  { $$ = $1; APPEND($$, $2); }
;

clause:
    full_constraint
  | plain_clause
;

full_constraint:
    constraint
  | "warn" constraint               { $$ = $2; $$->warn_only = true; $$->node.span = @$; }
  | constraint "enforced"           { $$ = $1; $$->enforced = true; $$->node.span = @$; }
;

constraint:
    "primary" "key" columns         { $$ = build_columns_clause(parser, AST_CLAUSE_PRIMARY_KEY, @$, $3); }
  | "unique" columns                { $$ = build_columns_clause(parser, AST_CLAUSE_UNIQUE, @$, $2); }
  | "not" "null" columns            { $$ = build_columns_clause(parser, AST_CLAUSE_NOT_NULL, @$, $3); }
  | "check" sql                     { $$ = build_sql_clause(parser, AST_CLAUSE_CHECK, @$, $2); }
  | "foreign" "key" columns "references" qname opt_columns
                                    { $$ = build_references(parser, AST_CLAUSE_FOREIGN_KEY, @$, $3, $5, $6); }
;

plain_clause:
    "index" sql                     { $$ = build_sql_clause(parser, AST_CLAUSE_INDEX, @$, $2); }
  | "unlogged"                      { $$ = CLAUSE(UNLOGGED, @$); }
  | "version" expr                  { $$ = build_value_clause(parser, AST_CLAUSE_VERSION, @$, $2); }
  | "cache" "by" expr               { $$ = build_cache_by(parser, @$, $3, NULL); }
  | "cache" "by" sql                { $$ = build_cache_by(parser, @$, NULL, $3); }
  | "cutoff"                        { $$ = CLAUSE(CUTOFF, @$); }
  | "incremental" incremental       { $$ = $2; $$->node.span = @$; }
  | "after" qname_list              { $$ = CLAUSE(AFTER, @$); $$->tables = *$2; }
  | "retries" expr                  { $$ = build_value_clause(parser, AST_CLAUSE_RETRIES, @$, $2); }
  | "timeout" expr                  { $$ = build_value_clause(parser, AST_CLAUSE_TIMEOUT, @$, $2); }
  | "tags" "(" tag_list ")"         { $$ = CLAUSE(TAGS, @$); $$->names = *$3; }
  | "owner" expr                    { $$ = build_value_clause(parser, AST_CLAUSE_OWNER, @$, $2); }
  | "meta" "(" meta_list ")"        { $$ = CLAUSE(META, @$); build_set_meta($$, $3); }
  | "grant" "select" "to" roles     { $$ = CLAUSE(GRANT, @$); $$->names = *$4; }
  | "freshness" freshness           { $$ = $2; $$->node.span = @$; }
  | "on" "violation" violation      { $$ = CLAUSE(ON_VIOLATION, @$); $$->violation = $3; }
  | "allow" "fresh" "input"         { $$ = CLAUSE(ALLOW_FRESH_INPUT, @$); }
  | "fails" "above" expr            { $$ = build_value_clause(parser, AST_CLAUSE_FAILS_ABOVE, @$, $3); }
  | "key" columns                   { $$ = build_columns_clause(parser, AST_CLAUSE_KEY, @$, $2); }
  | "updated" "at" plain_name       { $$ = CLAUSE(UPDATED_AT, @$); APPEND(&$$->columns, $3); }
  | "close" "missing"               { $$ = CLAUSE(CLOSE_MISSING, @$); }
  | "reads" "(" qname_list ")"      { $$ = CLAUSE(READS, @$); $$->tables = *$3; }
  | "url" expr                      { $$ = build_value_clause(parser, AST_CLAUSE_URL, @$, $2); }
;

incremental:
    "by" plain_name                 { $$ = CLAUSE(INCREMENTAL, @$); APPEND(&$$->columns, $2); }
  | incremental "lookback" expr     { $$ = $1; build_set_once(parser, &$$->lookback, $3, @2); }
  | incremental "batch" expr        { $$ = $1; build_set_once(parser, &$$->batch, $3, @2); }
  | "merge" columns                 { $$ = build_columns_clause(parser, AST_CLAUSE_INCREMENTAL, @$, $2);
                                      $$->mode = AST_INCREMENTAL_MERGE; }
  | "append"                        { $$ = CLAUSE(INCREMENTAL, @$); $$->mode = AST_INCREMENTAL_APPEND; }
;

freshness:
    "warn after" expr               { $$ = CLAUSE(FRESHNESS, @$); $$->warn_after = $2; }
  | "fail" "after" expr             { $$ = CLAUSE(FRESHNESS, @$); $$->fail_after = $3; }
  | freshness "warn after" expr     { $$ = $1; build_set_once(parser, &$$->warn_after, $3, @2); }
  | freshness "fail" "after" expr   { $$ = $1; build_set_once(parser, &$$->fail_after, $4, @2); }
  | freshness "by" plain_name       { $$ = $1; build_set_once(parser, &$$->by, $3, @2); }
;

violation:
    "fail"                          { $$ = AST_VIOLATION_FAIL; }
  | "warn"                          { $$ = AST_VIOLATION_WARN; }
  | "reject"                        { $$ = AST_VIOLATION_REJECT; }
;

tag_list:
    tag                             { $$ = NEW(AstNames); APPEND($$, $1); }
  | tag_list "," tag                { $$ = $1; APPEND($$, $3); }
;

tag:
    plain_name
  | STRING                          { $$ = build_string_name(parser, @1); }
;

roles:
    plain_name                      { $$ = NEW(AstNames); APPEND($$, $1); }
  | columns
;

meta_list:
    meta                            { $$ = NEW(MetaList); vec_push_in(parser->arena, $$, $1); }
  | meta_list "," meta              { $$ = $1; vec_push_in(parser->arena, $$, $3); }
;

meta:
    plain_name expr                 { $$ = (AstMeta){$1, $2}; }
;

/* ---- bodies, SQL ---- */

body_end:
    body ";"
  | script
;

body:
    sql                             { $$ = build_body(parser, AST_BODY_SQL, @$); $$->as.sql = $1; }
  | call                            { $$ = build_body(parser, AST_BODY_CALL, @$); $$->as.call = $1; }
  | "exec" string opt_format        { $$ = build_body(parser, AST_BODY_EXEC, @$);
                                      $$->as.exec.command = $2; $$->as.exec.format = $3; }
  | "c" string                      { $$ = build_body(parser, AST_BODY_C, @$); $$->as.c_file = $2; }
;

opt_format:
    %empty                          { $$ = NULL; }
  | "format" plain_name             { $$ = $2; }
;

script:
    "script" SCRIPT_OPEN statements SCRIPT_CLOSE
                                    { $$ = build_body(parser, AST_BODY_SCRIPT, @$); $$->as.script = *$3; }
;

statements:
    %empty                          { $$ = NEW(AstSqls); }
  | statements sql                  { $$ = $1; APPEND($$, $2); }
;

sql:
    SQL_OPEN pieces SQL_CLOSE       { $$ = build_sql(parser, @1, @3, $2); }
;

pieces:
    %empty                          { $$ = NEW(AstPieces); }
  | pieces piece                    { $$ = $1; build_append_piece(parser, $$, $2); }
;

piece:
    SQL_TEXT                        { $$ = build_text_piece(parser, @1); }
  | "${" expr HOLE_CLOSE            { $$ = build_hole_piece(parser, @$, $2); }
  | "${" "for" for_head opt_condition opt_joined ":" pieces HOLE_CLOSE
                                    { $$ = build_for_piece(parser, @$, $3, $4, $5, $7); }
  | "${" "if" expr ":" pieces HOLE_CLOSE
                                    { $$ = build_if_piece(parser, @$, $3, $5, NULL); }
  | "${" "if" expr ":" pieces ELSE_COLON pieces HOLE_CLOSE
                                    { $$ = build_if_piece(parser, @$, $3, $5, $7); }
  | "${" error HOLE_CLOSE           { yyerrok; $$ = NULL; }
;

opt_condition:
    %empty                          { $$ = NULL; }
  | "if" expr                       { $$ = $2; }
;

opt_joined:
    %empty                          { $$ = AST_JOIN_COMMA; }
  | "joined" "by" ","               { $$ = AST_JOIN_COMMA; }
  | "joined" "by" "union" "all"     { $$ = AST_JOIN_UNION_ALL; }
  | "joined" "by" "union"           { $$ = AST_JOIN_UNION; }
  | "joined" "by" "and"             { $$ = AST_JOIN_AND; }
  | "joined" "by" "or"              { $$ = AST_JOIN_OR; }
  | "joined" "by" "+"               { $$ = AST_JOIN_ADD; }
  | "joined" "by" "||"              { $$ = AST_JOIN_CONCAT; }
;

/* ---- copy ---- */

opt_per_user:
    %empty                          { $$ = NULL; }
  | "per" "user" expr               { $$ = $3; }
;

copy_lines:
    %empty                          { $$ = NEW(AstCopy); }
  | copy_lines copy_line            { $$ = $1; APPEND(&$$->lines, $2); }
  | copy_lines ";"
  | copy_lines error ";"            { yyerrok; $$ = $1; }
;

copy_line:
    copy_target ":" rules ";"       { $$ = $1; $$->node.span = @$; $$->rules = *$3; }
;

copy_target:
    qname                           { $$ = build_copy_line(parser, AST_COPY_TABLE, @$); $$->table = $1; }
  | "entity" entity_columns         { $$ = build_copy_line(parser, AST_COPY_ENTITY, @$); $$->entity = *$2; }
  | "*"                             { $$ = build_copy_line(parser, AST_COPY_REST, @$); }
;

entity_columns:
    plain_name                      { $$ = NEW(AstNames); APPEND($$, $1); }
  | entity_columns "," plain_name   { $$ = $1; APPEND($$, $3); }
  | columns
;

rules:
    rule                            { $$ = NEW(AstRules); APPEND($$, $1); }
  | rules "," rule                  { $$ = $1; APPEND($$, $3); }
;

rule:
    "all"                           { $$ = RULE(ALL, @$); }
  | "none"                          { $$ = RULE(NONE, @$); }
  | "limit" expr                    { $$ = RULE(LIMIT, @$); $$->amount = $2; }
  | "where" sql                     { $$ = RULE(WHERE, @$); $$->condition = $2; }
  | "sample" expr "percent"         { $$ = RULE(SAMPLE_PERCENT, @$); $$->amount = $2; }
  | "sample" expr "percent" "by" column_or_columns
                                    { $$ = RULE(SAMPLE_PERCENT, @$); $$->amount = $2; $$->columns = *$5; }
  | "sample" "to" expr plain_name   { $$ = build_sample_size(parser, @$, $3, $4); }
  | "at" "least" expr "per" column_or_columns
                                    { $$ = RULE(AT_LEAST, @$); $$->amount = $3; $$->columns = *$5; }
  | "certain" "where" sql           { $$ = RULE(CERTAIN, @$); $$->condition = $3; }
  | "window" plain_name "last" expr { $$ = RULE(WINDOW, @$); APPEND(&$$->columns, $2); $$->amount = $4; }
  | follow                          { $$ = $1; }
  | follow "all"                    { $$ = $1; $$->all = true; $$->node.span = @$; }
  | follow "up" expr                { $$ = $1; $$->amount = $3; $$->node.span = @$; }
  | follow "up" expr "all"          { $$ = $1; $$->amount = $3; $$->all = true; $$->node.span = @$; }
  | "cover" "of" column_or_columns  { $$ = RULE(COVER_VALUES, @$); $$->columns = *$3; }
  | "cover" "pairs" "of" column_or_columns
                                    { $$ = RULE(COVER_PAIRS, @$); $$->columns = *$4; }
  | "cover" "bounds" "of" column_or_columns
                                    { $$ = RULE(COVER_BOUNDS, @$); $$->columns = *$4; }
  | "cover" "code"                  { $$ = RULE(COVER_CODE, @$); }
  | "cover" "code" "pairs"          { $$ = RULE(COVER_CODE_PAIRS, @$); }
  | "plus" "where" sql              { $$ = RULE(PLUS_WHERE, @$); $$->condition = $3; }
  | "plus" "keys" "from" string     { $$ = RULE(PLUS_KEYS, @$); $$->text = $4; }
  | "mask" plain_name "with" "hash" { $$ = build_mask(parser, @$, $2, AST_MASK_HASH, NULL); }
  | "mask" plain_name "with" "null" { $$ = build_mask(parser, @$, $2, AST_MASK_NULL, NULL); }
  | "mask" plain_name "with" "fake" { $$ = build_mask(parser, @$, $2, AST_MASK_FAKE, NULL); }
  | "mask" plain_name "with" string { $$ = build_mask(parser, @$, $2, AST_MASK_EXPR, $4); }
  | "break" columns                 { $$ = RULE(BREAK, @$); $$->columns = *$2; }
  | "break" "foreign" "key" columns { $$ = RULE(BREAK, @$); $$->columns = *$4; }
  | "break" qname                   { $$ = RULE(BREAK, @$); APPEND(&$$->tables, $2); }
  | "break" qname columns           { $$ = RULE(BREAK, @$); APPEND(&$$->tables, $2); $$->columns = *$3; }
;

follow:
    "follow" qname                  { $$ = RULE(FOLLOW, @$); APPEND(&$$->tables, $2); }
  | follow "and" qname              { $$ = build_follow_more(parser, $1, $3, false, @2); }
  | follow "or" qname               { $$ = build_follow_more(parser, $1, $3, true, @2); }
;

/* ---- tests ---- */

opt_with:
    %empty                          { $$ = NEW(AstNodes); }
  | "with" "(" setting_list ")"     { $$ = $3; }
;

setting_list:
    setting                         { $$ = NEW(AstNodes); APPEND($$, $1); }
  | setting_list "," setting        { $$ = $1; APPEND($$, $3); }
;

setting:
    plain_name "=" expr             { $$ = build_setting(parser, @$, $1, $3); }
;

opt_at:
    %empty                          { $$ = NULL; }
  | "at" expr                       { $$ = $2; }
;

steps:
    %empty                          { $$ = NEW(AstNodes); }
  | steps step                      { $$ = $1; APPEND($$, $2); }
  | steps ";"
  | steps error ";"                 { yyerrok; $$ = $1; }
;

step:
    "given" qname opt_columns sql ";"
                                    { $$ = build_given(parser, @$, $2, $3, build_sql_body(parser, $4)); }
  | "given" qname opt_columns "as" body_end
                                    { $$ = build_given(parser, @$, $2, $3, $5); }
  | "expect" qname opt_columns sql ";"
                                    { $$ = build_expect(parser, @$, $2, $3, build_sql_body(parser, $4)); }
  | "expect" qname opt_columns "as" body_end
                                    { $$ = build_expect(parser, @$, $2, $3, $5); }
  | "expect" "error" string ";"     { $$ = build_expect_error(parser, @$, $3); }
;

/* ---- names ---- */

name_list:
    name                            { $$ = NEW(AstNames); APPEND($$, $1); }
  | name_list "," name              { $$ = $1; APPEND($$, $3); }
;

columns:
    "(" name_list ")"               { $$ = $2; }
;

opt_columns:
    %empty                          { $$ = NEW(AstNames); }
  | columns
;

column_or_columns:
    plain_name                      { $$ = NEW(AstNames); APPEND($$, $1); }
  | columns
;

qname_list:
    qname                           { $$ = NEW(AstQnames); APPEND($$, $1); }
  | qname_list "," qname            { $$ = $1; APPEND($$, $3); }
;

qname:
    name                            { $$ = build_qname(parser, @$, NULL, $1); }
  | name "." name                   { $$ = build_qname(parser, @$, $1, $3); }
;

/* With holes: `revenue_${r}`. */
name:
    name_part
  | name GLUE name_part             { $$ = build_glue(parser, $1, $3); }
;

name_part:
    plain_name
  | "${" expr HOLE_CLOSE            { $$ = build_hole_name(parser, @$, $2); }
  | "${" error HOLE_CLOSE           { yyerrok; $$ = build_hole_name(parser, @$, build_null(parser, @$)); }
;

plain_name:
    NAME                            { $$ = build_name(parser, @1); }
  | QUOTED_NAME                     { $$ = build_name(parser, @1); }
  | soft_word                       { $$ = build_name(parser, @1); }
;

/* Every word of keywords.def that is not reserved. */
soft_word:
    ABOVE | AFTER | ALLOW | APPEND | AT | ATTRS | BATCH | BLOB | BOUNDS | BREAK | BY | C | CACHE | CERTAIN
    | CLOSE | CODE | CONST | CONTRACT | COPY | COVER | CUTOFF | ENFORCED | ENTITY | ERROR | EXEC | EXPECT
    | EXPOSURE | EXTENDS | FAIL | FAILS | FAKE | FLOW | FOLLOW | FORMAT | FRESH | FRESHNESS | FUNCTION
    | GIVEN | HASH | HISTORY | INCREMENTAL | INPUT | JOINED | KEY | KEYS | LAST | LEAST | LOOKBACK | MASK
    | MERGE | META | MISSING | NONE | OF | OWNER | PAIRS | PER | PERCENT | PII | PLUS | PUBLISH | READS
    | REJECT | RETRIES | RETURNS | RULE | SAMPLE | SCRIPT | SETUP | STAGE | TAGS | TASK | TEST | TIMEOUT | UNLOGGED
    | UP | UPDATED | URL | USE | VERSION | VIEW | VIOLATION | WARN
;

/* ---- expressions ---- */

string:
    STRING                          { $$ = build_string(parser, @1); }
;

expr_list:
    expr                            { $$ = NEW(AstExprs); APPEND($$, $1); }
  | expr_list "," expr              { $$ = $1; APPEND($$, $3); }
;

expr:
    primary
  | "-" expr %prec SIGN             { $$ = build_unary(parser, AST_OP_NEG, @1, $2, @$); }
  | "+" expr %prec SIGN             { $$ = build_unary(parser, AST_OP_POS, @1, $2, @$); }
  | "not" expr                      { $$ = build_unary(parser, AST_OP_NOT, @1, $2, @$); }
  | expr "is" "null"                { $$ = build_unary(parser, AST_OP_IS_NULL, span_join(@2, @3), $1, @$); }
  | expr "is" "not" "null" %prec IS { $$ = build_unary(parser, AST_OP_IS_NOT_NULL, span_join(@2, @4), $1, @$); }
  | expr "or" expr                  { $$ = build_binary(parser, AST_OP_OR, @2, $1, $3); }
  | expr "and" expr                 { $$ = build_binary(parser, AST_OP_AND, @2, $1, $3); }
  | expr "=" expr                   { $$ = build_binary(parser, AST_OP_EQ, @2, $1, $3); }
  | expr "<>" expr                  { $$ = build_binary(parser, AST_OP_NE, @2, $1, $3); }
  | expr "<" expr                   { $$ = build_binary(parser, AST_OP_LT, @2, $1, $3); }
  | expr "<=" expr                  { $$ = build_binary(parser, AST_OP_LE, @2, $1, $3); }
  | expr ">" expr                   { $$ = build_binary(parser, AST_OP_GT, @2, $1, $3); }
  | expr ">=" expr                  { $$ = build_binary(parser, AST_OP_GE, @2, $1, $3); }
  | expr "in" expr                  { $$ = build_binary(parser, AST_OP_IN, @2, $1, $3); }
  | expr "not in" expr              { $$ = build_binary(parser, AST_OP_NOT_IN, @2, $1, $3); }
  | expr "||" expr                  { $$ = build_binary(parser, AST_OP_CONCAT, @2, $1, $3); }
  | expr "+" expr                   { $$ = build_binary(parser, AST_OP_ADD, @2, $1, $3); }
  | expr "-" expr                   { $$ = build_binary(parser, AST_OP_SUB, @2, $1, $3); }
  | expr "*" expr                   { $$ = build_binary(parser, AST_OP_MUL, @2, $1, $3); }
  | expr "/" expr                   { $$ = build_binary(parser, AST_OP_DIV, @2, $1, $3); }
  | expr "%" expr                   { $$ = build_binary(parser, AST_OP_MOD, @2, $1, $3); }
;

primary:
    "null"                          { $$ = build_null(parser, @$); }
  | "true"                          { $$ = build_bool(parser, @$, true); }
  | "false"                         { $$ = build_bool(parser, @$, false); }
  | NUMBER                          { $$ = build_number(parser, @1); }
  | string
  | ref
  | call
  | "(" ")"                         { $$ = build_list(parser, @$, NULL, NULL); }
  | "(" expr ")"                    { $$ = build_group(parser, @$, $2); }
  | "(" expr "," ")"                { $$ = build_list(parser, @$, $2, NULL); }
  | "(" expr "," expr_list ")"      { $$ = build_list(parser, @$, $2, $4); }
  | "(" expr "," expr_list "," ")"  { $$ = build_list(parser, @$, $2, $4); }
;

ref:
    name                            { $$ = build_ref(parser, $1); }
  | ref "." name                    { $$ = build_member(parser, $1, $3); }
;

call:
    ref "(" args ")"                { $$ = build_call(parser, @$, $1, $3); }
  | "column" "(" args ")"           { $$ = build_call(parser, @$, build_ref(parser, build_name(parser, @1)), $3); }
;

args:
    %empty                          { $$ = NEW(ArgList); }
  | arg_list
;

arg_list:
    arg                             { $$ = NEW(ArgList); vec_push_in(parser->arena, $$, $1); }
  | arg_list "," arg                { $$ = $1; vec_push_in(parser->arena, $$, $3); }
;

arg:
    expr                            { $$ = (AstArg){@$, NULL, $1}; }
  | name "=>" expr                  { $$ = (AstArg){@$, $1, $3}; }
  | "null" "=>" expr                { $$ = (AstArg){@$, build_name(parser, @1), $3}; }
;

%%

static int
flow_yylex(YYSTYPE *value, Span *span, Parser *parser)
{
    Token token;
    (void)value; /* tokens carry only their place */
    int kind = tokens_next(parser, &token);
    *span = token.span;
    return kind;
}

/* Called for one thing only: too many symbols on the parser's stack. */
static void
flow_yyerror(Span *span, Parser *parser, const char *message)
{
    (void)message;
    scan_stop_too_deep(&parser->scanner, *span);
}

static int
yyreport_syntax_error(const yypcontext_t *context, Parser *parser)
{
    yysymbol_kind_t kinds[YYNTOKENS];
    const char *names[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    for (int i = 0; i < n; i++) {
        names[i] = yysymbol_name(kinds[i]);
    }
    syntax_report(parser, yysymbol_name(yypcontext_token(context)), names, n > 0 ? (size_t)n : 0);
    return 0;
}
