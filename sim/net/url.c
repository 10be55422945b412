#include "sim/net/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"

static CURLU *new_url(void)
{
    CURLU *url = curl_url();
    if (!url)
        abort(); /* out of memory */
    return url;
}

/* One field of a parsed URL; the caller's to curl_free(). */
static char *url_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    return curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK ? text : NULL;
}

bool url_is_http(const char *text)
{
    CURLU *url = new_url();
    bool ok = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
    char *scheme = ok ? url_part(url, CURLUPART_SCHEME) : NULL;
    char *host = ok ? url_part(url, CURLUPART_HOST) : NULL;
    char *password = ok ? url_part(url, CURLUPART_PASSWORD) : NULL;
    ok = scheme && host && *host && !strpbrk(text, " \t") &&
         (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    if (password)
        secret_add(password, SECRET_MASK);
    curl_free(password);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return ok;
}

char *url_origin(const char *url)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    char *texts[3] = {0};
    CURLU *parsed = new_url();
    curl_url_set(parsed, CURLUPART_URL, url, 0);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        texts[i] = url_part(parsed, parts[i]);
    char *origin = mem_printf("%s://%s:%s", texts[0], texts[1], texts[2]);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        curl_free(texts[i]);
    curl_url_cleanup(parsed);
    return origin;
}

bool url_is_under(const char *url, const char *domain)
{
    CURLU *parsed = new_url();
    curl_url_set(parsed, CURLUPART_URL, url, 0);
    char *host = url_part(parsed, CURLUPART_HOST);
    size_t n = host ? strlen(host) : 0;
    size_t n_domain = strlen(domain);
    bool under = host && n >= n_domain && strcasecmp(host + n - n_domain, domain) == 0 &&
                 (n == n_domain || host[n - n_domain - 1] == '.');
    curl_free(host);
    curl_url_cleanup(parsed);
    return under;
}
