/* The python grader on an engine, and what is said of a source before it runs. What a source can do
 * to its worker is tried with the whole program, in tests/chaos/python.py. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "grader/grader.h"
#include "sim/base/mem.h"
#include "sim/net/engine.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

enum { MOST = 64 };

struct bench {
    struct diags list;
    struct job *job;
    struct engine *engine;
    struct grader *grader;
    struct tape sample;
    struct timer patience;
    struct grading at[MOST];
    size_t n_left;
    char order[MOST + 1]; /* which were done, 'a' first */
    size_t n_done;
    const struct grading *begins; /* the one that is in grader_start() */
    size_t n_more;                /* to begin another each from the `done` of those before */
};

static void on_patience(struct timer *t)
{
    (void)t;
    ck_abort_msg("a grade does not come");
}

/* As JSON, which is YAML too. */
static char *spec_of(const char *source)
{
    struct buf spec = {0};
    buf_text_add(&spec, "{\"type\": \"python\", \"name\": \"g\", \"source\": ");
    buf_json(&spec, source, strlen(source));
    buf_char(&spec, '}');
    return buf_take(&spec);
}

static void bench_init_spec(struct bench *b, const char *spec, const char *simulation)
{
    struct err e = {0};
    struct engine_config config = {.transfers_max = 1, .n_hosts = 1};
    *b = (struct bench){0};
    ck_assert_msg(engine_new(&b->engine, &config, &e) == ERR_OK, "%s", e.text);
    b->job = fixture_job(spec, simulation, &b->list);
    ck_assert_ptr_nonnull(b->job);
    struct grader_context context = {.engine = b->engine, .checked = true};
    ck_assert_msg(grader_new(&b->grader, b->job, &context, &b->list, &e) == ERR_OK, "%s", e.text);
    b->sample = fixture_tape("{\"output_text\": \"3\"}");
    b->patience.fire = on_patience;
    engine_after(b->engine, &b->patience, 40000);
}

static void bench_init(struct bench *b, const char *source, const char *simulation)
{
    char *spec = spec_of(source);
    bench_init_spec(b, spec, simulation);
    free(spec);
}

static void bench_release(struct bench *b)
{
    for (size_t i = 0; i < MOST; i++)
        json_decref(b->at[i].facts);
    grader_free(b->grader);
    engine_free(b->engine);
    tape_release(&b->sample);
    job_free(b->job);
    diags_release(&b->list);
}

static void begin(struct bench *b, size_t i, const char *item);

static void on_done(struct grading *x)
{
    struct bench *b = x->owner;
    size_t i = (size_t)(x - b->at);
    ck_assert_msg(!b->begins || b->begins == x, "told of one grade in the start of another");
    b->order[b->n_done++] = (char)('a' + i);
    b->n_left--;
    if (i < b->n_more)
        begin(b, b->n_more + i, "{}");
    if (b->n_left == 0)
        engine_stop(b->engine);
}

static void begin(struct bench *b, size_t i, const char *item)
{
    struct tape tape = fixture_tape(item);
    b->at[i].done = on_done;
    b->at[i].owner = b;
    b->n_left++;
    b->begins = &b->at[i];
    grader_start(b->grader, &b->at[i], &(struct grader_input){.item = &tape, .sample = &b->sample});
    b->begins = NULL;
    tape_release(&tape);
}

static void wait_for_all(struct bench *b)
{
    if (b->n_left)
        engine_loop(b->engine);
}

