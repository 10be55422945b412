#include "tools/tool.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/text.h"

static void add_member(struct buf *out, const char *key, const char *text, size_t len)
{
    buf_text_add(out, key);
    buf_json(out, text, len);
}

void tool_request(const struct tool_call *call, struct buf *out)
{
    buf_reserve(out, call->item_len + call->arguments_len + 256);
    buf_text_add(out, "{\"type\":\"function_call\"");
    add_member(out, ",\"id\":", call->id, strlen(call->id));
    add_member(out, ",\"call_id\":", call->call_id, strlen(call->call_id));
    add_member(out, ",\"name\":", call->name, strlen(call->name));
    add_member(out, ",\"arguments\":", call->arguments, call->arguments_len);
    add_member(out, ",\"trace_id\":", call->trace_id, strlen(call->trace_id));
    buf_text_add(out, ",\"item\":");
    buf_add(out, call->item, call->item_len);
    buf_char(out, '}');
}

/* A name as one part of a path (RFC 3986, 2.3: what needs no escape). */
static void add_escaped(struct buf *out, const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        if ((*c < 0x80 && isalnum(*c)) || strchr("-._~", *c))
            buf_char(out, (char)*c);
        else
            buf_printf(out, "%%%02X", *c);
    }
}

char *tool_url(const struct job_tool *tool, enum job_tool_url form)
{
    const char *url = tool->server_url;
    if (form == JOB_URL_EXACT)
        return mem_text(url);
    size_t path = strcspn(url, "?#");
    const char *tail = url + path;
    while (path > 0 && url[path - 1] == '/')
        path--;
    struct buf out = {0};
    buf_add(&out, url, path);
    buf_char(&out, '/');
    add_escaped(&out, tool->name);
    buf_text_add(&out, tail);
    return buf_take(&out);
}

const char *tool_warning_words(size_t bit)
{
    static const char *const words[TOOL_N_WARNINGS] = {
        "answers carried no call_id or another's (GAP-22)",
        "answers had an output that is not a string; the model is shown its JSON (GAP-21)",
        "requests or answers were over 1,000,000 bytes, which may be the service's limit (GAP-19)",
        "answers were empty; the model is shown the status, in our words (GAP-17)",
    };
    assert(bit < TOOL_N_WARNINGS);
    return words[bit];
}

enum tool_kind tool_kind_of_fault(enum net_fault fault)
{
    static const enum tool_kind kinds[] = {
        [NET_DNS] = TOOL_KIND_DNS,
        [NET_LINK_LOCAL] = TOOL_KIND_LINK_LOCAL,
        [NET_REFUSED] = TOOL_KIND_REFUSED,
        [NET_CONNECT] = TOOL_KIND_CONNECT,
        [NET_TLS_UNTRUSTED] = TOOL_KIND_TLS_UNTRUSTED,
        [NET_TLS_EXPIRED] = TOOL_KIND_TLS_EXPIRED,
        [NET_TLS_HOST] = TOOL_KIND_TLS_HOST,
        [NET_TLS] = TOOL_KIND_TLS,
        [NET_TIMEOUT] = TOOL_KIND_TIMEOUT,
        [NET_EMPTY] = TOOL_KIND_EMPTY,
        [NET_CUT] = TOOL_KIND_CUT,
        [NET_NOT_HTTP] = TOOL_KIND_NOT_HTTP,
        [NET_HEAD_TOO_LARGE] = TOOL_KIND_HEAD_TOO_LARGE,
        [NET_BAD_LENGTH] = TOOL_KIND_BAD_LENGTH,
        [NET_TWO_LENGTHS] = TOOL_KIND_TWO_LENGTHS,
        [NET_BAD_CHUNK] = TOOL_KIND_BAD_CHUNK,
        [NET_BAD_ENCODING] = TOOL_KIND_BAD_ENCODING,
        [NET_TOO_LARGE] = TOOL_KIND_ANSWER_TOO_LARGE,
        [NET_OTHER] = TOOL_KIND_FAILED,
    };
    static_assert(COUNT_OF(kinds) == NET_N_FAULTS, "a fault without a kind");
    return kinds[fault];
}

