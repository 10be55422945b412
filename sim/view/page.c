#include "sim/view/page.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/embed.h"
#include "sim/base/num.h"
#include "sim/base/sha256.h"
#include "sim/base/text.h"

extern const char page_body[], page_style[];
extern const char page_uplot[], page_uplot_style[], page_uplot_licence[];
extern const char page_dom[], page_charts[], page_heat[], page_transcript[], page_sections[],
    page_main[];

EMBED(page_body, "sim/view/page/page.html");
EMBED(page_style, "sim/view/page/page.css");
EMBED(page_uplot, "sim/view/page/uplot/uPlot.iife.min.js");
EMBED(page_uplot_style, "sim/view/page/uplot/uPlot.min.css");
EMBED(page_uplot_licence, "sim/view/page/uplot/LICENSE");
EMBED(page_dom, "sim/view/page/dom.js");
EMBED(page_charts, "sim/view/page/charts.js");
EMBED(page_heat, "sim/view/page/heat.js");
EMBED(page_transcript, "sim/view/page/transcript.js");
EMBED(page_sections, "sim/view/page/sections.js");
EMBED(page_main, "sim/view/page/main.js");

static const char *const style[] = {page_uplot_style, page_style, NULL};
/* Its licence goes with every copy. */
static const char licence[] = "/* uPlot " PAGE_UPLOT "\n";
static const char *const library[] = {licence, page_uplot_licence, "*/", page_uplot, NULL};
static const char *const script[] = {page_dom,      page_charts, page_heat, page_transcript,
                                     page_sections, page_main,   NULL};

static void join(struct buf *out, const char *const *parts)
{
    for (; *parts; parts++) {
        buf_text_add(out, *parts);
        buf_char(out, '\n');
    }
}

/* " 'sha256-...'", of the parts as they will stand between their tags. */
static void add_hash(struct buf *out, const char *const *parts)
{
    struct buf text = {0};
    uint8_t digest[SHA256_BYTES];
    join(&text, parts);
    sha256(digest, text.at, text.len);
    buf_text_add(out, " 'sha256-");
    buf_base64(out, digest, sizeof(digest));
    buf_char(out, '\'');
    buf_release(&text);
}

static void add_policy(struct buf *out)
{
    buf_text_add(out, "default-src 'none'; script-src");
    add_hash(out, library);
    add_hash(out, script);
    buf_text_add(out, "; style-src");
    add_hash(out, style);
    buf_text_add(out, "; base-uri 'none'; form-action 'none'");
}

static void add_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("<>&\"", *text))
            buf_printf(out, "&#%d;", *text);
        else
            buf_char(out, *text);
    }
}

static void add_element(struct buf *out, const char *tag, const char *const *parts)
{
    buf_printf(out, "<%s>", tag);
    join(out, parts);
    buf_printf(out, "</%s>\n", tag);
}

void page_write(struct buf *out, const char *title, const struct buf *data)
{
    buf_text_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"");
    add_policy(out);
    buf_text_add(out,
                 "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    add_escaped(out, title);
    buf_text_add(out, "</title>\n");
    add_element(out, "style", style);
    buf_text_add(out, "</head>\n<body>\n");
    buf_text_add(out, page_body);
    buf_text_add(out, "<script type=\"application/json\" id=\"data\">");
    buf_add(out, data->at, data->len);
    buf_text_add(out, "</script>\n");
    add_element(out, "script", library);
    add_element(out, "script", script);
    buf_text_add(out, "</body>\n</html>\n");
}

/* U+2028 and U+2029 end a line in scripts of old, and '<' could end the element. */
static size_t must_escape(const char *at, size_t left)
{
    if (*at == '<')
        return 1;
    return left >= 3 && memcmp(at, "\xe2\x80", 2) == 0 && (at[2] == '\xa8' || at[2] == '\xa9') ? 3
                                                                                               : 0;
}

static void add_string(struct buf *out, const char *text, size_t n)
{
    struct buf plain = {0};
    size_t from = 0;
    buf_json(&plain, text, n);
    for (size_t i = 0; i < plain.len; i++) {
        size_t escaped = must_escape(plain.at + i, plain.len - i);
        if (!escaped)
            continue;
        buf_add(out, plain.at + from, i - from);
        buf_text_add(out, escaped == 1                ? "\\u003c"
                          : plain.at[i + 2] == '\xa8' ? "\\u2028"
                                                      : "\\u2029");
        from = i + escaped;
        i = from - 1;
    }
    buf_add(out, plain.at + from, plain.len - from);
    buf_release(&plain);
}

/* Cut between two characters, not within one. */
static void add_cut_string(struct buf *out, const char *text, size_t n, size_t max)
{
    size_t end = max;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    struct buf cut = {0};
    buf_add(&cut, text, end);
    buf_printf(&cut, " ... (%zu bytes more are not in this page)", n - end);
    add_string(out, cut.at, cut.len);
    buf_release(&cut);
}

static void add_object(struct buf *out, const json_t *value, size_t max)
{
    const char *key;
    json_t *member;
    const char *sign = "{";
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        buf_text_add(out, sign);
        add_string(out, key, strlen(key));
        buf_char(out, ':');
        page_json(out, member, max);
        sign = ",";
    }
    buf_text_add(out, *sign == '{' ? "{}" : "}");
}

static void add_array(struct buf *out, const json_t *value, size_t max)
{
    buf_char(out, '[');
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i)
            buf_char(out, ',');
        page_json(out, json_array_get(value, i), max);
    }
    buf_char(out, ']');
}

void page_json(struct buf *out, const json_t *value, size_t max)
{
    char number[NUM_ROOM];
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(out, value, max);
        break;
    case JSON_ARRAY:
        add_array(out, value, max);
        break;
    case JSON_STRING:
        if (json_string_length(value) > max)
            add_cut_string(out, json_string_value(value), json_string_length(value), max);
        else
            add_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        buf_text_add(out, num_json(number, json_real_value(value)));
        break;
    case JSON_TRUE:
        buf_text_add(out, "true");
        break;
    case JSON_FALSE:
        buf_text_add(out, "false");
        break;
    case JSON_NULL:
        buf_text_add(out, "null");
        break;
    }
}
