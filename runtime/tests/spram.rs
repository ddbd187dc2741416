//! 784-256-10 on an UltraPlus, its first layer's weights in single-port RAM that the host fills at each start; and a
//! smaller network so as the cells that synthesis makes of it, SB_SPRAM256KA among them.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::fold::WeightStyle;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_hdl::arch::Style;
use spikeforge_runtime::built::netlist;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::{cosim, Extent, Tally};
use spikeforge_runtime::inputs::{Coding, Inputs};
use spikeforge_runtime::simulation::{Level, Simulator};
use spikeforge_sim::random::{train, SplitMix64};
use spikeforge_sim::{lockstep, Compare, Fires, Input, Layer, Network, Neurons, Reference, Reset, SignMatrix};

const N_TIMESTEPS: usize = 6;

/// Random weights; thresholds at which about a fifth of the neurons fires on handwritten digits.
fn network() -> Network {
    network_of([784, 256, 10], [40, 20])
}

fn network_of([n_inputs, n_hidden, n_outputs]: [usize; 3], thresholds: [i64; 2]) -> Network {
    let mut random = SplitMix64::new(5);
    let mut layer = |name: &str, n_inputs: usize, n_neurons: usize, threshold: i64| {
        let mut weights = SignMatrix::new(n_neurons, n_inputs);
        for j in 0..n_neurons {
            for i in 0..n_inputs {
                weights.set(j, i, random.below(2) == 1);
            }
        }
        let neurons = Neurons {
            threshold: (0..n_neurons).map(|j| threshold + i64::try_from(j % 7).unwrap()).collect(),
            bias: vec![0; n_neurons],
            beta: vec![1; n_neurons],
            beta_bits: 1,
            fraction_bits: 2,
            membrane_bits: 16,
            synapse: None,
            scaling: vec![],
            scaled_by: spikeforge_sim::ScaledBy::Timestep,
            reset: Reset::Subtract,
            reset_delay: true,
            fires: Fires::Above,
        };
        Layer { name: name.to_owned(), weights, lower: vec![], window: None, recurrent: false, neurons }
    };
    let layers =
        vec![layer("hidden", n_inputs, n_hidden, thresholds[0]), layer("output", n_hidden, n_outputs, thresholds[1])];
    Network::new(Input { shape: vec![u32::try_from(n_inputs).unwrap()] }, layers).unwrap()
}

fn spram_design() -> Design {
    spram_design_of(network())
}

fn spram_design_of(network: Network) -> Design {
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    let hardware = HardwareOptions { weights: WeightStyle::Spram, ..Clock::Oscillator.into() };
    design(quantized, &Board::load("icebreaker").unwrap(), hardware).unwrap()
}

fn images(n: usize) -> Inputs {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist/t10k-images-idx3-ubyte.gz");
    Inputs::read(&path, Some(Coding::Rate { n_timesteps: N_TIMESTEPS }), Some(n)).unwrap()
}

fn compared(compiled: &Compiled, level: Level, n_images: usize) -> Tally {
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut |_| () };
    let mut dut = simulator.open(compiled, level).unwrap();
    let go_on = &mut |_: &Tally| std::ops::ControlFlow::Continue(());
    cosim(&compiled.network, &mut dut, &images(n_images), Extent::default(), go_on).unwrap()
}

#[test]
fn the_verilated_design_is_the_reference() {
    let design = spram_design();
    let styles: Vec<Style> = design.arch.stages.iter().map(|stage| stage.memories.weights).collect();
    assert_eq!(styles[0], Style::Spram);
    assert_ne!(styles[1], Style::Spram);
    let compiled = Compiled::of(&design, "random").unwrap();
    let mut reference = Reference::new(&compiled.network);
    let fired = spikeforge_sim::Device::run(&mut reference, &images(1).train(0)).unwrap();
    assert!(fired.iter().any(|spikes| spikes.any()), "nothing fires: the test compares zeros");
    for level in [Level::Rtl, Level::Board] {
        let tally = compared(&compiled, level, 4);
        assert_eq!(tally.mismatch, None);
        assert_eq!(tally.membranes_compared, 4 * 266 * N_TIMESTEPS as u64);
    }
}

/// Another weight in the reference is found, so the host's writes are what is compared.
#[test]
fn a_planted_fault_is_found() {
    let mut compiled = Compiled::of(&spram_design(), "random").unwrap();
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut |_| () };
    let mut dut = simulator.open(&compiled, Level::Rtl).unwrap();
    let weights = &mut compiled.network.layers[0].weights;
    let pixel = 14 * 28 + 14;
    weights.set(200, pixel, !weights.get(200, pixel));
    let go_on = &mut |_: &Tally| std::ops::ControlFlow::Continue(());
    let tally = cosim(&compiled.network, &mut dut, &images(20), Extent::default(), go_on).unwrap();
    let (_, mismatch) = tally.mismatch.unwrap();
    assert_eq!((mismatch.layer.0, mismatch.neuron), (0, 200));
}

/// After synthesis, behind the serial pins: the host fills the four cells, then every membrane is read back.
#[test]
fn the_cells_are_the_reference() {
    let design = spram_design_of(network_of([60, 33, 7], [9, 6]));
    assert_eq!(design.arch.stages[0].memories.weights, Style::Spram);
    let compiled = Compiled::of(&design, "random").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tools = Tools::from_environment();
    let cells = netlist(folder.path(), &compiled, &tools, &mut |_| ()).unwrap();
    let text = std::fs::read_to_string(cells.join("netlist.v")).unwrap();
    assert!(text.contains("SB_SPRAM256KA"), "no single-port RAM was used");
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut |_| () };
    let mut dut = simulator.open(&compiled, Level::Netlist(&cells)).unwrap();
    let network = &compiled.network;
    let mut n_fired = 0;
    for seed in 0..3 {
        let train = train(seed, network.input.n(), N_TIMESTEPS);
        let compared = lockstep(&mut Reference::new(network), &mut dut, &train, Compare::States).unwrap();
        assert_eq!(compared.mismatch, None, "train {seed}");
        assert_eq!(compared.membranes_compared, 40 * N_TIMESTEPS as u64);
        n_fired += Reference::new(network).run_counts(&train).unwrap().iter().sum::<u32>();
    }
    assert!(n_fired > 0, "nothing fires: the test compares zeros");
}
