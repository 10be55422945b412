/* Any bytes as a template and, behind the first NUL, the JSON it is put over: it is parsed, or the
 * column of its fault is said; what is rendered of it is as long as its parts, and as JSON is JSON.
 */
#include <string.h>

#include "sim/base/template.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static const char *const roots[] = {"item", "sample", NULL};
static const char fallback[] = "{\"a\":[1,{\"b\":\"x\\u0000\\n\"},null],\"c\":1.5e300,\"\":{}}";

static bool find(const void *arg, const struct template_path *path, size_t *n_taken,
                 struct template_value *out, struct template_fault *fault)
{
    (void)n_taken;
    (void)fault;
    *out = (struct template_value){.tape = arg};
    if (path->root == 1)
        *out = (struct template_value){.text = "plain", .text_len = 5};
    return true;
}

static void check_one_path(const struct template *t, const struct template_scope *scope, bool ok)
{
    struct buf json = {0};
    struct tape tape = {0};
    struct template_fault fault = {0};
    struct tape_fault at;
    bool same = template_render_json(t, scope, &json, &fault) == ok;
    must(same, "a path leads somewhere as text if it does as JSON");
    must(!ok || tape_scan(&tape, buf_text(&json), json.len, &at), "a value is JSON");
    tape_release(&tape);
    buf_release(&json);
}

static void check_template(const struct template *t, const struct tape *item)
{
    struct template_scope scope = {find, item};
    struct template_fault fault = {0};
    struct buf out = {0};
    struct template_kinds kinds = {{NULL}};
    bool ok = template_render(t, &scope, &out, &kinds, &fault);
    bool any = false;
    for (size_t i = 0; i <= TAPE_OBJECT; i++)
        any = any || kinds.path[i];
    must(!ok || any == template_has_paths(t), "what was put in has a kind");
    must(ok || (fault.path && *fault.why), "a path that leads nowhere is named, with its reason");
    if (template_is_one_path(t))
        check_one_path(t, &scope, ok);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = memchr(data, '\0', size);
    size_t len = nul ? (size_t)(nul - data) : size;
    struct err e = {0};
    struct template *t = NULL;
    struct tape item = {0};
    struct tape_fault at;
    if (!nul || !tape_scan(&item, (const char *)nul + 1, size - len - 1, &at))
        must(tape_scan(&item, fallback, sizeof(fallback) - 1, &at), "the fallback is JSON");
    if (template_parse(&t, (const char *)data, len, roots, &e) == ERR_OK)
        check_template(t, &item);
    else
        must(e.code == ERR_JOB && *e.text, "a fault in a template is told");
    template_free(t);
    tape_release(&item);
    return 0;
}
