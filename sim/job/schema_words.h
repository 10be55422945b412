/* The keywords of JSON Schema: what each holds, and where it stands in structured output.
 * Only sim/job/schema*.c include this. */
#ifndef SIM_JOB_SCHEMA_WORDS_H
#define SIM_JOB_SCHEMA_WORDS_H

#include "sim/job/schema.h"

/* keyword's name here, as it is written, what it holds, standing in strict schemas; in the order of
 * strcmp */
#define SCHEMA_WORDS(X)                                             \
    X(ANCHOR, "$anchor", TEXT, UNSAID)                              \
    X(COMMENT, "$comment", TEXT, FINE)                              \
    X(DEFS, "$defs", SCHEMA_MAP, FINE)                              \
    X(DYNAMIC_ANCHOR, "$dynamicAnchor", TEXT, UNSAID)               \
    X(DYNAMIC_REF, "$dynamicRef", TEXT, REFUSED)                    \
    X(ID, "$id", TEXT, UNSAID)                                      \
    X(REF, "$ref", REFERENCE, FINE)                                 \
    X(DIALECT, "$schema", TEXT, FINE)                               \
    X(VOCABULARY, "$vocabulary", ANYTHING, UNSAID)                  \
    X(ADDITIONAL_ITEMS, "additionalItems", SCHEMA, REFUSED)         \
    X(ADDITIONAL, "additionalProperties", SCHEMA, FINE)             \
    X(ALL_OF, "allOf", SCHEMA_LIST, REFUSED)                        \
    X(ANY_OF, "anyOf", SCHEMA_LIST, FINE)                           \
    X(CONST, "const", ANYTHING, FINE)                               \
    X(CONTAINS, "contains", SCHEMA, REFUSED)                        \
    X(CONTENT_ENCODING, "contentEncoding", TEXT, UNSAID)            \
    X(CONTENT_MEDIA_TYPE, "contentMediaType", TEXT, UNSAID)         \
    X(CONTENT_SCHEMA, "contentSchema", SCHEMA, UNSAID)              \
    X(DEFAULT, "default", ANYTHING, UNSAID)                         \
    X(DEFINITIONS, "definitions", SCHEMA_MAP, FINE)                 \
    X(DEPENDENCIES, "dependencies", ANYTHING, REFUSED)              \
    X(DEPENDENT_REQUIRED, "dependentRequired", ANYTHING, REFUSED)   \
    X(DEPENDENT_SCHEMAS, "dependentSchemas", SCHEMA_MAP, REFUSED)   \
    X(DEPRECATED, "deprecated", FLAG, UNSAID)                       \
    X(DESCRIPTION, "description", TEXT, FINE)                       \
    X(ELSE, "else", SCHEMA, REFUSED)                                \
    X(ENUM, "enum", VALUES, FINE)                                   \
    X(EXAMPLES, "examples", ANYTHING, UNSAID)                       \
    X(EXCLUSIVE_MAXIMUM, "exclusiveMaximum", NUMBER, TUNED)         \
    X(EXCLUSIVE_MINIMUM, "exclusiveMinimum", NUMBER, TUNED)         \
    X(FORMAT, "format", TEXT, TUNED)                                \
    X(IF, "if", SCHEMA, REFUSED)                                    \
    X(ITEMS, "items", SCHEMA_OR_LIST, FINE)                         \
    X(MAX_CONTAINS, "maxContains", COUNT, REFUSED)                  \
    X(MAX_ITEMS, "maxItems", COUNT, TUNED)                          \
    X(MAX_LENGTH, "maxLength", COUNT, TUNED)                        \
    X(MAX_PROPERTIES, "maxProperties", COUNT, TUNED)                \
    X(MAXIMUM, "maximum", NUMBER, TUNED)                            \
    X(MIN_CONTAINS, "minContains", COUNT, REFUSED)                  \
    X(MIN_ITEMS, "minItems", COUNT, TUNED)                          \
    X(MIN_LENGTH, "minLength", COUNT, TUNED)                        \
    X(MIN_PROPERTIES, "minProperties", COUNT, TUNED)                \
    X(MINIMUM, "minimum", NUMBER, TUNED)                            \
    X(MULTIPLE_OF, "multipleOf", POSITIVE, TUNED)                   \
    X(NOT, "not", SCHEMA, REFUSED)                                  \
    X(ONE_OF, "oneOf", SCHEMA_LIST, REFUSED)                        \
    X(PATTERN, "pattern", TEXT, TUNED)                              \
    X(PATTERN_PROPERTIES, "patternProperties", SCHEMA_MAP, REFUSED) \
    X(PREFIX_ITEMS, "prefixItems", SCHEMA_LIST, REFUSED)            \
    X(PROPERTIES, "properties", SCHEMA_MAP, FINE)                   \
    X(PROPERTY_NAMES, "propertyNames", SCHEMA, REFUSED)             \
    X(READ_ONLY, "readOnly", FLAG, UNSAID)                          \
    X(REQUIRED, "required", NAMES, FINE)                            \
    X(THEN, "then", SCHEMA, REFUSED)                                \
    X(TITLE, "title", TEXT, FINE)                                   \
    X(TYPE, "type", TYPES, FINE)                                    \
    X(UNEVALUATED_ITEMS, "unevaluatedItems", SCHEMA, REFUSED)       \
    X(UNEVALUATED, "unevaluatedProperties", SCHEMA, REFUSED)        \
    X(UNIQUE_ITEMS, "uniqueItems", FLAG, TUNED)                     \
    X(WRITE_ONLY, "writeOnly", FLAG, UNSAID)

