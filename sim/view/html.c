#include "sim/view/html.h"

#include "sim/base/stage.h"
#include "sim/view/html_data.h"
#include "sim/view/html_transcripts.h"
#include "sim/view/page.h"

enum { BLOCK_NUMBER = 4 }; /* bytes that a rollout's block takes at most beyond "-1" */

static void write_page(struct buf *out, const struct history *h, const json_t *data)
{
    struct buf text = {0};
    page_json(&text, data, SIZE_MAX);
    page_write(out, h->title ? h->title : h->path, &text);
    buf_release(&text);
}

/* Put in what was packed; nothing yet makes a page that shows how much room there is. */
static void set_parts(json_t *data, const struct html_rollouts *r, const struct html_transcripts *t,
                      const struct history *h)
{
    html_rollouts_set(data, r, h, t->block);
    json_object_set_new(data, "transcripts", html_transcripts_json(t, h));
}

/* Bytes left for transcripts. */
static size_t room_beside(const json_t *data, const struct html_rollouts *r,
                          const struct history *h)
{
    struct buf page = {0};
    write_page(&page, h, data);
    size_t taken = page.len + r->n * BLOCK_NUMBER + 64;
    buf_release(&page);
    return taken < HTML_MAX_BYTES ? HTML_MAX_BYTES - taken : 0;
}

enum err_code html_report(struct buf *out, const struct facts *f, const struct verdict *v,
                          struct err *e)
{
    struct html_rollouts rollouts;
    struct html_transcripts packed;
    html_rollouts_pick(&rollouts, f, v, HTML_MOST_ROLLOUTS);
    html_transcripts_init(&packed, &rollouts);
    json_t *data = html_data(f, v);
    set_parts(data, &rollouts, &packed, f->of);
    size_t room = room_beside(data, &rollouts, f->of);
    enum err_code rc = html_transcripts_pack(&packed, &rollouts, f, v, room, e);
    if (!rc) {
        set_parts(data, &rollouts, &packed, f->of);
        write_page(out, f->of, data);
    }
    json_decref(data);
    html_transcripts_release(&packed);
    html_rollouts_release(&rollouts);
    return rc;
}

enum err_code html_write(const char *path, const struct facts *f, const struct verdict *v,
                         struct err *e)
{
    struct buf page = {0};
    struct stage_file file = {0};
    enum err_code rc = stage_create(&file, NULL, path, 0, e);
    if (!rc)
        rc = html_report(&page, f, v, e);
    if (!rc)
        rc = stage_write(&file, page.at, page.len, e);
    if (stage_publish(&file, e) && !rc)
        rc = e->code;
    buf_release(&page);
    return rc;
}
