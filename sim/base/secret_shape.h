/* Secrets by their look: keys and tokens of well-known services.
 *
 * Source: what the issuers document of their formats; the placeholder keys of manuals (EXAMPLE,
 * one letter repeated) are none. Pure.
 */
#ifndef SIM_BASE_SECRET_SHAPE_H
#define SIM_BASE_SECRET_SHAPE_H

#include <stddef.h>

/* What kind of secret begins at text[at], "an AWS access key id", or NULL; `*n` is its length.
 * Static storage. */
const char *secret_shape(const char *text, size_t len, size_t at, size_t *n);

#endif