static const struct row {
    const char *returned;
    double reward;
    unsigned flags;
    const char *why; /* "bool" if that is noted */
} rows[] = {
    {"0.25", 0.25, 0, ""},
    {"7", 7, 0, ""},
    {"-1e300", -1e300, 0, ""},
    {"0.1 + 0.2", 0.1 + 0.2, 0, ""},
    {"2 ** 60", 1152921504606846976.0, 0, ""},
    {"float(sample['output_text'])", 3, 0, ""},
    {"item['n']", 5, 0, ""},
    {"item['text']", 0, GRADE_PYTHON_RUNTIME, "returned 'h\xc3\xa9\\n\xf0\x9f\x98\x80', a str"},
    {"True", 1, 0, "bool"},
    {"False", 0, 0, "bool"},
    {"None", 0, GRADE_PYTHON_RUNTIME, "returned None, not a number"},
    {"'1'", 0, GRADE_PYTHON_RUNTIME, "returned '1', a str"},
    {"{'score': 1}", 0, GRADE_PYTHON_RUNTIME, "a dict, not a number: the number alone"},
    {"float('nan')", 0, GRADE_PYTHON_RUNTIME, "returned nan, which is not finite"},
    {"-1e999", 0, GRADE_PYTHON_RUNTIME, "returned -inf, which is not finite"},
    {"10 ** 400", 0, GRADE_PYTHON_RUNTIME, "an integer that no float can hold"},
    {"1j", 0, GRADE_PYTHON_RUNTIME, "returned 1j, a complex"},
    {"1 / 0", 0, GRADE_PYTHON_RUNTIME, "ZeroDivisionError: division by zero (line 2)"},
    {"print('\\0', '\\ud800') or 0.5", 0.5, 0, ""},
    {"print('\\0', '\\ud800')", 0, GRADE_PYTHON_RUNTIME, "returned None, not a number"},
    {"throw(ValueError('a\\0b\\ud800'))", 0, GRADE_PYTHON_RUNTIME, "ValueError: a\\x00b\\ud800"},
    {"throw(SystemExit('x' * 3000000))", 0, GRADE_PYTHON_RUNTIME, "to exit: SystemExit('xxx"},
    {"type('x' * 3000000, (), {})()", 0, GRADE_PYTHON_RUNTIME, "returned <grader.xxx"},
    {"np.float64(0.5)", 0.5, 0, ""},
    {"np.int32(2)", 2, 0, ""},
    {"np.bool_(True)", 1, 0, "bool"},
    {"np.float32('nan')", 0, GRADE_PYTHON_RUNTIME, "returned nan, which is not finite"},
    {"np.array([1.0])", 0, GRADE_PYTHON_RUNTIME, "a ndarray, not a number"},
};

/* numpy's numbers are known by their module and `item`; not every machine has numpy. */
static const char like_numpy[] =
    "\n"
    "import types\n"
    "def kind(name, of, shape=()):\n"
    "    def init(self, value): self.value = value\n"
    "    return type(name, (), {'__module__': 'numpy', 'shape': shape,\n"
    "        '__init__': init, 'item': lambda self: of(self.value)})\n"
    "np = types.SimpleNamespace(float64=kind('float64', float),\n"
    "    float32=kind('float32', float), int32=kind('int32', int),\n"
    "    bool_=kind('bool_', bool), array=kind('ndarray', float, (1,)))\n";

static void check_row(const struct row *row, const char *simulation, const char *numpy)
{
    struct bench b;
    char *source = mem_printf("def grade(sample, item):\n    return %s\n%s"
                              "def throw(error): raise error\n",
                              row->returned, numpy);
    bench_init(&b, source, simulation);
    b.at[1].facts = json_object();
    static const char item[] = "{\"n\": 5,\n\"text\": \"h\xc3\xa9\\n\xf0\x9f\x98\x80\"}";
    begin(&b, 0, item);
    begin(&b, 1, item); /* told: another path, the same grade */
    wait_for_all(&b);
    for (size_t i = 0; i < 2; i++) {
        const struct grade *out = &b.at[i].out;
        ck_assert_msg(out->reward == row->reward, "%s: %g", row->returned, out->reward);
        ck_assert_msg(out->flags == row->flags, "%s: %s", row->returned, out->why);
        bool noted = strcmp(row->why, "bool") == 0;
        const char *why = noted ? "" : row->why;
        ck_assert_msg(strstr(out->why, why) && !*why == !*out->why, "%s: %s", row->returned,
                      out->why);
        ck_assert_uint_eq(out->notes, noted ? GRADE_NOTE_BIT_BOOLEAN : 0);
        ck_assert(!out->lost);
    }
    free(source);
    bench_release(&b);
}

START_TEST(test_what_a_returned_value_is_worth)
{
    check_row(&rows[_i], "{sandbox: 'off'}", like_numpy);
}
END_TEST

START_TEST(test_the_same_in_the_sandbox_if_there_is_one)
{
    check_row(&rows[_i], "{}", like_numpy);
}
END_TEST

START_TEST(test_answers_find_their_grades)
{
    struct bench b;
    char item[32];
    bench_init(&b, "def grade(sample, item): return item['n'] / 2", "{grader_workers: 3}");
    for (size_t i = 0; i < 40; i++) {
        snprintf(item, sizeof(item), "{\"n\": %zu}", i);
        begin(&b, i, item);
    }
    wait_for_all(&b);
    for (size_t i = 0; i < 40; i++)
        ck_assert_double_eq(b.at[i].out.reward, (double)i / 2);
    bench_release(&b);
}
END_TEST

