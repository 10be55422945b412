/* Variables in a job file: where ${NAME} stands in a text, and what it is worth.
 *
 *     ${NAME}             from the environment, else from ./.env, else a fault
 *     ${NAME:-default}    the same, else the text up to the next '}'
 *     $${                 a literal ${
 *
 * As in a shell's ":-", a variable that is set but empty counts as not set.
 */
#ifndef SIM_JOB_ENV_H
#define SIM_JOB_ENV_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/base/err.h"

enum env_ref_kind {
    ENV_VARIABLE,
    ENV_LITERAL,   /* $${ */
    ENV_MALFORMED, /* begins with ${ but is no variable */
};

/* One reference in a text; all pointers are into that text. */
struct env_ref {
    enum env_ref_kind kind;
    const char *at; /* of its first '$' */
    size_t len;     /* of all of it */
    const char *name;
    size_t name_len;
    const char *fallback; /* what follows ":-"; NULL if there is none */
    size_t fallback_len;
};

/* Find the first reference in text[0..len). */
bool env_next(struct env_ref *ref, const char *text, size_t len);

/* The lines of ./.env; a zeroed struct has none. */
struct env {
    json_t *file; /* owned; name -> value */
};

/* Read a file of NAME=VALUE lines: "export " in front, quotes and # comments are allowed, the last
 * line for a name counts. It is no error if there is no such file.
 * Errors: ERR_IO, and ERR_JOB with file and line for one that cannot be read. The message never
 * shows the line, which may hold a secret. */
NODISCARD enum err_code env_load(struct env *env, const char *path, struct err *e);
void env_release(struct env *env);

/* Its value, borrowed until env_release or setenv; NULL if it is not set, or is empty. */
const char *env_value(const struct env *env, const char *name);

#endif
