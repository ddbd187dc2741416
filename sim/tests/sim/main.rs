//! The reference against its definition, case by case and on random networks.

#![allow(clippy::unwrap_used)]

mod by_hand;
mod coding;
mod errors;
mod lockstep;
mod naive;
mod plasticity;
mod ranges;
mod text;
mod windows;

use spikeforge_sim::random::Bounds;
use spikeforge_sim::{Fires, Input, Layer, Network, Neurons, Reset, SignMatrix};

/// A network of one neuron with weights +1 and unit steps: no fraction, no bias, a membrane of 8 bits.
fn one_neuron(n_inputs: usize, change: impl FnOnce(&mut Neurons)) -> Network {
    let mut neurons = Neurons {
        fraction_bits: 0,
        beta_bits: 1,
        beta: vec![2],
        threshold: vec![2],
        bias: vec![0],
        reset: Reset::Subtract,
        reset_delay: false,
        fires: Fires::At,
        membrane_bits: 8,
        synapse: None,
        scaling: vec![],
        scaled_by: spikeforge_sim::ScaledBy::Timestep,
    };
    change(&mut neurons);
    let weights = SignMatrix::from_rows(&[vec![true; n_inputs]]).unwrap();
    let shape = vec![u32::try_from(n_inputs).unwrap()];
    Network { input: Input { shape }, layers: vec![Layer { name: "fc1".into(), weights, lower: Vec::new(), window: None, recurrent: false, neurons }] }
}

/// Bounds that proptest can shrink, beside the seed that it cannot.
fn bounds() -> impl proptest::strategy::Strategy<Value = Bounds> {
    use proptest::strategy::Strategy;
    (1..=3usize, 1..=130usize, 0..=12u32).prop_map(|(max_layers, max_size, max_fraction_bits)| Bounds {
        max_layers,
        max_size,
        max_fraction_bits,
    })
}
