#include "sim/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"

enum { SINCE_ROOM = 64 };

/* What the one who has it wrote: the time; "" if it had no time to. */
static void read_since(int fd, char since[SINCE_ROOM])
{
    ssize_t n = pread(fd, since, SINCE_ROOM - 1, 0);
    since[n > 0 ? n : 0] = '\0';
    since[strcspn(since, "\n")] = '\0';
}

static enum err_code tell_owner(int fd, const char *folder, struct err *e)
{
    char since[SINCE_ROOM];
    struct flock owner = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    read_since(fd, since);
    if (fcntl(fd, F_GETLK, &owner) != 0 || owner.l_type == F_UNLCK || owner.l_pid <= 0)
        err_set(e, ERR_IO, "%s: another process was at it", folder); /* or is, on another machine */
    else
        err_set(e, ERR_IO, "%s: process %d is at it%s%s", folder, (int)owner.l_pid,
                *since ? ", since " : "", since);
    return err_fix(e, "wait until it has ended, or end it; then try again");
}

/* As on a network's disk whose server keeps none. */
static enum err_code tell_no_locks(const char *path, struct err *e)
{
    err_sys(e, path);
    err_note(e, "no lock can be had");
    return err_fix(e, "keep the run folder on a disk of this machine");
}

static enum err_code write_since(int fd, const char *path, struct err *e)
{
    char stamp[CLOCK_STAMP_ROOM];
    char line[SINCE_ROOM];
    int n = snprintf(line, sizeof(line), "%s\n", clock_stamp(stamp, clock_unix_ns()));
    if (ftruncate(fd, 0) != 0 || pwrite(fd, line, (size_t)n, 0) != n)
        return err_sys(e, path);
    return ERR_OK;
}

enum err_code run_lock(int *fd, const char *folder, struct err *e)
{
    enum err_code rc = ERR_OK;
    char *path = mem_printf("%s/run.lock", folder);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0) {
        err_sys(e, path);
        rc = err_fix(e, "name the folder of a run, in which files may be written");
        goto out;
    }
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(*fd, F_SETLK, &lock) != 0)
        rc = errno == EAGAIN || errno == EACCES ? tell_owner(*fd, folder, e)
                                                : tell_no_locks(path, e);
    else
        rc = write_since(*fd, path, e);
    if (rc) {
        close(*fd);
        *fd = -1;
    }
out:
    free(path);
    return rc;
}

void run_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}

bool run_is_locked(const char *folder)
{
    char *path = mem_printf("%s/run.lock", folder);
    struct flock owner = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool locked =
        fd < 0 ? errno != ENOENT : fcntl(fd, F_GETLK, &owner) != 0 || owner.l_type != F_UNLCK;
    run_unlock(fd);
    free(path);
    return locked;
}
