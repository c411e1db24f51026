/*
 * `pdc explain CODE`: the table of diagnostics.def with, from explain.txt, what it is about, an
 * example of the fault, and the same corrected.
 *
 *     === F0004
 *     Sentences.
 *     --- faulty [NAME]      a file; without a name main.flow. `--- faulty run COMMAND`: how it
 * shows …
 *     --- fixed [NAME]       the same
 *     …
 *
 * tests/golden/test_explain runs every example.
 */
#include "compiler/driver/driver.h"

#include <stdio.h>
#include <string.h>

/** Made of explain.txt by the build; ends with a NUL. */
extern const unsigned char explain_text[];

/** A row of explain.txt: [text, end). */
typedef struct Entry Entry;
struct Entry {
    const char *text;
    const char *end;
};

typedef struct Section Section;
struct Section {
    const char *title; /* behind `--- `, or NULL for the sentences at the beginning */
    size_t title_length;
    const char *text;
    size_t length;
};

static const char *
next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return newline != NULL ? newline + 1 : end;
}

static bool
find_entry(const char *code, Entry *ret_entry)
{
    const char *all = (const char *)explain_text;
    const char *end = all + strlen(all);
    const char *found = NULL;
    for (const char *line = all; line < end; line = next_line(line, end)) {
        if (strncmp(line, "=== ", 4) != 0) {
            continue;
        }
        if (found != NULL) {
            *ret_entry = (Entry){found, line};
            return true;
        }
        if (strncmp(line + 4, code, strlen(code)) == 0) {
            found = next_line(line, end);
        }
    }
    *ret_entry = (Entry){found, end};
    return found != NULL;
}

/** The section that begins at `at`. @return where the next one does */
static const char *
read_section(const Entry *entry, const char *at, Section *ret_section)
{
    *ret_section = (Section){.text = at};
    if (strncmp(at, "--- ", 4) == 0) {
        ret_section->text = next_line(at, entry->end);
        ret_section->title = at + 4;
        ret_section->title_length = (size_t)(ret_section->text - at) - 5;
    }
    const char *line = ret_section->text;
    while (line < entry->end && strncmp(line, "--- ", 4) != 0) {
        line = next_line(line, entry->end);
    }
    const char *end = line;
    while (end > ret_section->text && (end[-1] == '\n' || end[-1] == ' ')) {
        end--;
    }
    ret_section->length = (size_t)(end - ret_section->text);
    return line;
}

static bool
title_begins(const Section *section, const char *word)
{
    size_t n = strlen(word);
    return section->title != NULL && section->title_length >= n &&
           strncmp(section->title, word, n) == 0;
}

static void
print_indented(const Section *section)
{
    const char *end = section->text + section->length;
    for (const char *line = section->text; line < end; line = next_line(line, end)) {
        int length = (int)strcspn(line, "\n");
        length = line + length > end ? (int)(end - line) : length;
        printf("%s%.*s\n", length > 0 ? "    " : "", length, line);
    }
}

/** `faulty NAME`: what stands above the example. */
static void
print_title(const Section *section, bool *said_wrong, bool *said_right)
{
    bool wrong = title_begins(section, "faulty");
    bool *said = wrong ? said_wrong : said_right;
    const char *rest = section->title + (wrong ? 6 : 5);
    int length = (int)(section->title + section->title_length - rest);
    if (!*said) {
        printf("\n%s:\n", wrong ? "Wrong" : "Right");
    }
    *said = true;
    if (length > 0 && strncmp(rest, " run ", 5) == 0) {
        printf("\n    $ %.*s\n", length - 5, rest + 5);
    } else if (length > 0) {
        printf("\n  %.*s:\n\n", length - 1, rest + 1);
    } else {
        printf("\n");
    }
}

static void
print_text(const DiagInfo *info, const Entry *entry)
{
    bool said_wrong = false;
    bool said_right = false;
    printf("%s, %s: ", info->code, info->severity == DIAG_ERROR ? "an error" : "a warning");
    for (const char *c = info->format; *c != '\0'; c++) {
        bool is_argument = c[0] == '%' && c[1] == 's';
        fputs(is_argument ? "…" : (char[]){*c, '\0'}, stdout);
        c += is_argument ? 1 : 0;
    }
    printf("\n\n");
    for (const char *at = entry->text; at < entry->end;) {
        Section section;
        at = read_section(entry, at, &section);
        if (section.title == NULL) {
            printf("%.*s\n", (int)section.length, section.text);
            continue;
        }
        print_title(&section, &said_wrong, &said_right);
        print_indented(&section);
    }
    if (info->severity == DIAG_WARNING) {
        printf("\nWhere it is meant: -- pdc: allow %s\n", info->code);
    }
}

static void
print_json_object(const DiagInfo *info, const Entry *entry)
{
    CLEANUP(str_deinit) Str out = {0};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    bool first = true;
    str_append_format(&out, "{\"code\": \"%s\", \"severity\": \"%s\", \"message\": ", info->code,
                      info->severity == DIAG_ERROR ? "error" : "warning");
    diag_append_json(&out, info->format);
    str_append(&out, ", \"hint\": ");
    diag_append_json(&out, info->hint);
    for (const char *at = entry->text; at < entry->end;) {
        Section section;
        at = read_section(entry, at, &section);
        const char *text = arena_strndup(arena, section.text, section.length);
        if (section.title == NULL) {
            str_append(&out, ", \"text\": ");
            diag_append_json(&out, text);
            str_append(&out, ", \"examples\": [");
            continue;
        }
        str_append(&out, first ? "{\"title\": " : ", {\"title\": ");
        diag_append_json(&out, arena_strndup(arena, section.title, section.title_length));
        str_append(&out, ", \"text\": ");
        diag_append_json(&out, text);
        str_append(&out, "}");
        first = false;
    }
    printf("%s]}\n", str_text(&out));
}

/** All codes, in the order of their numbers. */
static int
print_list(void)
{
    for (int number = 0; number < 20000; number++) {
        char code[8];
        snprintf(code, sizeof code, "%c%04d", number < 10000 ? 'F' : 'W', number % 10000);
        for (int id = 0; id < DIAG_COUNT; id++) {
            const DiagInfo *info = diag_info((DiagId)id);
            if (text_equal(info->code, code)) {
                printf("%s  %s\n", code, info->format);
            }
        }
    }
    return EXIT_DONE;
}

int
driver_explain(const DriverOptions *options)
{
    const char *nearest = NULL;
    Entry entry;
    if (options->file == NULL) {
        return print_list();
    }
    if (!driver_is_code(options->file, false, &nearest)) {
        fprintf(stderr, "pdc: there is no message `%s`%s%s%s\ntry: pdc explain\n", options->file,
                nearest != NULL ? "; did you mean `" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "`?" : "");
        return EXIT_USAGE;
    }
    for (int id = 0; id < DIAG_COUNT; id++) {
        const DiagInfo *info = diag_info((DiagId)id);
        if (!text_equal_ignore_case(info->code, options->file)) {
            continue;
        }
        if (!find_entry(info->code, &entry)) {
            BUG("explain.txt has no %s", info->code);
        }
        if (options->json) {
            print_json_object(info, &entry);
        } else {
            print_text(info, &entry);
        }
    }
    return EXIT_DONE;
}