START_TEST(test_one_worker_keeps_the_order)
{
    struct bench b;
    bench_init(&b, "def grade(sample, item): return 1", "{}");
    for (size_t i = 0; i < 20; i++)
        begin(&b, i, "{}");
    wait_for_all(&b);
    ck_assert_str_eq(b.order, "abcdefghijklmnopqrst");
    bench_release(&b);
}
END_TEST

/* The head of the line pays, whoever stands behind it. */
START_TEST(test_a_hang_costs_one_grade)
{
    struct bench b;
    bench_init(&b,
               "def grade(sample, item):\n"
               "    while item['hangs']: pass\n"
               "    return 1",
               "{grader_timeout_ms: 400}");
    for (size_t i = 0; i < 12; i++)
        begin(&b, i, i == 1 || i == 4 ? "{\"hangs\": true}" : "{\"hangs\": false}");
    wait_for_all(&b);
    for (size_t i = 0; i < 12; i++) {
        bool bad = i == 1 || i == 4;
        ck_assert_uint_eq(b.at[i].out.flags, bad ? GRADE_PYTHON_RUNTIME : 0);
        ck_assert_double_eq(b.at[i].out.reward, bad ? 0 : 1);
    }
    ck_assert_str_eq(b.order, "abcdefghijkl");
    bench_release(&b);
}
END_TEST

START_TEST(test_a_grade_that_is_given_up_is_heard_of_no_more)
{
    struct bench b;
    bench_init(&b, "def grade(sample, item): return 1", "{}");
    for (size_t i = 0; i < 12; i++)
        begin(&b, i, "{}");
    for (size_t i = 0; i < 12; i += 2) {
        grader_stop(&b.at[i]);
        b.n_left--;
    }
    grader_stop(&b.at[0]); /* once more is fine */
    wait_for_all(&b);
    begin(&b, 12, "{}");
    grader_stop(&b.at[12]); /* while the worker has it */
    b.n_left--;
    begin(&b, 13, "{}");
    wait_for_all(&b);
    ck_assert_str_eq(b.order, "bdfhjln");
    bench_release(&b);
}
END_TEST

START_TEST(test_closed_with_grades_under_way)
{
    struct bench b;
    bench_init(&b, "def grade(sample, item):\n    while item['n']: pass\n    return 1",
               "{grader_workers: 2}");
    begin(&b, 0, "{\"n\": 0}");
    wait_for_all(&b);
    for (size_t i = 1; i < 30; i++)
        begin(&b, i, "{\"n\": 1}");
    bench_release(&b);
}
END_TEST

START_TEST(test_a_row_larger_than_a_pipe)
{
    enum { BYTES = 3 << 20 };
    struct bench b;
    struct buf item = {0};
    bench_init(&b, "def grade(sample, item): return len(item['text'])", "{}");
    buf_text_add(&item, "{\"text\": \"");
    for (size_t i = 0; i < BYTES; i++)
        buf_char(&item, 'x');
    buf_text_add(&item, "\"}");
    for (size_t i = 0; i < 10; i++)
        begin(&b, i, buf_text(&item));
    wait_for_all(&b);
    for (size_t i = 0; i < 10; i++)
        ck_assert_double_eq(b.at[i].out.reward, BYTES);
    buf_release(&item);
    bench_release(&b);
}
END_TEST

/* Python refuses what is nested too deep for it; that is no fault of the user's code. */
START_TEST(test_a_row_that_python_cannot_read_is_no_reward)
{
    struct bench b;
    struct buf item = {0};
    bench_init(&b, "def grade(sample, item): return 1", "{}");
    buf_text_add(&item, "{\"deep\": ");
    for (int i = 0; i < 1900; i++)
        buf_char(&item, '[');
    for (int i = 0; i < 1900; i++)
        buf_char(&item, ']');
    buf_char(&item, '}');
    begin(&b, 0, "{}");
    begin(&b, 1, buf_text(&item));
    begin(&b, 2, "{}");
    wait_for_all(&b);
    ck_assert(b.at[1].out.lost);
    ck_assert_uint_eq(b.at[1].out.flags, GRADE_PYTHON_SERVER);
    ck_assert_msg(strstr(b.at[1].out.why, "RecursionError"), "%s", b.at[1].out.why);
    ck_assert_double_eq(b.at[2].out.reward, 1);
    buf_release(&item);
    bench_release(&b);
}
END_TEST

