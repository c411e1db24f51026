#include "compiler/types/data_file.h"

#include "runtime/base/file.h"

const char *
data_file_path(const FlowBody *body, FlowSources *sources, Arena *arena)
{
    Span beside = flow_span(sources, (PdcSpan){body->file, 0, 1});
    return path_join(arena, path_directory(arena, beside.file->path), body->path);
}

bool
data_file_csv_options(const FlowBody *body, CsvOptions *ret_options)
{
    bool right = true;
    csv_options_init(ret_options);
    for (size_t i = 0; i < body->n_options && right; i++) {
        Error error = {0};
        const FlowOption *option = &body->options[i];
        right = csv_options_set(ret_options, option->name, option->text, &error) == 0;
        error_deinit(&error);
    }
    return right;
}
