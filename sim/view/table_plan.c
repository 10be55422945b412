#include "sim/view/table.h"

#include <string.h>

#include "sim/base/num.h"
#include "sim/base/wrap.h"
#include "sim/net/retry.h"
#include "sim/policy/policy.h"
#include "sim/view/learning.h"

enum { PLAN_INDENT = 13, PLAN_COLUMNS = 100 };

static void plan_tools(struct buf *out, const struct job *job)
{
    buf_text_add(out, "  tools      ");
    size_t line = out->len;
    for (size_t i = 0; i < job->n_tools; i++) {
        if (out->len - line + strlen(job->tools[i].name) > 80) {
            buf_text_add(out, ",\n             ");
            line = out->len;
        } else if (i) {
            buf_text_add(out, ", ");
        }
        buf_text_add(out, job->tools[i].name);
    }
    buf_printf(out, "%s\n", job->n_tools ? "" : "none");
}

static void plan_note(struct buf *out, const struct grader *grader)
{
    const char *note = grader_note(grader);
    buf_printf(out, "%s%s\n", note ? ": " : "", note ? note : "");
}

/* The grader; of a multi the formula too (white space as blanks), and what its names are. */
static void plan_grader(struct buf *out, const struct plan *p)
{
    buf_printf(out, "  grader     %s \"%s\"", grader_type(p->grader), grader_name(p->grader));
    size_t n = 0;
    const struct grader_part *parts = grader_parts(p->grader, &n);
    const char *formula = json_string_value(json_object_get(p->job->grader, "calculate_output"));
    if (n && formula) {
        buf_text_add(out, ": ");
        size_t len = strlen(formula);
        while (len && strchr("\t\r\n ", formula[len - 1])) /* a block's last line */
            len--;
        for (const char *c = formula; c < formula + len; c++)
            buf_add(out, strchr("\t\r\n", *c) ? " " : c, 1);
    }
    plan_note(out, p->grader);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "             %s: %s \"%s\"", parts[i].key, grader_type(parts[i].grader),
                   grader_name(parts[i].grader));
        plan_note(out, parts[i].grader);
    }
}

static void add_seconds(struct buf *out, const char *before, double s, const char *what)
{
    char text[NUM_ROOM];
    buf_printf(out, "%s%s s %s", before, num_shortest(text, s), what);
}

/* The time limits. A call's is what its attempts and waits come to, unless the job has a shorter.
 */
static void plan_deadlines(struct buf *out, const struct job_simulation *sim)
{
    struct retry_policy retry = {sim->tool_attempts, sim->tool_backoff_ms};
    double all_s = (double)retry_longest_ms(&retry, sim->tool_timeout_ms) / 1e3;
    double call_s = sim->call_timeout_ms / 1e3;
    add_seconds(out, "  deadlines  ", sim->tool_timeout_ms / 1e3, "an attempt");
    add_seconds(out, ", ", call_s > 0 && call_s < all_s ? call_s : all_s, "a call");
    if (sim->rollout_timeout_ms)
        add_seconds(out, ", ", sim->rollout_timeout_ms / 1e3, "a rollout");
    if (sim->run_timeout_s)
        add_seconds(out, ", ", sim->run_timeout_s, "the run");
    if (!sim->rollout_timeout_ms || !sim->run_timeout_s)
        buf_printf(out, "; none of its own for %s%s%s", sim->rollout_timeout_ms ? "" : "a rollout",
                   sim->rollout_timeout_ms || sim->run_timeout_s ? "" : " and ",
                   sim->run_timeout_s ? "" : "the run");
    buf_char(out, '\n');
}

/* Of a grader that calls out; which attempts count is not as with tools (4.9). */
static void plan_calls(struct buf *out, const struct job_simulation *sim)
{
    buf_printf(out, "             %d attempt%s a grade on any failure (EV-16)",
               sim->grader_attempts, sim->grader_attempts == 1 ? "" : "s");
    add_seconds(out, ", each ", sim->grader_http_timeout_ms / 1e3, "at most\n");
}

