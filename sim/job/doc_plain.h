/* What an unquoted word of YAML means. */
#ifndef SIM_JOB_DOC_PLAIN_H
#define SIM_JOB_DOC_PLAIN_H

#include <jansson.h>
#include <stddef.h>

/* A plain scalar by YAML 1.2's core schema (10.3.2), owned: null, a boolean, an integer, a real,
 * else a string ("yes" and "on" are strings). NULL for a number that JSON cannot hold, and for text
 * that is not UTF-8. */
json_t *doc_plain(const char *text, size_t len);

#endif
