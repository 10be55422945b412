/* The tools that rows carry, beside those of the job (DS-20 to DS-24, GAP-24).
 *
 * Kept are the different definitions, not the rows: files repeat a few thousands of times. A
 * definition is a tool's JSON as it stands in the row. Tools that the row's tape remembers are only
 * counted, in `n_again`, until other tools or the end of the block say that it is time to add them
 * up.
 * Threads: as the survey that it is a part of.
 */
#ifndef SIM_CHECK_TOOLSET_H
#define SIM_CHECK_TOOLSET_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/tape.h"
#include "sim/job/diag.h"
#include "sim/job/job.h"

enum {
    TOOLSET_MAX = 4096, /* different definitions that are told apart in one file */
    TOOLSET_SETS = 64,  /* different sets of names */
};

struct toolset_tool {
    char *text; /* owned; the whole definition */
    size_t len;
    uint64_t hash; /* of the text */
    char *name;    /* owned */
    size_t n_rows;
    size_t first; /* line */
    size_t line;  /* of the last row that has it, in the block */
};

/* Rows that have tools of the same names. */
struct toolset_names {
    uint64_t names; /* their hashes added up */
    size_t n_tools;
    size_t n_rows;
    size_t first;
};

struct toolset {
    struct toolset_tool *at; /* owned */
    size_t n;
    uint16_t *slots;            /* owned; TOOLSET_MAX * 2 of them: index + 1 into `at`, by hash */
    struct toolset_names *sets; /* owned */
    size_t n_sets;
    size_t n_rows;  /* looked at, those without tools too */
    size_t n_with;  /* of them with at least one */
    size_t n_over;  /* definitions that there was no room for */
    uint64_t known; /* hash of the remembered tools, if the row looked at last had them; else 0 */
    struct toolset_names last; /* that row's; `first` is its line, `n_rows` those like it since */
};

void toolset_row(struct toolset *s, const struct tape *row, size_t line);
void toolset_join(struct toolset *whole, struct toolset *block, size_t n_before);
void toolset_release(struct toolset *s);

/* One file's, to be told of; its faults go to `list`. */
struct toolset_of {
    const char *path; /* of the file; NULL: there is none */
    const struct toolset *set;
    struct diags *list;
};

/* Say what was found (X010 to X016), in the files' lists or the job's. */
void toolsets_tell(const struct job *job, const struct toolset_of files[2], struct diags *list);

#endif
