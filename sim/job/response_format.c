#include "sim/job/response_format.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

enum {
    NAME_MAX_CHARS = 64,
    SHOWN_BYTES = 60, /* of a pointer, in a reason */
};

struct reading {
    const struct doc *doc;
    struct diags *list;
    struct buf at; /* pointer of what is read: the object with name, strict and schema */
};

static char *pointer_of(const struct reading *r, const char *key)
{
    return mem_printf("%s%s%s", buf_text(&r->at), *key ? "/" : "", key);
}

/* A fault of a key of the object, or of the object for "". */
PRINTF(6, 7)
static void fault(struct reading *r, enum diag_severity severity, enum diag_code code,
                  const char *key, const char *fix, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    char *pointer = pointer_of(r, key);
    struct diag *d = doc_fault(r->doc, r->list, severity, code, pointer, "%s", text);
    diag_fix(d, "%s", fix ? fix : diag_code_row(code)->fix);
    free(pointer);
    free(text);
}

static bool is_name(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len && len <= NAME_MAX_CHARS &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;
}

static void check_name(struct reading *r, const json_t *name)
{
    static const char fix[] = "1 to 64 letters, digits, underscores and dashes";
    if (!name)
        fault(r, DIAG_ERROR, DIAG_S012, "", "add \"name\"", "a schema without a name");
    else if (!is_name(json_string_value(name)))
        fault(r, DIAG_ERROR, DIAG_S012, "name", fix, "not the name of a schema");
}

static bool check_strict(struct reading *r, const json_t *strict)
{
    if (strict && !json_is_boolean(strict) && !json_is_null(strict))
        fault(r, DIAG_ERROR, DIAG_S013, "strict", NULL, "\"strict\" must be true or false");
    return json_is_true(strict);
}

struct telling {
    struct reading *r;
    const struct tape *tape;
};

static void tell(void *arg, const struct schema_fault *fault)
{
    const struct telling *x = arg;
    struct buf pointer = {0};
    buf_text_add(&pointer, buf_text(&x->r->at));
    buf_text_add(&pointer, "/schema");
    tape_pointer(x->tape, fault->at, &pointer);
    if (fault->key)
        buf_char(&pointer, '#');
    struct diag *d = doc_fault(x->r->doc, x->r->list, fault->severity, fault->code,
                               buf_text(&pointer), "%s", fault->text);
    diag_fix(d, "%s", fault->fix ? fault->fix : diag_code_row(fault->code)->fix);
    buf_release(&pointer);
}

/* Whether it is a schema that answers can be tested against. */
static bool read_schema(struct reading *r, struct response_format *f, const json_t *schema)
{
    struct tape_fault scan;
    if (!schema) {
        fault(r, DIAG_ERROR, DIAG_S012, "", "add \"schema\"",
              "nothing says what answers look like");
        return false;
    }
    f->text = json_dumps(schema, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!tape_scan(&f->tape, f->text, strlen(f->text), &scan)) {
        fault(r, DIAG_ERROR, DIAG_S001, "schema", NULL, "cannot be read: %s", scan.what);
        return false;
    }
    struct telling telling = {r, &f->tape};
    struct schema s = {&f->tape, 0};
    unsigned flags = SCHEMA_TESTED | (f->strict ? SCHEMA_STRICT : 0u);
    return schema_check(&s, flags, tell, &telling) == 0;
}

static bool read_named(struct reading *r, struct response_format *f, const json_t *object)
{
    const json_t *name = json_object_get(object, "name");
    check_name(r, name);
    f->name = mem_text(json_string_value(name));
    f->strict = check_strict(r, json_object_get(object, "strict"));
    return read_schema(r, f, json_object_get(object, "schema"));
}

/* Both shapes: which one it is, is said by json_schema. */
static bool read_shape(struct reading *r, struct response_format *f, const json_t *value)
{
    static const char *const nested[] = {"type", "json_schema", NULL};
    static const char *const named[] = {"name", "description", "strict", "schema", NULL};
    static const char *const flat[] = {"type", "name", "description", "strict", "schema", NULL};
    const json_t *inner = json_object_get(value, "json_schema");
    if (!inner) {
        doc_check_keys(r->doc, r->list, value, buf_text(&r->at), flat, " of a response_format");
        return read_named(r, f, value);
    }
    doc_check_keys(r->doc, r->list, value, buf_text(&r->at), nested, " beside json_schema");
    doc_pointer_key(&r->at, "json_schema");
    if (!json_is_object(inner)) {
        fault(r, DIAG_ERROR, DIAG_S012, "", NULL, "\"json_schema\" must be an object");
        return false;
    }
    doc_check_keys(r->doc, r->list, inner, buf_text(&r->at), named, " of a json_schema");
    return read_named(r, f, inner);
}

struct response_format *response_format_read(const struct doc *doc, const json_t *value,
                                             const char *pointer, struct diags *list)
{
    struct reading r = {.doc = doc, .list = list};
    struct response_format *f = mem_new(sizeof(*f));
    const char *type = json_string_value(json_object_get(value, "type"));
    bool fine = false;
    buf_text_add(&r.at, pointer);
    if (type && strcmp(type, "json_schema") == 0)
        fine = read_shape(&r, f, value);
    else if (type && (strcmp(type, "json_object") == 0 || strcmp(type, "text") == 0))
        fault(&r, DIAG_WARNING, DIAG_S012, "type", "use json_schema, or leave response_format out",
              "\"%s\" is published for chats, not for these jobs", type);
    else if (type)
        fault(&r, DIAG_ERROR, DIAG_S012, "type", "type: json_schema", "no format has the type '%s'",
              type);
    buf_release(&r.at);
    if (fine)
        return f;
    response_format_free(f);
    return NULL;
}

void response_format_free(struct response_format *f)
{
    if (!f)
        return;
    tape_release(&f->tape);
    free(f->text);
    free(f->name);
    free(f);
}

bool response_format_fits(const struct response_format *f, const char *answer, size_t len,
                          struct tape *scratch, struct buf *why)
{
    struct tape_fault fault;
    struct schema_miss miss;
    struct schema s = {&f->tape, 0};
    if (!tape_scan(scratch, answer, len, &fault)) {
        buf_text_add(why, len ? "it is not JSON" : "it is empty, not JSON");
        return false;
    }
    if (schema_fits(&s, scratch, 0, &miss))
        return true;
    struct buf pointer = {0};
    tape_pointer(scratch, miss.at, &pointer);
    size_t cut = pointer.len > SHOWN_BYTES ? pointer.len - SHOWN_BYTES : 0;
    buf_printf(why, "%s%s %s", cut ? "..." : "", pointer.len ? buf_text(&pointer) + cut : "it",
               miss.text);
    buf_release(&pointer);
    return false;
}
