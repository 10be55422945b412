#include "sim/job/job_headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/job/job_read.h"

/* RFC 9110, 5.6.2: what a header's name is made of. */
static bool is_header_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "!#$%&'*+-.^_`|~") == strlen(name);
}

static bool has_header(const struct job_headers *h, const char *name)
{
    for (size_t i = 0; i < h->n; i++) {
        if (strcasecmp(h->at[i].name, name) == 0)
            return true;
    }
    return false;
}

/* The value of one header, of which a message never shows any of it; NULL after a fault. */
static const char *header_value(struct reader *r, const json_t *value)
{
    if (!json_is_string(value)) {
        read_fault(r, AT_VALUE, DIAG_J004, "put it in quotes", "a header's value must be text");
        return NULL;
    }
    const char *text = json_string_value(value);
    for (size_t i = 0; i < json_string_length(value); i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            read_fault(r, AT_VALUE, DIAG_J005, "is there a line break at the end of the key?",
                       "a header's value cannot hold the control character 0x%02x", c);
            return NULL;
        }
    }
    return text;
}

void read_header_object(struct reader *r, json_t *value, struct job_headers *out)
{
    if (!read_is_object(r, value))
        return;
    out->at = mem_array(json_object_size(value), sizeof(*out->at));
    const char *name = NULL;
    json_t *entry = NULL;
    json_object_foreach(value, name, entry)
    {
        size_t up = read_down(r, name);
        const char *text = header_value(r, entry);
        if (!is_header_name(name))
            read_fault(r, AT_KEY, DIAG_J005, "letters, digits and hyphens",
                       "'%s' cannot be the name of a header", name);
        else if (has_header(out, name))
            read_fault(r, AT_KEY, DIAG_J008, "case does not count in a header's name",
                       "the header '%s' is given twice", name);
        else if (text)
            out->at[out->n++] = (struct header){mem_text(name), mem_text(text)};
        buf_cut(&r->at, up);
    }
}

void job_headers_read(struct job_headers *out, const struct doc *doc, struct diags *list,
                      const char *pointer, json_t *value)
{
    struct reader r = {.doc = doc, .list = list, .n_before = list->n};
    buf_text_add(&r.at, pointer);
    read_header_object(&r, value, out);
    buf_release(&r.at);
}

void job_headers_release(struct job_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->at[i].name);
        free(h->at[i].value);
    }
    free(h->at);
    *h = (struct job_headers){0};
}