/* How many at once, how fast, how long. */
static void plan_flight(struct buf *out, const struct plan *p)
{
    const struct job_simulation *sim = &p->job->sim;
    buf_printf(out, "  in flight  %d rollouts on %d thread%s", p->concurrency, p->threads,
               p->threads == 1 ? "" : "s");
    if (p->concurrency < sim->concurrency)
        buf_printf(out, ", not %d: 'ulimit -n' allows %zu open files", sim->concurrency, p->files);
    if (sim->max_qps > 0) {
        char qps[NUM_ROOM];
        buf_printf(out, ", at most %s requests a second to a host",
                   num_shortest(qps, sim->max_qps));
    }
    buf_char(out, '\n');
    if (p->job->n_tools)
        plan_deadlines(out, sim);
}

static void plan_steps(struct buf *out, const struct plan *p)
{
    const struct schedule *s = p->schedule;
    if (!s->n_steps) {
        buf_printf(out, "  evaluate   once: %zu rows x %d\n", p->n_valid, s->eval_samples);
        return;
    }
    buf_printf(out, "  steps      %llu of %d rows (%d epoch%s)\n", (unsigned long long)s->n_steps,
               s->batch_size, s->n_epochs, s->n_epochs == 1 ? "" : "s");
    buf_printf(out, "  rollouts   %llu a step, %llu a row; the service makes %llu a step (EV-1)\n",
               (unsigned long long)schedule_step_rollouts(s, 1), (unsigned long long)s->group_size,
               (unsigned long long)s->service_rollouts_per_step);
    buf_printf(out, "  evaluate   at step 0 and every %d steps: %zu rows x %d\n", s->eval_interval,
               p->n_valid, s->eval_samples);
}

static void plan_learning(struct buf *out, const struct plan *p)
{
    learning_plan(out, p->learner, PLAN_COLUMNS, PLAN_INDENT);
    if (p->schedule->group_size > 1)
        return;
    buf_printf(out, "%*s", PLAN_INDENT, "");
    wrap_within(
        out, PLAN_COLUMNS, PLAN_INDENT, PLAN_INDENT,
        "NOTHING CAN BE LEARNED: a step has one rollout of a row, and so none to compare it "
        "with; simulation.rollouts_per_step makes more");
}

void table_plan(struct buf *out, const struct plan *p)
{
    const struct job *job = p->job;
    bool trains = p->schedule->n_steps > 0;
    buf_printf(out, "%s\n", job->doc->path);
    buf_printf(out, "  data       %zu training rows, %zu validation rows\n", p->n_train,
               p->n_valid);
    plan_steps(out, p);
    buf_printf(out, "  policy     %s, in the place of %s; it %s\n", p->policy_type, job->model,
               p->checkpoint ? "is evaluated as it is"
               : !p->learner ? "does not learn"
               : trains      ? "learns"
                             : "is evaluated as it begins");
    if (p->checkpoint)
        buf_printf(out, "%*s%s\n", PLAN_INDENT, "", p->checkpoint);
    if (p->learner && trains)
        plan_learning(out, p);
    if (p->policy_note) {
        buf_printf(out, "%*s", PLAN_INDENT, "");
        wrap_within(out, PLAN_COLUMNS, PLAN_INDENT, PLAN_INDENT, p->policy_note);
    }
    plan_grader(out, p);
    if (grader_calls(p->grader))
        plan_calls(out, &job->sim);
    plan_tools(out, job);
    if (job->n_tools)
        buf_printf(out, "             %s URL, %d attempts on 5xx and transport failures (EV-16)\n",
                   job->sim.tool_url == JOB_URL_EXACT ? "exact" : "name appended to the",
                   job->sim.tool_attempts);
    plan_flight(out, p);
    buf_printf(out, "  run        %s\n", p->folder);
    if (p->before)
        buf_printf(out, "  recorded   %llu rollouts, %d whole steps; it goes on from there\n",
                   (unsigned long long)p->before->n_rollouts, p->before->steps_done);
    buf_char(out, '\n');
}
