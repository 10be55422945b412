#include "sim/net/share.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/base/mem.h"

struct share {
    CURLSH *curl;
    pthread_mutex_t locks[CURL_LOCK_DATA_LAST]; /* one for each kind of data */
};

static void lock(CURL *easy, curl_lock_data data, curl_lock_access access, void *arg)
{
    (void)easy;
    (void)access;
    struct share *s = arg;
    pthread_mutex_lock(&s->locks[data]);
}

static void unlock(CURL *easy, curl_lock_data data, void *arg)
{
    (void)easy;
    struct share *s = arg;
    pthread_mutex_unlock(&s->locks[data]);
}

struct share *share_new(void)
{
    struct share *s = mem_new(sizeof(*s));
    for (int i = 0; i < CURL_LOCK_DATA_LAST; i++)
        pthread_mutex_init(&s->locks[i], NULL);
    s->curl = curl_share_init();
    if (!s->curl)
        abort(); /* only for want of memory */
    curl_share_setopt(s->curl, CURLSHOPT_USERDATA, s);
    curl_share_setopt(s->curl, CURLSHOPT_LOCKFUNC, lock);
    curl_share_setopt(s->curl, CURLSHOPT_UNLOCKFUNC, unlock);
    curl_share_setopt(s->curl, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(s->curl, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return s;
}

void share_free(struct share *s)
{
    if (!s)
        return;
    curl_share_cleanup(s->curl);
    for (int i = 0; i < CURL_LOCK_DATA_LAST; i++)
        pthread_mutex_destroy(&s->locks[i]);
    free(s);
}

CURLSH *share_handle(struct share *s)
{
    return s->curl;
}

const char *share_ca_file(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets a variable */
    const char *named = getenv("SSL_CERT_FILE");
    return named && *named ? named : curl_version_info(CURLVERSION_NOW)->cainfo;
}
