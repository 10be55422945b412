#include "sim/check/row_text.h"

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret_shape.h"
#include "sim/check/trigrams.h"

struct look {
    const struct tape *t;
    const struct row_line *line;
    struct diags *firsts;
    struct diags *found;
    size_t phrases_from; /* bytes of the messages */
    size_t phrases_to;
    unsigned told;                   /* bits by code - D026: this row was counted */
    const struct tape_entry *string; /* whose literal line breaks are being counted */
    size_t n_breaks;
    size_t secret_end;
};

/* --- What is looked for ----------------------------------------------------------------------- */

enum set {
    SET_ESCAPE,       /* \u...., \b, \f */
    SET_TOKEN,        /* ghp_, hf_ */
    SET_BREAK_OR_KEY, /* \\n and -----BEGIN */
    SET_DAMAGE,       /* U+FFFD, U+FEFF, and what a dash or a quote becomes when read as Latin 1 */
    SET_LATIN,        /* control characters above 0x7f, letters read as Latin 1 */
    SET_API_KEY,      /* sk-, and the middle of "thought" and "through" */
    SET_KEY,          /* AKIA, ASIA, AIza, eyJ, ...Key= */
    SET_PHRASE,
};

static struct trigrams wanted;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
    trigrams_add(&wanted, SET_ESCAPE, "\\", "ubf", NULL);
    trigrams_add(&wanted, SET_TOKEN, "h", "pousrf", "_");
    trigrams_add(&wanted, SET_BREAK_OR_KEY, "\\-", "\\-", "nB");
    trigrams_add(&wanted, SET_DAMAGE, "\xef\xe2", "\xbf\xbb\x82", "\xbd\xbf\xac");
    trigrams_add(&wanted, SET_LATIN, "\xc2\xc3",
                 "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f"
                 "\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f",
                 NULL);
    trigrams_add(&wanted, SET_API_KEY, "soO", "kuU", "-_gG");
    trigrams_add(&wanted, SET_KEY, "eA", "yKSI", "J=Iz");
    trigrams_add(&wanted, SET_PHRASE, "pPtTkK", " -", "bBmMcC");
}

void row_text_init(void)
{
    pthread_once(&once, init);
}

/* --- What was found --------------------------------------------------------------------------- */

static bool told(struct look *k, enum diag_code code)
{
    unsigned bit = 1u << (code - DIAG_D026);
    bool before = k->told & bit;
    k->told |= bit;
    return before;
}

/* Once a row. The text says what the first has; how many there are is added at the end. */
PRINTF(5, 6)
static void note(struct look *k, enum diag_code code, size_t start, size_t end, const char *fmt,
                 ...)
{
    if (told(k, code))
        return;
    char text[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct diag *d = row_fault_at(k->firsts, DIAG_WARNING, code, k->line, start, end, "%s", text);
    row_fault_pointer(d, k->t, start);
}

static void note_point(struct look *k, size_t start, size_t end, unsigned point)
{
    bool control = (point < 0x20 && point != '\t' && point != '\n' && point != '\r') ||
                   (point >= 0x7f && point <= 0x9f && point != 0x85);
    if (control && (point == '\b' || point == '\f'))
        note(k, DIAG_D026, start, end, "a %s (U+%04X)", point == '\b' ? "backspace" : "form feed",
             point);
    else if (control)
        note(k, DIAG_D026, start, end, "the control character U+%04X", point);
    else if (point == 0xfffd)
        note(k, DIAG_D030, start, end,
             "U+FFFD, which stands for a character that could not be read");
    else if (point == 0xfeff)
        note(k, DIAG_D030, start, end, "a byte order mark (U+FEFF) inside a text");
}

/* An odd number of backslashes before it, and it is no escape's first. */
static bool is_escaped(const char *text, size_t at)
{
    size_t n = 0;
    while (n < at && text[at - 1 - n] == '\\')
        n++;
    return n % 2;
}

static void on_escape(struct look *k, size_t at)
{
    const char *text = k->line->text;
    if (is_escaped(text, at))
        return;
    if (text[at + 1] != 'u') {
        note_point(k, at, at + 2, text[at + 1] == 'b' ? '\b' : '\f');
        return;
    }
    char hex[5] = {text[at + 2], text[at + 3], text[at + 4], text[at + 5]};
    note_point(k, at, at + 6, (unsigned)strtoul(hex, NULL, 16));
}

/* --- Literal \n (D027) ------------------------------------------------------------------------ */

/* The string, or key, that byte `at` belongs to. */
static size_t string_at(const struct tape *t, size_t at)
{
    size_t low = 0;
    size_t high = t->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->at[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool has_line_break(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at))) && at + 1 < end) {
        if (at[1] == 'n')
            return true;
        at += 2;
    }
    return false;
}

