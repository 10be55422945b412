#include "sim/view/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/view/drift.h"

/* Create `path` with `text`, masked. */
static enum err_code write_new(const char *path, const char *text, size_t len, struct err *e)
{
    FILE *file = fopen(path, "wxe");
    if (!file)
        return err_sys(e, path);
    struct buf masked = {0};
    secret_mask(&masked, text, len);
    bool written = fwrite(buf_text(&masked), 1, masked.len, file) == masked.len;
    buf_release(&masked);
    written = fclose(file) == 0 && written;
    return written ? ERR_OK : err_sys(e, path);
}

static enum err_code make_parents(const char *folder, struct err *e)
{
    char *path = mem_text(folder);
    enum err_code rc = ERR_OK;
    for (char *slash = strchr(path + 1, '/'); slash && !rc; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            rc = err_sys(e, path);
        *slash = '/';
    }
    free(path);
    return rc;
}

/* "configs/catalog.yaml" -> "catalog" */
static char *stem_of(const char *job_path)
{
    const char *slash = strrchr(job_path, '/');
    const char *name = slash ? slash + 1 : job_path;
    const char *dot = strrchr(name, '.');
    return mem_slice(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* Make a folder of the default name; when two runs start in one second, the later is -2. */
static enum err_code make_default(struct record *r, const struct job *job, struct err *e)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
    char *stem = stem_of(job->doc->path);
    enum err_code rc = ERR_OK;
    for (int i = 1; !r->folder; i++) {
        char *folder = i == 1 ? mem_printf("runs/%s-%s", stem, stamp)
                              : mem_printf("runs/%s-%s-%d", stem, stamp, i);
        rc = make_parents(folder, e);
        if (!rc && mkdir(folder, 0777) == 0) {
            r->folder = folder;
            break;
        }
        if (!rc && errno != EEXIST)
            rc = err_sys(e, folder);
        free(folder);
        if (rc)
            break;
    }
    free(stem);
    return rc;
}

static enum err_code make_named(struct record *r, const char *folder, struct err *e)
{
    enum err_code rc = make_parents(folder, e);
    if (rc)
        return rc;
    if (mkdir(folder, 0777) != 0) {
        if (errno != EEXIST)
            return err_sys(e, folder);
        err_set(e, ERR_USAGE, "%s: is there already, and nothing is ever overwritten", folder);
        return err_fix(e, "name another folder with --out, or leave --out away");
    }
    r->folder = mem_text(folder);
    return ERR_OK;
}

static enum err_code write_job(const struct record *r, const struct job *job, struct err *e)
{
    char *path = mem_printf("%s/job.yaml", r->folder);
    struct buf text = {0};
    job_masked_yaml(job, &text);
    enum err_code rc = write_new(path, buf_text(&text), text.len, e);
    buf_release(&text);
    free(path);
    return rc;
}

/* What is to be known of the policy and of a grader wherever they are named: what it guessed, that
 * it is a stub. */
static enum err_code tell_notes(struct record *r, const struct store_run *run, struct err *e)
{
    const struct grader *grader = run->grader;
    enum err_code rc = ERR_OK;
    size_t n = 0;
    if (run->policy_note) {
        char *message = mem_printf("Policy %s: %s", run->policy_type, run->policy_note);
        rc = events_message(&r->events, "info", message, e);
        free(message);
    }
    grader_parts(grader, &n);
    for (size_t i = 0; !rc && i <= n; i++) {
        const struct grader *g = grader_at(grader, i);
        if (!grader_note(g))
            continue;
        char *message = mem_printf("%s is %s", grader_name(g), grader_note(g));
        rc = events_message(&r->events, "warn", message, e);
        free(message);
    }
    return rc;
}

/* The frame around the steps, of the service's messages (contract 7) those that are true here. */
static enum err_code write_first_events(struct record *r, const struct store_run *run,
                                        struct err *e)
{
    static const char *const messages[] = {
        "Preprocessing completed for file training file.",
        "Preprocessing completed for file validation file.",
        "Job started.",
        "Training started.",
    };
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(messages); i++)
        rc = events_message(&r->events, "info", messages[i], e);
    return rc ? rc : tell_notes(r, run, e);
}

static void name_files(struct record *r, const struct store_run *run)
{
    r->csv_path = mem_printf("%s/results.csv", r->folder);
    r->events_path = mem_printf("%s/events.jsonl", r->folder);
    csv_init(&r->csv, r->csv_path, run->job, run->grader);
}

static enum err_code start_store(struct record *r, const struct store_run *run,
                                 const struct record_how *how, struct err *e)
{
    struct store_run all = *run;
    if (how->no_store)
        return ERR_OK;
    all.metrics = r->csv.names;
    all.n_metrics = r->csv.n;
    enum err_code rc = store_create(&r->store, r->folder, &all, e);
    return rc ? rc : store_start(r->store, how->durable, (size_t)run_threads(how->run), e);
}

enum err_code record_open(struct record *r, const char *folder, const struct store_run *run,
                          const struct record_how *how, struct err *e)
{
    *r = (struct record){.run = how->run};
    enum err_code rc = folder ? make_named(r, folder, e) : make_default(r, run->job, e);
    if (rc)
        return rc;
    name_files(r, run);
    rc = write_job(r, run->job, e);
    if (!rc)
        rc = start_store(r, run, how, e);
    if (!rc)
        rc = csv_create(&r->csv, e);
    if (!rc)
        rc = events_open(&r->events, r->events_path, run->grader, e);
    r->events.store = r->store;
    return rc ? rc : write_first_events(r, run, e);
}

