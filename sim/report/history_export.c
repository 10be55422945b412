#include "sim/report/history_export.h"

enum err_code history_read_export(struct history *out, const char *path, struct err *e)
{
    (void)out;
    return err_set(e, ERR_DATA, "%s: cannot be read yet", path);
}
