#!/bin/sh
# docs/errors.md lists the messages of runtime/diag/diagnostics.def. `test_errors.sh --update` writes it anew.
cd "${PDC_SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
export LC_ALL=C

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cat > "$work/rows.c" <<'C'
#include <stdio.h>
#include <string.h>

static void
print_cell(const char *text)
{
    fputs(" | ", stdout);
    for (; text != NULL && *text != '\0'; text++) {
        if (strncmp(text, "%s", 2) == 0) {
            fputs("…", stdout);
            text++;
        } else if (*text == '|') {
            fputs("\\|", stdout);
        } else {
            putchar(*text);
        }
    }
}

static void
print_row(const char *code, const char *format, const char *hint)
{
    printf("| `%s`", code);
    print_cell(format);
    print_cell(hint);
    fputs(" |\n", stdout);
}

int
main(void)
{
#define DIAGNOSTIC(id, code, severity, format, hint) print_row(code, format, hint);
#include "runtime/diag/diagnostics.def"
    return 0;
}
C
"${CC:-cc}" -std=c11 -I . -o "$work/rows" "$work/rows.c" && "$work/rows" | sort > "$work/sorted" || exit 1
{
    cat <<'PAGE'
# Messages

What `pdc` and `./flow` say about `.flow` files and `pipedag.yaml`, made from `runtime/diag/diagnostics.def`. Codes are stable; those of warnings begin with `W`. `…` stands for what
the message is about. A message also shows the place, and often suggests a name that is near.

| block | about |
| --- | --- |
| `F00` | text and tokens |
| `F01` | grammar |
| `F02` | declarations |
| `F03` | names |
| `F04` | SQL |
| `F05` | expressions and attrs |
| `F06` | copying |
| `F07` | what this version does not build yet |
| `F08`, `W08` | configuration |
| `F09` | the engine |
| `W04` | SQL that is right and seldom meant |

| code | message | what to do |
| --- | --- | --- |
PAGE
    cat "$work/sorted"
} > "$work/page"
if [ "$1" = --update ]; then
    cp "$work/page" docs/errors.md
fi
diff -u docs/errors.md "$work/page" && echo "$(wc -l < "$work/sorted") messages" || {
    echo 'run tests/style/test_errors.sh --update'
    exit 1
}