START_TEST(test_items_are_its_own_each_time)
{
    struct bench b;
    bench_init(&b, "def grade(sample, item):\n    item['n'] += 1\n    return item['n']", "{}");
    for (size_t i = 0; i < 5; i++)
        begin(&b, i, "{\"n\": 1}");
    wait_for_all(&b);
    for (size_t i = 0; i < 5; i++)
        ck_assert_double_eq(b.at[i].out.reward, 2);
    bench_release(&b);
}
END_TEST

/* A grade is not charged for what others left behind. */
START_TEST(test_memory_that_others_keep)
{
    struct bench b;
    bench_init(&b,
               "kept = []\n"
               "def grade(sample, item):\n"
               "    kept.append(bytes(700 << 20))\n"
               "    return len(kept)",
               "{}");
    for (size_t i = 0; i < 8; i++)
        begin(&b, i, "{}");
    wait_for_all(&b);
    for (size_t i = 0; i < 8; i++)
        ck_assert_msg(!b.at[i].out.flags, "%zu: %s", i, b.at[i].out.why);
    ck_assert_str_eq(b.order, "abcdefgh");
    bench_release(&b);
}
END_TEST

START_TEST(test_in_a_multi)
{
    struct bench b;
    bench_init_spec(&b,
                    "{type: multi, calculate_output: a + 10 * b, graders: {"
                    "a: {type: python, name: a, source: 'def grade(sample, item): return 2'}, "
                    "b: {type: python, name: b, source: 'def grade(sample, item): return item'}}}",
                    "{}");
    begin(&b, 0, "{}");
    wait_for_all(&b);
    ck_assert_double_eq(b.at[0].out.reward, 2);
    ck_assert_uint_eq(b.at[0].out.flags, GRADE_PYTHON_RUNTIME);
    bench_release(&b);
}
END_TEST

/* The sample is the run's to write anew as soon as a grade has begun. */
START_TEST(test_begun_where_others_end_in_an_error)
{
    struct bench b;
    bench_init(&b, "raise ValueError\ndef grade(sample, item): return 1", "{}");
    b.n_more = 10;
    for (size_t i = 0; i < b.n_more; i++)
        begin(&b, i, "{}");
    wait_for_all(&b);
    ck_assert_str_eq(b.order, "abcdefghijklmnopqrst");
    bench_release(&b);
}
END_TEST

START_TEST(test_no_process_for_any_worker)
{
    struct bench b;
    struct rlimit usual;
    bench_init(&b, "def grade(sample, item): return 1", "{grader_workers: 2}");
    getrlimit(RLIMIT_NOFILE, &usual);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, usual.rlim_max});
    for (size_t i = 0; i < 5; i++)
        begin(&b, i, "{}");
    wait_for_all(&b);
    setrlimit(RLIMIT_NOFILE, &usual);
    for (size_t i = 0; i < 5; i++) {
        ck_assert(b.at[i].out.lost);
        ck_assert_ptr_nonnull(strstr(b.at[i].out.why, "Too many open files"));
    }
    bench_release(&b);
}
END_TEST

START_TEST(test_no_process_for_a_second_worker)
{
    struct bench b;
    struct rlimit usual;
    bench_init(&b, "def grade(sample, item): return 1", "{grader_workers: 2}");
    begin(&b, 0, "{}");
    getrlimit(RLIMIT_NOFILE, &usual);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, usual.rlim_max});
    begin(&b, 1, "{}");
    setrlimit(RLIMIT_NOFILE, &usual);
    wait_for_all(&b);
    for (size_t i = 0; i < 2; i++)
        ck_assert_msg(b.at[i].out.reward == 1, "%s", b.at[i].out.why);
    bench_release(&b);
}
END_TEST

START_TEST(test_what_is_told_of_a_grade)
{
    struct bench b;
    bench_init(&b,
               "import os\n"
               "def grade(sample, item):\n"
               "    print('one', 2)\n"
               "    os.write(2, b'raw')\n"
               "    return 1 / item['n']",
               "{}");
    b.at[0].facts = json_object();
    begin(&b, 0, "{\"n\": 2}");
    wait_for_all(&b);
    b.at[1].facts = json_object();
    begin(&b, 1, "{\"n\": 0}");
    wait_for_all(&b);
    const json_t *good = b.at[0].facts;
    const json_t *bad = b.at[1].facts;
    ck_assert_str_eq(json_string_value(json_object_get(good, "printed")), "one 2\n");
    ck_assert_str_eq(json_string_value(json_object_get(good, "written")), "raw");
    ck_assert_str_eq(json_string_value(json_object_get(good, "value")), "0.5");
    ck_assert_ptr_null(json_object_get(good, "traceback"));
    ck_assert_str_eq(json_string_value(json_object_get(bad, "printed")), "one 2\n");
    const char *traceback = json_string_value(json_object_get(bad, "traceback"));
    ck_assert_ptr_nonnull(strstr(traceback, "File \"grader.py\", line 5, in grade\n"));
    ck_assert_ptr_nonnull(strstr(traceback, "return 1 / item['n']"));
    bench_release(&b);
}
END_TEST

