/* libFuzzer: any bytes as what a partial fold unpacks to, through reading and merging. */
#include "model/facts/facts_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct facts *read = facts_new(), *whole = facts_new();
    struct wire wire = wire_reader(read->arena, data, size);
    facts_wire(&wire, read);
    if (wire_good(&wire))
        facts_merge(whole, read);
    facts_free(read);
    facts_free(whole);
    return 0;
}
