#include "grader/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/scope.h"
#include "sim/base/mem.h"

enum { MESSAGES_MAX = 1000 }; /* ours; of parts too */

/* Where a fault is: the key within the spec. */
struct place {
    const struct grader_spec *spec;
    struct diags *list;
    struct buf key;
};

static size_t down(struct place *at, const char *key)
{
    size_t up = at->key.len;
    buf_printf(&at->key, "%s%s", up ? "/" : "", key);
    return up;
}

static size_t down_index(struct place *at, size_t i)
{
    size_t up = at->key.len;
    buf_printf(&at->key, "/%zu", i);
    return up;
}

static void fault(struct place *at, enum diag_code code, const char *text, const char *fix)
{
    struct diag *d =
        grader_fault(at->spec, at->list, DIAG_ERROR, code, buf_text(&at->key), "%s", text);
    diag_fix(d, "%s", fix);
}

static void read_text(struct prompt_part *part, struct place *at, const json_t *value)
{
    struct err e = {0};
    if (!json_is_string(value)) {
        fault(at, value ? DIAG_J004 : DIAG_J003, "a text part needs a 'text' that is a string",
              "{type: input_text, text: \"{{sample.output_text}}\"}");
        return;
    }
    part->written = value;
    part->key = mem_text(buf_text(&at->key));
    if (template_parse(&part->text, json_string_value(value), json_string_length(value),
                       grader_roots, &e))
        fault(at, DIAG_J007, e.text,
              "templates are {{item.KEY}} and {{sample.output_text}}, with [0] for a list");
    grader_single_braces(part->text, at->spec, part->key, at->list);
}

/* An image as each API has it. */
static void read_image(struct prompt_part *part, struct place *at, json_t *value,
                       enum job_model_api api)
{
    json_t *url = json_object_get(value, "image_url");
    json_t *detail = json_object_get(value, "detail");
    size_t up = down(at, "image_url");
    if (!json_is_string(url)) {
        fault(at, url ? DIAG_J004 : DIAG_J003,
              "an input_image needs an 'image_url' that is a string",
              "{type: input_image, image_url: \"https://...\"}");
    } else if (api == JOB_API_CHAT) {
        json_t *image = json_pack("{s:O}", "url", url);
        if (detail)
            json_object_set(image, "detail", detail);
        json_t *whole = json_pack("{s:s, s:o}", "type", "image_url", "image_url", image);
        part->json = json_dumps(whole, JSON_COMPACT);
        json_decref(whole);
    } else {
        part->json = json_dumps(value, JSON_COMPACT);
    }
    buf_cut(&at->key, up);
}

static void read_audio(struct prompt_part *part, struct place *at, const json_t *value,
                       enum job_model_api api)
{
    if (api == JOB_API_CHAT)
        part->json = json_dumps(value, JSON_COMPACT);
    else
        fault(at, DIAG_J007, "the Responses API takes no input_audio",
              "api: chat in simulation.grader_models, if the model takes audio there");
}

/* One part in the form of an object. */
static void read_part(struct prompt_part *part, struct place *at, json_t *value,
                      enum job_model_api api)
{
    const char *type = json_string_value(json_object_get(value, "type"));
    bool is_input = type && strcmp(type, "input_text") == 0;
    part->is_output = type && strcmp(type, "output_text") == 0;
    if (is_input || part->is_output) {
        size_t up = down(at, "text");
        read_text(part, at, json_object_get(value, "text"));
        buf_cut(&at->key, up);
    } else if (type && strcmp(type, "input_image") == 0) {
        read_image(part, at, value, api);
    } else if (type && strcmp(type, "input_audio") == 0) {
        read_audio(part, at, value, api);
    } else {
        size_t up = down(at, "type");
        fault(at, type ? DIAG_J005 : DIAG_J003, "no part of a message has this 'type'",
              "input_text, output_text, input_image or input_audio");
        buf_cut(&at->key, up);
    }
}

static void read_parts(struct prompt_message *m, struct place *at, json_t *list,
                       enum job_model_api api)
{
    size_t n = json_array_size(list);
    if (!n || n > MESSAGES_MAX) {
        fault(at, DIAG_J005, n ? "too many parts" : "a message needs a part",
              "content: [{type: input_text, text: \"...\"}]");
        return;
    }
    m->parts = mem_array(n, sizeof(*m->parts));
    for (size_t i = 0; i < n; i++) {
        size_t up = down_index(at, i);
        json_t *value = json_array_get(list, i);
        struct prompt_part *part = &m->parts[m->n++];
        if (json_is_string(value))
            read_text(part, at, value);
        else
            read_part(part, at, value, api);
        buf_cut(&at->key, up);
    }
}

static void read_content(struct prompt_message *m, struct place *at, json_t *value,
                         enum job_model_api api)
{
    size_t up = down(at, "content");
    if (json_is_array(value)) {
        read_parts(m, at, value, api);
    } else if (json_is_string(value) || json_is_object(value)) {
        m->parts = mem_array(1, sizeof(*m->parts));
        m->n = 1;
        if (json_is_string(value))
            read_text(&m->parts[0], at, value);
        else
            read_part(&m->parts[0], at, value, api);
    } else {
        fault(at, value ? DIAG_J004 : DIAG_J003,
              "a message needs a 'content': a text, a part or a list of parts",
              "content: \"Grade this: {{sample.output_text}}\"");
    }
    buf_cut(&at->key, up);
}

