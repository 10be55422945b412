#include "sim/net/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHUNK = 65536,
    DRAIN_CHUNKS = 64, /* what is left in a pipe of an ended child; who writes on is not ours */
};

/* The ends of the three pipes: ours, then the child's. */
struct pipes {
    int ours[3];
    int theirs[3];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(int fds[3])
{
    for (int i = 0; i < 3; i++)
        close_fd(&fds[i]);
}

static bool pipes_open(struct pipes *p)
{
    for (int i = 0; i < 3; i++) {
        int ends[2];
        bool inward = i == 0; /* to the child */
        if (pipe2(ends, O_CLOEXEC))
            return false;
        p->ours[i] = ends[inward];
        p->theirs[i] = ends[!inward];
        fcntl(p->ours[i], F_SETPIPE_SZ, CHILD_PIPE_BYTES); /* if not, it works all the same */
        if (fcntl(p->ours[i], F_SETFL, O_NONBLOCK))
            return false;
    }
    return true;
}

/* Returns errno's value, 0 if it runs. */
static int spawn(struct child *c, const char *const *argv, const int fds[3])
{
    static char *const nothing[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&files, fds[i], i);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (c->folder)
        posix_spawn_file_actions_addchdir_np(&files, c->folder);
    posix_spawnattr_setflags(&how,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setsigmask(&how, &none);
    char *const *words = (char *const *)(uintptr_t)argv; /* the call is older than const */
    int rc = posix_spawnp(&c->pid, argv[0], &files, &how, words,
                          c->environment ? c->environment : nothing);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return rc;
}

static void let_go(struct child *c, int *fd)
{
    if (*fd >= 0)
        engine_unwatch(c->engine, *fd);
    close_fd(fd);
}

/* What a pipe still holds was not read. */
static void let_go_of_input(struct child *c)
{
    int unread = 0;
    if (c->input_fd >= 0 && !ioctl(c->input_fd, FIONREAD, &unread))
        c->has_read = (size_t)unread < c->n_sent;
    let_go(c, &c->input_fd);
}

/* After this nothing of the process is left, and nothing of ours. */
static void bury(struct child *c)
{
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
        continue;
    c->running = false;
    let_go_of_input(c);
    let_go(c, &c->output_fd);
    let_go(c, &c->said_fd);
    let_go(c, &c->pid_fd);
    buf_clear(&c->line);
    c->sent = 0;
}

void child_end(struct child *c)
{
    if (c->running)
        bury(c);
}

void child_leave(struct child *c, int limit_ms)
{
    if (!c->running)
        return;
    struct pollfd gone = {.fd = c->pid_fd, .events = POLLIN};
    let_go_of_input(c);
    poll(&gone, 1, limit_ms);
    bury(c);
}

void child_release(struct child *c)
{
    child_end(c);
    buf_release(&c->line);
    buf_release(&c->said);
}

/* Read once. False if there is no more for now; at the end of the pipe it is closed as well. */
static bool read_chunk(struct child *c, int *fd, char bytes[CHUNK], size_t *n)
{
    ssize_t got = *fd >= 0 ? read(*fd, bytes, CHUNK) : 0;
    if (got > 0) {
        *n = (size_t)got;
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR))
        let_go(c, fd);
    return false;
}

static bool read_output(struct child *c)
{
    char bytes[CHUNK];
    size_t n = 0;
    if (!read_chunk(c, &c->output_fd, bytes, &n))
        return false;
    c->on_output(c, bytes, n);
    return true;
}

static void keep_said(struct child *c, const char *bytes, size_t n)
{
    size_t room = c->said.len < c->said_max ? c->said_max - c->said.len : 0;
    buf_add(&c->said, bytes, n < room || c->said_last ? n : room);
    c->n_said += n;
    if (c->said.len > c->said_max) {
        memmove(c->said.at, c->said.at + c->said.len - c->said_max, c->said_max);
        buf_cut(&c->said, c->said_max);
    }
}

static bool read_said(struct child *c)
{
    char bytes[CHUNK];
    size_t n = 0;
    if (!read_chunk(c, &c->said_fd, bytes, &n))
        return false;
    keep_said(c, bytes, n);
    if (c->on_said)
        c->on_said(c);
    return true;
}

void child_listen(struct child *c)
{
    pid_t pid = c->pid;
    for (int i = 0; i < DRAIN_CHUNKS && c->running && c->pid == pid; i++) {
        if (!read_said(c))
            break;
    }
}

#define CHILD_OF(w, member) ((struct child *)((char *)(w)-offsetof(struct child, member)))

static void on_output_ready(struct watch *w, const struct socket_event *ev)
{
    (void)ev;
    read_output(CHILD_OF(w, output));
}

static void on_said_ready(struct watch *w, const struct socket_event *ev)
{
    (void)ev;
    read_said(CHILD_OF(w, errors));
}

static void on_input_ready(struct watch *w, const struct socket_event *ev)
{
    (void)ev;
    child_flush(CHILD_OF(w, input));
}

/* An event may be that of a child which ended in the same round, when the next has got the same
 * numbers. */
static bool is_gone(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

/* The reader of its output may start it anew, which is then another child than the one that ended.
 */
static void on_process_gone(struct watch *w, const struct socket_event *ev)
{
    (void)ev;
    struct child *c = CHILD_OF(w, process);
    pid_t pid = c->pid;
    if (!is_gone(pid))
        return;
    child_listen(c);
    for (int i = 0; i < DRAIN_CHUNKS && c->running && c->pid == pid; i++) {
        if (!read_output(c))
            break;
    }
    if (!c->running || c->pid != pid)
        return;
    bury(c);
    c->on_end(c);
}

/* Room for more, once what is sent is more than what is not: a child that is always behind would
 * else have all that it was ever sent kept for it. */
static void drop_sent(struct child *c)
{
    size_t left = c->line.len - c->sent;
    if (c->sent <= left)
        return;
    memmove(c->line.at, c->line.at + c->sent, left);
    buf_cut(&c->line, left);
    c->sent = 0;
}

void child_write(struct child *c, const void *bytes, size_t n)
{
    drop_sent(c);
    buf_add(&c->line, bytes, n);
}

void child_flush(struct child *c)
{
    while (c->input_fd >= 0 && c->sent < c->line.len) {
        ssize_t n = write(c->input_fd, c->line.at + c->sent, c->line.len - c->sent);
        if (n > 0) {
            c->sent += (size_t)n;
            c->n_sent += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            engine_watch(c->engine, c->input_fd, EPOLLOUT,
                         &c->input); /* we have watched it before */
            return;
        } else if (n < 0 && errno != EINTR) {
            let_go_of_input(c); /* it reads no more; that it ends is told apart */
        }
    }
    if (c->input_done)
        let_go_of_input(c);
    if (c->input_fd >= 0)
        engine_unwatch(c->engine, c->input_fd);
    buf_clear(&c->line);
    c->sent = 0;
}

void child_done(struct child *c)
{
    c->input_done = true;
    child_flush(c);
}

static bool watch_all(struct child *c)
{
    c->input.ready = on_input_ready;
    c->output.ready = on_output_ready;
    c->errors.ready = on_said_ready;
    c->process.ready = on_process_gone;
    return engine_watch(c->engine, c->output_fd, EPOLLIN, &c->output) &&
           engine_watch(c->engine, c->said_fd, EPOLLIN, &c->errors) &&
           engine_watch(c->engine, c->pid_fd, EPOLLIN, &c->process);
}

enum err_code child_start(struct child *c, const char *const *argv, struct err *e)
{
    assert(!c->running && c->engine && c->on_output && c->on_end);
    struct pipes p = {{-1, -1, -1}, {-1, -1, -1}};
    int failed = pipes_open(&p) ? spawn(c, argv, p.theirs) : errno;
    pipes_close(p.theirs);
    if (failed) {
        pipes_close(p.ours);
        errno = failed;
        return err_sys(e, argv[0]);
    }
    c->running = true;
    c->status = 0;
    c->input_done = false;
    c->has_read = false;
    c->n_sent = 0;
    c->input_fd = p.ours[0];
    c->output_fd = p.ours[1];
    c->said_fd = p.ours[2];
    c->pid_fd = pidfd_open(c->pid, 0);
    c->n_said = 0;
    buf_clear(&c->said);
    if (c->pid_fd >= 0 && watch_all(c))
        return ERR_OK;
    failed = errno;
    bury(c);
    errno = failed;
    return err_sys(e, argv[0]);
}

/* Where the last lines of a text begin. */
static const char *last_lines(const char *text, size_t len, int n_lines)
{
    for (;; len--) {
        while (len && text[len - 1] != '\n')
            len--;
        if (!len || --n_lines <= 0)
            return text + len;
    }
}

void child_last_words(const struct child *c, int n_lines, struct buf *out)
{
    size_t len = c->said.len;
    while (len && c->said.at[len - 1] == '\n')
        len--;
    if (!len)
        return;
    const char *from = last_lines(c->said.at, len, n_lines);
    const char *end = c->said.at + len;
    buf_text_add(out, "; it said: ");
    for (const char *stop = NULL; (stop = memchr(from, '\n', (size_t)(end - from)));
         from = stop + 1)
        buf_printf(out, "%.*s | ", (int)(stop - from), from);
    buf_printf(out, "%.*s", (int)(end - from), from);
}

void child_lines(struct child *c, struct buf *rest, size_t max, const char *bytes, size_t n,
                 void (*take)(struct child *c, const char *line, size_t len))
{
    pid_t pid = c->pid;
    const char *end = bytes + n;
    while (bytes < end && c->running && c->pid == pid) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t len = (size_t)((stop ? stop : end) - bytes);
        const char *line = bytes;
        bytes += len + (stop ? 1 : 0);
        if (!stop || rest->len) {
            buf_add(rest, line, len);
            line = rest->at;
            len = rest->len;
        }
        if (!stop && len <= max)
            return;
        struct buf whole = *rest; /* `line` may be in it, and the child be started anew */
        *rest = (struct buf){0};
        take(c, line, len);
        buf_clear(&whole);
        if (rest->at)
            buf_release(&whole);
        else
            *rest = whole;
    }
}

void child_fate(int status, struct buf *out)
{
    const char *words = sigdescr_np(WTERMSIG(status));
    if (WIFSIGNALED(status))
        buf_printf(out, "signal %d (%s)", WTERMSIG(status), words ? words : "unknown");
    else
        buf_printf(out, "exit status %d", WEXITSTATUS(status));
}
