#include "sim/job/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/text.h"
#include "sim/base/wrap.h"

enum {
    EXCERPT_COLUMNS = 64, /* a line number, the bar and two ellipses beside it: 80 */
    EXCERPT_BEFORE = 24,  /* columns kept in front of the place when the line is cut */
    FACT_COLUMN = 7,      /* where the text after "  why: " begins */
    PLACE_BYTES = 60,     /* of file, line and column; after a longer one a line ends */
};

static const struct diag_code_row codes[] = {
#define X(code, severity, title, rule, why, fix) \
    [DIAG_##code] = {#code, DIAG_##severity, title, rule, why, fix},
    DIAG_MAP(X)
#undef X
};

/* U+0080 to U+009F, which some terminals obey. */
static bool is_high_control(const char *at)
{
    return (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] >= 0x80 &&
           (unsigned char)at[1] < 0xa0;
}

/* What a user wrote may be in it: control characters would reach the terminal. */
PRINTF(1, 0) static char *vtext(const char *fmt, va_list ap)
{
    char *text = mem_vprintf(fmt, ap);
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
        else if (is_high_control(c))
            c[0] = c[1] = '?';
    }
    return text;
}

static void release_diag(struct diag *d)
{
    free(d->file);
    free(d->text);
    free(d->pointer);
    free(d->excerpt);
    free(d->why);
    free(d->fix);
    *d = (struct diag){0};
}

static struct diag *append(struct diags *list)
{
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 8;
        list->at = mem_grow(list->at, list->room, sizeof(*list->at));
    }
    return &list->at[list->n++];
}

static void count(struct diags *list, enum diag_severity severity, enum diag_code code)
{
    list->n_errors += severity == DIAG_ERROR;
    list->counts[code]++;
}

/* A place for one more, counted. */
static struct diag *next_diag(struct diags *list, enum diag_severity severity, enum diag_code code)
{
    bool keep = diags_keeps(list, code);
    count(list, severity, code);
    if (keep)
        return append(list);
    if (!list->spare)
        list->spare = mem_new(sizeof(*list->spare));
    release_diag(list->spare);
    return list->spare;
}

bool diags_keeps(const struct diags *list, enum diag_code code)
{
    return !list->most_each || list->counts[code] < list->most_each;
}

struct diag *diag_add(struct diags *list, enum diag_severity severity, enum diag_code code,
                      const char *file, size_t line, size_t col, const char *fmt, ...)
{
    struct diag *d = next_diag(list, severity, code);
    *d = (struct diag){.code = code, .severity = severity, .line = line, .col = col, .span = 1};
    d->file = mem_text(file);
    va_list ap;
    va_start(ap, fmt);
    d->text = vtext(fmt, ap);
    va_end(ap);
    return d;
}

void diag_fix(struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    free(d->fix);
    d->fix = vtext(fmt, ap);
    va_end(ap);
}

void diag_why(struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    free(d->why);
    d->why = vtext(fmt, ap);
    va_end(ap);
}

const char *diag_why_of(const struct diag *d)
{
    return d->why ? d->why : codes[d->code].why;
}

const char *diag_fix_of(const struct diag *d)
{
    return d->fix ? d->fix : codes[d->code].fix;
}

void diag_pointer(struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    free(d->pointer);
    d->pointer = vtext(fmt, ap);
    va_end(ap);
}

/* One code point of the line, made fit to print. */
static void add_shown(struct buf *out, const char *at, size_t n)
{
    unsigned char c = (unsigned char)*at;
    if ((c >= 0x20 && c < 0x7f) || (c >= 0x80 && text_sequence(at, n) && !is_high_control(at)))
        buf_add(out, at, n);
    else
        buf_char(out, c == '\t' ? ' ' : '?');
}

void diag_excerpt(struct diag *d, const char *line, size_t len)
{
    struct buf out = {0};
    char *copy = mem_slice(line, len);
    secret_blot(copy, len); /* whole values, before the cut shows a part of one */
    const char *end = copy + len;
    size_t first = d->col > EXCERPT_COLUMNS - 8 ? d->col - EXCERPT_BEFORE : 1;
    size_t col = 1;
    if (first > 1)
        buf_text_add(&out, "...");
    for (const char *at = copy; at < end; col++) {
        size_t valid = text_sequence(at, (size_t)(end - at));
        size_t n = valid ? valid : 1;
        if (col >= first + EXCERPT_COLUMNS) {
            buf_text_add(&out, "...");
            break;
        }
        if (col >= first)
            add_shown(&out, at, n);
        at += n;
    }
    d->caret = d->col - first + 1 + (first > 1 ? 3 : 0);
    free(copy);
    free(d->excerpt);
    d->excerpt = buf_take(&out);
}

/* Columns that the first `n` code points of an excerpt take on a terminal. */
static size_t columns_of(const char *excerpt, size_t n)
{
    size_t columns = 0;
    while (n-- > 0 && *excerpt) {
        size_t len = text_sequence(excerpt, strlen(excerpt)); /* diag_excerpt() made it valid */
        columns += text_columns(excerpt, len);
        excerpt += len ? len : 1;
    }
    return columns;
}

static void write_excerpt(const struct diag *d, struct buf *to)
{
    size_t from = columns_of(d->excerpt, d->caret - 1);
    size_t end = columns_of(d->excerpt, d->caret - 1 + d->span);
    buf_printf(to, "%6zu | %s\n       | ", d->line, d->excerpt);
    for (size_t i = 0; i < from; i++)
        buf_char(to, ' ');
    buf_char(to, '^');
    for (size_t i = from + 1; i < end && i < EXCERPT_COLUMNS + 5; i++)
        buf_char(to, '~');
    buf_char(to, '\n');
}

