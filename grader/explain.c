#include "grader/explain.h"

#include <stdlib.h>
#include <string.h>

#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/text.h"

void explain_text(json_t *facts, const char *key, const char *text, size_t len)
{
    struct buf masked = {0};
    struct buf valid = {0};
    secret_mask(&masked, text, len);
    text_add_valid(&valid, buf_text(&masked), masked.len);
    json_object_set_new(facts, key, json_stringn(buf_text(&valid), valid.len));
    buf_release(&masked);
    buf_release(&valid);
}

void explain_setting(json_t *facts, const json_t *spec, const char *key)
{
    const json_t *value = json_object_get(spec, key);
    if (json_is_string(value))
        explain_text(facts, key, json_string_value(value), json_string_length(value));
}

void explain_field(json_t *facts, const json_t *spec, const char *key, const struct template *t,
                   const struct grader_input *in)
{
    explain_template(facts, key, json_object_get(spec, key), t, in);
}

void explain_template(json_t *facts, const char *key, const json_t *written,
                      const struct template *t, const struct grader_input *in)
{
    struct template_scope scope = grader_scope(in);
    struct template_fault fault;
    struct buf text = {0};
    json_t *field = json_pack("{s:s}", "key", key);
    explain_text(field, "template", json_string_value(written), json_string_length(written));
    if (template_render(t, &scope, &text, NULL, &fault)) {
        explain_text(field, "text", buf_text(&text), text.len);
        json_object_set_new(field, "bytes", json_integer((json_int_t)text.len));
    } else {
        char *error = mem_printf("{{%s}} resolves nowhere: %s", fault.path, fault.why);
        explain_text(field, "error", error, strlen(error));
        explain_text(field, "path", fault.path, strlen(fault.path));
        json_object_set_new(field, "reached", json_integer((json_int_t)fault.reached));
        free(error);
    }
    json_array_append_new(json_object_get(facts, "fields"), field);
    buf_release(&text);
}
