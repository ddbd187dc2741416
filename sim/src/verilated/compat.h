// What the crate verilated 0.1.2 asks of Verilator's runtime and Verilator 5 no longer has; included before each of its files
// by CXXFLAGS (scripts/verilated.sh). Tested with Verilator 5.006.
#ifndef SPIKEFORGE_COMPAT_H
#define SPIKEFORGE_COMPAT_H
#ifdef __cplusplus
#include "verilated.h"
#include "verilated_vcd_c.h"

typedef void (*VerilatedVoidCb)();

// Callbacks take a pointer since 4.038; the crate's take none.
inline void spikeforge_call_back(void* callback) { reinterpret_cast<VerilatedVoidCb>(callback)(); }
#define flushCb(callback) addFlushCb(spikeforge_call_back, reinterpret_cast<void*>(callback))

#define rolloverMB(megabytes) rolloverSize((megabytes) * 1024 * 1024)
#endif
#endif
