/* Expected grades: a file of JSON lines, each an item, a sample and what its grade must be.
 *
 *     {"name": "exact", "kind": "full", "item": {...}, "sample": "SKU-1", "expect": {"reward": 1}}
 *
 * "sample" is an answer, or a whole sample with output_text. "expect" is a reward, "within" so much
 * of it; or "min", "max" or both; or "errors", their names, alone or with a reward. A grade in
 * error meets no expectation that does not name its errors. "name", "kind" and "item" may be left
 * out, and other keys are left alone. Threads: one caller's.
 */
#ifndef SIM_RUN_FIXTURE_H
#define SIM_RUN_FIXTURE_H

#include "grader/grader.h"
#include "sim/run/input.h"

enum { FIXTURES_MAX_BYTES = 256 << 20 };

struct expectation {
    bool has_reward, has_min, has_max, has_errors;
    double reward;
    double within; /* 0: exactly */
    double min, max;
    unsigned errors; /* enum grade_flag: exactly these */
};

/* Offsets into the file's text; `end` 0: it is not there. */
struct fixture_span {
    size_t start, end;
};

struct fixture {
    size_t line;
    char *name; /* owned; NULL if it has none */
    char *kind; /* likewise */
    struct fixture_span item;
    struct fixture_span sample;
    struct fixture_span expect; /* if it is not there, start is where it would go */
    bool is_whole;              /* the sample is a whole one */
    struct expectation want;
};

struct fixtures {
    const char *path; /* borrowed */
    char *text;       /* owned: the file */
    size_t len;
    struct fixture *at; /* owned */
    size_t n, room;
};

/* Read the file into zeroed `f`, to be released whatever comes of it. `bare`: expectations may be
 * missing. Errors: ERR_IO; ERR_DATA, with the faults (F001, F002) in `list`. */
NODISCARD enum err_code fixtures_load(struct fixtures *f, const char *path, bool bare,
                                      struct diags *list, struct err *e);
void fixtures_release(struct fixtures *f);

/* Fill what the grader is given. */
void fixture_input(const struct fixtures *f, size_t i, const struct job *job, struct input *out);

enum fixture_verdict {
    FIXTURE_HOLDS,
    FIXTURE_DIFFERS,
    FIXTURE_UNSTABLE, /* the same answer got two grades */
    FIXTURE_LOST,     /* there was no grade */
};
enum fixture_verdict fixture_judge(const struct fixture *f, const struct grade grades[2]);

/* What is wanted and what came, in words: "reward 1", "invalid_variable_error (input: ...)". */
void fixture_wanted(const struct fixture *f, struct buf *out);
void fixture_came(const struct grade *grade, struct buf *out);

/* Append the text of the file in which fixture `i` expects grades[2 * i], if update[i]; the rest is
 * as it was, byte for byte. */
void fixtures_rewrite(const struct fixtures *f, const struct grade *grades, const bool *update,
                      struct buf *out);

#endif
