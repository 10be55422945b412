/* What the files of the store share: nobody else includes it. */
#ifndef SIM_STORE_INSIDE_H
#define SIM_STORE_INSIDE_H

#define ZLIB_CONST
#include <zlib.h>

#include "sim/store/rows.h"
#include "sim/store/store.h"
#include "sim/store/writer.h"

enum {
    BODY_PACKED_FROM = 512,   /* bytes of a text that is compressed */
    BODY_KEPT_BYTES = 65536,  /* of a longer one no more is kept */
    ROLLOUT_NUMBER_BITS = 32, /* id = wave << 32 | number */
};

/* Of an engine thread: what it makes a rollout's rows with, used again and again. */
struct scribe {
    struct rows rows;
    struct buf text;   /* masked */
    struct buf packed; /* compressed */
    z_stream zip;
    bool zips; /* it is ready */
};

/* A text that recalled rollouts borrow. */
struct kept_text {
    struct kept_text *next;
    char text[];
};

struct store {
    char *path;    /* owned; of run.db */
    int lock;      /* descriptor of run.lock; -1 if it has none */
    sqlite3 *db;   /* owned; the writer's once it was started */
    sqlite3 *read; /* owned; the caller's own, once it was started */
    struct store_head head;
    struct writer *writer;
    struct scribe *scribes; /* owned; one an engine thread */
    size_t n_scribes;
    struct rows rows; /* the caller's own */
    size_t n_graders; /* the whole and its parts */
    int64_t process;
    int64_t wave;           /* id of the wave at hand */
    int64_t wave_past;      /* ns of it before this process */
    int64_t n_waves;        /* so far */
    struct kept_text *kept; /* owned */
};

const char *store_phase(enum wave_phase phase);
void store_add_masked(struct store *s, const char *text); /* to s->rows; NULL is a null */
uint64_t store_digest(uint64_t h, const struct row *row); /* of a file's rows, one after another */

/* identity.c: the rows that say what the run is, in the transaction that is open. */
NODISCARD enum err_code store_identify(struct store *s, const struct store_run *run, struct err *e);
NODISCARD enum err_code store_read_head(struct store *s, struct err *e);

/* recall.c: put what is recorded of wave `id` into `w`. */
NODISCARD enum err_code store_recall(struct store *s, struct wave *w, int64_t id, struct err *e);

void scribe_release(struct scribe *x);

#endif
