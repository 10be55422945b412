/* A grader turns a finished rollout into a reward.
 *
 * Each type is one file that fills one `struct grader_ops` and is listed in grader.c. Most work
 * their grade out there and then; those that call out (a python process, an endpoint, a model)
 * take their time, and many of their grades are under way at once. An error in grading is not a
 * failure of the rollout: the grade is 0 with a flag, as the service has it (GAP-9). Only a grade
 * that is lost, for want of an answer from outside, discards the rollout (4.9, GAP-27). A grader of
 * several (multi) owns them as its parts.
 * Source: contract section 4, 5.3 (flags).
 * Threads: a grader belongs to one thread, that of its engine; every engine thread makes its own.
 */
#ifndef GRADER_GRADER_H
#define GRADER_GRADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/base/template.h"
#include "sim/job/job.h"

/* What went wrong in a grade: the service's errors in its order (5.3). */
#define GRADE_ERRORS(X)                                           \
    X(FORMULA, "formula_parse_error")                             \
    X(SAMPLE_PARSE, "sample_parse_error")                         \
    X(TRUNCATED, "truncated_observation_error")                   \
    X(UNRESPONSIVE, "unresponsive_reward_error")                  \
    X(INVALID_VARIABLE, "invalid_variable_error")                 \
    X(OTHER, "other_error")                                       \
    X(PYTHON_SERVER, "python_grader_server_error")                \
    X(PYTHON_RUNTIME, "python_grader_runtime_error")              \
    X(MODEL_SERVER, "model_grader_server_error")                  \
    X(MODEL_REFUSAL, "model_grader_refusal_error")                \
    X(MODEL_PARSE, "model_grader_parse_error")                    \
    X(MODEL_MAX_TOKENS, "model_grader_exceeded_max_tokens_error") \
    X(ENDPOINT_INTERNAL, "endpoint_grader_internal_error")        \
    X(ENDPOINT_SERVER, "endpoint_grader_server_error")            \
    X(ENDPOINT_SAFETY, "endpoint_grader_safety_check_error")

enum grade_error {
#define X(name, words) GRADE_ERROR_##name,
    GRADE_ERRORS(X)
#undef X
        GRADE_N_ERRORS,
};

/* One bit for each. */
enum grade_flag {
#define X(name, words) GRADE_##name = 1 << GRADE_ERROR_##name,
    GRADE_ERRORS(X)
#undef X
};

const char *grade_error_name(enum grade_error error); /* "invalid_variable_error" */

/* What is to be known of a grade, which is one all the same: identifier, and words for how many
 * there were. */
#define GRADE_NOTES(X)                                                                             \
    X(UNSEEN, "unseen_text",                                                                       \
      "had a text in which the metric sees nothing, so it scores 0 (rouge sees ASCII letters and " \
      "digits, fuzzy_match letters and digits of any script)")                                     \
    X(NOT_TEXT, "not_text",                                                                        \
      "had a value put into a template that is no string; how the service writes it is not known " \
      "(GAP-29)")                                                                                  \
    X(NOTHING, "null_value", "had a null put into a template, here as the text null (GAP-30)")     \
    X(BOOLEAN, "boolean_score", "had true or false for a score, here 1 and 0 (GAP-40)")

enum grade_note {
#define X(name, id, words) GRADE_NOTE_##name,
    GRADE_NOTES(X)
#undef X
        GRADE_N_NOTES,
};

/* One bit for each. */
enum grade_note_bit {
#define X(name, id, words) GRADE_NOTE_BIT_##name = 1 << GRADE_NOTE_##name,
    GRADE_NOTES(X)
#undef X
};

/* Where a note came from: the templated field, and a path in it. Borrowed from the grader; NULL if
 * it came from elsewhere. */
struct grade_noted {
    const char *key;  /* "input" */
    const char *path; /* "item.nums" */
};

const char *grade_note_id(enum grade_note note);
const char *grade_note_words(enum grade_note note);

/* A grader's JSON, and where it stands in the job: alone, or as a part of another. */
struct grader_spec {
    const struct job *job;
    json_t *json;        /* borrowed from the job; an object, but for a part with a fault */
    const char *pointer; /* borrowed; "/method/reinforcement/grader/graders/exact" */
};

struct engine;
struct hosts;
struct wire;

/* What graders work with besides their spec. Copied; what it points to is borrowed until
 * grader_free. */
struct grader_context {
    struct engine *engine; /* for those that call out; NULL: it is read and checked, never used */
    struct hosts *hosts;   /* told of every host that will be called; NULL: nobody minds */
    struct wire *wire;     /* with an engine: what requests go over, once it is made ready */
    bool checked;          /* the job's grader was opened before without a fault: what takes long to
                              check need not be checked again */
    bool body_only; /* to be checked as what the service gets: nobody need be there to answer for a
                       judge, nor a package for a source, and what a source reads is of interest
                       whatever is wrong with it. Never used then */
};

