// Sends bytes to the serial port of the top module and prints, as one line a byte, what comes
// back, then a hash of the outputs at every cycle.
#include <cstdint>
#include <cstdio>
#include "Vspikeforge_top.h"
#include "verilated.h"

static const int CYCLES_A_BIT = 12;

int main(int argc, char** argv) {
    Verilated::commandArgs(argc, argv);
    Vspikeforge_top top;
    uint64_t hash = 14695981039346656037ull, cycles = 0;
    int back_bit = -1, back_wait = 0, back = 0;
    auto cycle = [&](int rx) {
        top.uart_rx = rx;
        top.clock = 0;
        top.eval();
        hash = (hash ^ (top.uart_tx | top.led << 1)) * 1099511628211ull;
        if (back_bit < 0 && !top.uart_tx) { back_bit = 0; back_wait = CYCLES_A_BIT + CYCLES_A_BIT / 2; back = 0; }
        else if (back_bit >= 0 && --back_wait == 0) {
            if (back_bit == 8) { std::printf("%02x\n", back); back_bit = -1; }
            else { back |= top.uart_tx << back_bit++; back_wait = CYCLES_A_BIT; }
        }
        top.clock = 1;
        top.eval();
        cycles++;
    };
    // Cells that need some time after power up get it.
    for (int i = 0; i < 50; i++) cycle(1);
    uint32_t random = 1;
    for (int n = 0; n < 600; n++) {
        random = random * 1664525u + 1013904223u;
        int byte = n < 256 ? n : (random >> 24) & 0x1f;
        for (int bit = -1; bit < 9; bit++)
            for (int i = 0; i < CYCLES_A_BIT; i++) cycle(bit < 0 ? 0 : bit < 8 ? byte >> bit & 1 : 1);
        for (int i = 0; i < CYCLES_A_BIT * 2; i++) cycle(1);
    }
    for (int i = 0; i < CYCLES_A_BIT * 12; i++) cycle(1);
    std::printf("%llu cycles, hash %016llx\n", (unsigned long long)cycles, (unsigned long long)hash);
}
