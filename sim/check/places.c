#include "sim/check/places.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"

/* --- hosts ----------------------------------------------------------------------------------- */

static enum place_kind kind_of_v4(uint32_t address)
{
    static const struct {
        uint32_t net;
        int bits;
        enum place_kind kind;
    } nets[] = {
        {0x7f000000, 8, PLACE_LOOPBACK},  {0x00000000, 8, PLACE_LOOPBACK},
        {0x0a000000, 8, PLACE_PRIVATE},   {0xac100000, 12, PLACE_PRIVATE},
        {0xc0a80000, 16, PLACE_PRIVATE},  {0xa9fe0000, 16, PLACE_PRIVATE},
        {0x64400000, 10, PLACE_PRIVATE},  {0xc0000200, 24, PLACE_RESERVED},
        {0xc6336400, 24, PLACE_RESERVED}, {0xcb007100, 24, PLACE_RESERVED},
    };
    for (size_t i = 0; i < COUNT_OF(nets); i++) {
        if (address >> (32 - nets[i].bits) == nets[i].net >> (32 - nets[i].bits))
            return nets[i].kind;
    }
    return PLACE_PUBLIC;
}

static enum place_kind kind_of_v6(const struct in6_addr *address)
{
    const unsigned char *at = address->s6_addr;
    uint32_t last = 0;
    if (IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address))
        return PLACE_LOOPBACK;
    if (IN6_IS_ADDR_V4MAPPED(address)) {
        memcpy(&last, at + 12, sizeof(last));
        return kind_of_v4(ntohl(last));
    }
    if ((at[0] & 0xfe) == 0xfc || (at[0] == 0xfe && (at[1] & 0xc0) == 0x80))
        return PLACE_PRIVATE;
    if (at[0] == 0x20 && at[1] == 0x01 && at[2] == 0x0d && at[3] == 0xb8)
        return PLACE_RESERVED;
    return PLACE_PUBLIC;
}

/* Whether `host` is `name` or ends in a dot and `name`. */
static bool is_in(const char *host, size_t len, const char *name)
{
    size_t n = strlen(name);
    return len >= n && strncasecmp(host + len - n, name, n) == 0 &&
           (len == n || host[len - n - 1] == '.');
}

static enum place_kind kind_of_name(const char *host)
{
    static const struct {
        const char *name;
        enum place_kind kind;
    } names[] = {
        {"localhost", PLACE_LOOPBACK},   {"local", PLACE_PRIVATE},
        {"internal", PLACE_PRIVATE},     {"lan", PLACE_PRIVATE},
        {"home.arpa", PLACE_PRIVATE},    {"intranet", PLACE_PRIVATE},
        {"example.com", PLACE_RESERVED}, {"example.net", PLACE_RESERVED},
        {"example.org", PLACE_RESERVED}, {"example", PLACE_RESERVED},
        {"invalid", PLACE_RESERVED},     {"test", PLACE_RESERVED},
    };
    size_t len = strlen(host);
    if (len && host[len - 1] == '.')
        len--;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (is_in(host, len, names[i].name))
            return names[i].kind;
    }
    return memchr(host, '.', len) ? PLACE_PUBLIC : PLACE_PRIVATE;
}

enum place_kind place_kind(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (*host == '[') {
        char *inside = mem_slice(host + 1, strcspn(host + 1, "]%"));
        bool ok = inet_pton(AF_INET6, inside, &v6) == 1;
        free(inside);
        return ok ? kind_of_v6(&v6) : PLACE_PUBLIC;
    }
    return inet_pton(AF_INET, host, &v4) == 1 ? kind_of_v4(ntohl(v4.s_addr)) : kind_of_name(host);
}

/* --- placeholders ---------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c);
}

/* Bytes at `at` that stand between two marks with a name inside: <your-key>, #URL#, {{host}}. */
static size_t marked(const char *at, const char *open, const char *close)
{
    size_t n = strlen(open);
    if (strncmp(at, open, n) != 0 || !isalpha((unsigned char)at[n]))
        return 0;
    size_t name =
        n + strspn(at + n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                           "-_. ");
    return strncmp(at + name, close, strlen(close)) == 0 ? name + strlen(close) : 0;
}