static enum tool_kind kind_of_status(int status)
{
    if (status >= 200 && status < 300)
        return TOOL_KIND_FINE;
    if (status >= 300 && status < 400)
        return TOOL_KIND_REDIRECT;
    if (status == 429)
        return TOOL_KIND_RATE_LIMITED;
    if (status >= 400 && status < 500)
        return TOOL_KIND_CLIENT_ERROR;
    return TOOL_KIND_SERVER_ERROR;
}

/* The value of "output" as the model sees it: a string as it is, anything else as JSON (GAP-21). */
static bool add_output(const struct tape *t, struct buf *output, unsigned *warnings)
{
    size_t v = tape_get(t, 0, "output");
    if (v == TAPE_NONE)
        return false;
    if (tape_kind(t, v) == TAPE_STRING) {
        tape_string(t, v, output);
        return true;
    }
    *warnings |= TOOL_WARN_NOT_STRING;
    tape_compact(t, v, output);
    return true;
}

/* The body as the model sees it. Bytes that are not UTF-8 could not be shown to a model, nor
 * stand in the grader's JSON: each becomes U+FFFD. */
static void add_body(const struct buf *body, struct buf *output)
{
    text_add_valid(output, buf_text(body), body->len);
}

static void add_error(struct buf *output, int status, const char *message)
{
    buf_printf(output, "{\"error\":{\"code\":%d,\"message\":\"%s\"}}", status, message);
}

enum tool_kind tool_read(const struct request *req, const char *call_id, struct tape *scratch,
                         struct buf *output, unsigned *warnings)
{
    *warnings =
        req->answer.len > TOOL_BODY_WARN || req->body_bytes > TOOL_BODY_WARN ? TOOL_WARN_SIZE : 0;
    if (req->fault == NET_TOO_LARGE && kind_of_status(req->status) == TOOL_KIND_SERVER_ERROR)
        return TOOL_KIND_SERVER_ERROR; /* however long its page is */
    if (req->fault == NET_TOO_LARGE) {
        /* GAP-18: our words; the service's own text is not published */
        add_error(output, 413, "the tool's answer is larger than 1048576 bytes");
        return TOOL_KIND_ANSWER_TOO_LARGE;
    }
    if (req->fault != NET_NONE)
        return tool_kind_of_fault(req->fault);

    enum tool_kind kind = kind_of_status(req->status);
    if (tool_kind_row(kind)->fate == TOOL_RETRIED)
        return kind;
    struct tape_fault fault;
    bool is_json = tape_scan(scratch, buf_text(&req->answer), req->answer.len, &fault);
    bool is_object = is_json && tape_kind(scratch, 0) == TAPE_OBJECT;
    if (kind == TOOL_KIND_FINE && !is_object)
        return !req->answer.len ? TOOL_KIND_NO_BODY
               : is_json        ? TOOL_KIND_NOT_OBJECT
                                : TOOL_KIND_MALFORMED;
    bool has_output = is_object && add_output(scratch, output, warnings);
    if (kind == TOOL_KIND_FINE && !has_output)
        return TOOL_KIND_NO_OUTPUT;
    if (kind == TOOL_KIND_FINE && !tape_is(scratch, tape_get(scratch, 0, "call_id"), call_id))
        *warnings |= TOOL_WARN_CALL_ID;
    if (!has_output && req->answer.len) {
        add_body(&req->answer, output);
    } else if (!has_output) {
        buf_printf(output, "{\"error\":{\"status\":%d}}", req->status); /* GAP-17 */
        *warnings |= TOOL_WARN_OUR_TEXT;
    }
    return kind;
}

void tool_refusal(enum tool_kind kind, const char *name, struct buf *output)
{
    if (kind == TOOL_KIND_REQUEST_TOO_LARGE) {
        add_error(output, 413, "the request to the tool is larger than 1048576 bytes");
        return;
    }
    buf_text_add(output, "unknown tool: ");
    buf_text_add(output, name);
}
