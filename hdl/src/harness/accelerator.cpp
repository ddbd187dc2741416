// Runs the Verilated accelerator as a process: standard input carries the host port's bytes in, standard
// output chunks of [kind][length, 32 bit little endian][bytes]:
//   'H' bytes out of the host port
//   'T' tap records of 16 bytes: layer (bit 31: fired), neuron, membrane, cycle      (with --taps)
//   'C' cycles so far, 64 bit, before each wait for input
// The clock runs only while there is something to do.
// --pressure SEED makes the host slow at random: bytes in come with gaps, bytes out are taken after a while.
// With SPIKEFORGE_IN_PROCESS there is no main: the session of a program that this is compiled into gets and takes the same bytes.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>
#include "Vspikeforge_accelerator.h"
#include "verilated.h"
#ifdef SPIKEFORGE_IN_PROCESS
#include "verilated_vcd_c.h"
using Trace = VerilatedVcdC;
#elif defined(SPIKEFORGE_TRACE)
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#else
class Trace;
#endif

namespace {

#ifdef SPIKEFORGE_IN_PROCESS
// What goes out since it was last taken.
std::vector<uint8_t> written;

void write_all(const uint8_t* bytes, size_t count) { written.insert(written.end(), bytes, bytes + count); }
#else
void write_all(const uint8_t* bytes, size_t count) {
    while (count > 0) {
        const ssize_t written = write(1, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) _exit(3);
        bytes += written;
        count -= static_cast<size_t>(written);
    }
}
#endif

class Chunk {
public:
    explicit Chunk(uint8_t kind) : kind_(kind) {}

    void add(uint32_t word) {
        for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<uint8_t>(word >> shift));
    }
    void add_byte(uint8_t byte) { bytes_.push_back(byte); }
    size_t size() const { return bytes_.size(); }

    void flush() {
        if (bytes_.empty()) return;
        uint8_t header[5] = {kind_};
        for (int i = 0; i < 4; ++i) header[1 + i] = static_cast<uint8_t>(bytes_.size() >> (8 * i));
        write_all(header, sizeof header);
        write_all(bytes_.data(), bytes_.size());
        bytes_.clear();
    }

private:
    uint8_t kind_;
    std::vector<uint8_t> bytes_;
};

// Bytes on their way into the host port.
struct Input {
    const uint8_t *next = nullptr, *end = nullptr;

    bool empty() const { return next == end; }
};

// A host that hesitates in spells of random density; seed 0 never does.
class Pressure {
public:
    explicit Pressure(uint64_t seed) : state_(seed) {}

    bool hesitates() {
        if (state_ == 0) return false;
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        if ((state_ >> 20) % 64 == 0) density_ = (state_ >> 40) % 9;
        return (state_ >> 50) % 9 < density_;
    }

private:
    uint64_t state_, density_ = 4;
};

const size_t kFlushAt = 1 << 16;

class Session {
public:
    Session(VerilatedContext& context, bool shows_taps, uint64_t seed) : dut(&context), taps(shows_taps), pressure(seed) { dut.in_lost = 0; }
    ~Session() { dut.final(); }

    // The waveform, from a cycle on.
    void trace_into(Trace* file, uint64_t from) { trace = file; trace_from = from; }

    // Clocks until the input is used up and the design rests.
    void run(Input input) {
        do {
            cycle(input);
            if (tap.size() >= kFlushAt) tap.flush();
            if (host.size() >= kFlushAt) host.flush();
        } while (!input.empty() || dut.computing);
        tap.flush();
        host.flush();
        cycles_chunk.add(static_cast<uint32_t>(cycles));
        cycles_chunk.add(static_cast<uint32_t>(cycles >> 32));
        cycles_chunk.flush();
    }

    Vspikeforge_accelerator dut;

private:
    void cycle(Input& input) {
        // A byte that was offered and not taken stays.
        dut.in_valid = !input.empty() && (waits || !pressure.hesitates());
        dut.out_ready = !pressure.hesitates();
        if (!input.empty()) dut.in_byte = *input.next;
        dut.clock = 0;
        dut.eval();
        dump(0);
        // What the design shows just before the edge is what the edge acts on.
        waits = dut.in_valid && !dut.in_ready;
        if (dut.in_valid && dut.in_ready) ++input.next;
        if (dut.out_valid && dut.out_ready) host.add_byte(dut.out_byte);
        if (taps) { SPIKEFORGE_TAPS }
        dut.clock = 1;
        dut.eval();
        dump(1);
        ++cycles;
    }

    void dump(uint64_t half) {
#ifdef SPIKEFORGE_TRACE
        if (trace && cycles >= trace_from) trace->dump(cycles * 2 + half);
#endif
    }

    uint64_t cycles = 0;
    Chunk host{'H'}, tap{'T'}, cycles_chunk{'C'};
    const bool taps;
    // A byte was offered and not taken.
    bool waits = false;
    Pressure pressure;
    Trace* trace = nullptr;
    uint64_t trace_from = 0;
};

}  // namespace

#ifndef SPIKEFORGE_IN_PROCESS
// The place of the flag among the arguments, or 0.
int find_flag(int argc, char** argv, const char* flag) {
    for (int i = 1; i < argc; ++i)
        if (std::strcmp(argv[i], flag) == 0) return i;
    return 0;
}

int main(int argc, char** argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    const int at = find_flag(argc, argv, "--pressure");
    const uint64_t pressure = at != 0 && at + 1 < argc ? std::strtoull(argv[at + 1], nullptr, 10) : 0;
#ifdef SPIKEFORGE_TRACE
    context.traceEverOn(true);
#endif
    Session session(context, find_flag(argc, argv, "--taps") != 0, pressure);
#ifdef SPIKEFORGE_TRACE
    VerilatedFstC trace;
    const char* path = std::getenv("SPIKEFORGE_TRACE_FILE");
    const char* from = std::getenv("SPIKEFORGE_TRACE_FROM");
    if (path) {
        session.dut.trace(&trace, 99);
        trace.open(path);
        session.trace_into(&trace, from ? std::strtoull(from, nullptr, 10) : 0);
    }
#endif
    static uint8_t bytes[1 << 16];
    ssize_t count = 0;
    do {
        session.run({bytes, bytes + count});
        do count = read(0, bytes, sizeof bytes); while (count < 0 && errno == EINTR);
    } while (count > 0);
#ifdef SPIKEFORGE_TRACE
    if (path) trace.close();
#endif
    return 0;
}
#endif
