#include "sim/job/job_read.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/num.h"

enum { SHOWN_BYTES = 40 };

size_t read_down(struct reader *r, const char *key)
{
    size_t up = r->at.len;
    doc_pointer_key(&r->at, key);
    return up;
}

size_t read_down_index(struct reader *r, size_t i)
{
    size_t up = r->at.len;
    doc_pointer_index(&r->at, i);
    return up;
}

static bool enough(const struct reader *r)
{
    return r->list->n - r->n_before >= DOC_MAX_FAULTS;
}

/* What to call the value being read; borrowed until r->at changes. */
static const char *name_here(const struct reader *r)
{
    const char *slash = strrchr(buf_text(&r->at), '/');
    if (!slash)
        return r->job->alone ? "the grader" : "the job";
    return isdigit((unsigned char)slash[1]) ? "this entry" : slash + 1;
}

/* NULL: told already, or enough is. */
static struct diag *tell(struct reader *r, enum diag_severity severity, enum read_place place,
                         enum diag_code code, const char *text)
{
    if (enough(r) || (place == AT_VALUE && doc_faulty(r->doc, buf_text(&r->at))))
        return NULL;
    char *name = mem_text(strncmp(text, "must ", 5) == 0 ? name_here(r) : "");
    size_t len = r->at.len;
    if (place == AT_KEY)
        buf_char(&r->at, '#');
    struct diag *d = doc_fault(r->doc, r->list, severity, code, buf_text(&r->at), "%s%s%s", name,
                               *name ? " " : "", text);
    buf_cut(&r->at, len);
    free(name);
    return d;
}

void read_fault(struct reader *r, enum read_place place, enum diag_code code, const char *fix,
                const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    struct diag *d = tell(r, DIAG_ERROR, place, code, text);
    if (d && fix)
        diag_fix(d, "%s", fix);
    free(text);
}

/* A value in a few words: "four", 4.5, a list. */
static void show(struct buf *out, const json_t *value)
{
    char number[NUM_ROOM];
    switch (json_typeof(value)) {
    case JSON_STRING: {
        size_t len = json_string_length(value);
        const char *text = json_string_value(value);
        size_t shown = len > SHOWN_BYTES ? SHOWN_BYTES : len;
        while (shown < len && shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80)
            shown--;
        buf_json(out, text, shown);
        if (shown < len)
            buf_text_add(out, "...");
        break;
    }
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        buf_text_add(out, num_json(number, json_real_value(value)));
        if (!strpbrk(number, ".e"))
            buf_text_add(out, ".0");
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        buf_text_add(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        buf_text_add(out, "null");
        break;
    case JSON_ARRAY:
        buf_text_add(out, "a list");
        break;
    case JSON_OBJECT:
        buf_text_add(out, "an object");
        break;
    }
}

static bool is_quoted_number(const json_t *value)
{
    double number = 0;
    return json_is_string(value) &&
           num_parse(&number, json_string_value(value), json_string_length(value));
}

/* "must be WANTED, found VALUE" */
static void unwanted(struct reader *r, enum diag_code code, const char *wanted, const json_t *value)
{
    struct buf found = {0};
    show(&found, value);
    const char *fix = NULL;
    if (is_quoted_number(value))
        fix = "write the number without quotes";
    else if (strcmp(wanted, "text") == 0 && (json_is_number(value) || json_is_boolean(value)))
        fix = "put it in quotes";
    read_fault(r, AT_VALUE, code, fix, "must be %s, found %s", wanted, buf_text(&found));
    buf_release(&found);
}

bool read_is_object(struct reader *r, const json_t *value)
{
    if (!json_is_object(value))
        unwanted(r, DIAG_J004, "an object (keys and values)", value);
    return json_is_object(value);
}

bool read_is_list(struct reader *r, const json_t *value, size_t most)
{
    if (!json_is_array(value))
        unwanted(r, DIAG_J004, "a list", value);
    else if (json_array_size(value) > most)
        read_fault(r, AT_VALUE, DIAG_J005, "take some away",
                   "must be a list of at most %zu, has %zu", most, json_array_size(value));
    return json_is_array(value) && json_array_size(value) <= most;
}

const char *read_text(struct reader *r, const json_t *value)
{
    if (!json_is_string(value)) {
        unwanted(r, DIAG_J004, "text", value);
        return NULL;
    }
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (len == 0) {
        read_fault(r, AT_VALUE, DIAG_J005, "write a value, or take the key away",
                   "must not be empty");
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            read_fault(r, AT_VALUE, DIAG_J005, "write it on one line, without tabs",
                       "must be one line of text, found the control character 0x%02x",
                       (unsigned char)text[i]);
            return NULL;
        }
    }
    return text;
}