/* Bytes of a word or phrase at `at`, where a word begins, that nobody means as it is. */
static size_t worded(const char *at)
{
    static const char *const words[] = {"changeme",   "change-me",  "change_me",  "replaceme",
                                        "replace-me", "replace_me", "placeholder"};
    size_t xs = strspn(at, "xX");
    if (xs >= 3 && !is_word(at[xs]))
        return xs;
    if (strncasecmp(at, "your", 4) == 0 && (at[4] == '-' || at[4] == '_') && is_word(at[5]))
        return 5 +
               strspn(at + 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(at, words[i], n) == 0 && !is_word(at[n]))
            return n;
    }
    return 0;
}

const char *place_placeholder(const char *text, size_t *len)
{
    for (const char *at = text; *at; at++) {
        size_t n = marked(at, "<", ">");
        n = n ? n : marked(at, "{{", "}}");
        n = n ? n : marked(at, "${", "}");
        n = n ? n : marked(at, "#", "#");
        n = n ? n : strncmp(at, "...", 3) == 0 ? 3 : 0;
        if (!n && (at == text || !is_word(at[-1])))
            n = worded(at);
        if (n) {
            *len = n;
            return at;
        }
    }
    return NULL;
}

/* --- a job's places -------------------------------------------------------------------------- */

struct place {
    const char *name; /* of the tool; NULL for an endpoint grader */
    const char *url;  /* NULL if there is none to speak of */
    char *pointer;    /* owned: of the url */
    char *headers_at; /* owned: of the headers */
    json_t *headers;  /* borrowed; an object or NULL */
};

struct places {
    const struct job *job;
    struct diags *list;
    struct place *at; /* owned */
    size_t n;
};

static void add_place(struct places *p, const char *name, const char *url, const char *base,
                      const char *url_key)
{
    struct buf headers = {0};
    buf_printf(&headers, "%s/headers", base);
    json_t *object = doc_value(p->job->doc->root, buf_text(&headers));
    p->at = mem_grow(p->at, p->n + 1, sizeof(*p->at));
    p->at[p->n++] = (struct place){name, url, mem_printf("%s/%s", base, url_key),
                                   buf_take(&headers), json_is_object(object) ? object : NULL};
}

static void add_grader(struct places *p, const json_t *spec, const char *pointer)
{
    const char *type = json_string_value(json_object_get(spec, "type"));
    if (type && strcmp(type, "endpoint") == 0)
        add_place(p, NULL, json_string_value(json_object_get(spec, "url")), pointer, "url");
}

static void collect(struct places *p)
{
    const struct job *job = p->job;
    for (size_t i = 0; i < job->n_tools; i++) {
        char *base = mem_printf(JOB_TOOLS_POINTER "/%zu", i);
        add_place(p, job->tools[i].name, job->tools[i].server_url, base, "server_url");
        free(base);
    }
    add_grader(p, job->grader, JOB_GRADER_POINTER);
    const char *key = NULL;
    json_t *part = NULL;
    json_object_foreach(json_object_get(job->grader, "graders"), key, part)
    {
        struct buf pointer = {0};
        buf_text_add(&pointer, JOB_GRADER_POINTER "/graders");
        doc_pointer_key(&pointer, key);
        add_grader(p, part, buf_text(&pointer));
        buf_release(&pointer);
    }
}

/* Told once for all that share a URL. */
static bool is_repeated(const struct places *p, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (p->at[k].url && strcmp(p->at[k].url, p->at[i].url) == 0)
            return true;
    }
    return false;
}

