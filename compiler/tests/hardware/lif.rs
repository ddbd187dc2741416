//! The steps of the LIF pipeline against their twins, in every reset mode.

use spikeforge_hdl::arch::{Field, Fires, MemoryStyles, NeuronArch, Reset, ScalingArch, StageArch, Style, Synapse};
use spikeforge_hdl::block::lif_steps::{Ahead, Current, Drive, Fire, Leak, Saturate, Scaled};
use spikeforge_hdl::signal::Value;

use super::differential::{check, random_vectors, Ports};

fn stages() -> Vec<StageArch> {
    let mut stages = vec![];
    for (reset, reset_delay) in [(Reset::None, false), (Reset::Zero, false), (Reset::Zero, true), (Reset::Subtract, false), (Reset::Subtract, true), (Reset::SubtractAhead, false)] {
        for (fires, beta, beta_bits, fraction_bits) in [(Fires::Above, 1, 1, 0), (Fires::At, 3687, 12, 5), (Fires::Above, 4096, 12, 3)] {
            stages.push(stage(reset, reset_delay, fires, (beta, beta_bits), fraction_bits));
        }
    }
    stages
}

pub fn stage(reset: Reset, reset_delay: bool, fires: Fires, beta: (i64, u32), fraction_bits: u32) -> StageArch {
    let block = Style::Block;
    StageArch {
        name: "layer0".into(),
        n_inputs: 20,
        n_neurons: 4,
        window: None,
        weight_bits: 1,
        lanes: 1,
        beat: 8,
        skip_zero_beats: false,
        keeps_currents: false,
        recurrent: false,
        neuron: NeuronArch {
            fraction_bits,
            membrane_bits: 9,
            beta_bits: beta.1,
            beta: Field::Constant(beta.0),
            threshold: Field::Stored { bits: 7, shift: 0, signed: false },
            bias: Field::Stored { bits: 8, shift: 0, signed: true },
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

#[test]
fn current_on_every_input() {
    let ports = Ports {
        inputs: vec![("count", 5), ("input_count", 5)],
        outputs: vec![("current", 6)],
        set: |block: &mut Current, values| {
            block.count.next = Value::new(values[0], 5);
            block.input_count.next = Value::new(values[1], 5);
        },
        get: |block| vec![block.current.val().raw()],
        clock: None,
    };
    let vectors: Vec<Vec<u64>> = (0..1024).map(|i| vec![i & 31, i >> 5]).collect();
    check(|| Current::new(&stages()[0]), &ports, &vectors);
}

#[test]
fn current_of_wider_weights() {
    let wider = StageArch { weight_bits: 3, ..stages().remove(0) };
    let bits = u32::try_from(Current::new(&wider).count.val().bits()).unwrap();
    let ports = Ports {
        inputs: vec![("count", bits), ("input_count", bits)],
        outputs: vec![("current", bits + 1)],
        set: |block: &mut Current, values| {
            block.count.next = Value::new(values[0], block.count.width());
            block.input_count.next = Value::new(values[1], block.input_count.width());
        },
        get: |block| vec![block.current.val().raw()],
        clock: None,
    };
    check(|| Current::new(&wider), &ports, &random_vectors(&ports.inputs, 2000, 7));
}

#[test]
fn leak_of_every_membrane() {
    for stage in stages() {
        let ports = Ports {
            inputs: vec![("membrane", 9), ("fired", 1), ("fresh", 1)],
            outputs: vec![("leaked", 0)],
            set: |block: &mut Leak, values| {
                block.membrane.next = Value::new(values[0], 9);
                block.fired.next = values[1] == 1;
                block.fresh.next = values[2] == 1;
            },
            get: |block| vec![block.leaked.val().raw()],
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..2048).map(|i| vec![i & 511, i >> 9 & 1, i >> 10]).collect();
        check(|| Leak::new(&stage), &ports, &vectors);
    }
}

#[test]
fn leak_of_every_synaptic_current() {
    for (stage, decay) in stages().iter().zip([0, 1, 3687].into_iter().cycle()) {
        let synapse = Synapse { decay: decay.min(1 << stage.neuron.beta_bits), decays: vec![], bits: 7 };
        let ports = Ports {
            inputs: vec![("membrane", 7), ("fired", 1), ("fresh", 1)],
            outputs: vec![("leaked", 0)],
            set: |block: &mut Leak, values| {
                block.membrane.next = Value::new(values[0], 7);
                block.fired.next = values[1] == 1;
                block.fresh.next = values[2] == 1;
            },
            get: |block| vec![block.leaked.val().raw()],
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..512).map(|i| vec![i & 127, i >> 7 & 1, i >> 8]).collect();
        let stage = StageArch { neuron: NeuronArch { synapse: Some(synapse.clone()), ..stage.neuron.clone() }, ..stage.clone() };
        check(|| Leak::of_synapse(&stage, &synapse), &ports, &vectors);
    }
}

#[test]
fn drive() {
    for stage in stages() {
        let work = u32::try_from(Drive::new(&stage).bias.val().bits()).unwrap();
        let ports = Ports {
            inputs: vec![("current", 6), ("bias", work)],
            outputs: vec![("drive", work)],
            set: |block: &mut Drive, values| {
                block.current.next = Value::new(values[0], 6);
                block.bias.next = Value::new(values[1], block.bias.width());
            },
            get: |block| vec![block.drive.val().raw()],
            clock: None,
        };
        check(|| Drive::new(&stage), &ports, &random_vectors(&[("current", 6), ("bias", 8)], 1000, 3));
    }
}

#[test]
fn drive_of_a_timestep() {
    let scaling = ScalingArch::holding(vec![(-70, 900), (127, -3000)], None);
    let neuron = NeuronArch { scaling: Some(scaling.clone()), ..stages()[0].neuron.clone() };
    let stage = StageArch { neuron, ..stages().remove(0) };
    let ports = Ports {
        inputs: vec![("current", 6), ("scale", 8), ("bias", 13)],
        outputs: vec![("drive", 0)],
        set: |block: &mut Scaled, values| {
            block.current.next = Value::new(values[0], 6);
            block.scale.next = Value::new(values[1], 8);
            block.bias.next = Value::new(values[2], 13);
        },
        get: |block| vec![block.drive.val().raw()],
        clock: None,
    };
    check(|| Scaled::new(&stage, &scaling), &ports, &random_vectors(&ports.inputs, 5000, 9));
}

#[test]
fn saturation() {
    for stage in stages() {
        let work = u32::try_from(Saturate::new(&stage).integrated.val().bits()).unwrap();
        let ports = Ports {
            inputs: vec![("integrated", work), ("threshold", work), ("fired", 1)],
            outputs: vec![("membrane", 9)],
            set: |block: &mut Saturate, values| {
                block.integrated.next = Value::new(values[0], block.integrated.width());
                block.threshold.next = Value::new(values[1], block.threshold.width());
                block.fired.next = values[2] == 1;
            },
            get: |block| vec![block.membrane.val().raw()],
            clock: None,
        };
        let vectors = random_vectors(&ports.inputs, 3000, 5).into_iter().map(|v| in_range(&v, work)).collect::<Vec<_>>();
        check(|| Saturate::new(&stage), &ports, &vectors);
    }
}

/// As the width proof promises: the difference does not wrap.
fn in_range(vector: &[u64], work: u32) -> Vec<u64> {
    let halved = Value::signed(Value::new(vector[0], work).as_signed() >> 1, work).raw();
    vec![halved, vector[1] & 127, vector[2]]
}

#[test]
fn fire() {
    for stage in stages() {
        let work = u32::try_from(Fire::new(&stage).threshold.val().bits()).unwrap();
        let ports = Ports {
            inputs: vec![("membrane", 9), ("threshold", work), ("lowered", 1)],
            outputs: vec![("fires", 1), ("membrane_next", 9)],
            set: |block: &mut Fire, values| {
                block.membrane.next = Value::new(values[0], 9);
                block.threshold.next = Value::new(values[1], block.threshold.width());
                block.lowered.next = values[2] == 1;
            },
            get: |block| vec![u64::from(block.fires.val()), block.membrane_next.val().raw()],
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..0x1_0000).map(|i| vec![i & 511, i >> 10, i >> 9 & 1]).collect();
        check(|| Fire::new(&stage), &ports, &vectors);
    }
}

#[test]
fn lowered_before_the_comparison() {
    for stage in stages() {
        let work = u32::try_from(Ahead::new(&stage).threshold.val().bits()).unwrap();
        let ports = Ports {
            inputs: vec![("membrane", 9), ("threshold", work), ("fired", 1)],
            outputs: vec![("lowers", 1)],
            set: |block: &mut Ahead, values| {
                block.membrane.next = Value::new(values[0], 9);
                block.threshold.next = Value::new(values[1], block.threshold.width());
                block.fired.next = values[2] == 1;
            },
            get: |block| vec![u64::from(block.lowers.val())],
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..0x1_0000).map(|i| vec![i & 511, i >> 10, i >> 9 & 1]).collect();
        check(|| Ahead::new(&stage), &ports, &vectors);
    }
}
