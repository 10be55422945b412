#include "sim/run/target.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/net/headers.h"
#include "sim/net/retry.h"
#include "tools/tool.h"

static uint32_t host_of(struct hosts *hosts, const struct job_tool *tool, size_t i,
                        int64_t waits_ms)
{
    char *pointer = mem_printf(JOB_TOOLS_POINTER "/%zu/server_url", i);
    char *who = mem_printf("tool '%s'", tool->name);
    const struct host_user *user = hosts_add(hosts, pointer, who, tool->server_url, HOST_TOOL, 0);
    free(pointer);
    free(who);
    host_waits(hosts->at[user->host], waits_ms);
    return user->host;
}

void targets_init(struct targets *t, const struct job *job, struct hosts *hosts)
{
    struct retry_policy retry = {job->sim.tool_attempts, job->sim.tool_backoff_ms};
    t->n = job->n_tools;
    t->at = mem_array(t->n, sizeof(*t->at));
    for (size_t i = 0; i < t->n; i++) {
        const struct job_tool *tool = &job->tools[i];
        t->at[i] = (struct target){
            .name = tool->name,
            .url = tool_url(tool, job->sim.tool_url),
            .headers = headers_list(tool->headers.at, tool->headers.n),
            .host = host_of(hosts, tool, i, retry_waits_ms(&retry)),
        };
    }
}

void targets_release(struct targets *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->at[i].url);
        curl_slist_free_all(t->at[i].headers);
    }
    free(t->at);
    *t = (struct targets){0};
}

const struct target *targets_find(const struct targets *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->at[i].name, name) == 0)
            return &t->at[i];
    }
    return NULL;
}