static struct diag *url_fault(const struct places *p, size_t i, enum diag_severity severity,
                              enum diag_code code, const char *text)
{
    size_t n = 0;
    struct buf shared = {0};
    for (size_t k = i + 1; k < p->n; k++)
        n += p->at[k].url && strcmp(p->at[k].url, p->at[i].url) == 0;
    if (n)
        buf_printf(&shared, ", as for %zu more", n);
    struct diag *d = doc_fault(p->job->doc, p->list, severity, code, p->at[i].pointer, "%s%s", text,
                               buf_text(&shared));
    buf_release(&shared);
    return d;
}

/* Whether what stands at the pointer is written with a variable. */
static bool is_variable(const struct job *job, const char *pointer)
{
    const char *text = json_string_value(doc_value(job->doc->source, pointer));
    return text && strstr(text, "${");
}

static void check_host(const struct places *p, size_t i, const char *scheme, const char *host)
{
    bool variable = is_variable(p->job, p->at[i].pointer);
    switch (place_kind(host)) {
    case PLACE_RESERVED:
        diag_fix(url_fault(p, i, DIAG_ERROR, DIAG_J010,
                           "the host is a name for examples, which nobody answers at"),
                 "write the host where the endpoint is");
        return;
    case PLACE_LOOPBACK:
        if (!variable)
            diag_fix(url_fault(p, i, DIAG_WARNING, DIAG_J012,
                               "the host is this machine, which the service cannot reach"),
                     "write ${NAME} here, and let it be this machine for the rehearsal only");
        return;
    case PLACE_PRIVATE:
        if (!variable)
            diag_fix(url_fault(p, i, DIAG_WARNING, DIAG_J012,
                               "the host is of a private network, which the service cannot reach"),
                     "publish the endpoint; for the rehearsal write ${NAME} here");
        return;
    case PLACE_PUBLIC:
        if (strcasecmp(scheme, "http") == 0)
            diag_fix(url_fault(p, i, DIAG_WARNING, DIAG_J011,
                               "http to a public host: rows and headers can be read on the way"),
                     "use https");
        return;
    }
}

/* A key that stands in the URL: Azure Functions' ?code=, an api_key, a shared access signature. */
static bool has_key(const char *query)
{
    static const char *const names[] = {"code", "key",    "api_key", "apikey",      "api-key",
                                        "sig",  "secret", "token",   "access_token"};
    for (const char *at = query; at; at = strchr(at, '&')) {
        at += *at == '&';
        size_t len = strcspn(at, "=&");
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (strlen(names[i]) == len && strncasecmp(at, names[i], len) == 0 && at[len] == '=')
                return true;
        }
    }
    return false;
}

static char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static void check_parts(const struct places *p, size_t i, CURLU *url)
{
    char *scheme = part_of(url, CURLUPART_SCHEME);
    char *host = part_of(url, CURLUPART_HOST);
    char *user = part_of(url, CURLUPART_USER);
    char *query = part_of(url, CURLUPART_QUERY);
    if (scheme && host)
        check_host(p, i, scheme, host);
    if (user || has_key(query))
        diag_fix(url_fault(p, i, DIAG_WARNING, DIAG_J013, "a key stands in the URL"),
                 "send it as a header: those are masked in the service's echoes and logs, a URL is "
                 "not");
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(query);
}

static void check_url(const struct places *p, size_t i)
{
    size_t len = 0;
    if (!p->at[i].url || is_repeated(p, i))
        return;
    if (place_placeholder(p->at[i].url, &len)) {
        diag_fix(url_fault(p, i, DIAG_ERROR, DIAG_J010, "a placeholder is left in the URL"),
                 "write the URL where the endpoint is");
        return;
    }
    CURLU *url = curl_url();
    if (!url)
        abort(); /* out of memory */
    if (curl_url_set(url, CURLUPART_URL, p->at[i].url, 0) == CURLUE_OK)
        check_parts(p, i, url);
    curl_url_cleanup(url);
}

/* --- headers: no part of a value is ever shown ------------------------------------------------ */

