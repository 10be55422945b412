#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "sim/base/cc.h"
#include "sim/job/doc_build.h"

/* libyaml's words for a fault, and ours. */
static const struct words {
    const char *theirs; /* how parser.problem begins */
    bool context;       /* the place to show is where the context began, not where it broke */
    const char *ours;
    const char *fix; /* may be NULL */
} words[] = {
    {"found a tab character", false, "a tab cannot indent YAML", "indent with spaces"},
    {"mapping values are not allowed", false, "a ':' that cannot stand here",
     "start the keys of one level in one column; put a text that holds ': ' in quotes"},
    {"could not find expected ':'", true, "a line of its own that is not 'key: value'",
     "write 'key: value', or indent it under its key"},
    {"did not find expected key", false, "expected a key in the column of the keys above",
     "start the keys of one level in one column; put text with : # [ { in quotes"},
    {"did not find expected '-' indicator", false, "expected '- ' in the column of those above",
     "start the entries of one list in one column"},
    {"block sequence entries are not allowed", false, "a list cannot begin here",
     "put the '- ' on a line of its own under the key"},
    {"did not find expected ',' or '}'", false, "expected ',' or '}'", NULL},
    {"did not find expected ',' or ']'", false, "expected ',' or ']'", NULL},
    {"did not find expected node content", false, "expected a value", NULL},
    {"found unexpected end of stream", true, "the quotes that begin here do not end", NULL},
    {"found unexpected document indicator", true, "the quotes that begin here do not end", NULL},
    {"found unknown escape character", false, "an escape that YAML does not know",
     "in single quotes a backslash is only a backslash"},
    {"did not find expected hexdecimal number", false, "expected hexadecimal digits", NULL},
    {"found invalid Unicode character escape code", false, "no such Unicode character", NULL},
    {"did not find expected alphabetic or numeric", true,
     "aliases (*) and anchors (&) are not read", "put a text that begins with * or & in quotes"},
    {"found undefined tag handle", false, "tags (!) are not read",
     "put a text that begins with ! in quotes"},
    {"control characters are not allowed", false, "a control character",
     "remove it, or write it as an escape in double quotes"},
    {"did not find expected comment or line break", false, "text after a '|' or '>'",
     "begin the text on the next line, indented"},
    {"did not find expected <document start>", false, "expected a key",
     "start the keys of one level in one column"},
};

struct yaml {
    yaml_parser_t parser;
    struct doc_build *b;
    size_t chars; /* how far the text has been walked, in libyaml's unit and in ours */
    size_t bytes;
};

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Marks count code points. The next one is never far from the last, forward or back, so walking on
 * from there keeps the whole file linear. */
static size_t offset_of(struct yaml *y, const yaml_mark_t *mark)
{
    const struct doc *d = y->b->doc;
    for (; y->chars > mark->index; y->chars--) {
        do {
            y->bytes--;
        } while (continues(d->text[y->bytes]));
    }
    for (; y->chars < mark->index && y->bytes < d->len; y->chars++) {
        do {
            y->bytes++;
        } while (continues(d->text[y->bytes]));
    }
    return y->bytes;
}

static const struct words *words_for(const char *theirs)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strncmp(theirs, words[i].theirs, strlen(words[i].theirs)) == 0)
            return &words[i];
    }
    return NULL;
}

/* A fault of the text as such: what was read last says little about it, so no pointer. */
static struct diag *text_fault(const struct doc_build *b, size_t at, const char *text)
{
    return doc_fault_at(b->doc, b->list, DIAG_ERROR, DIAG_J001, "", at, at, "%s", text);
}

/* A character with which nothing can begin. */
static void bad_start_fault(const struct doc_build *b, size_t at)
{
    char text[] = "a value cannot begin with '?'";
    text[sizeof(text) - 3] = b->doc->text[at];
    if (b->doc->text[at] == '\t')
        diag_fix(text_fault(b, at, "a tab cannot stand here"), "use spaces");
    else
        diag_fix(text_fault(b, at, text), "put it in quotes");
}

