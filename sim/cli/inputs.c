#include "sim/cli/inputs.h"

#include <string.h>

#include "sim/cli/cmd.h"

enum err_code inputs_datasets(struct dataset **train, struct dataset **valid, const struct job *job,
                              struct diags *list, struct err *e)
{
    struct err second = {0};
    enum err_code rc = dataset_open(train, job->training_path, list, e);
    if (rc && strcmp(job->training_path, job->validation_path) == 0)
        return rc; /* the same file would say the same again */
    enum err_code rc2 = dataset_open(valid, job->validation_path, list, &second);
    if (!rc && rc2)
        *e = second;
    return rc ? rc : rc2;
}

bool inputs_is_valid(const char *file)
{
    return file && strcmp(file, "valid") == 0;
}

enum err_code inputs_check_file(const char *file, struct err *e)
{
    if (!file || strcmp(file, "train") == 0 || inputs_is_valid(file))
        return ERR_OK;
    return err_set(e, ERR_USAGE, "--file: '%s' is neither train nor valid", file);
}

/* A line that is no row, blank or behind the last. */
static enum err_code no_such_row(const struct dataset *d, size_t line, struct err *e)
{
    size_t n = dataset_count(d);
    size_t last = dataset_line(d, n - 1);
    err_set(e, ERR_USAGE, "%s:%zu: there is no row on this line", dataset_path(d), line);
    return err_fix(e, "the file has %zu row%s, on lines %zu to %zu; --row counts lines from 1", n,
                   n == 1 ? "" : "s", dataset_line(d, 0), last);
}

enum err_code inputs_row(size_t *number, const struct dataset *d, size_t line, struct err *e)
{
    return dataset_find(d, line, number) ? ERR_OK : no_such_row(d, line, e);
}

void inputs_tell(struct diags *list, bool failed, bool quiet)
{
    enum { MOST = 20 };
    struct buf text = {0};
    if (failed || !quiet)
        diags_write(list, MOST, &text);
    cmd_put(stderr, &text);
    buf_release(&text);
    diags_cut(list, 0);
}
