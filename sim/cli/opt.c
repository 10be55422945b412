#include "sim/cli/opt.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/wrap.h"

enum { NAME_ROOM = 64, HELP_COLUMN = 28 };

/* One parse, from the first word to the last variable. */
struct parse {
    const struct opt *table;
    const char *const *argv;
    int argc;
    int next;      /* word to read */
    uint64_t seen; /* bit i: row i stood on the command line */
    void *into;
};

/* Who gave a value, as messages name it: "--threads" or "RFTSIM_THREADS". */
struct given {
    char by[NAME_ROOM];
    const char *value; /* NULL: none was given */
};

static void variable_name(char out[NAME_ROOM], const struct opt *o)
{
    size_t n = (size_t)snprintf(out, NAME_ROOM, "RFTSIM_%s", o->name);
    assert(n < NAME_ROOM);
    for (char *c = out; *c; c++) {
        if (*c == '-')
            *c = '_';
        else
            *c = (char)toupper((unsigned char)*c);
    }
}

static const struct opt *find(const struct opt *table, const char *word, size_t len)
{
    for (const struct opt *o = table; o->name; o++) {
        if (strlen(o->name) == len && strncmp(o->name, word, len) == 0)
            return o;
    }
    return NULL;
}

static const struct opt *find_letter(const struct opt *table, char letter)
{
    for (const struct opt *o = table; o->name; o++) {
        if (o->letter && o->letter == letter)
            return o;
    }
    return NULL;
}

static void words_add(struct words *w, const char *word)
{
    w->at = mem_grow(w->at, w->n + 1, sizeof(*w->at));
    w->at[w->n++] = word;
}

static enum err_code store_flag(const struct given *g, bool *into, struct err *e)
{
    static const char *const yes[] = {"1", "true", "yes"};
    static const char *const no[] = {"0", "false", "no"};
    if (!g->value) {
        *into = true;
        return ERR_OK;
    }
    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        if (strcmp(g->value, yes[i]) == 0 || strcmp(g->value, no[i]) == 0) {
            *into = strcmp(g->value, yes[i]) == 0;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_USAGE, "%s: '%s' is neither 1 nor 0", g->by, g->value);
}

static enum err_code store_count(const struct opt *o, const struct given *g, unsigned *into,
                                 struct err *e)
{
    char *end = NULL;
    errno = 0;
    unsigned long n = strtoul(g->value, &end, 10);
    /* strtoul() takes signs and leading blanks, and turns -1 into the largest count. */
    bool plain = isdigit((unsigned char)g->value[0]) && !*end && !errno;
    if (plain && n >= o->min && n <= o->max) {
        *into = (unsigned)n;
        return ERR_OK;
    }
    if (o->max == UINT_MAX)
        return err_set(e, ERR_USAGE, "%s: '%s' is not a count of %u or more", g->by, g->value,
                       o->min);
    return err_set(e, ERR_USAGE, "%s: '%s' is not a count from %u to %u", g->by, g->value, o->min,
                   o->max);
}

static enum err_code store(const struct opt *o, const struct given *g, void *into, struct err *e)
{
    void *field = (char *)into + o->offset;
    switch (o->kind) {
    case OPT_FLAG:
        return store_flag(g, field, e);
    case OPT_COUNT:
        return store_count(o, g, field, e);
    case OPT_TEXT:
        *(const char **)field = g->value;
        return ERR_OK;
    case OPT_MANY:
        words_add(field, g->value);
        return ERR_OK;
    }
    return ERR_OK;
}

/* Store the value that is joined to the option, or else the word after it. */
static enum err_code take(struct parse *p, const struct opt *o, const char *joined, struct err *e)
{
    struct given g = {.value = joined};
    snprintf(g.by, sizeof(g.by), "--%s", o->name);
    p->seen |= UINT64_C(1) << (o - p->table);
    if (o->kind != OPT_FLAG && !g.value) {
        if (p->next == p->argc)
            return err_set(e, ERR_USAGE, "%s: needs a value, %s", g.by, o->arg);
        g.value = p->argv[p->next++];
    }
    return store(o, &g, p->into, e);
}

