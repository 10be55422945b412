#include "tools/demo/records.h"

#include <stdio.h>
#include <stdlib.h>

enum err_code records_read(const char *path,
                           enum err_code (*take)(void *arg, const struct tape *record,
                                                 struct err *e),
                           void *arg, struct err *e)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return err_sys(e, path);
    enum err_code rc = ERR_OK;
    struct tape t = {0};
    char *line = NULL;
    size_t room = 0;
    ssize_t len = 0;
    for (size_t number = 1; !rc && (len = getline(&line, &room, file)) >= 0; number++) {
        struct tape_fault f = {0};
        if (tape_scan(&t, line, (size_t)len, &f))
            rc = take(arg, &t, e);
        else
            rc = err_set(e, ERR_DATA, "%s at byte %zu", f.what, f.offset + 1);
        if (rc)
            err_note(e, "%s:%zu", path, number);
    }
    if (!rc && ferror(file))
        rc = err_sys(e, path);
    free(line);
    tape_release(&t);
    fclose(file);
    return rc;
}

char *record_member(const struct tape *t, size_t v, const char *key, enum tape_kind kind)
{
    size_t found = tape_get(t, v, key);
    if (found == TAPE_NONE || tape_kind(t, found) != kind)
        return NULL;
    struct buf text = {0};
    if (kind == TAPE_STRING)
        tape_string(t, found, &text);
    else
        tape_compact(t, found, &text);
    return buf_take(&text);
}
