/* Header lists as libcurl takes them, made of ours and the job's. */
#ifndef SIM_NET_HEADERS_H
#define SIM_NET_HEADERS_H

#include <stddef.h>

struct curl_slist;

struct header {
    char *name;
    char *value; /* a secret */
};

/* What every request sends, but for what `own` has under the same name, which wins; then `own`
 * (GAP-49, GAP-50). The caller's to curl_slist_free_all(). */
struct curl_slist *headers_list(const struct header *own, size_t n);

#endif
