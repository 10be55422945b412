#include "sim/model/server.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/text.h"
#include "sim/net/url.h"

enum { WAIT_MAX_S = 60 /* of Retry-After; ours */ };

static const char *const paths[] = {
    [JOB_API_CHAT] = "/chat/completions",
    [JOB_API_RESPONSES] = "/responses",
};

char *model_url(const char *base_url, enum job_model_api api)
{
    size_t n = strcspn(base_url, "?");
    bool slash = n && base_url[n - 1] == '/';
    return mem_printf("%.*s%s%s", (int)n, base_url, paths[api] + slash, base_url + n);
}

bool model_url_is_whole(const char *url, enum job_model_api *api)
{
    size_t n = strcspn(url, "?");
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        size_t len = strlen(paths[i]);
        if (n > len && memcmp(url + n - len, paths[i], len) == 0) {
            *api = (enum job_model_api)i;
            return true;
        }
    }
    return false;
}

struct header model_key(const char *url, const char *api_key)
{
    bool azure = url_is_under(url, "azure.com");
    return (struct header){
        .name = mem_text(azure ? "api-key" : "Authorization"),
        .value = mem_printf("%s%s", azure ? "" : "Bearer ", api_key),
    };
}

/* Where a server's words stand: OpenAI and most; Ollama; vLLM and Azure's gateway; FastAPI. */
static size_t find_words(const struct tape *t)
{
    size_t error = tape_get(t, 0, "error");
    const size_t places[] = {tape_get(t, error, "message"), error, tape_get(t, 0, "message"),
                             tape_get(t, 0, "detail")};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (tape_kind(t, places[i]) == TAPE_STRING)
            return places[i];
    }
    return TAPE_NONE;
}

void model_note_said(struct ask *a, const struct tape *t)
{
    size_t v = find_words(t);
    struct buf text = {0};
    if (v != TAPE_NONE)
        tape_string(t, v, &text);
    if (text.len)
        secret_blot(text.at, text.len);
    snprintf(a->said, sizeof(a->said), "%s", buf_text(&text));
    text_one_line(a->said);
    buf_release(&text);
}

static bool is_json(const struct request *req, struct tape *t)
{
    struct tape_fault fault;
    return tape_scan(t, buf_text(&req->answer), req->answer.len, &fault) &&
           tape_kind(t, 0) == TAPE_OBJECT;
}

enum ask_verdict model_read_failure(struct ask *a, struct tape *scratch)
{
    const struct request *req = &a->x.req;
    bool answered = req->fault == NET_NONE && req->status >= 400;
    bool json = answered && is_json(req, scratch);
    if (json)
        model_note_said(a, scratch);
    if (json && tape_is(scratch, tape_get(scratch, tape_get(scratch, 0, "error"), "code"),
                        "content_filter")) {
        a->fault = NULL;
        return ASK_SETTLED;
    }
    int wait_s = answered ? req->retry_after_s : 0;
    a->x.wait_ms = (wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S) * 1000LL;
    bool passing = req->status == 408 || req->status == 409 || req->status == 429;
    bool asked_wrongly = req->status >= 300 && req->status < 500 && !passing;
    return req->fault == NET_NONE && asked_wrongly ? ASK_HOPELESS : ASK_FAILED;
}
