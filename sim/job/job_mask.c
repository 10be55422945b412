#include "sim/job/job_mask.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

#include "sim/base/num.h"
#include "sim/base/secret.h"
#include "sim/job/doc_plain.h"
#include "sim/job/env.h"
#include "sim/job/job.h"

/* Where a walk through the document is. */
enum zone {
    OPEN,
    HEADERS, /* every value is masked; an api_key likewise */
    SCHEMA,  /* no `headers` here is ours */
};

static enum zone zone_of(enum zone above, const char *key)
{
    if (above == OPEN && strcmp(key, "response_format") == 0)
        return SCHEMA;
    bool hidden = strcmp(key, "headers") == 0 || strcmp(key, "api_key") == 0;
    return above == OPEN && hidden ? HEADERS : above;
}

/* Whether a hidden value was left at the default that the file itself gives. */
static bool is_default(const json_t *root, const json_t *source)
{
    struct env_ref ref;
    size_t len = json_string_length(source);
    return env_next(&ref, json_string_value(source), len) && ref.kind == ENV_VARIABLE &&
           ref.len == len && ref.fallback && ref.fallback_len == json_string_length(root) &&
           memcmp(ref.fallback, json_string_value(root), ref.fallback_len) == 0;
}

static void hide(json_t *root, const json_t *source, enum zone zone)
{
    if (json_is_object(root)) {
        const char *key = NULL;
        json_t *value = NULL;
        json_object_foreach(root, key, value)
            hide(value, json_object_get(source, key), zone_of(zone, key));
    } else if (json_is_array(root)) {
        for (size_t i = 0; i < json_array_size(root); i++)
            hide(json_array_get(root, i), json_array_get(source, i), zone);
    } else if (zone == HEADERS && json_is_string(root) && !is_default(root, source)) {
        secret_add(json_string_value(root), SECRET_MASK);
    }
}

void job_hide_headers(const struct doc *doc)
{
    hide(doc->root, doc->source, OPEN);
}

static json_t *masked_text(const json_t *source)
{
    struct buf text = {0};
    secret_mask(&text, json_string_value(source), json_string_length(source));
    json_t *masked = json_stringn(buf_text(&text), text.len);
    buf_release(&text);
    return masked;
}

static json_t *masked_value(json_t *source, enum zone zone)
{
    json_t *masked = NULL;
    if (json_is_object(source)) {
        const char *key = NULL;
        json_t *value = NULL;
        masked = json_object();
        json_object_foreach(source, key, value)
            json_object_set_new(masked, key, masked_value(value, zone_of(zone, key)));
    } else if (json_is_array(source)) {
        masked = json_array();
        for (size_t i = 0; i < json_array_size(source); i++)
            json_array_append_new(masked, masked_value(json_array_get(source, i), zone));
    } else if (zone == HEADERS && !json_is_null(source)) {
        masked = json_string(SECRET_MASK);
    } else if (json_is_string(source)) {
        masked = masked_text(source);
    }
    return masked ? masked : json_incref(source);
}

json_t *job_masked(const struct job *job)
{
    return masked_value(job->doc->source, OPEN);
}

struct masked {
    yaml_emitter_t emitter;
    struct buf text; /* of the scalar at hand */
};

static int write_out(void *out, unsigned char *bytes, size_t n)
{
    buf_add(out, bytes, n);
    return 1;
}

/* libyaml fails for want of memory, or if we emit what is no document. */
static void emit(struct masked *m, yaml_event_t *event, int made)
{
    int sent = made ? yaml_emitter_emit(&m->emitter, event) : 0;
    assert(sent);
    (void)sent;
}

static void emit_scalar(struct masked *m, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t event;
    int made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len,
                                            1, 1, style);
    emit(m, &event, made);
}

/* Line breaks other than \n, which a reader may turn into one, and the rest of the controls. */
static bool needs_escapes(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f)
            return true;
        if (c == 0xc2 && (unsigned char)text[i + 1] < 0xa0)
            return true;
        if (c == 0xe2 && (unsigned char)text[i + 1] == 0x80 &&
            ((unsigned char)text[i + 2] & 0xfe) == 0xa8)
            return true;
    }
    return false;
}

