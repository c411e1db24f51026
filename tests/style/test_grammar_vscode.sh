#!/bin/sh
# The TextMate grammar: scopes asserted in grammar/vscode/tests/*.test.flow, and a snapshot of all of shop.flow.
# `test_grammar_vscode.sh --update` writes the snapshot anew: review the diff.
# The tools come from npm, by the versions of package-lock.json, once into ${PDC_CACHE:-~/.cache/pdc}.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}/grammar/vscode" || exit 1

cache=${PDC_CACHE:-$HOME/.cache/pdc}
tools=$cache/grammar-$(cat package.json package-lock.json | sha256sum | cut -c 1-16)
if ! [ -d "$tools" ]; then
    if ! command -v npm >/dev/null; then
        echo 'skipped: npm is not installed, and the tools of this test come from it'
        exit 77
    fi
    mkdir -p "$cache" && work=$(mktemp -d "$tools.XXXXXX") || exit 1
    cp package.json package-lock.json "$work" &&
        (cd "$work" && npm ci --silent --no-audit --no-fund --ignore-scripts >&2) || {
        rm -rf "$work"
        echo 'skipped: npm could not fetch the tools of this test: is there a network?'
        exit 77
    }
    mv "$work" "$tools" 2>/dev/null || rm -rf "$work" # another one was faster
fi

run() {
    command=$1
    shift
    node "$tools/node_modules/vscode-tmgrammar-test/dist/$command.js" \
        -g "$tools/node_modules/tm-grammars/grammars/sql.json" "$@"
}

failed=0
run unit 'tests/*.test.flow' || failed=1
if [ "$1" = --update ]; then
    run snapshot --updateSnapshot tests/shop.flow
elif [ -e tests/shop.flow.snap ]; then
    run snapshot tests/shop.flow || failed=1
else
    echo 'tests/shop.flow.snap is missing'
    failed=1
fi
exit $failed
