#!/bin/sh
# The words of the editor grammars are the scanner's: each grammar has every word of keywords.def and types.def, and no
# word that is neither there nor in grammar/builtins.txt; the manual lists the reserved ones. (In the TextMate grammar a line with "of SQL" doesn't count.)
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
export LC_ALL=C

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# The first text in quotes of each row MACRO(ID, "text", …) of a .def file.
def_texts() {
    sed -n "s/^$2([A-Z_0-9]*, \"\([^\"]*\)\".*/\1/p" "$1"
}

# Words in the regular expressions of the TextMate grammar: what is left without escapes, classes and (?i).
textmate_words() {
    grep -v '"of SQL[":]' grammar/vscode/syntaxes/flow.tmLanguage.json |
        grep -oE '"(match|begin|end)": "([^"\\]|\\.)*"' | sed 's/^"[a-z]*": //' |
        sed -e 's/\\\\[pP]{[A-Z]*}/ /g' -e 's/\\\\[a-zA-Z]/ /g' -e 's/\[[^]]*\]/ /g' -e 's/(?i)/ /g' |
        grep -oE '[a-z]+'
}

# Words in the keyword lists of the Vim grammar, and in its patterns between slashes.
vim_words() {
    sed -n 's/^syn keyword flow[A-Za-z]* *//p' grammar/vim/syntax/flow.vim |
        sed 's/\<\(contained\|skipwhite\|skipempty\|nextgroup=[A-Za-z,]*\)\>//g' | tr ' ' '\n' | grep .
    grep -E '^syn (match|region) ' grammar/vim/syntax/flow.vim | sed 's/=+[^+]*+//g' | grep -oE '/[^/]*/' |
        sed -e 's/\\z[se]/ /g' -e 's/\\_\?[a-zA-Z]/ /g' -e 's/\[[^]]*\]/ /g' | grep -oE '[a-z]+'
}

# expect_in TITLE WORDS KNOWN: each line of the file WORDS is in KNOWN.
expect_in() {
    sort -u "$2" > "$work/a"
    sort -u "$3" > "$work/b"
    missing=$(comm -23 "$work/a" "$work/b" | tr '\n' ' ')
    if [ -n "$missing" ]; then
        echo "$1: $missing"
        failed=1
    fi
}

{
    def_texts compiler/parse/keywords.def KEYWORD
    def_texts runtime/flow/types.def TYPE
} > "$work/wanted"
{
    cat "$work/wanted"
    grep -v '^#' grammar/builtins.txt | tr ' ' '\n'
} > "$work/known"
textmate_words > "$work/textmate"
vim_words > "$work/vim"

[ "$(sort -u "$work/wanted" | wc -l)" -gt 50 ] || {
    echo 'hardly any words were found in keywords.def and types.def: has their form changed?'
    exit 1
}
for grammar in textmate vim; do
    expect_in "words that the $grammar grammar lacks" "$work/wanted" "$work/$grammar"
    expect_in "words that only the $grammar grammar knows" "$work/$grammar" "$work/known"
done

# The manual lists the reserved words.
sed -n 's/^KEYWORD([A-Z_]*, "\([a-z]*\)", true.*/\1/p' compiler/parse/keywords.def > "$work/reserved"
awk '/Only these words are reserved/ { on = 1 } on { print } on && /Every other word/ { exit }' docs/language.md |
    tr '\n' ' ' | cut -d '`' -f 2 | tr ' ' '\n' | grep . > "$work/manual"
expect_in 'reserved words that docs/language.md lacks' "$work/reserved" "$work/manual"
expect_in 'words that docs/language.md calls reserved' "$work/manual" "$work/reserved"

echo "$(sort -u "$work/wanted" | wc -l) words compared"
exit $failed