/* `name` is what the word calls the option, without dashes and value. */
static enum err_code no_such(const struct opt *table, const char *word, const char *name,
                             struct err *e)
{
    struct nearest near = {.word = name};
    for (const struct opt *o = table; o->name; o++)
        nearest_try(&near, o->name);
    err_set(e, ERR_USAGE, "no option %s", word);
    return near.name ? err_fix(e, "did you mean --%s?", near.name) : e->code;
}

/* "--name", "--name=value" */
static enum err_code long_word(struct parse *p, const char *word, struct err *e)
{
    size_t len = strcspn(word + 2, "=");
    const char *joined = word[2 + len] ? word + 2 + len + 1 : NULL;
    const struct opt *o = find(p->table, word + 2, len);
    if (!o) {
        char *name = mem_slice(word + 2, len);
        no_such(p->table, word, name, e);
        free(name);
        return e->code;
    }
    if (o->kind == OPT_FLAG && joined)
        return err_set(e, ERR_USAGE, "--%s: takes no value", o->name);
    return take(p, o, joined, e);
}

/* "-c", "-c8", and flags in a row: "-qv" */
static enum err_code short_word(struct parse *p, const char *word, struct err *e)
{
    for (const char *c = word + 1; *c; c++) {
        const struct opt *o = find_letter(p->table, *c);
        if (!o)
            return no_such(p->table, word, word + 1, e); /* "-seed" may mean "--seed" */
        bool flag = o->kind == OPT_FLAG;
        enum err_code rc = take(p, o, !flag && c[1] ? c + 1 : NULL, e);
        if (rc || !flag)
            return rc;
    }
    return ERR_OK;
}

static enum err_code read_words(struct parse *p, struct words *operands, struct err *e)
{
    bool options = true;
    while (p->next < p->argc) {
        const char *word = p->argv[p->next++];
        enum err_code rc = ERR_OK;
        if (!options || word[0] != '-' || !word[1])
            words_add(operands, word);
        else if (strcmp(word, "--") == 0)
            options = false;
        else
            rc = word[1] == '-' ? long_word(p, word, e) : short_word(p, word, e);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

static enum err_code read_variables(struct parse *p, struct err *e)
{
    for (const struct opt *o = p->table; o->name; o++) {
        if (p->seen >> (o - p->table) & 1)
            continue;
        struct given g = {0};
        variable_name(g.by, o);
        g.value = getenv(g.by); /* before there are threads */ // NOLINT(concurrency-mt-unsafe)
        if (!g.value || !*g.value)
            continue;
        enum err_code rc = store(o, &g, p->into, e);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

enum err_code opt_parse(const struct opt *table, int argc, const char *const *argv, void *into,
                        struct words *operands, struct err *e)
{
    size_t n = 0;
    while (table[n].name)
        n++;
    assert(n <= OPT_TABLE_MAX);

    struct parse p = {.table = table, .argv = argv, .argc = argc, .next = 1, .into = into};
    enum err_code rc = read_words(&p, operands, e);
    return rc ? rc : read_variables(&p, e);
}

void opt_release(const struct opt *table, void *into)
{
    for (const struct opt *o = table; o->name; o++) {
        if (o->kind == OPT_MANY)
            words_release((void *)((char *)into + o->offset));
    }
}

void words_release(struct words *w)
{
    free(w->at);
    *w = (struct words){0};
}

void opt_help(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->name; o++) {
        char short_form[] = {' ', ' ', ' ', ' ', '\0'};
        if (o->letter)
            memcpy(short_form, (char[]){'-', o->letter, ','}, 3);
        size_t start = out->len;
        buf_printf(out, "  %s--%s%s%s", short_form, o->name, o->arg ? " " : "",
                   o->arg ? o->arg : "");
        size_t col = out->len - start;
        if (col + 2 > HELP_COLUMN) {
            buf_char(out, '\n');
            col = 0;
        }
        buf_printf(out, "%*s", (int)(HELP_COLUMN - col), "");
        wrap_add(out, HELP_COLUMN, HELP_COLUMN, o->help);
    }
}
