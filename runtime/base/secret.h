/**
 * Secret: text that must not be shown (a URL with its password, a masking key). It can't be
 * formatted by accident: its struct is opaque, and only `runtime/store/` and the code that builds
 * one open it.
 */
#ifndef PDC_BASE_SECRET_H
#define PDC_BASE_SECRET_H

#include "runtime/base/arena.h"

typedef struct Secret Secret;

/** A secret in `arena`; the bytes are copied. */
Secret *secret_new(Arena *arena, const char *text);
/** The text itself. For `runtime/store/` and the configuration's own resolution only. */
const char *secret_reveal(const Secret *secret);

#endif
