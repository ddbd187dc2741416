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
    let taps: String = taps_of(arch).iter().map(Tap::record).collect();
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
    let (mut wires, mut ports) = (String::new(), String::new());
    for (index, layers) in arch.turns().enumerate() {
        let stage = StageArch::serving(layers);
        let neuron = stage.of_pipeline().neuron_index_bits();
        let words = |n: usize| stage.neuron.membrane_bits * u32::try_from(n).unwrap_or(2);
        let (low, above) = (words(stage.pipelines.min(2)), words(stage.pipelines.saturating_sub(2)).max(1));
        wires += &format!("    wire tap_valid_{index};\n    wire [{}:0] tap_fired_{index};\n    wire [{}:0] tap_neuron_{index};\n", stage.pipelines - 1, neuron - 1);
        wires += &format!("    wire [{}:0] tap_membrane_{index};\n    wire [{}:0] tap_above_{index};\n", low - 1, above - 1);
        let above = if arch.learning.is_none() { Some("above") } else { None };
        for port in ["valid", "neuron", "membrane", "fired"].into_iter().chain(above) {
            ports += &format!(",\n        .tap_{port}${index}(tap_{port}_{index})");
        }
    }
    let taps: String = taps_of(arch).iter().map(Tap::statement).collect();
    TESTBENCH
        .replace("SPIKEFORGE_WIRES\n", &wires)
        .replace("SPIKEFORGE_PORTS", &ports)
        .replace("SPIKEFORGE_TAPS\n", &taps)
}

/// What shows the neurons of a layer that a pipeline has. Layers that take turns share a stage's, and are told apart by the
/// neuron.
struct Tap {
    layer: usize,
    map: StateMap,
    pipeline: usize,
    pipelines: usize,
}

fn taps_of(arch: &Arch) -> Vec<Tap> {
    let pipelines: Vec<usize> = arch.turns().map(|layers| layers[0].pipelines).collect();
    let of_layer = |(layer, map): (usize, StateMap)| {
        let pipelines = pipelines.get(usize::from(map.stage)).copied().unwrap_or(1);
        (0..pipelines).map(move |pipeline| Tap { layer, map: map.clone(), pipeline, pipelines })
    };
    arch.host_map().layers.into_iter().enumerate().flat_map(of_layer).collect()
}

impl Tap {
    /// The signal that has the membrane, and its lowest bit there.
    fn place(&self) -> (&'static str, u32) {
        let offset = self.map.membrane_bits * u32::from(self.pipeline % 2 == 1);
        (if self.pipeline < 2 { "membrane" } else { "above" }, offset)
    }

    fn record(&self) -> String {
        let Tap { layer, map, pipeline, pipelines } = self;
        let (stage, first, n_neurons, unused) = (map.stage, map.first_neuron, map.n_neurons, 32 - map.membrane_bits);
        let (signal, offset) = self.place();
        let neuron = format!("dut.tap_neuron__024{stage} * {pipelines}u + {pipeline}u - {first}u");
        format!(
            "if (dut.tap_valid__024{stage} && {neuron} < {n_neurons}u) {{ \
             tap.add({layer}u | (dut.tap_fired__024{stage} >> {pipeline} & 1 ? 0x80000000u : 0u)); \
             tap.add({neuron}); \
             tap.add(static_cast<uint32_t>(static_cast<int32_t>(static_cast<uint32_t>(dut.tap_{signal}__024{stage} >> {offset}) << {unused}) >> {unused})); \
             tap.add(static_cast<uint32_t>(cycles)); }} "
        )
    }

    fn statement(&self) -> String {
        let Tap { layer, map, pipeline, pipelines } = self;
        let (stage, first, end, bits) = (map.stage, map.first_neuron, map.first_neuron + map.n_neurons, map.membrane_bits);
        let (signal, offset) = self.place();
        let neuron = format!("tap_neuron_{stage} * {pipelines} + {pipeline}");
        format!(
            "            if (tap_valid_{stage} === 1'b1 && !({neuron} < {first} || {neuron} >= {end})) \
             tap({{tap_fired_{stage}[{pipeline}], 31'd{layer}}}, {neuron} - {first}, $signed(tap_{signal}_{stage}[{offset} +: {bits}]));\n"
        )
    }
}