/* \nabla and C:\new go on in lower case; a text of several lines has real line breaks too. */
static bool may_be_break(const char *text, size_t at)
{
    const char *next = text + at + 3;
    bool again = next[0] == '\\' && next[1] == '\\' && next[2] == 'n';
    return again || isupper((unsigned char)*next) || isdigit((unsigned char)*next) ||
           strchr(" -*#\"", *next);
}

static void on_break(struct look *k, size_t at)
{
    enum { ENOUGH = 2 }; /* one may be code */
    const char *text = k->line->text;
    if (is_escaped(text, at) || !may_be_break(text, at))
        return;
    if (!k->n_breaks || at >= k->string->end) {
        k->string = &k->t->at[string_at(k->t, at)];
        k->n_breaks = 0;
    }
    if (++k->n_breaks == ENOUGH && !has_line_break(text + k->string->start, text + k->string->end))
        note(k, DIAG_D027, at, at + 3,
             "\\\\n in a text without line breaks: a backslash and an n, not a new line");
}

/* --- Phrases (D028) --------------------------------------------------------------------------- */

struct phrase {
    const char *text;
    size_t anchor; /* where its three bytes stand in it */
};

/* Contract 1.6; words may be joined by hyphens. */
static const struct phrase phrases[] = {
    {"chain of thought", 11}, {"reason through", 10}, {"step by step reasoning", 3},
    {"let me think", 2},      {"think carefully", 4},
};

static bool matches(const char *at, const char *phrase)
{
    for (; *phrase; phrase++, at++) {
        if (tolower((unsigned char)*at) != *phrase && !(*phrase == ' ' && *at == '-'))
            return false;
    }
    return true;
}

static void on_phrase(struct look *k, size_t at)
{
    const char *text = k->line->text;
    if (at < k->phrases_from || at >= k->phrases_to)
        return;
    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        size_t len = strlen(phrases[i].text);
        size_t start = at - phrases[i].anchor;
        if (at < phrases[i].anchor || start < k->phrases_from || start + len >= k->phrases_to ||
            !matches(text + start, phrases[i].text))
            continue;
        bool word = isalpha((unsigned char)text[start - 1]) && text[start - 2] != '\\';
        if (!word && !isalpha((unsigned char)text[start + len]))
            note(k, DIAG_D028, start, start + len, "the phrase \"%s\" in a message",
                 phrases[i].text);
    }
}

/* --- Secrets (D029) --------------------------------------------------------------------------- */

/* Nothing of it is shown, and no excerpt. */
static void on_secret(struct look *k, size_t at)
{
    size_t n = 0;
    if (at < k->secret_end)
        return;
    const char *kind = secret_shape(k->line->text, k->line->len, at, &n);
    if (!kind)
        return;
    k->secret_end = at + n;
    if (!diags_keeps(k->found, DIAG_D029)) { /* to find each one's place would take for ever */
        diag_add(k->found, DIAG_WARNING, DIAG_D029, k->line->file, k->line->line, 1, "%s", "");
        return;
    }
    size_t lines = 0;
    size_t col = 0;
    tape_place(k->line->text, at, &lines, &col);
    struct diag *d = diag_add(k->found, DIAG_WARNING, DIAG_D029, k->line->file, k->line->line, col,
                              "what looks like %s, of %zu characters", kind, n);
    d->span = n;
    row_fault_pointer(d, k->t, at);
    diag_fix(d, "%s", diag_code_row(DIAG_D029)->fix);
}