/* What is graded. Borrowed for the call. */
struct grader_input {
    const struct tape *item;   /* the row, normalised (contract 1.4) */
    const struct tape *sample; /* what the rollout produced (4.2), made by sim/run/sample.h */
    /* The sample under the other reading of output_tools (GAP-28): often the same one; NULL if it
     * is not known, and then nothing is told of that reading. */
    const struct tape *other_sample;
    const char *trace_id; /* the rollout's, as its tool calls had it */
};

/* What one of a multi's graders said. */
struct grade_part {
    double reward; /* 0 if a flag is set */
    unsigned flags;
    int64_t ns; /* time in it */
};

/* What models that were asked have used, in their own count. */
struct grade_tokens {
    int64_t prompt;
    int64_t completion;
    int64_t total;
    int64_t cached; /* of the prompt */
};

/* What a grader has asked of a model so far. */
struct grader_spent {
    const char *model; /* borrowed: as the job names it */
    uint64_t n_grades; /* that ended with an answer */
    struct grade_tokens tokens;
};

struct grade {
    double reward;              /* 0 if a flag is set, but for a multi's (GAP-10, GAP-11) */
    unsigned flags;             /* enum grade_flag; those of the parts as well */
    struct grade_tokens tokens; /* of its parts as well; all 0 if no model was asked */
    bool lost;                  /* there is no grade: the rollout is to be discarded */
    int64_t ns;                 /* from start to end */
    char why[256];              /* filled with the flags, and if it is lost */
    unsigned notes;             /* enum grade_note_bit; those of the parts as well */
    struct grade_noted noted[GRADE_N_NOTES]; /* the first of each */
    unsigned readings;                       /* a bit for each of `other` that is set */
    double other[READINGS];         /* the reward under another reading (sim/job/reading.h) */
    const struct grade_part *parts; /* one for each of grader_parts(); borrowed until `done` has
                                       returned; NULL if it has no parts */
};

/* One grade under way. The caller's memory, zeroed before its first use, then used again. */
struct grading {
    /* set by the caller */
    void (*done)(struct grading *x); /* may be called before grader_start() returns */
    void *owner;                     /* for done() to find its way home */
    json_t *facts; /* borrowed until done; NULL, or an object to tell how the grade came about */

    /* set before done */
    struct grade out;

    /* the grader's */
    struct grader *grader; /* NULL while nothing is under way */
    char misfit[160];      /* how the answer is not what response_format asks for; or empty */
    bool truncated;        /* the answer was cut off at the model's token limit (GAP-48) */
    unsigned readings;     /* that this grade is told under */
    struct twice *twice;   /* while two samples are graded for it */
    int64_t started_ns;
    void *task; /* what its type knows of this grade */
};

/* One of several graders under a name. */
struct grader_part {
    char *key;             /* owned; what the formula calls it (MU-2) */
    struct grader *grader; /* owned */
};

/* What a grader's own code reads, as far as it can be told without running it. */
struct grader_read {
    const char *field;   /* of the item: item["answer"] */
    const char *pointer; /* to the text of the job that it stands in */
    const char *text;    /* that text; the field is at[from..from+len) */
    size_t from;
    size_t len;
};

struct grader_reads {
    const struct grader_read *at; /* borrowed until grader_free */
    size_t n;
    bool output_tools; /* it looks at the sample's tool calls (GAP-28) */
};

struct grader_ops {
    const char *type; /* the "type" in a grader's JSON, e.g. "string_check" */
    size_t size;      /* bytes of private state; grader_new() gives it zeroed to open() */

    /* Read and check the spec, which is borrowed for the call; faults go to `list`. */
    enum err_code (*open)(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e);

    /* Work out a grade, here and now. NULL for a type that has `start`. */
    void (*grade)(void *self, const struct grader_input *in, struct grade *out);

    /* Begin a grade, which ends with grading_done(); and give one up, freeing its task. `in` is
     * borrowed for the call: what is needed later is copied. Such a type adds its own facts. */
    void (*start)(void *self, struct grading *x, const struct grader_input *in);
    void (*stop)(void *self, struct grading *x);

    void (*close)(void *self); /* must take what a failed open() left */

    /* The graders it is made of, in the order of the job file; NULL if it is made of none. */
    const struct grader_part *(*parts)(const void *self, size_t *n);

    /* Tell of every template of the spec, in its order, with its key in the spec ("input/0/content"
     * is one in it). NULL for a type without. */
    void (*templates)(const void *self, template_visit *visit, void *arg);
    bool compares; /* as text what its templates say, so that what is no string matters (GAP-29) */

    /* Between what its rewards are. NULL if that is not known. */
    void (*bounds)(const void *self, double *low, double *high);

    /* Descriptors that it holds open besides its connections; NULL for none. */
    size_t (*descriptors)(const void *self);

    bool calls; /* it sends HTTP requests, unless it has a note (below) */

    /* A word of warning that goes wherever the grader is named ("a stub: ..."), or NULL. */
    const char *(*note)(const void *self);

    /* Of a type that asks a model: what it used so far. */
    void (*spent)(const void *self, struct grader_spent *out);

    /* See grader_reads(). NULL for a type without code of its own. */
    void (*reads)(const void *self, struct grader_reads *out);

