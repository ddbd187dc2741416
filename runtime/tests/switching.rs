//! Changes of wires of a small network's cells, counted in a waveform.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::reports::Part;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::built::accelerator_netlist;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::inputs::{write_spikes, Inputs};
use spikeforge_runtime::switching::{count_in, Counted};
use spikeforge_sim::random::{network_within, Bounds};
use spikeforge_sim::Spikes;

/// A crossbar that meets spikes changes more wires than one that meets none.
#[test]
fn spikes_switch_and_silence_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds { max_layers: 1, max_size: 24, max_fraction_bits: 2 };
    let is_asked = |network: &spikeforge_sim::Network| network.input.n() > 16 && network.layers[0].weights.n_neurons() > 4;
    let network = (0..).map(|seed| network_within(bounds, seed)).find(is_asked).unwrap();
    let n = network.input.n();
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    let compiled = Compiled::of(&design(quantized, &Board::load("hx8k-breakout").unwrap(), Clock::Oscillator).unwrap(), "random").unwrap();
    let tools = Tools::from_environment();
    let cells = accelerator_netlist(folder.path(), &compiled, &tools, &mut |_| ()).unwrap();
    let counted = |name: &str, spike: fn(usize) -> bool| -> Counted {
        let path = folder.path().join(name);
        let train: Vec<Spikes> = (0..4).map(|t| (0..n).map(|i| spike(t * n + i)).collect()).collect();
        write_spikes(&path, &[train], n).unwrap();
        let inputs = Inputs::read(&path, None, None).unwrap();
        count_in(&cells, &compiled, &inputs, &tools, &mut |_| (), || ControlFlow::Continue(())).unwrap()
    };
    let (silent, busy) = (counted("silent.npy", |_| false), counted("busy.npy", |i| i * i % 7 < 3));
    let crossbar = |counted: &Counted| counted.blocks[&(Some(0), Part::Crossbar)];
    assert!(busy.seen * 100 > busy.wires * 95, "{} of {} wires", busy.seen, busy.wires);
    assert!(crossbar(&busy).0 + crossbar(&busy).1 > 2 * (crossbar(&silent).0 + crossbar(&silent).1), "{busy:?} {silent:?}");
    assert_eq!(busy.all.logic, busy.blocks.values().map(|(logic, _)| logic).sum::<u64>());
}