static void write_fact(struct buf *to, const char *label, const char *text)
{
    buf_printf(to, "  %s: ", label);
    wrap_add(to, FACT_COLUMN, FACT_COLUMN, text);
}

/* What was told last of each code: what is the same for several of a code is said with the first.
 */
struct told {
    const char *why[DIAG_N_CODES];
    const char *fix[DIAG_N_CODES];
};

static bool is_news(const char **before, const char *text)
{
    bool news = !*before || strcmp(*before, text) != 0;
    *before = text;
    return news;
}

static void write_one(const struct diag *d, struct told *told, struct buf *to)
{
    size_t begin = to->len;
    const char *why = diag_why_of(d);
    const char *fix = diag_fix_of(d);
    buf_text_add(to, d->file);
    if (d->line)
        buf_printf(to, ":%zu:%zu", d->line, d->col);
    buf_text_add(to, to->len - begin > PLACE_BYTES ? ":\n  " : ": ");
    buf_printf(to, "%s[%s]: %s", diag_severity_name(d->severity), diag_name(d->code), d->text);
    if (d->pointer && *d->pointer)
        buf_printf(to, "  (%s)", d->pointer);
    buf_char(to, '\n');
    if (d->excerpt)
        write_excerpt(d, to);
    if (is_news(&told->why[d->code], why))
        write_fact(to, "why", why);
    if (is_news(&told->fix[d->code], fix))
        write_fact(to, "fix", fix);
}

void diags_write(const struct diags *list, size_t most, struct buf *to)
{
    struct told told = {0};
    for (size_t i = 0; i < list->n && i < most; i++)
        write_one(&list->at[i], &told, to);
    if (list->n > most)
        buf_printf(to, "... and %zu more\n", list->n - most);
}

static bool is_the_same(const struct diag *a, const struct diag *b)
{
    return a->code == b->code && a->severity == b->severity && strcmp(a->text, b->text) == 0 &&
           strcmp(a->file, b->file) == 0 && strcmp(diag_why_of(a), diag_why_of(b)) == 0 &&
           strcmp(diag_fix_of(a), diag_fix_of(b)) == 0;
}

/* The places of those that say the same. */
static void write_others(const struct diags *list, size_t first, bool *written, struct buf *to)
{
    size_t n = 0;
    for (size_t i = first + 1; i < list->n; i++) {
        const struct diag *d = &list->at[i];
        if (written[i] || !d->line || !is_the_same(&list->at[first], d))
            continue;
        buf_printf(to, "%s%zu:%zu", n++ ? ", " : "  and: the same at ", d->line, d->col);
        written[i] = true;
    }
    if (n)
        buf_char(to, '\n');
}

/* All of one code, and how many more there are. */
static void write_group(const struct diags *list, size_t first, bool *written, struct buf *to)
{
    struct told told = {0};
    enum diag_code code = list->at[first].code;
    size_t n = 0;
    for (size_t i = first; i < list->n; i++) {
        if (list->at[i].code != code)
            continue;
        n++;
        if (written[i])
            continue;
        write_one(&list->at[i], &told, to);
        write_others(list, i, written, to);
        written[i] = true;
    }
    if (list->counts[code] > n)
        buf_printf(to, "  and: %zu more %s in %s\n", list->counts[code] - n, codes[code].name,
                   list->at[first].file);
}

void diags_write_grouped(const struct diags *list, struct buf *to)
{
    bool *written = mem_array(list->n, sizeof(*written));
    for (size_t i = 0; i < list->n; i++) {
        if (!written[i])
            write_group(list, i, written, to);
    }
    free(written);
}

const struct diag_code_row *diag_code_row(enum diag_code code)
{
    return &codes[code];
}

const char *diag_name(enum diag_code code)
{
    return codes[code].name;
}

const char *diag_severity_name(enum diag_severity severity)
{
    return severity == DIAG_ERROR ? "error" : "warning";
}

void diags_cut(struct diags *list, size_t n)
{
    while (list->n > n) {
        struct diag *d = &list->at[--list->n];
        list->n_errors -= d->severity == DIAG_ERROR;
        list->counts[d->code]--;
        release_diag(d);
    }
}

void diags_raise(struct diags *list, enum diag_code code, size_t n, size_t counted)
{
    list->n_errors += list->counts[code] - counted;
    for (; n < list->n; n++) {
        struct diag *d = &list->at[n];
        if (d->code != code)
            continue;
        d->severity = DIAG_ERROR;
        free(d->why); /* that of a warning */
        d->why = NULL;
    }
}

void diags_move(struct diags *into, struct diags *from, size_t n_lines)
{
    size_t kept[DIAG_N_CODES] = {0};
    size_t n_errors = from->n_errors;
    for (size_t i = 0; i < from->n; i++) {
        struct diag *d = &from->at[i];
        kept[d->code]++;
        n_errors -= d->severity == DIAG_ERROR;
        if (d->line)
            d->line += n_lines;
        bool keep = diags_keeps(into, d->code);
        count(into, d->severity, d->code);
        if (keep)
            *append(into) = *d;
        else
            release_diag(d);
    }
    into->n_errors += n_errors; /* those that were counted only */
    for (int i = 0; i < DIAG_N_CODES; i++)
        into->counts[i] += from->counts[i] - kept[i];
    from->n = 0;
    from->n_errors = 0;
    memset(from->counts, 0, sizeof(from->counts));
}

void diags_release(struct diags *list)
{
    diags_cut(list, 0);
    if (list->spare)
        release_diag(list->spare);
    free(list->spare);
    free(list->at);
    *list = (struct diags){0};
}
