/* JSON Schema, as far as structured output knows it: is this a schema, and does this value fit it?
 *
 * A schema is a value on a tape: that of a row, whose tools have schemas, or one made of the job's
 * response_format. What is not `strict` must be a well-formed schema; what is must also keep to
 * the published subset, and is told of everything that does not.
 *
 *     root        "type": "object", no anyOf
 *     objects     additionalProperties false, every property in "required"
 *     keywords    type enum const properties required additionalProperties items anyOf $ref $defs
 *                 (definitions) title description $schema $comment
 *     warned of   pattern format minLength maxLength minimum maximum multipleOf minItems maxItems
 *                 and their like: the subset has some, but not for fine-tuned models
 *     size        see SCHEMA_MAX_...
 *
 * Source: OpenAI, "Structured Outputs", "Supported schemas" (the larger figures, and what
 * fine-tuned models do without); Microsoft, "Structured outputs" with Azure OpenAI (the smaller
 * figures); GAP-36. Meaning of the keywords: JSON Schema 2020-12.
 * Pure; the tapes are only read, so threads may share them.
 */
#ifndef SIM_JOB_SCHEMA_H
#define SIM_JOB_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/tape.h"
#include "sim/job/diag.h"

enum {
    SCHEMA_MAX_PROPERTIES = 5000, /* of all objects together */
    SCHEMA_MAX_LEVELS = 10,       /* of objects in objects; the root is the first */
    SCHEMA_MAX_CHOICES = 1000,    /* enum values of all enums together */
    SCHEMA_MAX_CHARS = 120000,    /* of names of properties and definitions, enum and const texts */
    SCHEMA_MANY_CHOICES = 250,    /* an enum with more has at most ... */
    SCHEMA_MANY_CHARS = 15000,    /* ... so many characters */
    SCHEMA_AZURE_PROPERTIES = 100,
    SCHEMA_AZURE_LEVELS = 5,

    SCHEMA_MAX_FAULTS = 10, /* errors told of one schema, and warnings */
    SCHEMA_MAX_DEPTH = 500, /* of a value that is tested, and of references in between */
    SCHEMA_MAX_STEPS = 5000000,
};

struct schema {
    const struct tape *tape; /* borrowed */
    size_t root;             /* where it stands there; "$ref": "#" is this */
};

enum schema_flags {
    SCHEMA_STRICT = 1 << 0,     /* it has to keep to the subset */
    SCHEMA_PARAMETERS = 1 << 1, /* of a function: an object at the root, strict or not */
    SCHEMA_TESTED = 1 << 2, /* answers are tested against it: tell what schema_fits passes over */
};

struct schema_fault {
    enum diag_code code; /* S001... */
    enum diag_severity severity;
    size_t at;       /* index on the schema's tape: of a value, or of a key if that is at fault */
    bool key;        /* it is a key's */
    const char *fix; /* borrowed for the call; NULL: what the code says in general */
    char text[256];
};

/* Check a schema. Each fault is told, up to SCHEMA_MAX_FAULTS. Returns the number of errors; one
 * that has none may be used with schema_fits. */
size_t schema_check(const struct schema *s, unsigned flags,
                    void (*on_fault)(void *arg, const struct schema_fault *fault), void *arg);

/* Why a value does not fit. */
struct schema_miss {
    size_t at;      /* index on the value's tape */
    char text[160]; /* "must be a number, found a string" */
};

/* Whether the value at `v` of `t` fits the schema. Passed over: what schema_check has told of
 * (SCHEMA_TESTED), and keywords that say nothing about values. A value that is nested too deep or
 * is too much work does not fit. */
NODISCARD bool schema_fits(const struct schema *s, const struct tape *t, size_t v,
                           struct schema_miss *why);

#endif
