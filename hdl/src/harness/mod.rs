//! The C++ main programs that run a Verilated design as a process, made for one design.

use crate::arch::Arch;

const ACCELERATOR: &str = include_str!("accelerator.cpp");
const BOARD: &str = include_str!("board.cpp");

/// Cycles between two looks at the input of a simulated board.
const IDLE_CYCLES: usize = 1000;

/// For [`Emitted::accelerator`](crate::emit::Emitted): host port and taps on the process's pipes.
pub fn accelerator(arch: &Arch) -> String {
    let taps: String = (0..arch.stages.len()).map(|layer| tap(arch, layer)).collect();
    ACCELERATOR.replace("SPIKEFORGE_TAPS", &taps)
}

/// For [`Emitted::top`](crate::emit::Emitted), and any netlist of it: the process's pipes at its UART.
pub fn board(uart_divisor: usize) -> String {
    BOARD
        .replace("SPIKEFORGE_DIVISOR", &uart_divisor.to_string())
        .replace("SPIKEFORGE_IDLE_CYCLES", &IDLE_CYCLES.to_string())
}

fn tap(arch: &Arch, layer: usize) -> String {
    let unused = 32 - arch.stages[layer].neuron.membrane_bits;
    format!(
        "if (dut.tap_valid__024{layer}) {{ \
         tap.add({layer}u | (dut.tap_fired__024{layer} ? 0x80000000u : 0u)); \
         tap.add(dut.tap_neuron__024{layer}); \
         tap.add(static_cast<uint32_t>(static_cast<int32_t>(dut.tap_membrane__024{layer} << {unused}) >> {unused})); \
         tap.add(static_cast<uint32_t>(cycles)); }} "
    )
}
