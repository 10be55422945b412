/* Reading an object by a table of its keys: one row says what a key holds, in which range, and
 * where in the struct it goes. The same rows are what unknown keys are compared with.
 * Only sim/job/job*.c and policies with keys of their own include this.
 */
#ifndef SIM_JOB_JOB_READ_H
#define SIM_JOB_JOB_READ_H

#include "sim/job/job.h"
#include "sim/job/job_headers.h"

struct reader {
    const struct doc *doc;
    struct diags *list;
    size_t n_before; /* faults in the list before this job's */
    void *base;      /* the struct that the table's offsets are into */
    struct job *job;
    struct buf at; /* JSON pointer of the value being read */
};

enum key_kind {
    KEY_TEXT,    /* char *: not empty; at most `max` characters, if that is not 0 */
    KEY_COUNT,   /* int, min..max */
    KEY_WIDE,    /* int64_t, min..max */
    KEY_REAL,    /* double, min < x <= max; no upper end if max is 0 */
    KEY_WORD,    /* int: which of `words` */
    KEY_FLAG,    /* bool */
    KEY_OBJECT,  /* read by `keys` into the same struct */
    KEY_TREE,    /* json_t *, borrowed: an object that others read */
    KEY_SPECIAL, /* by `read` */
};

enum key_flags {
    KEY_REQUIRED = 1 << 0,
    KEY_AUTO = 1 << 1,      /* "auto" leaves the field as it is */
    KEY_ONLY_HERE = 1 << 2, /* too common a word to say "that belongs in ..." about it */
    KEY_CHECKED = 1 << 3,   /* a KEY_TEXT that is checked but not kept */
};

struct key {
    const char *name; /* NULL ends a table */
    enum key_kind kind;
    unsigned flags;
    size_t offset;
    double min;
    double max;
    const char *const *words; /* ends in NULL; for a KEY_TEXT too, then case does not count */
    const struct key *keys;
    void (*read)(struct reader *r, json_t *value);
    const char *missing; /* the remedy if a required key is not there; may be NULL */
};

/* Every table of the job and where it stands, to tell where a key belongs. */
struct key_level {
    const char *where; /* "in method.reinforcement" */
    const struct key *keys;
};
extern const struct key_level key_levels[];
extern const size_t n_key_levels;
extern const struct key job_keys[];

/* job_models.c */
extern const struct key grader_model_keys[];
void read_grader_models(struct reader *r, json_t *value);

/* Read a document that is a grader, or has one under "grader". */
void read_grader_alone(struct reader *r, json_t *root);

/* Read `object` (at r->at) into r->base. null counts as not given. */
void read_object(struct reader *r, const struct key *keys, json_t *object);

/* Go to a child and back: `size_t up = read_down(r, "seed"); ...; buf_cut(&r->at, up);` */
size_t read_down(struct reader *r, const char *key);
size_t read_down_index(struct reader *r, size_t i);

enum read_place { AT_VALUE, AT_KEY };

/* A fault at r->at, unless loading the document already found one in that value. A text that begins
 * with "must" gets the name of the key put in front. `fix` may be NULL. */
void read_fault(struct reader *r, enum read_place place, enum diag_code code, const char *fix,
                const char *fmt, ...) PRINTF(5, 6);

/* Whether the value has that type; if not, there is a fault that says what was wanted. */
bool read_is_object(struct reader *r, const json_t *value);
bool read_is_list(struct reader *r, const json_t *value, size_t most);

/* Header names and values, for job_headers_read and for tools. */
void read_header_object(struct reader *r, json_t *value, struct job_headers *out);

/* The text of a string that is neither empty nor holds control characters, borrowed; else NULL,
 * after a fault. */
const char *read_text(struct reader *r, const json_t *value);

/* Code points, which is what the service's limits count. */
size_t read_characters(const char *text);

#endif