static bool variable_before(const struct doc *d, size_t at)
{
    size_t from = at;
    while (from > 0 && d->text[from - 1] != '\n')
        from--;
    return memmem(d->text + from, at - from + 1, "${", 2);
}

/* The place of libyaml's fault in the text. */
static size_t fault_offset(struct yaml *y, const struct words *w)
{
    const yaml_parser_t *p = &y->parser;
    if (p->error == YAML_READER_ERROR)
        return p->problem_offset;
    return offset_of(y, w && w->context && p->context ? &p->context_mark : &p->problem_mark);
}

static void syntax_fault(struct yaml *y)
{
    const yaml_parser_t *p = &y->parser;
    const struct doc_build *b = y->b;
    const char *theirs = p->problem ? p->problem : "not YAML";
    const struct words *w = words_for(theirs);
    size_t at = fault_offset(y, w);
    if (at < b->doc->len && strcmp(theirs, "found character that cannot start any token") == 0) {
        bad_start_fault(b, at);
        return;
    }
    if (strstr(theirs, "UTF-8")) {
        diag_fix(text_fault(b, at, "not UTF-8"), "save the file as UTF-8");
        return;
    }
    struct buf text = {0};
    buf_text_add(&text, w ? w->ours : theirs);
    if (p->context && strstr(p->context, "flow") && p->context_mark.line != p->problem_mark.line)
        buf_printf(&text, ", to close what line %zu opens", p->context_mark.line + 1);
    struct diag *f = text_fault(b, at, buf_text(&text));
    buf_release(&text);
    if (w && w->fix)
        diag_fix(f, "%s", w->fix);
    else if (strstr(theirs, "did not find") && variable_before(b->doc, at))
        diag_fix(f, "inside {...} and [...] put ${NAME} in quotes (it is then text), or give its "
                    "key a line of its own");
}

static bool next(struct yaml *y, yaml_event_t *event)
{
    if (yaml_parser_parse(&y->parser, event))
        return true;
    syntax_fault(y);
    return false;
}

/* What we do not read, by its YAML name. */
static bool refuse(struct yaml *y, const yaml_event_t *event, const char *what, const char *fix)
{
    size_t start = offset_of(y, &event->start_mark);
    size_t end = offset_of(y, &event->end_mark);
    diag_fix(doc_build_fault(y->b, DIAG_J001, start, end, "%s", what), "%s", fix);
    return false;
}

static bool has_tag(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.tag) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag);
}

static bool has_anchor(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool is_read(struct yaml *y, const yaml_event_t *event)
{
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(y, event, "aliases (*name) are not read",
                      "write the value again; put a text that begins with * in quotes");
    if (has_anchor(event))
        return refuse(y, event, "anchors (&name) are not read",
                      "write the value where it is used; put a text that begins with & in quotes");
    if (has_tag(event))
        return refuse(y, event, "tags (!name) are not read",
                      "quote what is text, leave what is a number plain");
    return true;
}

static bool value(struct yaml *y, const yaml_event_t *event, struct doc_pair *out);

static struct doc_pair scalar(struct yaml *y, const yaml_event_t *event)
{
    size_t start = offset_of(y, &event->start_mark);
    size_t end = offset_of(y, &event->end_mark);
    doc_place_open(y->b, start, end);
    return doc_text(y->b, (const char *)event->data.scalar.value, event->data.scalar.length,
                    event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, start, end);
}

static bool sequence(struct yaml *y, struct doc_pair *out)
{
    out->root = json_array();
    out->source = json_array();
    size_t up = y->b->pointer.len;
    yaml_event_t event;
    for (size_t i = 0; next(y, &event); i++) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        struct doc_pair item = {0};
        doc_pointer_index(&y->b->pointer, i);
        bool ok = end || value(y, &event, &item);
        yaml_event_delete(&event);
        buf_cut(&y->b->pointer, up);
        if (end)
            return true;
        json_array_append_new(out->root, item.root);
        json_array_append_new(out->source, item.source);
        if (!ok)
            return false;
    }
    return false;
}

