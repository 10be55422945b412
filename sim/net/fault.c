#include "sim/net/fault.h"

static const struct {
    const char *name;
    const char *words;
} rows[] = {
#define X(name, id, words) [NET_##name] = {id, words},
    NET_FAULTS(X)
#undef X
};

const char *net_fault_name(enum net_fault fault)
{
    return rows[fault].name;
}

const char *net_fault_words(enum net_fault fault)
{
    return rows[fault].words;
}
