#include "runtime/base/secret.h"

struct Secret {
    const char *text;
};

Secret *
secret_new(Arena *arena, const char *text)
{
    Secret *secret = ARENA_NEW(arena, Secret);
    secret->text = arena_strdup(arena, text);
    return secret;
}

const char *
secret_reveal(const Secret *secret)
{
    return secret->text;
}
