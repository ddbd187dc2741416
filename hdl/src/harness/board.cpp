// A simulated board: the Verilated top with its pins, standard input and output at the far end of its UART.
// Output is chunks of [kind][length, 32 bit little endian][bytes]: 'H' bytes from the board, 'C' cycles so far.
// As on a real board the clock never stops: without input it runs on at SPIKEFORGE_IDLE_CYCLES a millisecond.
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <vector>
#include "Vspikeforge_top.h"
#include "verilated.h"
#ifdef SPIKEFORGE_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

const int kDivisor = SPIKEFORGE_DIVISOR;
// A host that is given an answer needs a moment to speak again; after that the clock slows down.
const uint64_t kPatience = 200000;

void write_all(const uint8_t* bytes, size_t count) {
    while (count > 0) {
        const ssize_t written = write(1, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) _exit(3);
        bytes += written;
        count -= static_cast<size_t>(written);
    }
}

void write_chunk(uint8_t kind, const std::vector<uint8_t>& bytes) {
    uint8_t header[5] = {kind};
    for (int i = 0; i < 4; ++i) header[1 + i] = static_cast<uint8_t>(bytes.size() >> (8 * i));
    write_all(header, sizeof header);
    write_all(bytes.data(), bytes.size());
}

// Drives a line: start bit, eight bits, stop bit.
struct Transmitter {
    uint16_t frame = 0;
    int bits = 0, countdown = 0;

    bool idle() const { return bits == 0; }
    void start(uint8_t byte) {
        frame = static_cast<uint16_t>(0x200 | (byte << 1));
        bits = 10;
        countdown = kDivisor;
    }
    bool level() const { return bits == 0 || (frame & 1); }
    void cycle() {
        if (bits == 0 || --countdown > 0) return;
        frame >>= 1;
        --bits;
        countdown = kDivisor;
    }
};

// Listens to a line, sampling in the middle of each bit.
struct Receiver {
    int bits = 0, countdown = 0;
    uint8_t byte = 0;

    // True when a byte is complete.
    bool cycle(bool level) {
        if (bits == 0) {
            if (!level) { bits = 10; countdown = kDivisor / 2; }
            return false;
        }
        if (--countdown > 0) return false;
        countdown = kDivisor;
        if (--bits == 9) { if (level) bits = 0; return false; }
        if (bits > 0) { byte = static_cast<uint8_t>((byte >> 1) | (level ? 0x80 : 0)); return false; }
        return level;
    }
};

struct Input {
    uint8_t bytes[1 << 16];
    size_t next = 0, end = 0;
    bool closed = false;

    bool empty() const { return next == end; }
    void poll_for(int milliseconds) {
        pollfd ready = {0, POLLIN, 0};
        if (poll(&ready, 1, milliseconds) <= 0) return;
        const ssize_t count = read(0, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) return;
        next = 0;
        end = count > 0 ? static_cast<size_t>(count) : 0;
        closed = count <= 0;
    }
};

}  // namespace

int main(int argc, char** argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
#ifdef SPIKEFORGE_TRACE
    context.traceEverOn(true);
#endif
    Vspikeforge_top dut(&context);
#ifdef SPIKEFORGE_TRACE
    VerilatedFstC trace;
    const char* path = std::getenv("SPIKEFORGE_TRACE_FILE");
    if (path) { dut.trace(&trace, 99); trace.open(path); }
    const char* from = std::getenv("SPIKEFORGE_TRACE_FROM");
    const uint64_t trace_from = from ? std::strtoull(from, nullptr, 10) : 0;
#endif
    Input input;
    Transmitter to_board;
    Receiver from_board;
    std::vector<uint8_t> answer;
    uint64_t cycles = 0, quiet = 0;
    while (!input.closed) {
        if (to_board.idle() && !input.empty()) to_board.start(input.bytes[input.next++]);
        dut.uart_rx = to_board.level();
        dut.clock = 0;
        dut.eval();
#ifdef SPIKEFORGE_TRACE
        if (path && cycles >= trace_from) trace.dump(cycles * 2);
#endif
        const bool line = dut.uart_tx;
        dut.clock = 1;
        dut.eval();
#ifdef SPIKEFORGE_TRACE
        if (path && cycles >= trace_from) trace.dump(cycles * 2 + 1);
#endif
        ++cycles;
        to_board.cycle();
        const bool listening = from_board.bits != 0;
        if (from_board.cycle(line)) answer.push_back(from_board.byte);
        quiet = to_board.idle() && !listening ? quiet + 1 : 0;
        if (cycles % SPIKEFORGE_IDLE_CYCLES != 0) continue;
        if (!answer.empty()) { write_chunk('H', answer); answer.clear(); }
        if (input.empty()) input.poll_for(quiet > kPatience ? 1 : 0);
    }
    std::vector<uint8_t> count;
    for (int i = 0; i < 8; ++i) count.push_back(static_cast<uint8_t>(cycles >> (8 * i)));
    write_chunk('C', count);
#ifdef SPIKEFORGE_TRACE
    if (path) trace.close();
#endif
    dut.final();
    return 0;
}
