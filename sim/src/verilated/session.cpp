// The session of the bundle's accelerator.cpp as functions of C, and the part of Verilator's runtime that the crate verilated
// leaves out.
#include "verilated_threads.cpp"
#include "accelerator.cpp"

extern "C" {

// Reset as the crate's set_rand_reset says, random values from the seed.
void* spikeforge_new(int seed) {
    VerilatedContext* context = Verilated::threadContextp();
    context->randSeed(seed);
#ifdef SPIKEFORGE_TRACE
    context->traceEverOn(true);
#endif
    return new Session(*context, true, 0);
}

void spikeforge_delete(void* session) { delete static_cast<Session*>(session); }

// Runs on the bytes until the design rests; the chunks that it wrote stand until the next call.
const uint8_t* spikeforge_run(void* session, const uint8_t* bytes, size_t count, size_t* n_written) {
    written.clear();
    static_cast<Session*>(session)->run({bytes, bytes + count});
    *n_written = written.size();
    return written.data();
}

// False where the model was Verilated without --trace.
bool spikeforge_trace(void* session, VerilatedVcdC* file) {
#ifdef SPIKEFORGE_TRACE
    static_cast<Session*>(session)->dut.trace(file, 99);
    static_cast<Session*>(session)->trace_into(file, 0);
    return true;
#else
    return false;
#endif
}
}
