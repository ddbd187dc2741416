//! The blocks that are proved, as Verilog.

use rust_hdl_core::prelude::Block;
use spikeforge_hdl::arch::{Field, Fires, MemoryStyles, NeuronArch, Reset, StageArch, Style};
use spikeforge_hdl::block::lif_steps::{Ahead, Current, Drive, Fire, Leak, Saturate};

/// The module `name` and its text.
pub fn one(block: impl Block, name: &'static str) -> (&'static str, String) {
    (name, spikeforge_hdl::emit::verilog(block, name).unwrap().text)
}

/// Every reset, at once and late, both comparisons, leaks from none to half. A leak of 12 bits takes z3 minutes; the
/// exhaustive test of the block has it.
pub fn lif_stages() -> Vec<StageArch> {
    let resets = [
        (Reset::None, false),
        (Reset::Zero, false),
        (Reset::Zero, true),
        (Reset::Subtract, false),
        (Reset::Subtract, true),
        (Reset::SubtractAhead, false),
        (Reset::SubtractAhead, false),
    ];
    let arithmetic = [(Fires::At, 29, 5, 5), (Fires::Above, 4096, 12, 3), (Fires::Above, 1, 1, 0)];
    let all = resets.into_iter().enumerate();
    all.map(|(at, reset)| stage(reset, arithmetic[at % arithmetic.len()])).collect()
}

fn stage((reset, reset_delay): (Reset, bool), (fires, beta, beta_bits, fraction_bits): (Fires, i64, u32, u32)) -> StageArch {
    let block = Style::Block;
    StageArch {
        name: "layer0".into(),
        n_inputs: 20,
        n_neurons: 4,
        weight_bits: 1,
        lanes: 1,
        beat: 8,
        skip_zero_beats: false,
        keeps_currents: false,
        recurrent: false,
        window: None,
        neuron: NeuronArch {
            fraction_bits,
            membrane_bits: 9,
            beta_bits,
            beta: Field::Constant(beta),
            // Of one bit more than the property lets them have.
            threshold: Field::Stored { bits: 8, shift: 0, signed: false },
            bias: Field::Stored { bits: 9, shift: 0, signed: true },
            reset,
            reset_delay,
            fires,
            synapse: None,
            scaling: None,
        },
        memories: MemoryStyles { spikes: block, weights: block, state: block, parameters: block, tables: block, registered: false },
        shared: false,
        banks: 2,
        pipelines: 1,
    }
}

pub fn lif_steps(stage: &StageArch) -> Vec<(&'static str, String)> {
    vec![
        one(Current::new(stage), "current_step"),
        one(Leak::new(stage), "leak_step"),
        one(Drive::new(stage), "drive_step"),
        one(Ahead::new(stage), "ahead_step"),
        one(Saturate::new(stage), "saturate_step"),
        one(Fire::new(stage), "fire_step"),
    ]
}

/// What `formal/lif_update.sv` and `formal/saturate.sv` ask for.
pub fn lif_defines(stage: &StageArch) -> Vec<(&'static str, i64)> {
    let neuron = &stage.neuron;
    let Field::Constant(beta) = neuron.beta else { panic!("a constant leak") };
    let reset = match neuron.reset {
        Reset::None => 0,
        Reset::Zero => 1,
        Reset::Subtract => 2,
        Reset::SubtractAhead => 3,
    };
    vec![
        ("WORK", i64::try_from(Drive::new(stage).drive.width()).unwrap()),
        ("MEMBRANE", i64::from(neuron.membrane_bits)),
        ("COUNT", 5),
        ("INPUTS", 20),
        ("FRACTION", i64::from(neuron.fraction_bits)),
        ("BETA", beta),
        ("BETA_BITS", i64::from(neuron.beta_bits)),
        ("RESET", reset),
        ("DELAY", i64::from(neuron.reset_delay)),
        ("AT", i64::from(neuron.fires == Fires::At)),
    ]
}
