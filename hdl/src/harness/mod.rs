//! The main programs that run a simulated design as a process, made for one design.

use crate::arch::{Arch, StageArch};
use crate::protocol::StateMap;

const ACCELERATOR: &str = include_str!("accelerator.cpp");
const BOARD: &str = include_str!("board.cpp");
const TESTBENCH: &str = include_str!("testbench.v");

/// Cycles between two looks at the input of a simulated board.
const IDLE_CYCLES: usize = 1000;

/// For [`Emitted::accelerator`](crate::emit::Emitted): host port and taps on the process's pipes.
pub fn accelerator(arch: &Arch) -> String {
    let taps: String = (arch.host_map().layers.iter().enumerate()).map(|(layer, map)| tap(layer, map)).collect();
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
    for (index, layers) in arch.turns().enumerate() {
        let stage = StageArch::serving(layers);
        let (neuron, membrane) = (stage.neuron_index_bits() - 1, stage.neuron.membrane_bits - 1);
        wires += &format!("    wire tap_valid_{index}, tap_fired_{index};\n");
        wires += &format!("    wire [{neuron}:0] tap_neuron_{index};\n    wire signed [{membrane}:0] tap_membrane_{index};\n");
        for port in ["valid", "neuron", "membrane", "fired"] {
            ports += &format!(",\n        .tap_{port}${index}(tap_{port}_{index})");
        }
    }
    for (layer, map) in arch.host_map().layers.iter().enumerate() {
        let (stage, first, end) = (map.stage, map.first_neuron, map.first_neuron + map.n_neurons);
        taps += &format!(
            "            if (tap_valid_{stage} === 1'b1 && !(tap_neuron_{stage} < {first} || tap_neuron_{stage} >= {end})) tap({{tap_fired_{stage}, 31'd{layer}}}, tap_neuron_{stage} - {first}, tap_membrane_{stage});\n"
        );
    }
    TESTBENCH
        .replace("SPIKEFORGE_WIRES\n", &wires)
        .replace("SPIKEFORGE_PORTS", &ports)
        .replace("SPIKEFORGE_TAPS\n", &taps)
}

/// Layers that take turns share a stage's tap, and are told apart by the neuron.
fn tap(layer: usize, map: &StateMap) -> String {
    let (stage, first, n_neurons, unused) = (map.stage, map.first_neuron, map.n_neurons, 32 - map.membrane_bits);
    format!(
        "if (dut.tap_valid__024{stage} && dut.tap_neuron__024{stage} - {first}u < {n_neurons}u) {{ \
         tap.add({layer}u | (dut.tap_fired__024{stage} ? 0x80000000u : 0u)); \
         tap.add(dut.tap_neuron__024{stage} - {first}u); \
         tap.add(static_cast<uint32_t>(static_cast<int32_t>(dut.tap_membrane__024{stage} << {unused}) >> {unused})); \
         tap.add(static_cast<uint32_t>(cycles)); }} "
    )
}