size_t read_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* The index of `text` among the words, or -1 after a fault. */
static int find_word(struct reader *r, const struct key *key, const char *text, const json_t *value)
{
    struct buf wanted = {0};
    struct buf found = {0};
    struct buf fix = {0};
    struct nearest near = {.word = text};
    int word = -1;
    for (int i = 0; key->words[i]; i++) {
        if (strcasecmp(key->words[i], text) == 0)
            word = i;
        buf_printf(&wanted, "%s%s", !i ? "" : key->words[i + 1] ? ", " : " or ", key->words[i]);
        nearest_try(&near, key->words[i]);
    }
    if (word < 0) {
        show(&found, value);
        if (near.name)
            buf_printf(&fix, "did you mean '%s'?", near.name);
        read_fault(r, AT_VALUE, DIAG_J005, near.name ? buf_text(&fix) : NULL,
                   "must be %s, found %s", buf_text(&wanted), buf_text(&found));
    }
    buf_release(&wanted);
    buf_release(&found);
    buf_release(&fix);
    return word;
}

static void store_text(struct reader *r, const struct key *key, const json_t *value, char **into)
{
    const char *text = read_text(r, value);
    if (!text)
        return;
    if (key->max > 0 && (double)read_characters(text) > key->max) {
        read_fault(r, AT_VALUE, DIAG_J005, "shorten it",
                   "must have at most %.0f characters, has %zu", key->max, read_characters(text));
        return;
    }
    int word = key->words ? find_word(r, key, text, value) : 0;
    if (word >= 0 && !(key->flags & KEY_CHECKED))
        *into = mem_text(key->words ? key->words[word] : text);
}

/* "a whole number from 1 to 256, or auto" */
static void wanted_number(struct buf *out, const struct key *key)
{
    char min[NUM_ROOM];
    char max[NUM_ROOM];
    num_json(min, key->min);
    num_json(max, key->max);
    if (key->kind != KEY_REAL)
        buf_printf(out, "a whole number from %s to %s", min, max);
    else if (key->max > 0)
        buf_printf(out, "a number above %s, at most %s", min, max);
    else
        buf_printf(out, "a number above %s", min);
    if (key->flags & KEY_AUTO)
        buf_text_add(out, ", or auto");
}

static void store_number(struct reader *r, const struct key *key, const json_t *value, void *into)
{
    const char *word = json_string_value(value);
    if ((key->flags & KEY_AUTO) && word && strcmp(word, "auto") == 0)
        return;
    bool whole = key->kind != KEY_REAL;
    double number = json_number_value(value);
    bool type = whole ? json_is_integer(value) : json_is_number(value);
    bool range = (whole ? number >= key->min : number > key->min) &&
                 (number <= key->max || (!whole && key->max <= 0));
    if (!type || !range) {
        struct buf wanted = {0};
        wanted_number(&wanted, key);
        unwanted(r, type ? DIAG_J005 : DIAG_J004, buf_text(&wanted), value);
        buf_release(&wanted);
        return;
    }
    if (key->kind == KEY_COUNT)
        *(int *)into = (int)json_integer_value(value);
    else if (key->kind == KEY_WIDE)
        *(int64_t *)into = json_integer_value(value);
    else
        *(double *)into = number;
}

