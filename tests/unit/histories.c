#include "tests/unit/histories.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static struct history empty(enum history_source source, const char *path)
{
    return (struct history){
        .source = source,
        .path = mem_text(path),
        .title = mem_text(path),
        .model = mem_text("o4-mini-2025-04-16"),
        .seed = -1,
        .pass_threshold = NAN,
        .service_rollouts = NAN,
    };
}

static enum outcome outcome_of(char letter)
{
    switch (letter) {
    case 'c':
        return OUTCOME_GRADED_CUT;
    case 'd':
        return OUTCOME_DISCARDED_TOOL;
    case 'g':
        return OUTCOME_DISCARDED_GRADER;
    case 'p':
        return OUTCOME_POLICY_FAILED;
    case 'x':
        return OUTCOME_CANCELLED;
    default:
        return OUTCOME_GRADED;
    }
}

static void add_rollout(struct history *h, const char *word, uint32_t row, uint32_t sample)
{
    bool is_letter = strchr("cdegpsxPF", word[0]) != NULL;
    enum outcome outcome = outcome_of(word[0]);
    h->rollouts = mem_grow(h->rollouts, h->n_rollouts + 1, sizeof(*h->rollouts));
    h->rollouts[h->n_rollouts] = (struct history_rollout){
        .id = (int64_t)h->n_rollouts + 1,
        .wave = (uint32_t)h->n_waves - 1,
        .row = row,
        .sample = sample,
        .outcome = (uint8_t)outcome,
        .answered = word[0] != 's' && word[0] != 'c',
        .flags = word[0] == 'e' ? GRADE_OTHER : 0,
        .n_turns = 2,
        .n_calls = word[0] != 's',
        .n_tool_turns = word[0] != 's',
        .verdict = word[0] == 'P'   ? EXPORT_PASSED
                   : word[0] == 'F' ? EXPORT_FAILED
                                    : EXPORT_UNKNOWN,
        .reward = outcome_is_graded(outcome) ? strtod(word + is_letter, NULL) : NAN,
        .seconds = 1,
        .grade_s = 0.1,
        .bytes = 10,
        .why = outcome == OUTCOME_GRADED ? NULL : mem_text(outcome_words(outcome)),
    };
    h->n_rollouts++;
}

static void note_row(struct history_file *file, size_t row)
{
    for (; file->n_rows <= row; file->n_rows++) {
        file->rows = mem_grow(file->rows, file->n_rows + 1, sizeof(*file->rows));
        file->rows[file->n_rows] = (struct history_row){file->n_rows + 1, file->n_rows + 1};
    }
}

/* The rows of one wave: "1 0 | 3> c0". */
static void add_rows(struct history *h, struct history_wave *w, char *text)
{
    char *rest = NULL;
    uint32_t row = 0;
    uint32_t sample = 0;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strcmp(word, "|") == 0 || strchr(word, '>')) {
            row = *word == '|' ? row + 1 : (uint32_t)strtoul(word, NULL, 10);
            sample = 0;
            continue;
        }
        note_row(&h->files[w->phase], row);
        add_rollout(h, word, row, sample++);
        w->n++;
        w->n_samples = sample > w->n_samples ? sample : w->n_samples;
    }
    w->n_planned = w->n;
}

static void add_wave(struct history *h, char *text)
{
    char *colon = strchr(text, ':');
    struct history_wave w = {.from = h->n_rollouts, .seconds = 1, .complete = colon[-1] != '!'};
    text += strspn(text, " ");
    w.phase = strncmp(text, "eval", 4) == 0 ? WAVE_VALID : WAVE_TRAIN;
    w.step = (int)strtol(text + 4, NULL, 10);
    h->waves = mem_grow(h->waves, h->n_waves + 1, sizeof(*h->waves));
    h->n_waves++;
    add_rows(h, &w, colon + 1);
    h->waves[h->n_waves - 1] = w;
    if (w.phase == WAVE_TRAIN)
        h->total_steps = w.step;
}

struct history histories_run(const char *waves)
{
    struct history h = empty(HISTORY_RUN, "runs/a");
    h.state = mem_text("done");
    h.policy = mem_text("learner");
    h.files[WAVE_TRAIN].path = mem_text("data/train.jsonl");
    h.files[WAVE_VALID].path = mem_text("data/valid.jsonl");
    char *text = mem_text(waves);
    char *rest = NULL;
    for (char *one = strtok_r(text, ";", &rest); one; one = strtok_r(NULL, ";", &rest))
        add_wave(&h, one);
    free(text);
    return h;
}

static struct history_tool *find_tool(struct history *h, const char *name)
{
    for (size_t i = 0; i < h->n_tools; i++) {
        if (strcmp(h->tools[i].name, name) == 0)
            return &h->tools[i];
    }
    h->tools = mem_grow(h->tools, h->n_tools + 1, sizeof(*h->tools));
    struct history_tool *tool = &h->tools[h->n_tools++];
    *tool = (struct history_tool){.name = mem_text(name)};
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        tool->of[p].first_failed = SIZE_MAX;
        tool->of[p].output_bytes = NAN;
    }
    return tool;
}

static size_t first_of(const struct history *h, enum wave_phase phase)
{
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (history_wave_of(h, i)->phase == phase)
            return i;
    }
    return SIZE_MAX;
}

void histories_add_tool(struct history *h, const char *name, enum wave_phase phase, uint64_t n_ok,
                        uint64_t n_failed, enum tool_kind kind)
{
    struct history_tool_sums *sums = &find_tool(h, name)->of[phase];
    sums->n_ok += n_ok;
    sums->n_failed += n_failed;
    sums->n_requests += n_ok + n_failed;
    sums->kinds[TOOL_KIND_FINE] += n_ok;
    sums->kinds[kind] += n_failed;
    sums->output_bytes = 100 * (double)(sums->n_ok + sums->n_failed);
    for (uint64_t i = 0; i < n_ok; i++)
        hist_add(&sums->latency, 1000000);
    if (n_failed && sums->first_failed == SIZE_MAX)
        sums->first_failed = first_of(h, phase);
}

void histories_add_parts(struct history *h, size_t n, const char *const *keys,
                         const double *rewards)
{
    h->n_graders = n + 1;
    h->graders = mem_array(h->n_graders, sizeof(*h->graders));
    h->graders[0] = (struct history_grader){NULL, mem_text("multi"), mem_text("both")};
    for (size_t i = 0; i < n; i++)
        h->graders[i + 1] =
            (struct history_grader){mem_text(keys[i]), mem_text("string_check"), mem_text(keys[i])};
    h->parts = mem_array(h->n_rollouts * n, sizeof(*h->parts));
    memcpy(h->parts, rewards, h->n_rollouts * n * sizeof(*rewards));
}

struct history histories_results(const struct history_step *steps, size_t n)
{
    struct history h = empty(HISTORY_RESULTS, "results.csv");
    h.steps = mem_array(n, sizeof(*h.steps));
    memcpy(h.steps, steps, n * sizeof(*steps));
    h.n_steps = n;
    h.total_steps = n ? steps[n - 1].step : 0;
    return h;
}
