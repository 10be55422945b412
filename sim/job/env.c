#include "sim/job/env.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/file.h"

enum { ENV_MAX_BYTES = 1 << 20 };

static size_t name_span(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && (isalpha((unsigned char)text[n]) || text[n] == '_' ||
                       (n > 0 && isdigit((unsigned char)text[n]))))
        n++;
    return n;
}

/* ref->at is a "${" with `len` bytes from there to the end of the text. */
static void read_variable(struct env_ref *ref, size_t len)
{
    const char *close = memchr(ref->at, '}', len);
    ref->kind = ENV_MALFORMED;
    ref->len = close ? (size_t)(close + 1 - ref->at) : 2;
    if (!close)
        return;
    ref->name = ref->at + 2;
    ref->name_len = name_span(ref->name, (size_t)(close - ref->name));
    const char *rest = ref->name + ref->name_len;
    if (ref->name_len == 0)
        return;
    if (rest == close) {
        ref->kind = ENV_VARIABLE;
        return;
    }
    if (rest[0] != ':' || rest[1] != '-')
        return;
    ref->fallback = rest + 2;
    ref->fallback_len = (size_t)(close - ref->fallback);
    if (!memmem(ref->fallback, ref->fallback_len, "${", 2))
        ref->kind = ENV_VARIABLE;
}

bool env_next(struct env_ref *ref, const char *text, size_t len)
{
    const char *open = memmem(text, len, "${", 2);
    if (!open)
        return false;
    *ref = (struct env_ref){.at = open, .len = 3, .kind = ENV_LITERAL};
    if (open > text && open[-1] == '$')
        ref->at--;
    else
        read_variable(ref, len - (size_t)(open - text));
    return true;
}

static const char *skip_blanks(const char *c)
{
    return c + strspn(c, " \t");
}

/* What stands between the quotes that `*c` begins with; false if they do not end. */
static bool read_quoted(const char **c, struct buf *value)
{
    char quote = *(*c)++;
    while (**c && **c != quote) {
        char ch = *(*c)++;
        if (ch == '\\' && quote == '"' && **c) {
            ch = *(*c)++;
            if (ch == 'n')
                ch = '\n';
        }
        buf_char(value, ch);
    }
    if (!**c)
        return false;
    (*c)++;
    return true;
}

/* Up to the end of the line, or to a # after a blank; `*c` follows a '=' or blanks. */
static void read_bare(const char **c, struct buf *value)
{
    const char *from = *c;
    const char *end = from;
    for (const char *at = from; *at; at++) {
        if (*at == '#' && (at[-1] == ' ' || at[-1] == '\t'))
            break;
        if (*at != ' ' && *at != '\t')
            end = at + 1;
    }
    buf_add(value, from, (size_t)(end - from));
    *c = from + strlen(from);
}

/* One line without its newline. Returns what is wrong with it, or NULL. */
static const char *read_line(json_t *into, const char *line)
{
    const char *c = skip_blanks(line);
    if (!*c || *c == '#')
        return NULL;
    if (strncmp(c, "export", 6) == 0 && (c[6] == ' ' || c[6] == '\t'))
        c = skip_blanks(c + 6);
    size_t name_len = name_span(c, strlen(c));
    const char *name = c;
    c = skip_blanks(c + name_len);
    if (name_len == 0 || *c != '=')
        return "expected NAME=VALUE";
    c = skip_blanks(c + 1);

    const char *wrong = NULL;
    struct buf value = {0};
    if (*c == '"' || *c == '\'') {
        if (!read_quoted(&c, &value))
            wrong = "the quotes do not end on this line";
        c = skip_blanks(c);
        if (!wrong && *c && *c != '#')
            wrong = "something follows the closing quote";
    } else {
        read_bare(&c, &value);
    }
    if (!wrong && json_object_setn_new(into, name, name_len, json_string(buf_text(&value))))
        wrong = "the value is not UTF-8";
    buf_release(&value);
    return wrong;
}

enum err_code env_load(struct env *env, const char *path, struct err *e)
{
    *env = (struct env){.file = json_object()};
    if (access(path, F_OK))
        return ERR_OK;
    char *text = NULL;
    size_t len = 0;
    enum err_code rc = file_read(&text, &len, path, ENV_MAX_BYTES, e);
    char *end = text + len;
    char *next = NULL;
    size_t number = 1;
    for (char *line = text; !rc && line < end; line = next, number++) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        next = stop + 1;
        if (stop > line && stop[-1] == '\r')
            stop--;
        *stop = '\0';
        bool whole = strlen(line) == (size_t)(stop - line);
        const char *wrong = whole ? read_line(env->file, line) : "a NUL byte; is this a text file?";
        if (wrong) {
            rc = err_set(e, ERR_JOB, "%s:%zu: %s", path, number, wrong);
            err_fix(e, "a line is NAME=VALUE, NAME=\"VALUE\", or a comment that begins with #");
        }
    }
    free(text);
    return rc;
}

void env_release(struct env *env)
{
    json_decref(env->file);
    env->file = NULL;
}

const char *env_value(const struct env *env, const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): before the first thread */
    if (!value || !*value)
        value = json_string_value(json_object_get(env->file, name));
    return value && *value ? value : NULL;
}