    /* The other readings that its grades can be told under, as bits; NULL for none. It sets those
     * in `other` itself; for that of output_tools it is asked twice, unless it is made of parts. */
    unsigned (*readings)(const void *self);

    /* Whether it is given the sample's tool calls and calls out with them: what the other reading
     * of output_tools would give is then not known, as asking twice costs somebody something. NULL:
     * it is not. */
    bool (*asked_once)(const void *self);

    /* Of a type with `grade`: add to `facts` how the grade of this input, the last, came about;
     * grader/explain.h has the means. Never on the hot path, so it may work things out anew. */
    void (*explain)(void *self, const json_t *spec, const struct grader_input *in, json_t *facts);
};

struct grader;

/* Make the grader that the job describes; "type" picks it. On success `*out` is the caller's, and
 * the job has to outlive it. It also tests answers against the job's response_format: one that does
 * not fit is graded all the same, but the grade is in error, GRADE_SAMPLE_PARSE (GAP-36).
 * Errors: ERR_JOB, with the faults in `list`. */
NODISCARD enum err_code grader_new(struct grader **out, const struct job *job,
                                   const struct grader_context *context, struct diags *list,
                                   struct err *e);

/* The same for a grader that stands somewhere in another. */
NODISCARD enum err_code grader_open(struct grader **out, const struct grader_spec *spec,
                                    const struct grader_context *context, struct diags *list,
                                    struct err *e);
void grader_free(struct grader *g); /* NULL is fine */

const char *grader_type(const struct grader *g);
const char *grader_name(const struct grader *g); /* "grader-<12 hex>" if it has none (EV-11) */

/* Where its spec stands: "/method/reinforcement/grader/graders/exact". */
const char *grader_pointer(const struct grader *g);

/* Tell of every template of this grader alone, not of its parts', with a pointer into the job. */
void grader_templates(const struct grader *g, template_visit *visit, void *arg);
bool grader_compares(const struct grader *g);

/* Between what its rewards are, those in error aside; -INFINITY and INFINITY if that is not known.
 */
void grader_bounds(const struct grader *g, double *low, double *high);

const char *grader_note(const struct grader *g); /* NULL: there is nothing to warn of */

bool grader_calls(const struct grader *g); /* whether it, or a part of it, sends HTTP requests */

/* False if it asks no model itself, or has a stub for it. Its parts are asked for theirs. */
bool grader_spent(const struct grader *g, struct grader_spent *out);
void grade_tokens_add(struct grade_tokens *sum, const struct grade_tokens *more);

/* Borrowed from `g`; `*n` is 0 if it has no parts. */
const struct grader_part *grader_parts(const struct grader *g, size_t *n);

/* The grader as a list of those that metrics tell apart: 0 is `g` itself, then come its parts
 * (MU-9). `i` is at most the number of parts. */
const struct grader *grader_at(const struct grader *g, size_t i);

/* Of this grader alone, not of its parts. Known of one that was opened unchecked; else, and for
 * types that run no code, empty. */
void grader_reads(const struct grader *g, struct grader_reads *out);

/* The other readings of which every grade of `g` has the reward, as bits. */
unsigned grader_readings(const struct grader *g);

bool grader_reads_calls_otherwise(const struct grader *g); /* that of output_tools is one of them */

/* Whether the other reading of output_tools is not tried for want of asking twice. */
bool grader_is_asked_once(const struct grader *g);

/* Descriptors that it and its parts hold open in each thread, besides connections. */
size_t grader_descriptors(const struct grader *g);

/* Begin a grade. Exactly one `done` comes of it, unless it is given up. `in` is borrowed for the
 * call only. With x->facts, these are added to it:
 *
 *     {"type", "name",
 *      "fields": [{"key", "template", "text", "bytes"}
 *                 or {"key", "template", "error", "path", "reached"}, ...],
 *      what the type adds (texts: "operation", "calculate_output", ...),
 *      "graders": [{"key", and the same of it}, ...], of a multi,
 *      "reward", "errors": ["invalid_variable_error", ...], "lost", "seconds",
 *      "why": null or a text, "other_readings": [{"switch", "reading", "reward"}, ...],
 *      "notes": ["not_text", ...]}
 *
 * A field in error has the path that resolves nowhere, and how many bytes of it lead somewhere. The
 * reward of a grade that was lost is null. Some of what a type may add has a place of its own in
 * what is shown (sim/view/grade.c, answer.c): "printed" and "written", what user code put out (and
 * "printed_cut", how many characters more), "traceback", "details" (more than `why`),
 * "sampled_model_name" and "token_usage".
 *
 * Secrets in texts are masked, so that what is cut out of one later shows no part of them. */
void grader_start(struct grader *g, struct grading *x, const struct grader_input *in);
void grader_stop(struct grading *x); /* no done will come; fine if nothing is under way */

/* A grade by a grader that does not call out. */
void grader_grade(struct grader *g, const struct grader_input *in, struct grade *out);

/* For the types: the grade in x->out is ready. Last: the caller may free x, or start another. */
void grading_done(struct grading *x);

#endif