static void store_tree(struct reader *r, json_t *value, json_t **into)
{
    if (json_is_string(value)) {
        char *fix = mem_printf("%s: {type: %s}", name_here(r), json_string_value(value));
        read_fault(r, AT_VALUE, DIAG_J004, fix, "must be an object (keys and values), found text");
        free(fix);
    } else if (read_is_object(r, value)) {
        *into = value;
    }
}

static void read_value(struct reader *r, const struct key *key, json_t *value)
{
    void *into = (char *)r->base + key->offset;
    switch (key->kind) {
    case KEY_TEXT:
        store_text(r, key, value, into);
        break;
    case KEY_COUNT:
    case KEY_WIDE:
    case KEY_REAL:
        store_number(r, key, value, into);
        break;
    case KEY_WORD: {
        const char *text = read_text(r, value);
        int word = text ? find_word(r, key, text, value) : -1;
        if (word >= 0)
            *(int *)into = word;
        break;
    }
    case KEY_FLAG:
        if (json_is_boolean(value))
            *(bool *)into = json_is_true(value);
        else
            unwanted(r, DIAG_J004, "true or false", value);
        break;
    case KEY_OBJECT:
        read_object(r, key->keys, value);
        break;
    case KEY_TREE:
        store_tree(r, value, into);
        break;
    case KEY_SPECIAL:
        key->read(r, value);
        break;
    }
}

static const struct key *find_key(const struct key *keys, const char *name)
{
    for (; keys->name; keys++) {
        if (strcmp(keys->name, name) == 0)
            return keys;
    }
    return NULL;
}

/* What to do about a key that stands where it is not known: it belongs elsewhere, or is misspelled,
 * or neither, and then the list of what is known helps. */
static void advise(struct buf *out, const struct key *keys, const char *name)
{
    for (size_t i = 0; i < n_key_levels; i++) {
        const struct key *key = find_key(key_levels[i].keys, name);
        if (key && !(key->flags & KEY_ONLY_HERE)) {
            buf_printf(out, "'%s' belongs %s", name, key_levels[i].where);
            return;
        }
    }
    struct nearest here = {.word = name};
    for (const struct key *key = keys; key->name; key++)
        nearest_try(&here, key->name);
    if (here.name) {
        buf_printf(out, "did you mean '%s'?", here.name);
        return;
    }
    for (size_t i = 0; i < n_key_levels; i++) {
        struct nearest there = {.word = name};
        for (const struct key *key = key_levels[i].keys; key->name; key++)
            nearest_try(&there, key->name);
        if (there.name) {
            buf_printf(out, "did you mean '%s' %s?", there.name, key_levels[i].where);
            return;
        }
    }
    buf_text_add(out, "known here: ");
    for (const struct key *key = keys; key->name; key++)
        buf_printf(out, "%s%s", key == keys ? "" : ", ", key->name);
}

static void unknown_key(struct reader *r, const struct key *keys, const char *name)
{
    struct buf fix = {0};
    if (!enough(r) && diags_keeps(r->list, DIAG_J002)) /* the advice is what takes time */
        advise(&fix, keys, name);
    char *text = mem_printf("unknown key '%s'", name);
    struct diag *d =
        tell(r, doc_unknown_severity(r->list, buf_text(&r->at)), AT_KEY, DIAG_J002, text);
    if (d) {
        doc_unknown_why(d);
        diag_fix(d, "%s", buf_text(&fix));
    }
    free(text);
    buf_release(&fix);
}

void read_object(struct reader *r, const struct key *keys, json_t *object)
{
    if (!read_is_object(r, object))
        return;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        size_t up = read_down(r, name);
        if (!find_key(keys, name))
            unknown_key(r, keys, name);
        buf_cut(&r->at, up);
    }
    for (const struct key *key = keys; key->name; key++) {
        value = json_object_get(object, key->name);
        size_t up = read_down(r, key->name);
        if (value && !json_is_null(value))
            read_value(r, key, value);
        else if (key->flags & KEY_REQUIRED)
            read_fault(r, AT_VALUE, DIAG_J003, key->missing, "'%s' is missing", key->name);
        buf_cut(&r->at, up);
    }
}
