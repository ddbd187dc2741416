//! The main programs that run a simulated design as a process, made for one design.

use crate::arch::Arch;

const ACCELERATOR: &str = include_str!("accelerator.cpp");
const BOARD: &str = include_str!("board.cpp");
const TESTBENCH: &str = include_str!("testbench.v");

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

/// The module `testbench`: as [`accelerator`], in Verilog for a second simulator. Its input comes in packets, each
/// behind its length.
pub fn testbench(arch: &Arch) -> String {
    let (mut wires, mut ports, mut taps) = (String::new(), String::new(), String::new());
    for (layer, stage) in arch.stages.iter().enumerate() {
        let (neuron, membrane) = (stage.neuron_index_bits() - 1, stage.neuron.membrane_bits - 1);
        wires += &format!("    wire tap_valid_{layer}, tap_fired_{layer};\n");
        wires += &format!("    wire [{neuron}:0] tap_neuron_{layer};\n    wire signed [{membrane}:0] tap_membrane_{layer};\n");
        for port in ["valid", "neuron", "membrane", "fired"] {
            ports += &format!(",\n        .tap_{port}${layer}(tap_{port}_{layer})");
        }
        taps += &format!(
            "            if (tap_valid_{layer} === 1'b1) tap({{tap_fired_{layer}, 31'd{layer}}}, tap_neuron_{layer}, tap_membrane_{layer});\n"
        );
    }
    TESTBENCH
        .replace("SPIKEFORGE_WIRES\n", &wires)
        .replace("SPIKEFORGE_PORTS", &ports)
        .replace("SPIKEFORGE_TAPS\n", &taps)
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
