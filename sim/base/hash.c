#include "sim/base/hash.h"

#include <string.h>

static uint64_t stir(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t hash_bytes(const char *text, size_t len)
{
    uint64_t hash = len;
    uint64_t word = 0;
    size_t i = 0;
    for (; len - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, text + i, sizeof(word));
        hash = stir(hash, word);
    }
    word = 0;
    memcpy(&word, text + i, len - i);
    return stir(hash, word);
}