struct rewriting {
    const struct csv *csv;
    struct buf text;
};

static enum err_code add_step(void *arg, const char *stamp, const double *values, struct err *e)
{
    struct rewriting *x = arg;
    (void)e;
    csv_row(x->csv, &x->text, stamp, values);
    return ERR_OK;
}

static enum err_code add_event(void *arg, const char *line, size_t len, struct err *e)
{
    struct rewriting *x = arg;
    (void)e;
    buf_add(&x->text, line, len);
    buf_char(&x->text, '\n');
    return ERR_OK;
}

/* Both files as the database has them: what was written and not recorded will come again. A run
 * that was killed before its first events were recorded gets them now. */
static enum err_code rewrite(struct record *r, const struct grader *grader, bool *untold,
                             struct err *e)
{
    struct rewriting x = {.csv = &r->csv};
    csv_header(&r->csv, &x.text);
    enum err_code rc = store_each_step(r->store, add_step, &x, r->csv.n, e);
    if (!rc)
        rc = csv_go_on(&r->csv, &x.text, e);
    buf_clear(&x.text);
    if (!rc)
        rc = store_each_event(r->store, add_event, &x, e);
    *untold = x.text.len == 0;
    if (!rc)
        rc = events_go_on(&r->events, r->events_path, grader, &x.text, e);
    buf_release(&x.text);
    return rc;
}

enum err_code record_go_on(struct record *r, const char *folder, struct store *store,
                           const struct store_run *run, const struct record_how *how, struct err *e)
{
    *r = (struct record){
        .folder = mem_text(folder), .store = store, .run = how->run, .goes_on = true};
    r->steps_before = store_head(store)->steps_done;
    name_files(r, run);
    struct store_run all = *run;
    all.metrics = r->csv.names;
    all.n_metrics = r->csv.n;
    bool untold = false;
    enum err_code rc = store_match(store, &all, e);
    if (!rc)
        rc = rewrite(r, run->grader, &untold, e);
    if (!rc)
        rc = store_start(store, how->durable, (size_t)run_threads(how->run), e);
    if (!rc)
        rc = store_recall_spent(store, how->run, e);
    r->events.store = store;
    if (!rc && untold)
        rc = write_first_events(r, run, e);
    if (!rc)
        rc = events_message(&r->events, "info", "Job resumed.", e);
    if (rc == ERR_IO && !*e->fix)
        err_fix(e, "see that there is room and that files may be written, then try again");
    return rc;
}

enum err_code record_wave(struct record *r, const struct wave *w, struct err *e)
{
    char *path = mem_printf("%s/drift.jsonl", r->folder);
    enum err_code rc = r->goes_on ? drift_drop(path, w, e) : ERR_OK;
    r->goes_on = false; /* one wave was under way, and it is the first that is not recalled */
    if (!rc)
        rc = drift_append(path, w, e);
    free(path);
    return rc;
}

/* Told once, and so committed with the step. The words are ours (contract 7). */
static enum err_code tell_checkpoint(struct record *r, struct err *e)
{
    char *message = mem_printf("Checkpoint created at step %d.", r->checkpoint);
    r->events.more = true;
    enum err_code rc = events_message(&r->events, "info", message, e);
    r->events.more = false;
    free(message);
    return rc;
}

enum err_code record_step(struct record *r, const struct step_report *s, struct err *e)
{
    if (s->step <= r->steps_before)
        return ERR_OK; /* it was told before */
    enum err_code rc = s->step == r->checkpoint ? tell_checkpoint(r, e) : ERR_OK;
    if (!rc)
        rc = csv_step(&r->csv, s, e);
    if (!rc && r->store)
        store_step(r->store, s->step, r->csv.stamp, r->csv.values, r->csv.n);
    return rc ? rc : events_step(&r->events, s, e);
}

static enum err_code write_summary(const struct record *r, const struct buf *masked, struct err *e)
{
    char *path = mem_printf("%s/summary.json", r->folder);
    enum err_code rc = file_put(path, buf_text(masked), masked->len, e); /* a stopped run has one */
    free(path);
    return rc;
}

enum err_code record_end(struct record *r, const struct buf *summary, const struct err *how,
                         struct err *e)
{
    const char *stopped = r->store ? "Job paused." : "Job cancelled."; /* it can go on, or not */
    const char *message = how->code == ERR_OK        ? "Job succeeded."
                          : how->code == ERR_STOPPED ? stopped
                                                     : "Job failed.";
    struct buf masked = {0};
    struct buf why = {0};
    secret_mask(&why, how->text, strlen(how->text));
    enum err_code rc = ERR_OK;
    if (summary) {
        secret_mask_strings(&masked, buf_text(summary), summary->len);
        rc = write_summary(r, &masked, e);
    }
    if (!rc)
        rc = events_message(&r->events, how->code == ERR_OK ? "info" : "error", message, e);
    if (!rc && r->store)
        rc = store_end(r->store, r->run, record_state(how->code), how->code ? buf_text(&why) : NULL,
                       summary ? buf_text(&masked) : NULL, e);
    buf_release(&masked);
    buf_release(&why);
    return rc;
}

const char *record_state(enum err_code how)
{
    return how == ERR_OK ? "done" : how == ERR_STOPPED ? "stopped" : "failed";
}

void record_release(struct record *r)
{
    store_close(r->store);
    csv_close(&r->csv);
    events_close(&r->events);
    free(r->csv_path);
    free(r->events_path);
    free(r->folder);
    *r = (struct record){0};
}
