#include "sim/base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int status;
    const char *words;
} rows[] = {
#define X(code, status, words) [ERR_##code] = {status, words},
    ERR_MAP(X)
#undef X
};

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    assert(e->code == ERR_OK && code != ERR_OK);
    e->code = code;
    e->fix[0] = '\0';

    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof(e->text), fmt, ap);
    va_end(ap);
    return code;
}

enum err_code err_sys(struct err *e, const char *what)
{
    char words[128]; /* strerror() is not for programs with threads */
    return err_set(e, ERR_IO, "%s: %s", what, strerror_r(errno, words, sizeof(words)));
}

enum err_code err_note(struct err *e, const char *fmt, ...)
{
    assert(e->code != ERR_OK);
    char old[sizeof(e->text)];
    memcpy(old, e->text, sizeof(old));

    va_list ap;
    va_start(ap, fmt);
    int len = vsnprintf(e->text, sizeof(e->text), fmt, ap);
    va_end(ap);

    if (len >= 0 && (size_t)len < sizeof(e->text)) {
        size_t room = sizeof(e->text) - (size_t)len;
        snprintf(e->text + len, room, ": %.*s", (int)room, old);
    }
    return e->code;
}

enum err_code err_fix(struct err *e, const char *fmt, ...)
{
    assert(e->code != ERR_OK);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->fix, sizeof(e->fix), fmt, ap);
    va_end(ap);
    return e->code;
}

void err_clear(struct err *e)
{
    e->code = ERR_OK;
    e->text[0] = '\0';
    e->fix[0] = '\0';
}

const char *err_words(enum err_code code)
{
    return rows[code].words;
}

int err_status(enum err_code code)
{
    return rows[code].status;
}
