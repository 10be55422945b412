#include "sim/cli/grade_options.h"

#include <string.h>

#include "sim/cli/inputs.h"

const char *grade_sample_path(const struct grade_opts *o)
{
    if (o->sample_file)
        return o->sample_file;
    if (!o->sample)
        return NULL;
    if (strcmp(o->sample, "-") == 0)
        return o->sample;
    return *o->sample == '@' ? o->sample + 1 : NULL;
}

const char *grade_item_path(const struct grade_opts *o)
{
    return o->item && o->item[strspn(o->item, " \t\r\n")] != '{' ? o->item : NULL;
}

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static enum err_code check_row(const struct grade_opts *o, struct err *e)
{
    if (!o->row && !o->item) {
        err_set(e, ERR_USAGE, "no row to grade on");
        return err_fix(e, "say --row N, a line of the training file, or --item FILE");
    }
    if (o->row && o->item)
        return err_set(e, ERR_USAGE, "--row and --item both give the row; say one of them");
    if (o->file && o->item)
        return err_set(e, ERR_USAGE, "--file goes with --row, and the row is that of --item");
    if (inputs_check_file(o->file, e))
        return err_fix(e, "for a row from any other file there is --item FILE");
    return ERR_OK;
}

/* A grader alone may bring both in its file; whether it does is seen later. */
static enum err_code check_one(const struct grade_opts *o, bool alone, struct err *e)
{
    enum err_code rc = alone ? ERR_OK : check_row(o, e);
    if (rc)
        return rc;
    if (!o->sample && !o->sample_file && !alone) {
        err_set(e, ERR_USAGE, "no answer to grade");
        return err_fix(e, "say --sample TEXT, or --sample @FILE");
    }
    if (o->sample && o->sample_file)
        return err_set(e, ERR_USAGE,
                       "--sample and --sample-file both give the answer; say one of them");
    if (is_stdin(grade_item_path(o)) && is_stdin(grade_sample_path(o)))
        return err_set(e, ERR_USAGE, "the item and the sample cannot both be standard input");
    return ERR_OK;
}

/* With --fixtures or --results the file says what is graded. */
static enum err_code check_many(const struct grade_opts *o, struct err *e)
{
    const char *what = o->fixtures ? "--fixtures" : "--results";
    const char *other = o->row                      ? "--row"
                        : o->file                   ? "--file"
                        : o->item                   ? "--item"
                        : o->sample                 ? "--sample"
                        : o->sample_file            ? "--sample-file"
                        : o->results && o->fixtures ? "--results"
                                                    : NULL;
    if (other)
        return err_set(e, ERR_USAGE, "%s says what is graded, so %s has no place beside it", what,
                       other);
    return ERR_OK;
}

enum err_code grade_check_options(const struct grade_opts *o, bool has_job, struct err *e)
{
    if (has_job && o->grader)
        return err_set(e, ERR_USAGE, "a JOB and --grader both give the grader; say one of them");
    if (!has_job && !o->grader) {
        err_set(e, ERR_USAGE, "no grader");
        return err_fix(e, "name the job file, or a grader alone with --grader FILE");
    }
    if (o->grader && (o->row || o->file)) {
        err_set(e, ERR_USAGE, "%s is of a job's file, and there is no job",
                o->row ? "--row" : "--file");
        return err_fix(e, "give the row with --item FILE");
    }
    if (o->update && !o->fixtures)
        return err_set(e, ERR_USAGE, "--update is for --fixtures");
    if (o->fixtures || o->results)
        return check_many(o, e);
    return check_one(o, o->grader != NULL, e);
}
