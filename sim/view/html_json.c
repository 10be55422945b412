#include "sim/view/html_json.h"

#include <math.h>
#include <string.h>

#include "sim/base/text.h"

enum { TEXT_MAX = 4000 }; /* of a title, a reason, a verdict */

json_t *html_text(const char *text)
{
    if (!text)
        return json_null();
    struct buf valid = {0};
    size_t n = strlen(text);
    text_add_valid(&valid, text, n < TEXT_MAX ? n : TEXT_MAX);
    if (n > TEXT_MAX)
        buf_text_add(&valid, " ...");
    json_t *out = json_stringn(buf_text(&valid), valid.len);
    buf_release(&valid);
    return out;
}

json_t *html_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

const char *html_phase(enum wave_phase phase)
{
    return phase == WAVE_TRAIN ? "train" : "valid";
}

void html_set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

void html_set_number(json_t *o, const char *key, double value)
{
    html_set(o, key, html_number(value));
}

void html_set_count(json_t *o, const char *key, uint64_t value)
{
    html_set(o, key, json_integer((json_int_t)value));
}

/* -1 is not known. */
void html_set_known(json_t *o, const char *key, int64_t value)
{
    html_set(o, key, value < 0 ? json_null() : json_integer(value));
}

void html_set_rollout(json_t *o, const char *key, size_t rollout)
{
    html_set(o, key, rollout == SIZE_MAX ? json_null() : json_integer((json_int_t)rollout));
}

json_t *html_rollouts(const size_t *at, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer((json_int_t)at[i]));
    return list;
}

/* {"low", "high"}, or {"why"} there is none. */
json_t *html_interval(const struct interval *i)
{
    json_t *o = json_object();
    if (i->state != INTERVAL_OK) {
        html_set(o, "why", html_text(interval_words(i->state)));
        return o;
    }
    html_set_number(o, "low", i->low);
    html_set_number(o, "high", i->high);
    return o;
}
