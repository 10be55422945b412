#include "sim/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"

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

static bool write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

enum err_code file_replace(const char *path, const char *text, size_t len, struct err *e)
{
    enum err_code rc = ERR_OK;
    struct stat old;
    char *fresh = NULL;
    int fd = -1;
    char *real = realpath(path, NULL); /* a link is not to become a file */
    if (!real || stat(real, &old) != 0) {
        rc = err_sys(e, path);
        goto out;
    }
    fresh = mem_printf("%s.XXXXXX", real);
    fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0) {
        rc = err_sys(e, fresh);
        goto out;
    }
    if (fchmod(fd, old.st_mode & 07777) != 0 || !write_all(fd, text, len) || fsync(fd) != 0 ||
        rename(fresh, real) != 0) {
        rc = err_sys(e, fresh);
        unlink(fresh);
    }
out:
    if (fd >= 0)
        close(fd);
    free(fresh);
    free(real);
    return rc;
}

enum err_code file_put(const char *path, const char *text, size_t len, struct err *e)
{
    enum err_code rc = ERR_OK;
    char *fresh = mem_printf("%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool written = fd >= 0 && write_all(fd, text, len) && fsync(fd) == 0;
    if (!written || rename(fresh, path) != 0) {
        rc = err_sys(e, path);
        if (fd >= 0)
            unlink(fresh);
    }
    if (fd >= 0)
        close(fd);
    free(fresh);
    return rc;
}
