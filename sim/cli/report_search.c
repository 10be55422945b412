#include "sim/cli/report_search.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/store/search.h"
#include "sim/view/json.h"
#include "sim/view/report.h"

enum { MOST = 20 };

/* The excerpt on one line, with the match between `open` and `close`. */
static char *excerpt_of(const struct search_hit *hit, const char *open, const char *close)
{
    struct buf out = {0};
    for (const char *c = hit->excerpt; c && *c; c++) {
        if (*c == *SEARCH_OPEN)
            buf_text_add(&out, open);
        else if (*c == *SEARCH_CLOSE)
            buf_text_add(&out, close);
        else
            buf_add(&out, (unsigned char)*c < ' ' ? " " : c, 1);
    }
    return buf_take(&out);
}

static void add_hit(struct buf *out, const struct history *h, size_t rollout,
                    const struct search_hit *hit, bool json)
{
    char *excerpt = excerpt_of(hit, json ? "" : "[", json ? "" : "]");
    if (json) {
        char *place = history_place(h, rollout);
        json_line(out, json_pack("{s:s, s:i, s:I, s:o, s:o, s:o}", "type", "hit", "version", 1,
                                 "rollout", (json_int_t)hit->rollout, "place", json_text(place),
                                 "field", json_text(hit->field), "excerpt", json_text(excerpt)));
        free(place);
    } else {
        report_rollout(out, h, rollout);
        buf_printf(out, "    %s: ", hit->field ? hit->field : "");
        report_text(out, excerpt ? excerpt : "", REPORT_COLUMNS - 16);
        buf_char(out, '\n');
    }
    free(excerpt);
}

static void add_hits(struct buf *out, const struct history *h, const struct search_hits *hits,
                     bool json)
{
    for (size_t i = 0; i < hits->n; i++) {
        for (size_t r = 0; r < h->n_rollouts; r++) {
            if (h->rollouts[r].id == hits->at[i].rollout)
                add_hit(out, h, r, &hits->at[i], json);
        }
    }
    if (json)
        return;
    buf_printf(out, "%zu rollout%s", hits->n_all, hits->n_all == 1 ? "" : "s");
    if (hits->n < hits->n_all)
        buf_printf(out, ", of which the %zu that fit best are shown", hits->n);
    buf_text_add(out, "; --rollout ID tells one\n");
}

enum err_code report_search(const struct history *h, const char *words, bool json, struct err *e)
{
    struct search_hits hits = {0};
    struct buf text = {0};
    if (h->source != HISTORY_RUN) {
        err_set(e, ERR_USAGE, "%s: is no run of rftsim, and --search looks into its database",
                h->path);
        return err_fix(e, "name a run folder");
    }
    char *folder = history_folder(h->path);
    enum err_code rc = search_run(&hits, folder, words, MOST, e);
    if (!rc && !hits.n)
        rc = err_set(e, ERR_NO, "%s: nothing holds all of: %s", h->path, words);
    if (!rc) {
        add_hits(&text, h, &hits, json);
        (json ? cmd_put_json : cmd_put)(stdout, &text);
        rc = ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
    }
    search_release(&hits);
    buf_release(&text);
    free(folder);
    return rc;
}
