/*
 * The holder's note: a small text file PATH.holder beside a database file. DuckDB itself says only
 * which process has the file; the note adds who that is. A note may be left over from a process
 * that died, so it is believed only if it is about the pid that DuckDB names.
 */
#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/store/duckdb/duck.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_LIMIT_BYTES = 4096 };

static char *
note_path(Arena *arena, const char *path)
{
    return arena_printf(arena, "%s.holder", path);
}

static const char *
login_name(Arena *arena)
{
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found) == 0 && found) {
        return arena_strdup(arena, found->pw_name);
    }
    return arena_printf(arena, "%ld", (long)getuid());
}

/** A value on one line: what would end the line becomes a space. */
static void
append_line(Str *note, const char *key, const char *value)
{
    str_append_format(note, "%s ", key);
    for (; *value != '\0'; value++) {
        str_append_char(note, (unsigned char)*value < ' ' ? ' ' : *value);
    }
    str_append_char(note, '\n');
}

void
duck_holder_write(const char *path, const char *application_name)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char host[256] = "";
    char since[32];
    Str note = {0};
    (void)gethostname(host, sizeof(host) - 1);
    clock_format_utc(clock_now_us(), since, sizeof(since));
    append_line(&note, "pid", arena_printf(arena, "%ld", (long)getpid()));
    append_line(&note, "application", application_name ? application_name : "");
    append_line(&note, "user", login_name(arena));
    append_line(&note, "host", host);
    append_line(&note, "since", since);
    int file =
        open(note_path(arena, path), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file >= 0) {
        ssize_t written = write(file, str_text(&note), note.length);
        (void)written; /* half a note is one about no pid */
        close(file);
    }
    str_deinit(&note);
}

void
duck_holder_remove(const char *path)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    (void)unlink(note_path(arena, path));
}

/** The value of a line `key value`, or NULL. */
static const char *
note_value(Arena *arena, const char *note, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = note; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ' ') {
            const char *value = line + length + 1;
            return arena_strndup(arena, value, strcspn(value, "\n"));
        }
        if (*line == '\0') {
            break;
        }
    }
    return NULL;
}

static void
append_part(Str *text, const char *word, const char *value)
{
    if (value && value[0] != '\0') {
        str_append_format(text, "%s%s%s", text->length > 0 ? ", " : "", word, value);
    }
}

char *
duck_holder_describe(const char *path, long pid, const char *program, Arena *arena)
{
    char *note = NULL;
    size_t length = 0;
    const char *noted_pid = NULL;
    Str text = {0};
    if (file_read(arena, note_path(arena, path), NOTE_LIMIT_BYTES, &note, &length) == 0) {
        noted_pid = note_value(arena, note, "pid");
    }
    if (noted_pid && pid > 0 && strtol(noted_pid, NULL, 10) == pid) {
        append_part(&text, "", note_value(arena, note, "application"));
        append_part(&text, "user ", note_value(arena, note, "user"));
        append_part(&text, "on ", note_value(arena, note, "host"));
        append_part(&text, "process ", noted_pid);
        append_part(&text, "since ", note_value(arena, note, "since"));
    } else if (pid > 0) {
        append_part(&text, "", program);
        append_part(&text, "process ", arena_printf(arena, "%ld", pid));
    } else {
        str_append(&text, "another process");
    }
    return str_take_in(&text, arena);
}
