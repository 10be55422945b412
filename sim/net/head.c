#include "sim/net/head.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

/* Whether the line's field has this name; `*value` and `*n` are then its value, trimmed. */
static bool has_name(const char *line, size_t n_line, const char *name, const char **value,
                     size_t *n)
{
    size_t n_name = strlen(name);
    if (n_line <= n_name || line[n_name] != ':' || strncasecmp(line, name, n_name) != 0)
        return false;
    const char *from = line + n_name + 1;
    const char *end = line + n_line;
    while (from < end && strchr(" \t", *from))
        from++;
    while (end > from && strchr(" \t\r\n", end[-1]))
        end--;
    *value = from;
    *n = (size_t)(end - from);
    return true;
}

static bool is_length(const char *text, size_t n, size_t *out)
{
    size_t value = 0;
    for (size_t i = 0; i < n; i++) {
        size_t digit = (size_t)(text[i] - '0');
        if (text[i] < '0' || text[i] > '9' || value > (SIZE_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return n > 0;
}

static enum net_fault on_length(struct head *h, const char *text, size_t n)
{
    size_t length = 0;
    if (!is_length(text, n, &length))
        return NET_BAD_LENGTH;
    if (h->has_length && h->length != length)
        return NET_TWO_LENGTHS;
    h->has_length = true;
    h->length = length;
    return NET_NONE;
}

static bool is_digits(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return n && i == n;
}

static void on_retry_after(struct head *h, const char *text, size_t n)
{
    char date[64];
    size_t seconds = 0;
    if (is_length(text, n, &seconds)) {
        h->retry_after_s = seconds < INT_MAX ? (int)seconds : INT_MAX;
    } else if (is_digits(text, n)) {
        h->retry_after_s = INT_MAX; /* more seconds than can be counted */
    } else if (n < sizeof(date)) {
        memcpy(date, text, n);
        date[n] = '\0';
        time_t at = curl_getdate(date, NULL);
        h->retry_at = at > 0 ? at : 0;
    }
}

int head_wait_s(const struct head *h, int64_t now)
{
    int64_t wait_s = h->retry_at - now;
    if (h->retry_after_s || !h->retry_at || wait_s <= 0)
        return h->retry_after_s;
    return wait_s < INT_MAX ? (int)wait_s : INT_MAX;
}

static void on_status(struct head *h, const char *line, size_t n)
{
    const char *end = line + n;
    const char *c = memchr(line, ' ', n);
    while (c && c < end && *c == ' ')
        c++;
    h->status = 0;
    h->has_length = false;
    h->retry_after_s = 0;
    h->retry_at = 0;
    for (; c && c < end && *c >= '0' && *c <= '9'; c++)
        h->status = h->status < 1000 ? h->status * 10 + (*c - '0') : h->status;
}

enum net_fault head_line(struct head *h, const char *line, size_t n)
{
    const char *value = NULL;
    size_t n_value = 0;
    h->bytes += n;
    if (h->bytes > HEAD_MAX)
        return NET_HEAD_TOO_LARGE;
    if (h->whole)
        return NET_NONE;
    if (!h->begun) {
        h->begun = true;
        on_status(h, line, n);
    } else if (n <= 2 && (line[0] == '\r' || line[0] == '\n')) {
        h->begun = false;
        h->whole = h->status >= 200;
    } else if (has_name(line, n, "Content-Length", &value, &n_value)) {
        return on_length(h, value, n_value);
    } else if (has_name(line, n, "Retry-After", &value, &n_value)) {
        on_retry_after(h, value, n_value);
    }
    return NET_NONE;
}
