#include "sim/report/verdict_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"

bool line_say(struct verdict_line *out, enum verdict_severity severity, char *text)
{
    out->severity = severity;
    out->text = text;
    return true;
}

enum verdict_severity line_severity(double share, double warn, double fatal)
{
    return share >= fatal ? VERDICT_FATAL : share >= warn ? VERDICT_WARNING : VERDICT_FINE;
}

/* No example is of a row that is there already. */
void line_cite(struct verdict_line *out, const struct history *h, size_t rollout)
{
    if (rollout >= h->n_rollouts || out->n_rollouts == VERDICT_EXAMPLES)
        return;
    const struct history_rollout *r = &h->rollouts[rollout];
    for (size_t i = 0; i < out->n_rollouts; i++) {
        const struct history_rollout *other = &h->rollouts[out->rollouts[i]];
        if (other->row == r->row &&
            history_wave_of(h, rollout)->phase == history_wave_of(h, out->rollouts[i])->phase)
            return;
    }
    out->rollouts[out->n_rollouts++] = rollout;
}

void line_cite_outcome(struct verdict_line *out, const struct history *h, enum outcome o)
{
    for (size_t i = 0; i < h->n_rollouts && out->n_rollouts < VERDICT_EXAMPLES; i++) {
        if (h->rollouts[i].outcome == o)
            line_cite(out, h, i);
    }
}

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("/._-+,:@%=", c)) || (unsigned char)c >= 0x80;
}

static char *word_of(const char *path)
{
    struct buf out = {0};
    const char *c = path;
    while (is_plain(*c))
        c++;
    if (*path == '-') /* no option */
        buf_text_add(&out, "./");
    if (*path && !*c) {
        buf_text_add(&out, path);
        return buf_take(&out);
    }
    buf_char(&out, '\'');
    for (c = path; *c; c++) {
        if (*c == '\'')
            buf_text_add(&out, "'\\'");
        buf_char(&out, *c);
    }
    buf_char(&out, '\'');
    return buf_take(&out);
}

char *line_run(const struct history *h)
{
    return word_of(h->path ? h->path : "RUN");
}

char *line_folder(const struct history *h)
{
    char *folder = h->path ? history_folder(h->path) : mem_text("RUN");
    char *word = word_of(folder);
    free(folder);
    return word;
}

/* `rest` is what follows "rftsim report RUN". */
void line_point(struct verdict_line *out, const struct history *h, const char *rest)
{
    char *run = line_run(h);
    out->command = mem_printf("rftsim report %s %s", run, rest);
    free(run);
}

void line_point_at_rollout(struct verdict_line *out, const struct history *h)
{
    if (!out->n_rollouts)
        return;
    char *rest = mem_printf("--rollout %lld", (long long)h->rollouts[out->rollouts[0]].id);
    line_point(out, h, rest);
    free(rest);
}

bool stub_is(const struct history *h, const char *type)
{
    return h->policy && strcmp(h->policy, type) == 0;
}

/* A stub that does the same each time. */
bool stub_is_fixed(const struct history *h)
{
    return stub_is(h, "scripted") || stub_is(h, "oracle") || stub_is(h, "replay");
}
