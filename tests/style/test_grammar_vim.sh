#!/bin/sh
# The Vim grammar colours grammar/vscode/tests/shop.flow as grammar/vim/tests/shop.flow.groups says.
# `test_grammar_vim.sh --update` writes that file anew: review the diff.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1

vim=
for candidate in vim vim.nox vim.basic; do
    if "$candidate" --version 2>/dev/null | grep -q '+syntax'; then
        vim=$candidate
        break
    fi
done
if [ -z "$vim" ]; then
    echo 'skipped: no Vim with syntax highlighting is installed (package vim or vim-nox)'
    exit 77
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TERM=dumb "$vim" -es -Nu NONE -i NONE --cmd 'set rtp^=grammar/vim' -S grammar/vim/test.vim \
    grammar/vscode/tests/shop.flow "$work/found" </dev/null >"$work/said" 2>&1
if [ -s "$work/said" ] || ! [ -s "$work/found" ]; then
    echo 'Vim could not run the grammar:'
    cat "$work/said"
    exit 1
fi
if [ "$1" = --update ]; then
    cp "$work/found" grammar/vim/tests/shop.flow.groups
fi
diff grammar/vim/tests/shop.flow.groups "$work/found"
