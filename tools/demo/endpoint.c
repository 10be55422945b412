#include "tools/demo/endpoint.h"

#include <string.h>

#include "sim/base/cc.h"

static const struct endpoint *const endpoints[] = {
    &endpoint_catalog,
    &endpoint_countdown,
    &endpoint_retail,
};

const struct endpoint *endpoint_at(size_t i)
{
    return i < COUNT_OF(endpoints) ? endpoints[i] : NULL;
}

const struct endpoint *endpoint_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        if (strcmp(endpoints[i]->name, name) == 0)
            return endpoints[i];
    }
    return NULL;
}

size_t endpoint_tool_count(const struct endpoint *ep)
{
    size_t n = 0;
    while (ep->tools[n])
        n++;
    return n;
}

static void refuse(struct endpoint_call *call, unsigned status, const char *why)
{
    call->status = status;
    buf_text_add(&call->output, why);
}

/* What the path says: NAME of /tool/NAME, "" of /tool, NULL for any other path. */
static const char *name_in_path(const char *path)
{
    static const char base[] = "/tool";
    if (strncmp(path, base, sizeof(base) - 1) != 0)
        return NULL;
    const char *rest = path + sizeof(base) - 1;
    if (*rest == '/')
        return rest + 1;
    return *rest ? NULL : rest;
}

/* The path names the tool, or else the body does (contract 3.1 knows both ways). */
static size_t find_tool(const struct endpoint *ep, const char *in_path, const struct tape *body)
{
    size_t n = endpoint_tool_count(ep);
    size_t name = tape_get(body, 0, "name");
    for (size_t i = 0; i < n; i++) {
        if (*in_path ? strcmp(in_path, ep->tools[i]) == 0 : tape_is(body, name, ep->tools[i]))
            return i;
    }
    return n;
}

/* `arguments` is a string that holds JSON (contract 3.2); a bare object is taken as well. */
static void read_arguments(struct endpoint_call *call)
{
    size_t v = tape_get(&call->body, 0, "arguments");
    if (tape_kind(&call->body, v) == TAPE_STRING)
        tape_string(&call->body, v, &call->args_text);
    else if (v != TAPE_NONE)
        tape_compact(&call->body, v, &call->args_text);
    else
        buf_text_add(&call->args_text, "{}");
    struct tape_fault f = {0};
    if (!tape_scan(&call->args, buf_text(&call->args_text), call->args_text.len, &f))
        refuse(call, 400, "arguments is not JSON");
    else if (tape_kind(&call->args, 0) != TAPE_OBJECT)
        refuse(call, 400, "arguments is not an object");
}

void endpoint_read(const struct endpoint *ep, const char *path, const char *body, size_t len,
                   struct endpoint_call *call)
{
    buf_clear(&call->args_text);
    buf_clear(&call->output);
    call->status = 200;
    call->tool = endpoint_tool_count(ep);
    const char *in_path = name_in_path(path);
    struct tape_fault f = {0};
    if (!in_path) {
        refuse(call, 404, "no such path; POST to /tool or /tool/NAME");
        return;
    }
    if (!tape_scan(&call->body, body, len, &f) || tape_kind(&call->body, 0) != TAPE_OBJECT) {
        refuse(call, 400, "body is not a JSON object");
        return;
    }
    call->tool = find_tool(ep, in_path, &call->body);
    if (call->tool == endpoint_tool_count(ep))
        refuse(call, 404, "unknown tool");
    else
        read_arguments(call);
}

static void add_id(const struct tape *body, const char *key, struct buf *answer)
{
    size_t v = tape_get(body, 0, key);
    size_t len = 0;
    const char *text = tape_kind(body, v) == TAPE_STRING ? tape_text(body, v, &len) : NULL;
    buf_printf(answer, ",\"%s\":", key);
    if (text)
        buf_add(answer, text, len); /* as it came, escapes and all */
    else
        buf_text_add(answer, "\"\"");
}

unsigned endpoint_answer(const struct endpoint *ep, void *self, struct endpoint_call *call,
                         struct buf *answer)
{
    if (call->status == 200)
        call->status = ep->answer(self, call, &call->output);
    if (call->status != 200) {
        buf_text_add(answer, "{\"error\":");
        buf_json(answer, buf_text(&call->output), call->output.len);
        buf_char(answer, '}');
        return call->status;
    }
    buf_text_add(answer, "{\"type\":\"function_call_output\"");
    add_id(&call->body, "call_id", answer);
    add_id(&call->body, "id", answer);
    buf_text_add(answer, ",\"output\":");
    buf_json(answer, buf_text(&call->output), call->output.len);
    buf_char(answer, '}');
    return 200;
}

void endpoint_call_release(struct endpoint_call *call)
{
    tape_release(&call->body);
    tape_release(&call->args);
    buf_release(&call->args_text);
    buf_release(&call->output);
    *call = (struct endpoint_call){0};
}
