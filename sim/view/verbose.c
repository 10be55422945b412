#include "sim/view/verbose.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/secret.h"

enum { SHOWN_BYTES = 400 };

/* As much of a text as fits a line or two; what would break the line is shown as a space. Masked
 * before the cut, which could leave a part of a secret that is no longer known for one. */
static void add_start(struct buf *out, const char *text, size_t len)
{
    struct buf masked = {0};
    secret_mask(&masked, text, len);
    size_t n = masked.len < SHOWN_BYTES ? masked.len : SHOWN_BYTES;
    bool whole = n == masked.len;
    while (n > 0 && !whole && ((unsigned char)masked.at[n] & 0xc0) == 0x80)
        n--; /* not inside a character */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)masked.at[i];
        bool breaks = c < 0x20 || c == 0x7f;
        buf_add(out, breaks ? " " : &masked.at[i], 1);
    }
    if (!whole)
        buf_printf(out, "... (%zu bytes)", len);
    buf_release(&masked);
}

/* What came of it; of words that are not the endpoint's, whose they are. */
static void add_result(struct buf *out, const struct call_told *told)
{
    if (told->status)
        buf_printf(out, "%d ", told->status);
    if (told->played)
        buf_printf(out, "%s, recorded ", tool_kind_row(told->kind)->id);
    else
        buf_printf(out, "%s %.2f ms ", tool_kind_row(told->kind)->id,
                   (double)told->latency_ns / 1e6);
    if (told->attempts > 1)
        buf_printf(out, "attempt %d ", told->attempts);
    if (!told->played && told->text != TOOL_TEXT_ANSWER && told->text != TOOL_TEXT_NOTHING)
        buf_printf(out, "(text: %s) ", tool_text_id(told->text));
    add_start(out, buf_text(told->output), told->output->len);
}

void verbose_call(void *arg, const struct call_told *told)
{
    (void)arg;
    struct buf text = {0};
    buf_text_add(&text, "> ");
    add_start(&text, told->call->name, strlen(told->call->name)); /* it may be a model's own */
    buf_char(&text, ' ');
    add_start(&text, told->call->arguments, told->call->arguments_len);
    buf_printf(&text, "  row %zu %s\n< ", told->line, told->trace_id);
    if (told->misaddressed)
        buf_text_add(&text, "not executed: addressed wrongly; the rollout ends here (GAP-52)");
    else
        add_result(&text, told);
    buf_char(&text, '\n');

    struct buf masked = {0};
    secret_mask(&masked, text.at, text.len);
    fwrite(masked.at, 1, masked.len, stderr); /* one call: stdio keeps the lines together */
    buf_release(&masked);
    buf_release(&text);
}
