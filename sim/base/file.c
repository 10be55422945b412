#include "sim/base/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"

enum { CHUNK = 65536 };

enum err_code file_read(char **text, size_t *len, const char *path, size_t max, struct err *e)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file)
        return err_sys(e, path);

    enum err_code rc = ERR_OK;
    struct buf all = {0};
    size_t n = 0;
    do {
        buf_reserve(&all, CHUNK);
        n = fread(all.at + all.len, 1, CHUNK, file);
        all.len += n;
    } while (n > 0 && all.len <= max);
    all.at[all.len] = '\0';

    if (ferror(file))
        rc = err_sys(e, path);
    else if (all.len > max)
        rc = err_set(e, ERR_IO, "%s: longer than %zu bytes, the most that is read", path, max);
    if (!standard)
        fclose(file);
    if (rc) {
        buf_release(&all);
        return rc;
    }
    *len = all.len;
    *text = buf_take(&all);
    return ERR_OK;
}