/* What is odd about a header, or NULL. */
static const char *oddity(const char *name, const char *value)
{
    static const char *const senders[] = {"Host", "Content-Length", "Transfer-Encoding",
                                          "Connection"};
    size_t len = strlen(value);
    for (size_t i = 0; i < COUNT_OF(senders); i++) {
        if (strcasecmp(name, senders[i]) == 0)
            return "is for who sends the request to set";
    }
    if (!len)
        return "is empty";
    if (strchr(" \t", value[0]) || strchr(" \t", value[len - 1]))
        return "has white space at its begin or end";
    if (len > 1 && strchr("\"'", value[0]) && value[len - 1] == value[0])
        return "has quotes around it, which are sent";
    if (strcasecmp(name, "Authorization") == 0 && !strchr(value, ' '))
        return "has no scheme, such as Bearer, before the key";
    if (strcasecmp(name, "Content-Type") == 0 && !strcasestr(value, "json"))
        return "says that the request is not JSON, which it is";
    return NULL;
}

static bool is_told(const struct places *p, size_t i, const char *name, const char *value)
{
    for (size_t k = 0; k < i; k++) {
        const char *other = json_string_value(json_object_get(p->at[k].headers, name));
        if (other && strcmp(other, value) == 0)
            return true;
    }
    return false;
}

static void check_headers(const struct places *p, size_t i)
{
    const char *name = NULL;
    json_t *entry = NULL;
    json_object_foreach(p->at[i].headers, name, entry)
    {
        const char *value = json_string_value(entry);
        size_t len = 0;
        if (!value || is_told(p, i, name, value))
            continue;
        struct buf pointer = {0};
        buf_text_add(&pointer, p->at[i].headers_at);
        doc_pointer_key(&pointer, name);
        const char *odd = oddity(name, value);
        if (place_placeholder(value, &len))
            diag_fix(doc_fault(p->job->doc, p->list, DIAG_ERROR, DIAG_J010, buf_text(&pointer),
                               "a placeholder is left in the header '%s'", name),
                     "write ${NAME}, and set the variable to the key");
        else if (odd)
            doc_fault(p->job->doc, p->list, DIAG_WARNING, DIAG_J015, buf_text(&pointer),
                      "the header '%s' %s", name, odd);
        buf_release(&pointer);
    }
}

/* --- EV-13 ----------------------------------------------------------------------------------- */

static bool ends_in_name(const struct place *place)
{
    if (!place->name || !place->url)
        return false;
    size_t len = strcspn(place->url, "?#");
    size_t n = strlen(place->name);
    while (len && place->url[len - 1] == '/')
        len--;
    return len > n && place->url[len - n - 1] == '/' &&
           strncmp(place->url + len - n, place->name, n) == 0;
}

static void check_names(const struct places *p)
{
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (ends_in_name(&p->at[i]) && !n++)
            first = i;
    }
    if (!n)
        return;
    const char *name = p->at[first].name;
    if (p->job->sim.tool_url == JOB_URL_APPEND_NAME)
        diag_fix(doc_fault(p->job->doc, p->list, DIAG_WARNING, DIAG_J014, p->at[first].pointer,
                           "%zu of %zu server_urls end in the tool's name, and tool_url: "
                           "append_name adds it again: .../%s/%s",
                           n, p->job->n_tools, name, name),
                 "take the name off server_url, or tool_url: exact");
    else
        diag_fix(doc_fault(p->job->doc, p->list, DIAG_WARNING, DIAG_J014, p->at[first].pointer,
                           "%zu of %zu server_urls end in the tool's name: right if the service "
                           "calls them as they are; where it appends the name it calls .../%s/%s",
                           n, p->job->n_tools, name, name),
                 "let the endpoint answer at both, or give the URL without the name; "
                 "simulation.tool_url rehearses the one or the other");
}

void places_check(const struct job *job, struct diags *list)
{
    struct places p = {.job = job, .list = list};
    collect(&p);
    for (size_t i = 0; i < p.n; i++) {
        check_url(&p, i);
        check_headers(&p, i);
    }
    check_names(&p);
    for (size_t i = 0; i < p.n; i++) {
        free(p.at[i].pointer);
        free(p.at[i].headers_at);
    }
    free(p.at);
}