/* How a text is written so that it is read back as that text: a block for lines of code, plain
 * (libyaml quotes it where it must) for a word that has no other meaning, else in quotes. */
static yaml_scalar_style_t text_style(const char *text, size_t len)
{
    if (needs_escapes(text, len))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    if (memchr(text, '\n', len))
        return strchr(" \n", *text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_LITERAL_SCALAR_STYLE;
    if (memmem(text, len, "${", 2))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    json_t *read = doc_plain(text, len);
    bool is_text = json_is_string(read);
    json_decref(read);
    return is_text ? YAML_ANY_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static void emit_text(struct masked *m, const json_t *source, const json_t *root)
{
    buf_clear(&m->text);
    secret_mask(&m->text, json_string_value(source), json_string_length(source));
    const char *text = buf_text(&m->text);
    /* A plain ${NAME} that stood for a number must stay plain. */
    emit_scalar(m, text, m->text.len,
                json_is_string(root) ? text_style(text, m->text.len) : YAML_PLAIN_SCALAR_STYLE);
}

static void emit_plain(struct masked *m, const json_t *value)
{
    char number[NUM_ROOM];
    buf_clear(&m->text);
    if (json_is_integer(value)) {
        buf_printf(&m->text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buf_text_add(&m->text, num_json(number, json_real_value(value)));
        if (!strpbrk(number, ".e"))
            buf_text_add(&m->text, ".0");
    } else {
        buf_text_add(&m->text, json_is_true(value)    ? "true"
                               : json_is_false(value) ? "false"
                                                      : "null");
    }
    emit_scalar(m, buf_text(&m->text), m->text.len, YAML_PLAIN_SCALAR_STYLE);
}

static void emit_value(struct masked *m, json_t *source, const json_t *root, enum zone zone);

static void emit_object(struct masked *m, json_t *source, const json_t *root, enum zone zone)
{
    yaml_event_t event;
    emit(m, &event,
         yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(source, key, value)
    {
        size_t len = strlen(key);
        bool merge = strcmp(key, "<<") == 0;
        emit_scalar(m, key, len,
                    merge || memchr(key, '\n', len) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                                    : text_style(key, len));
        emit_value(m, value, json_object_get(root, key), zone_of(zone, key));
    }
    emit(m, &event, yaml_mapping_end_event_initialize(&event));
}

static void emit_list(struct masked *m, const json_t *source, const json_t *root, enum zone zone)
{
    yaml_event_t event;
    emit(m, &event,
         yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
    for (size_t i = 0; i < json_array_size(source); i++)
        emit_value(m, json_array_get(source, i), json_array_get(root, i), zone);
    emit(m, &event, yaml_sequence_end_event_initialize(&event));
}

static void emit_value(struct masked *m, json_t *source, const json_t *root, enum zone zone)
{
    if (json_is_object(source))
        emit_object(m, source, root, zone);
    else if (json_is_array(source))
        emit_list(m, source, root, zone);
    else if (zone == HEADERS && !json_is_null(source))
        emit_scalar(m, SECRET_MASK, strlen(SECRET_MASK), YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    else if (json_is_string(source))
        emit_text(m, source, root);
    else
        emit_plain(m, source);
}

void job_masked_yaml(const struct job *job, struct buf *out)
{
    struct masked m = {0};
    int ready = yaml_emitter_initialize(&m.emitter);
    assert(ready);
    (void)ready;
    yaml_emitter_set_output(&m.emitter, write_out, out);
    yaml_emitter_set_unicode(&m.emitter, 1);
    yaml_emitter_set_width(&m.emitter, -1);

    yaml_event_t event;
    emit(&m, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    emit(&m, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    emit_value(&m, job->doc->source, job->doc->root, OPEN);
    emit(&m, &event, yaml_document_end_event_initialize(&event, 1));
    emit(&m, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&m.emitter);
    buf_release(&m.text);
}