static void read_role(struct prompt_message *m, struct place *at, const json_t *value)
{
    static const char *const roles[] = {"user", "assistant", "system", "developer"};
    const char *role = json_string_value(value);
    size_t up = down(at, "role");
    for (size_t i = 0; role && i < COUNT_OF(roles); i++) {
        if (strcmp(roles[i], role) == 0)
            m->role = roles[i];
    }
    if (!m->role)
        fault(at, role ? DIAG_J005 : DIAG_J003, "a message needs a 'role' that graders know",
              "user, assistant, system or developer");
    buf_cut(&at->key, up);
}

static void read_message(struct prompt_message *m, struct place *at, json_t *value,
                         enum job_model_api api)
{
    static const char *const known[] = {"role", "content", "type", NULL};
    if (!json_is_object(value)) {
        fault(at, DIAG_J004, "a message must be an object", "{role: user, content: \"...\"}");
        return;
    }
    char *pointer = mem_printf("%s/%s", at->spec->pointer, buf_text(&at->key));
    doc_check_keys(at->spec->job->doc, at->list, value, pointer, known, " in a grader's message");
    free(pointer);
    const json_t *type = json_object_get(value, "type");
    if (type && (!json_is_string(type) || strcmp(json_string_value(type), "message") != 0)) {
        size_t up = down(at, "type");
        fault(at, DIAG_J005, "the 'type' of a message is message", "leave it out");
        buf_cut(&at->key, up);
    }
    read_role(m, at, json_object_get(value, "role"));
    read_content(m, at, json_object_get(value, "content"), api);
}

void prompt_read(struct prompt *p, const struct grader_spec *spec, enum job_model_api api,
                 struct diags *list)
{
    struct place at = {.spec = spec, .list = list};
    const json_t *value = json_object_get(spec->json, "input");
    size_t n = json_array_size(value);
    p->api = api;
    down(&at, "input");
    if (!n || n > MESSAGES_MAX) {
        fault(&at, value ? DIAG_J004 : DIAG_J003, "'input' must be a list of messages",
              "input: [{role: user, content: \"Grade this: {{sample.output_text}}\"}]");
        buf_release(&at.key);
        return;
    }
    p->messages = mem_array(n, sizeof(*p->messages));
    for (size_t i = 0; i < n; i++) {
        size_t up = down_index(&at, i);
        read_message(&p->messages[p->n++], &at, json_array_get(value, i), api);
        buf_cut(&at.key, up);
    }
    buf_release(&at.key);
}

void prompt_release(struct prompt *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct prompt_message *m = &p->messages[i];
        for (size_t k = 0; k < m->n; k++) {
            template_free(m->parts[k].text);
            free(m->parts[k].key);
            free(m->parts[k].json);
        }
        free(m->parts);
    }
    free(p->messages);
}

/* A text as a JSON string. */
static bool add_text(const struct prompt_part *part, const struct grader_input *in,
                     struct buf *scratch, struct buf *out, struct grade *grade)
{
    if (!grader_render(part->text, part->key, in, scratch, grade))
        return false;
    buf_json(out, buf_text(scratch), scratch->len);
    return true;
}

static bool add_part(const struct prompt *p, const struct prompt_part *part,
                     const struct grader_input *in, struct buf *scratch, struct buf *out,
                     struct grade *grade)
{
    if (!part->text) {
        buf_text_add(out, part->json);
        return true;
    }
    buf_printf(out, "{\"type\":\"%s\",\"text\":",
               p->api == JOB_API_CHAT ? "text"
               : part->is_output      ? "output_text"
                                      : "input_text");
    if (!add_text(part, in, scratch, out, grade))
        return false;
    buf_char(out, '}');
    return true;
}

bool prompt_render(const struct prompt *p, const struct grader_input *in, struct buf *scratch,
                   struct buf *out, struct grade *grade)
{
    buf_char(out, '[');
    for (size_t i = 0; i < p->n; i++) {
        const struct prompt_message *m = &p->messages[i];
        buf_printf(out, "%s{\"role\":\"%s\",\"content\":", i ? "," : "", m->role);
        bool plain = m->n == 1 && m->parts[0].text && p->api == JOB_API_CHAT;
        if (plain && !add_text(&m->parts[0], in, scratch, out, grade))
            return false;
        for (size_t k = 0; !plain && k < m->n; k++) {
            buf_char(out, k ? ',' : '[');
            if (!add_part(p, &m->parts[k], in, scratch, out, grade))
                return false;
        }
        buf_text_add(out, plain ? "}" : "]}");
    }
    buf_char(out, ']');
    return true;
}

void prompt_templates(const struct prompt *p, template_visit *visit, void *arg)
{
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->messages[i].n; k++) {
            if (p->messages[i].parts[k].text)
                visit(arg, p->messages[i].parts[k].key, p->messages[i].parts[k].text);
        }
    }
}

void prompt_explain(const struct prompt *p, const struct grader_input *in, json_t *facts)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct prompt_message *m = &p->messages[i];
        for (size_t k = 0; k < m->n; k++) {
            if (m->parts[k].text)
                explain_template(facts, m->parts[k].key, m->parts[k].written, m->parts[k].text, in);
        }
    }
}

bool prompt_reads_calls(const struct prompt *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct prompt_message *m = &p->messages[i];
        for (size_t k = 0; k < m->n; k++) {
            if (m->parts[k].text && grader_reads_calls(m->parts[k].text))
                return true;
        }
    }
    return false;
}
