#include "sim/net/headers.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>

#include "sim/base/mem.h"

/* An empty value keeps curl from adding its own. */
static const struct {
    const char *name;
    const char *line;
} defaults[] = {
    {"Content-Type", "Content-Type: application/json"},
    {"Accept", "Accept: application/json"},
    {"User-Agent", "User-Agent: rftsim/" RFTSIM_VERSION},
    {"Expect", "Expect:"},
    {"Accept-Encoding", "Accept-Encoding:"},
};

static bool has_header(const struct header *own, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(own[i].name, name) == 0)
            return true;
    }
    return false;
}

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);
    if (!longer)
        abort(); /* only for want of memory */
    return longer;
}

struct curl_slist *headers_list(const struct header *own, size_t n)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < COUNT_OF(defaults); i++) {
        if (!has_header(own, n, defaults[i].name))
            list = append(list, defaults[i].line);
    }
    for (size_t i = 0; i < n; i++) {
        const struct header *h = &own[i];
        /* curl's form for a header with an empty value ends in a semicolon */
        char *line =
            *h->value ? mem_printf("%s: %s", h->name, h->value) : mem_printf("%s;", h->name);
        list = append(list, line);
        free(line);
    }
    return list;
}
