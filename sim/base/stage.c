#include "sim/base/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/mem.h"

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Whether there is nothing under that name, or a folder with nothing in it. */
static bool is_free(const char *path)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_entry, NULL);
    if (n < 0)
        return errno == ENOENT;
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return n == 0;
}

enum err_code stage_open(struct stage *s, const char *path, struct err *e)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (!len)
        return err_set(e, ERR_USAGE, "the folder to write to has no name");
    s->target = mem_slice(path, len);
    if (!is_free(s->target)) {
        err_set(e, ERR_USAGE, "%s: is there already, and nothing is ever overwritten", path);
        return err_fix(e, "name a folder that is not there, or is empty");
    }
    for (int i = 1; !s->temp; i++) {
        s->temp = mem_printf("%s.part-%d-%d", s->target, (int)getpid(), i);
        if (mkdir(s->temp, 0777) == 0)
            break;
        bool taken = errno == EEXIST;
        enum err_code rc = taken ? ERR_OK : err_sys(e, s->target);
        free(s->temp);
        s->temp = NULL;
        if (rc)
            return rc;
    }
    return ERR_OK;
}

enum err_code stage_commit(struct stage *s, struct err *e)
{
    if (rename(s->temp, s->target) != 0)
        return err_sys(e, s->target);
    free(s->temp);
    s->temp = NULL;
    return ERR_OK;
}

static void remove_files(const char *path)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_entry, NULL);
    for (int i = 0; i < n; i++) {
        char *name = mem_printf("%s/%s", path, entries[i]->d_name);
        unlink(name);
        free(name);
        free(entries[i]);
    }
    free(entries);
}

void stage_close(struct stage *s)
{
    if (s->temp) {
        remove_files(s->temp);
        rmdir(s->temp);
    }
    free(s->temp);
    free(s->target);
    *s = (struct stage){0};
}

enum err_code stage_create(struct stage_file *f, const struct stage *s, const char *name,
                           mode_t mode, struct err *e)
{
    *f = (struct stage_file){0};
    struct stat st;
    if (!s && lstat(name, &st) == 0) {
        err_set(e, ERR_USAGE, "%s: is there already, and nothing is ever overwritten", name);
        return err_fix(e, "name a file that is not there");
    }
    f->path = s ? mem_printf("%s/%s", s->temp, name) : mem_printf("%s.part-%d", name, getpid());
    f->shown = s ? mem_printf("%s/%s", s->target, name) : mem_text(name);
    f->file = fopen(f->path, "w+xe");
    if (f->file && (!mode || fchmod(fileno(f->file), mode & 0666) == 0))
        return ERR_OK;
    err_sys(e, f->shown);
    if (!f->file) {
        free(f->path); /* it is not ours to remove */
        f->path = NULL;
    }
    return e->code;
}

static enum err_code fail(const struct stage_file *f, struct err *e)
{
    bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    err_sys(e, f->shown);
    if (full)
        err_fix(e, "make room, or name another place%s",
                f->path ? "; nothing was left behind" : "");
    return e->code;
}

enum err_code stage_write(struct stage_file *f, const void *bytes, size_t n, struct err *e)
{
    f->len += n;
    return fwrite(bytes, 1, n, f->file) == n ? ERR_OK : fail(f, e);
}

enum err_code stage_holds(struct stage_file *f, size_t offset, const void *bytes, size_t n,
                          bool *same, struct err *e)
{
    if (fflush(f->file) != 0)
        return fail(f, e);
    char *held = mem_new(n + 1);
    ssize_t got = pread(fileno(f->file), held, n, (off_t)offset);
    *same = got == (ssize_t)n && memcmp(held, bytes, n) == 0;
    free(held);
    return got < 0 ? err_sys(e, f->path) : ERR_OK;
}

enum err_code stage_finish(struct stage_file *f, struct err *e)
{
    enum err_code rc = ERR_OK;
    if (f->file) {
        bool fine = fflush(f->file) == 0 && fsync(fileno(f->file)) == 0;
        if (!fine && !e->code)
            rc = fail(f, e);
        if (fclose(f->file) != 0 && fine && !e->code)
            rc = fail(f, e);
    }
    free(f->path);
    free(f->shown);
    *f = (struct stage_file){0};
    return rc;
}

/* Never over another file, which may have come meanwhile. */
static bool give_name(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS) /* not every file system has it */
        return false;
    return link(from, to) == 0 && unlink(from) == 0;
}

enum err_code stage_publish(struct stage_file *f, struct err *e)
{
    char *path = f->path;
    char *shown = f->shown;
    f->path = NULL;
    f->shown = mem_text(shown);
    enum err_code rc = stage_finish(f, e);
    if (!rc && !e->code && path && !give_name(path, shown))
        rc = err_sys(e, shown);
    if (path && e->code)
        unlink(path);
    free(path);
    free(shown);
    return rc;
}
