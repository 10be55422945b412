#include "sim/cli/fix.h"

#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/view/fixes.h"

static void put(const struct buf *text)
{
    cmd_put(stdout, text);
}

/* A job that cannot be read has nothing to mend but itself. */
static enum err_code read_job(struct job **job, const char *path, struct err *e)
{
    struct diags list = {0};
    struct buf text = {0};
    enum err_code rc = job_read(job, path, &list, e);
    if (rc && *job) { /* its faults are told of the copy */
        err_clear(e);
        rc = ERR_OK;
    }
    if (rc)
        diags_write(&list, SIZE_MAX, &text);
    cmd_put(stderr, &text);
    buf_release(&text);
    diags_release(&list);
    return rc;
}

enum err_code fix_job(char **copy, const char *job_path, const char *folder, unsigned flags,
                      struct err *e)
{
    struct job *job = NULL;
    struct buf text = {0};
    enum err_code rc = read_job(&job, job_path, e);
    struct fix f = {.job = job, .diff = flags & FIX_DIFF ? put : NULL};
    if (!rc)
        rc = fix_run(&f, folder, e);
    if (!rc) {
        (flags & FIX_JSON ? fixes_write_json : fixes_write)(&text, &f, folder);
        (flags & FIX_JSON ? cmd_put_json : cmd_put)(stdout, &text);
        *copy = mem_text(f.job_copy);
    }
    buf_release(&text);
    fix_release(&f);
    job_free(job);
    return rc;
}
