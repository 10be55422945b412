/* rftsim check --fix: copies of a job and its files in which that is mended which has one right
 * answer (mend.h). Never in place: the copies stand together in a folder of their own, which is
 * there whole or not at all.
 *
 * Of the job file only the names of the two files change, to those of the copies beside it. Rows
 * that are the same byte for byte once they are mended are one row. What cannot be read as a row,
 * a line too long to be held too, is copied as it is. Memory: 24 bytes a row, and the longest row.
 */
#ifndef SIM_CHECK_FIX_H
#define SIM_CHECK_FIX_H

#include "sim/base/stage.h"
#include "sim/check/mend.h"
#include "sim/job/job.h"

struct fix_file {
    const char *path; /* borrowed from the job; NULL if there is none */
    char *name;       /* owned; of the copy, in the folder */
    size_t n_lines;   /* of the file */
    size_t n_rows;    /* of the copy */
    struct {
        size_t n; /* rows or lines */
        size_t first;
    } made[MEND_N];
};

enum { FIX_TRAINING, FIX_VALIDATION, FIX_N_FILES };

struct fix {
    /* set by the caller */
    const struct job *job;
    void (*diff)(const struct buf *text); /* is given the changes, a hunk at a time; or NULL */

    /* what was done */
    struct fix_file files[FIX_N_FILES];
    const char *field; /* that holds dropped answers; static storage; NULL if no name is left */
    char *job_name;    /* owned; of the copy of the job file, in the folder */
    char *job_copy;    /* owned; where it is */
};

/* Errors: ERR_USAGE: the folder is there and not empty; ERR_IO: a file cannot be read, changed
 * meanwhile, or cannot be written. Nothing is then left behind. */
NODISCARD enum err_code fix_run(struct fix *f, const char *folder, struct err *e);
void fix_release(struct fix *f);

#endif
