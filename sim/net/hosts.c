#include "sim/net/hosts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/net/url.h"

/* The number of the host at `url`, which may be new. */
static size_t host_of(struct hosts *h, const char *url)
{
    char *origin = url_origin(url);
    for (size_t i = 0; i < h->n; i++) {
        if (strcasecmp(h->at[i]->origin, origin) == 0) {
            free(origin);
            return i;
        }
    }
    struct host *host = mem_new(sizeof(*host));
    host->url = url;
    host->origin = origin;
    rate_init(&host->rate, h->max_qps);
    h->at = mem_grow(h->at, h->n + 1, sizeof(struct host *));
    h->at[h->n] = host;
    return h->n++;
}

struct host_user *hosts_add(struct hosts *h, const char *pointer, const char *who, const char *url,
                            enum host_use use, double max_qps)
{
    for (size_t i = 0; i < h->n_users; i++) {
        if (strcmp(h->users[i]->pointer, pointer) == 0)
            return h->users[i];
    }
    struct host_user *user = mem_new(sizeof(*user));
    user->pointer = mem_text(pointer);
    user->who = mem_text(who);
    user->url = url;
    user->use = use;
    user->host = (uint32_t)host_of(h, url);
    rate_init(&user->rate, max_qps);
    h->at[user->host]->n_users[use]++;
    h->users = mem_grow(h->users, h->n_users + 1, sizeof(struct host_user *));
    h->users[h->n_users++] = user;
    return user;
}

const struct host_user *hosts_first_user(const struct hosts *h, size_t host)
{
    size_t i = 0;
    while (h->users[i]->host != host)
        i++;
    return h->users[i];
}

void hosts_release(struct hosts *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->at[i]->origin);
        free(h->at[i]);
    }
    for (size_t i = 0; i < h->n_users; i++) {
        free(h->users[i]->pointer);
        free(h->users[i]->who);
        free(h->users[i]);
    }
    free(h->at);
    free(h->users);
    *h = (struct hosts){0};
}
