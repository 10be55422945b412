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

bool net_fault_is_unreached(enum net_fault fault)
{
    return fault >= NET_DNS && fault <= NET_TLS;
}

const char *net_fault_words(enum net_fault fault)
{
    return rows[fault].words;
}