/* The key in `event`; `*keep` is false if its value must be dropped. */
static bool read_key(struct yaml *y, const yaml_event_t *event, const struct doc_pair *object,
                     bool *keep)
{
    if (!is_read(y, event))
        return false;
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(y, event, "a key must be a word, not a list or a mapping",
                      "put a value that begins with { or [ in quotes");
    const char *key = (const char *)event->data.scalar.value;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(key, "<<") == 0)
        return refuse(y, event, "merge keys (<<) are not read", "write the keys out");
    *keep = doc_key(y->b, object, key, event->data.scalar.length, offset_of(y, &event->start_mark),
                    offset_of(y, &event->end_mark));
    return true;
}

/* One key, whose event this is, and its value. */
static bool member(struct yaml *y, const yaml_event_t *key_event, const struct doc_pair *object)
{
    bool keep = false;
    if (!read_key(y, key_event, object, &keep))
        return false;
    yaml_event_t event;
    if (!next(y, &event))
        return false;
    struct doc_pair item = {0};
    bool ok = value(y, &event, &item);
    yaml_event_delete(&event);
    if (ok && keep) {
        const char *key = (const char *)key_event->data.scalar.value;
        json_object_set(object->root, key, item.root);
        json_object_set(object->source, key, item.source);
    }
    json_decref(item.root);
    json_decref(item.source);
    return ok;
}

static bool mapping(struct yaml *y, struct doc_pair *out)
{
    out->root = json_object();
    out->source = json_object();
    size_t up = y->b->pointer.len;
    yaml_event_t event;
    while (next(y, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        bool ok = end || member(y, &event, out);
        yaml_event_delete(&event);
        buf_cut(&y->b->pointer, up);
        if (end || !ok)
            return end;
    }
    return false;
}

/* The value that begins with `event`; false if reading cannot go on. */
static bool value(struct yaml *y, const yaml_event_t *event, struct doc_pair *out)
{
    if (doc_enough_faults(y->b) || !is_read(y, event))
        return false;
    if (event->type == YAML_SCALAR_EVENT) {
        *out = scalar(y, event);
        return true;
    }
    size_t start = offset_of(y, &event->start_mark);
    if (!doc_down(y->b, start))
        return false;
    size_t place = doc_place_open(y->b, start, start + 1);
    out->place = place;
    bool ok = event->type == YAML_MAPPING_START_EVENT ? mapping(y, out) : sequence(y, out);
    doc_place_close(y->b, place);
    doc_up(y->b);
    return ok;
}

/* From the root's event to the end of the text. */
static bool document(struct yaml *y, const yaml_event_t *first)
{
    struct doc_pair root = {0};
    bool ok = value(y, first, &root);
    y->b->doc->root = root.root;
    y->b->doc->source = root.source;
    if (!ok)
        return false;
    yaml_event_t event; /* the document's end, then the stream's */
    if (!next(y, &event))
        return false;
    yaml_event_delete(&event);
    if (!next(y, &event))
        return false;
    ok = event.type == YAML_STREAM_END_EVENT ||
         refuse(y, &event, "a second document begins here", "keep one; '---' separates documents");
    yaml_event_delete(&event);
    return ok;
}

bool doc_build_yaml(struct doc_build *b)
{
    struct yaml y = {.b = b};
    if (!yaml_parser_initialize(&y.parser))
        abort(); /* out of memory */
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)b->doc->text, b->doc->len);

    /* The stream's start, the document's, then the root. */
    yaml_event_t event;
    bool ok = true;
    for (int i = 0; ok && i < 3; i++) {
        ok = next(&y, &event);
        if (ok && event.type == YAML_STREAM_END_EVENT) {
            diag_fix(doc_build_fault(b, DIAG_J001, 0, 0, "the file is empty"),
                     "`rftsim init DIR` writes one to start from");
            ok = false;
        } else if (ok && i == 2) {
            ok = document(&y, &event);
        }
        yaml_event_delete(&event); /* of no type, if there was none */
    }
    yaml_parser_delete(&y.parser);
    return ok;
}
