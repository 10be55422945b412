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