static const struct {
    const char *name;
    const char *source;
    const char *codes; /* of what is found, in order */
} sources[] = {
    {"all is well", "def grade(sample, item): return 1.0", ""},
    {"helpers, classes, annotations, a nested grade",
     "from __future__ import annotations\nimport re, json, typing\nfrom collections.abc import "
     "Iterable\n"
     "class A:\n    def grade(self): return None\n"
     "def grade(sample: dict, item: dict) -> float:\n    def grade(x): return x\n    return 1.0",
     ""},
    {"defined where a condition leads to it",
     "try:\n    def grade(sample, item): return 1.0\nfinally: pass", ""},
    {"the last one counts", "def grade(a): return 1.0\ndef grade(sample, item): return 1.0", ""},
    {"names that no row has, with half of a pair",
     "def grade(sample, item): return item['\\0'] + item.get('\\ud800', 1.0)", ""},
    {"a module of that kind", "__import__('\\0')\ndef grade(sample, item): return 1.0", "P003 "},
    {"not Python", "def grade(sample, item) return 1.0", "P001 "},
    {"Python 2", "def grade(sample, item):\n    print 'x'", "P001 "},
    {"tabs and spaces", "def grade(sample, item):\n\tx = 1\n        return x", "P001 "},
    {"a NUL byte's escape is text", "def grade(sample, item): return len('\\0')", ""},
    {"none", "x = 1", "P002 "},
    {"in a class only", "class A:\n    def grade(sample, item): return 1.0", "P002 "},
    {"three", "def grade(sample, item, more=1): return 1.0", "P002 "},
    {"keywords", "def grade(sample, item, **more): return 1.0", "P002 "},
    {"sys, in a function", "def grade(sample, item):\n    from sys import path\n    return 1.0",
     "P003 "},
    {"sys, tried", "try: import sys\nexcept ImportError: pass\ndef grade(sample, item): return 1.0",
     "P003 "},
    {"sys, by name", "def grade(sample, item):\n    return __import__('sys').maxsize", "P003 "},
    {"a neighbour", "from . import x\ndef grade(sample, item): return 1.0", "P003 "},
    {"each of two", "import torch, os.path\ndef grade(sample, item): return 1.0", "P003 P004 "},
    {"exec", "exec('x = 1')\ndef grade(sample, item): return 1.0", "P004 "},
    {"a method called open is none", "def grade(sample, item): return item['x'].open()", ""},
    {"messages as what was asked",
     "def grade(sample, item): return float(item['messages'][0]['content'] in "
     "sample['output_text'])",
     ""},
    {"messages for the assistant's",
     "def grade(sample, item):\n    for m in item['messages']:\n        if m['role'] == "
     "'assistant':\n"
     "            return len(m['content'])\n    return float(sample['output_text'])",
     "P007 "},
    {"messages and no sample", "def grade(sample, item): return len(item.get('messages'))",
     "P007 "},
    {"a row's field from the sample", "def grade(sample, item): return sample['answer']", "P006 "},
    {"a key mistyped", "def grade(sample, item): return len(sample['output_txt'])", "P007 "},
    {"a key mistyped beside a right one",
     "def grade(sample, item): return len(sample['output_text']) + len(sample.get('output_tool'))",
     "P007 "},
    {"keys as attributes", "def grade(sample, item): return float(sample.output_text == item.want)",
     "P007 P007 "},
    {"methods of a dict", "def grade(sample, item): return len(item.keys()) + len(sample.items())",
     ""},
    {"attributes of what was made of it",
     "import types\ndef grade(sample, item):\n    sample = types.SimpleNamespace(**sample)\n"
     "    return len(sample.output_text)",
     ""},
    {"JSON that is read already",
     "import json\ndef grade(sample, item): return json.loads(sample['output_json'])['x']",
     "P007 "},
    {"JSON that is not",
     "import json\ndef grade(sample, item): return json.loads(sample['output_text'])['x']", ""},
    {"not", "def grade(sample, item): return not sample", "P008 "},
    {"one branch of two", "def grade(sample, item): return True if sample else 0.5", "P008 "},
};

