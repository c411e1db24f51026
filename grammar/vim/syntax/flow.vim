" .flow files: SQL in a thin declarative frame. The frame's words are below; inside SQL Vim's own SQL highlighting
" serves. Strings, comments, quotes and `${…}` are ours everywhere, so that a query ends where pdc ends it.
" A word that opens a region is a match and no keyword: keywords win over regions.
if exists('b:current_syntax')
  finish
endif

syn include @flowEngine syntax/sql.vim
unlet! b:current_syntax
syn case ignore
syn iskeyword @,48-57,_,128-255
syn sync fromstart

" ---- everywhere ----
syn region flowString  start=+'+ skip=+''+ end=+'+
syn region flowQuoted  start=+"+ skip=+""+ end=+"+
syn match  flowNumber  /\%(\k\|\$\)\@1<!\%(\d[0-9_]*\%(\.\d[0-9_]*\)\?\|\.\d[0-9_]*\)\%([eE][-+]\?\d\+\)\?/
syn match  flowOperator "=>\|<=\|>=\|<>\|!=\|||\|[-+*%=<>]"
syn match  flowComment /--.*$/ contains=@Spell
syn match  flowDoc     /--- .*$/ contains=@Spell
syn region flowComment start=+/\*+ end=+\*/+ contains=flowComment,@Spell
syn match  flowMember  /\.\s*\k\+/ contains=flowNumber
syn match  flowContext /\<\%(attrs\|instance\|flow\|run\|batch\|std\|out\)\ze\_s*\./
syn match  flowCall    /\<\%(csv\|parquet\|external\|columns\|column\|file\|shell\|env\)\ze\_s*(/
syn keyword flowConstant true false null
syn keyword flowLogic    and or in is
syn match   flowLogic    /\<not\>/
syn keyword flowParameter contained table column
syn keyword flowType     contained bool int float text date timestamp instance numeric

syn cluster flowSpace contains=flowComment,flowDoc
syn cluster flowExpr  contains=@flowSpace,flowString,flowQuoted,flowNumber,flowOperator,flowMember,flowContext,flowCall,flowConstant,flowLogic,flowHole,flowLoop,flowRound
syn region flowRound matchgroup=flowBracket start=/(/ end=/)/ end=/;/me=s-1 contains=@flowExpr,flowParameter,flowType

" ---- SQL ----
syn region flowSqlString contained start=+\<e'+ skip=+\\.\|''+ end=+'+
syn region flowSqlString contained start=+\z(\$\%(\K\k*\)\?\$\)+ end=+\z1+
syn region flowSqlString contained start=+'+ skip=+''+ end=+'+
syn region flowSqlQuoted contained start=+"+ skip=+""+ end=+"+
syn region flowSqlRound  contained transparent start=/(/ end=/)/ end=/;/me=s-1 contains=@flowSql
syn region flowSqlCurly  contained transparent start=/{/ end=/}/ end=/;/me=s-1 contains=@flowSql
syn cluster flowSql contains=@flowEngine,@flowSpace,flowSqlString,flowSqlQuoted,flowSqlRound,flowSqlCurly,flowHole,flowLoop

" ${expr}, ${for …: fragment}, ${if …: fragment else: fragment}
syn region flowHole matchgroup=flowHoleEdge start=/\${/ end=/}/ contains=@flowExpr
syn region flowLoop matchgroup=flowHoleEdge start=/\${\ze\_s*\%(for\|if\)\>/ end=/}/ contains=@flowExpr,flowLoopWord,flowFragment
syn keyword flowLoopWord contained for in if joined by union all and or
syn region flowFragment contained matchgroup=flowHoleEdge start=/:/ end=/}/me=s-1 contains=@flowSql,flowElse
" the blank before it makes the match begin before the keyword `else` of SQL does
syn match  flowElse contained /\%(^\|\s\)else\_s*::\@!/