enum schema_word {
#define X(word, ...) WORD_##word,
    SCHEMA_WORDS(X)
#undef X
        WORD_NONE,
};

enum schema_holds {
    HOLDS_ANYTHING,
    HOLDS_TEXT,
    HOLDS_FLAG,
    HOLDS_NUMBER,
    HOLDS_POSITIVE, /* a number above 0 */
    HOLDS_COUNT,    /* a whole number from 0 */
    HOLDS_NAMES,    /* a list of strings */
    HOLDS_VALUES,   /* a list */
    HOLDS_TYPES,    /* a type, or a list of them */
    HOLDS_REFERENCE,
    HOLDS_SCHEMA,
    HOLDS_SCHEMA_LIST,
    HOLDS_SCHEMA_OR_LIST, /* a list in the drafts up to 7 */
    HOLDS_SCHEMA_MAP,
};

enum schema_standing {
    STANDING_FINE,
    STANDING_TUNED,   /* not for fine-tuned models */
    STANDING_REFUSED, /* named as unsupported, or known to be refused */
    STANDING_UNSAID,  /* neither list has it */
};

struct schema_word_row {
    const char *name;
    enum schema_holds holds;
    enum schema_standing standing;
};

extern const struct schema_word_row schema_words[WORD_NONE];

/* Which one the key at `k` is, or WORD_NONE. */
enum schema_word schema_word(const struct tape *t, size_t k);

/* Whether schema_fits passes over it although it says something about values. */
bool schema_word_untested(enum schema_word word);

enum { SCHEMA_N_TYPES = 7 };
extern const char *const schema_types[SCHEMA_N_TYPES]; /* "array", ... */

/* A bit for each of them. */
enum schema_type_bit {
    TYPE_ARRAY = 1 << 0,
    TYPE_BOOLEAN = 1 << 1,
    TYPE_INTEGER = 1 << 2,
    TYPE_NULL = 1 << 3,
    TYPE_NUMBER = 1 << 4,
    TYPE_OBJECT = 1 << 5,
    TYPE_STRING = 1 << 6,
};

/* The types that a "type" allows, one bit each; 0 if it is none at all. */
unsigned schema_type_bits(const struct tape *t, size_t types);

/* The types that the value has: a whole number is an integer and a number. */
unsigned schema_value_bits(const struct tape *t, size_t v);

/* The schema that a reference within the schema leads to: "#", "#/$defs/step"; TAPE_NONE if it
 * leads nowhere or out of it. */
size_t schema_target(const struct schema *s, size_t ref);

/* A string's bytes: as they stand if nothing is escaped, else unescaped into `scratch`. */
const char *schema_text(const struct tape *t, size_t v, struct buf *scratch, size_t *len);

/* Code points of a UTF-8 text. */
size_t schema_chars(const char *text, size_t len);

#endif