START_TEST(test_what_is_said_of_a_source)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    struct buf codes = {0};
    char *spec = spec_of(sources[_i].source);
    struct job *job = fixture_job(spec, "{sandbox: 'off'}", &list);
    ck_assert_ptr_nonnull(job);
    enum err_code rc = grader_new(&g, job, &(struct grader_context){0}, &list, &e);
    for (size_t i = 0; i < list.n; i++)
        buf_printf(&codes, "%s ", diag_name(list.at[i].code));
    ck_assert_msg(strcmp(buf_text(&codes), sources[_i].codes) == 0, "%s: %s", sources[_i].name,
                  buf_text(&codes));
    ck_assert_int_eq(rc, list.n_errors ? ERR_JOB : ERR_OK);
    buf_release(&codes);
    grader_free(g);
    job_free(job);
    diags_release(&list);
    free(spec);
}
END_TEST

static const struct {
    const char *source;
    const char *fields;
    bool output_tools;
} readers[] = {
    {"def grade(sample, item): return item['a'] + item.get('b', 1) + item['a']", "a b ", false},
    {"def grade(sample, row): return helper(row['c'])\ndef helper(item): return item['d']", "c ",
     false},
    {"def grade(sample, item): return len(sample['output_tools'])", "", true},
    {"def grade(sample, item): return len(sample['choices'][0]['message']['tool_calls'])", "",
     true},
    {"def grade(sample, item): return sample['output_text'] and item['x']['y']", "x ", false},
};

START_TEST(test_what_a_source_reads)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    struct buf fields = {0};
    struct grader_reads reads;
    char *spec = spec_of(readers[_i].source);
    struct job *job = fixture_job(spec, "{sandbox: 'off'}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_OK);
    grader_reads(g, &reads);
    for (size_t i = 0; i < reads.n; i++) {
        const struct grader_read *r = &reads.at[i];
        buf_printf(&fields, "%s ", r->field);
        ck_assert_int_eq(strncmp(r->text + r->from + 1, r->field, strlen(r->field)), 0);
        ck_assert_str_eq(r->pointer, "/method/reinforcement/grader/source");
    }
    ck_assert_str_eq(buf_text(&fields), readers[_i].fields);
    ck_assert_int_eq(reads.output_tools, readers[_i].output_tools);
    buf_release(&fields);
    grader_free(g);
    job_free(job);
    diags_release(&list);
    free(spec);
}
END_TEST

Suite *python_suite(void)
{
    Suite *suite = suite_create("python");
    TCase *tc = tcase_create("grades");
    tcase_add_loop_test(tc, test_what_a_returned_value_is_worth, 0, COUNT_OF(rows));
    tcase_add_loop_test(tc, test_the_same_in_the_sandbox_if_there_is_one, 0, COUNT_OF(rows));
    tcase_add_test(tc, test_answers_find_their_grades);
    tcase_add_test(tc, test_one_worker_keeps_the_order);
    tcase_add_test(tc, test_a_hang_costs_one_grade);
    tcase_add_test(tc, test_a_grade_that_is_given_up_is_heard_of_no_more);
    tcase_add_test(tc, test_closed_with_grades_under_way);
    tcase_add_test(tc, test_a_row_larger_than_a_pipe);
    tcase_add_test(tc, test_a_row_that_python_cannot_read_is_no_reward);
    tcase_add_test(tc, test_items_are_its_own_each_time);
    tcase_add_test(tc, test_memory_that_others_keep);
    tcase_add_test(tc, test_in_a_multi);
    tcase_add_test(tc, test_begun_where_others_end_in_an_error);
    tcase_add_test(tc, test_no_process_for_a_second_worker);
    tcase_add_test(tc, test_no_process_for_any_worker);
    tcase_add_test(tc, test_what_is_told_of_a_grade);
    suite_add_tcase(suite, tc);
    tc = tcase_create("sources");
    tcase_add_loop_test(tc, test_what_is_said_of_a_source, 0, COUNT_OF(sources));
    tcase_add_loop_test(tc, test_what_a_source_reads, 0, COUNT_OF(readers));
    suite_add_tcase(suite, tc);
    return suite;
}
