/* How doc_yaml.c and doc_json.c build a doc: places, keys and expanded values in one way for both.
 * Only sim/job/doc*.c include this. */
#ifndef SIM_JOB_DOC_BUILD_H
#define SIM_JOB_DOC_BUILD_H

#include <stdbool.h>

#include "sim/job/doc.h"
#include "sim/job/env.h"

struct doc_build {
    struct doc *doc;
    struct diags *list;
    size_t n_before;    /* faults in the list before this file's */
    size_t n_errors;    /* of them errors, those that were counted only too */
    struct env env;     /* of ./.env */
    json_t *reported;   /* owned; names of the unset variables already told about */
    struct buf pointer; /* of the value being built */
    size_t depth;
    struct {
        char *key; /* owned; of the next place */
        size_t start;
        size_t end;
    } pending;
};

/* One value in both trees. */
struct doc_pair {
    json_t *root;
    json_t *source;
    size_t place; /* of a container */
};

/* False (after a J001 at `start`) if a container here would be too deep. doc_up() undoes it. */
bool doc_down(struct doc_build *b, size_t start);
void doc_up(struct doc_build *b);

/* Where the next value stands; doc_place_close when all that it holds is placed. */
size_t doc_place_open(struct doc_build *b, size_t start, size_t end);
void doc_place_close(struct doc_build *b, size_t place);

/* Announce the key of the next value; false (after a fault) if that value must not be kept. */
bool doc_key(struct doc_build *b, const struct doc_pair *object, const char *key, size_t len,
             size_t start, size_t end);

/* The string text[0..len), which stands at start..end of the file and whose place was opened last.
 * `plain`: its type is still to be found. The pair's two values are owned. */
struct doc_pair doc_text(struct doc_build *b, const char *text, size_t len, bool plain,
                         size_t start, size_t end);

/* A fault at the value being built. */
struct diag *doc_build_fault(struct doc_build *b, enum diag_code code, size_t start, size_t end,
                             const char *fmt, ...) PRINTF(5, 6);
bool doc_enough_faults(const struct doc_build *b);

/* Build b->doc's trees from its text; false if the text has faults that leave no tree. */
bool doc_build_yaml(struct doc_build *b);
bool doc_build_json(struct doc_build *b, bool by_name);

#endif