" ---- bodies: what stands after `as` ----
syn match  flowAs /\<as\>/ skipwhite skipempty nextgroup=flowQuery,flowBracketQuery,flowProgram,flowAsComment
syn match  flowAsComment contained /--.*$/ skipwhite skipempty nextgroup=flowQuery,flowBracketQuery,flowProgram,flowAsComment
syn region flowAsComment contained start=+/\*+ end=+\*/+ contains=flowComment skipwhite skipempty nextgroup=flowQuery,flowBracketQuery,flowProgram,flowAsComment
syn region flowQuery contained start=/\ze\<\%(select\|with\|values\|from\)\>/ end=/;/me=s-1 contains=@flowSql
syn region flowBracketQuery contained start=/\ze(/ end=/;/me=s-1 contains=@flowSql
syn match  flowProgram contained /\<\%(exec\|c\)\ze\_s*'/ skipwhite skipempty nextgroup=flowProgramString
syn region flowProgramString contained start=+'+ skip=+''+ end=+'+ skipwhite skipempty nextgroup=flowFormat
syn match  flowFormat contained /\<format\>/
syn region flowScript matchgroup=flowDeclaration start=/\<script\_s*{/ end=/}/ contains=@flowSql,flowSemicolon
syn match  flowSemicolon contained /;/

" ---- declarations and clauses ----
syn keyword flowDeclaration flow const stage task skipwhite skipempty nextgroup=flowName
syn keyword flowDeclaration use input setup publish blob rule
syn keyword flowDeclaration table view history exposure skipwhite skipempty nextgroup=flowName
syn match   flowDeclaration /\<\%(check\|warn\)\>\%(\_s*(\)\@!/ skipwhite skipempty nextgroup=flowName
syn match   flowDeclaration /\<after\ze\_s\+publish\>/
syn match   flowDeclaration /\<returns\>\%(\_s\+table\>\)\?/
syn keyword flowControl if else for
syn match   flowName contained /\k\+\%(\s*,\s*\k\+\)*/
syn keyword flowClause primary unique foreign references enforced unlogged version by cutoff
syn keyword flowClause incremental lookback batch merge append retries timeout tags owner meta grant select to
syn keyword flowClause freshness fail on violation reject fails above key updated at close missing reads url of extends
syn match   flowClause /\<after\>\%(\_s\+publish\>\)\@!/
syn match   flowClause /\<not\_s\+null\>/
syn match   flowClause /\<allow\_s\+fresh\_s\+input\>/
syn match   flowClause /\<cache\_s\+by\>\%(\_s\+\%(always\|never\)\>\)\?/
syn match   flowClause /\<warn\ze\_s\+\%(primary\|unique\|not\|check\|foreign\|references\|after\)\>/

syn region flowBracketed matchgroup=flowClause start=/\<\%(check\|index\|cache\_s\+by\)\_s*(/ end=/)/ end=/;/me=s-1 contains=@flowSql

syn region flowAttrs matchgroup=flowDeclaration start=/\<attrs\_s*{/ end=/}/ contains=@flowExpr,flowType,flowDefault
syn keyword flowDefault contained default

syn region flowContract matchgroup=flowDeclaration start=/\<contract\>/ matchgroup=NONE end=/;/me=s-1 contains=@flowSpace,flowQuoted,flowColumns,flowContractHead,flowContractEnd
syn match  flowContractHead contained /\%(\<contract\_s\+\)\@<=\k\+/
syn keyword flowContractEnd contained extends on violation fail warn reject
syn region flowColumns contained matchgroup=flowBracket start=/(/ end=/)/ end=/;/me=s-1 contains=@flowSpace,flowQuoted,flowNumber,flowRound,flowType,flowColumnWord,flowBracketed
syn keyword flowColumnWord contained primary key unique not null foreign references enforced warn pii

syn region flowFunction matchgroup=flowDeclaration start=/\<function\>/ matchgroup=NONE end=/;/me=s-1 contains=@flowExpr,flowFunctionWord,flowFunctionBody,flowType
syn match  flowFunctionWord contained /\<\%(returns\|on\)\>/
syn region flowFunctionBody contained matchgroup=flowDeclaration start=/\<as\>/ matchgroup=NONE end=/;/me=s-1 end=/\<on\_s\+\k\+\_s\+as\>/me=s-1 contains=@flowSql

" ---- copy, test ----
syn region flowCopy matchgroup=flowDeclaration start=/\<copy\ze\_s\+from\>/ matchgroup=flowBracket end=/}/ contains=@flowExpr,flowCopyWord,flowCopyRules
syn keyword flowCopyWord contained from per user when
syn region flowCopyRules contained matchgroup=flowBracket start=/{/ end=/}/me=s-1 contains=@flowExpr,flowRule,flowWhere
syn keyword flowRule contained entity all none limit sample percent by to at least per certain window last follow and or
syn keyword flowRule contained up cover pairs bounds of code plus keys from mask with hash null fake break foreign key
syn region flowWhere contained matchgroup=flowRule start=/\<where\>/ matchgroup=NONE end=/[,;}]/me=s-1 contains=@flowSql

syn region flowTest matchgroup=flowDeclaration start=/\<test\ze\_s*'/ matchgroup=flowBracket end=/}/ contains=@flowExpr,flowTestWord,flowTestSteps
syn region flowTestSteps contained matchgroup=flowBracket start=/{/ end=/}/me=s-1 contains=@flowExpr,flowTestWord,flowTestQuery,flowAs
syn region flowTestQuery contained start=/\ze\<\%(select\|with\|values\|from\)\>/ end=/;/me=s-1 contains=@flowSql
syn match  flowTestWord contained /\<\%(given\|expect\|error\|with\|at\)\>/

hi def link flowComment Comment
hi def link flowAsComment Comment
hi def link flowDoc SpecialComment
hi def link flowString String
hi def link flowProgramString String
hi def link flowSqlString String
hi def link flowQuoted Identifier
hi def link flowSqlQuoted Identifier
hi def link flowNumber Number
hi def link flowOperator Operator
hi def link flowContext Special
hi def link flowCall Function
hi def link flowConstant Constant
hi def link flowLogic Operator
hi def link flowParameter Type
hi def link flowType Type
hi def link flowBracket Delimiter
hi def link flowHoleEdge PreProc
hi def link flowLoopWord PreProc
hi def link flowElse PreProc
hi def link flowAs Statement
hi def link flowProgram Statement
hi def link flowFormat Statement
hi def link flowDeclaration Statement
hi def link flowFunctionWord Statement
hi def link flowDefault Statement
hi def link flowCopyWord Statement
hi def link flowTestWord Statement
hi def link flowControl Conditional
hi def link flowName Identifier
hi def link flowContractHead Identifier
hi def link flowClause StorageClass
hi def link flowColumnWord StorageClass
hi def link flowContractEnd StorageClass
hi def link flowRule Keyword

let b:current_syntax = 'flow'
