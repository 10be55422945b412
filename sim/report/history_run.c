#include "sim/report/history_run.h"

enum err_code history_read_run(struct history *out, const char *path, struct err *e)
{
    (void)out;
    return err_set(e, ERR_DATA, "%s: cannot be read yet", path);
}