static void on_secret_before(struct look *k, size_t at, size_t back)
{
    if (at >= back)
        on_secret(k, at - back);
}

/* --- Damage (D030) ---------------------------------------------------------------------------- */

static void on_damage(struct look *k, size_t at)
{
    const char *text = k->line->text + at;
    static const char quote[] = "\xc3\xa2\xe2\x82\xac"; /* the head of a quote or a dash */
    if (memcmp(text, "\xef\xbf\xbd", 3) == 0)
        note_point(k, at, at + 3, 0xfffd);
    else if (memcmp(text, "\xef\xbb\xbf", 3) == 0)
        note_point(k, at, at + 3, 0xfeff);
    else if (at >= 2 && memcmp(text - 2, quote, sizeof(quote) - 1) == 0)
        note(k, DIAG_D030, at - 2, at + 3,
             "a quote or a dash as UTF-8 that was read as Latin 1 (\xc3\xa2\xe2\x82\xac...)");
}

static void on_latin(struct look *k, size_t at)
{
    const unsigned char *text = (const unsigned char *)k->line->text + at;
    if (text[0] == 0xc2)
        note_point(k, at, at + 2, text[1]);
    else if (text[1] == 0x83 && text[2] == 0xc2 && text[3] >= 0x80)
        note(k, DIAG_D030, at, at + 4, "a letter as UTF-8 that was read as Latin 1");
}

/* --- The row ---------------------------------------------------------------------------------- */

static void on_place(struct look *k, size_t at)
{
    const char *text = k->line->text + at;
    switch ((unsigned char)text[0]) {
    case '\\':
        if (text[1] == '\\')
            on_break(k, at);
        else
            on_escape(k, at);
        break;
    case '-':
        on_secret_before(k, at, 3);
        break;
    case 'h':
        on_secret_before(k, at, text[1] == 'f' ? 0 : 1);
        break;
    case 's':
    case 'A':
        on_secret(k, at);
        break;
    case 'e':
        on_secret(k, at);
        on_secret_before(k, at, strlen("AccountK"));
        on_secret_before(k, at, strlen("SharedAccessK"));
        break;
    case 0xef:
    case 0xe2:
        on_damage(k, at);
        break;
    case 0xc2:
    case 0xc3:
        on_latin(k, at);
        break;
    default:
        on_phrase(k, at);
    }
}

void row_text_check(const struct tape *t, size_t messages, const struct row_line *line,
                    struct diags *firsts, struct diags *found)
{
    enum { ROOM = 128 };
    uint32_t places[ROOM];
    struct look k = {.t = t, .line = line, .firsts = firsts, .found = found};
    if (messages != TAPE_NONE) {
        k.phrases_from = t->at[messages].start;
        k.phrases_to = t->at[messages].end;
    }
    for (size_t from = 0; from < line->len;) {
        size_t n = trigrams_find(&wanted, line->text, line->len, &from, places, ROOM);
        for (size_t i = 0; i < n; i++)
            on_place(&k, places[i]);
    }
}

void row_text_conclude(struct diags *firsts, size_t n_rows, struct diags *found)
{
    for (size_t i = 0; i < firsts->n; i++) {
        struct diag *d = &firsts->at[i];
        char *text = mem_printf("%s; so in %zu of %zu rows, this is the first", d->text,
                                firsts->counts[d->code], n_rows);
        free(d->text);
        d->text = text;
        diag_fix(d, "%s", diag_code_row(d->code)->fix);
        firsts->counts[d->code] = 1;
    }
    diags_move(found, firsts, 0);
}
