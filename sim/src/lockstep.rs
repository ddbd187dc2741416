//! Two devices side by side, and the first place where they part.

use thiserror::Error;

use crate::arithmetic::{signed, wide};
use crate::{Device, DeviceError, LayerId, LayerState, Network, Spikes, Trace};

/// How much of two devices is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The spikes of the last layer; when they differ, the states of every layer are asked for to find where it began.
    Outputs,
    /// The spikes of the last layer, and the spikes and membranes of every layer after each timestep.
    States,
}

/// What was compared, and the first difference if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub spikes_compared: u64,
    pub membranes_compared: u64,
    pub mismatch: Option<Mismatch>,
}

/// The first neuron, in the order of timesteps, layers and neurons, whose state differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub timestep: usize,
    pub layer: LayerId,
    /// The layer's name, for those who know the network: [`Mismatch::named`].
    pub layer_name: Option<String>,
    pub neuron: usize,
    pub expected: NeuronState,
    pub got: NeuronState,
    /// The clock cycle in which the device under test wrote the membrane, if it knows.
    pub cycle: Option<u64>,
}

/// The state of a neuron after a timestep: its membrane after the reset, and whether it fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeuronState {
    pub membrane: i64,
    pub fired: bool,
}

/// Why two devices could not be compared.
#[derive(Debug, Error)]
pub enum LockstepError {
    #[error("the reference did not run: {0}")]
    Reference(#[source] DeviceError),
    #[error("the device under test did not run: {0}")]
    Dut(#[source] DeviceError),
    #[error("the device under test gave {got} {of}, the reference {expected}; they do not run the same network")]
    Shape { of: &'static str, expected: usize, got: usize },
}

/// Presents a train to both devices and compares what they did, up to the first difference.
pub fn lockstep(
    reference: &mut dyn Device,
    dut: &mut dyn Device,
    train: &[Spikes],
    compare: Compare,
) -> Result<Comparison, LockstepError> {
    let expected = reference.run(train).map_err(LockstepError::Reference)?;
    let got = dut.run(train).map_err(LockstepError::Dut)?;
    let outputs = compare_outputs(&expected, &got)?;
    if compare == Compare::Outputs && outputs.first_difference.is_none() {
        return Ok(Comparison { spikes_compared: outputs.spikes_compared, membranes_compared: 0, mismatch: None });
    }
    let expected = reference.trace(train).map_err(LockstepError::Reference)?;
    let got = dut.trace(train).map_err(LockstepError::Dut)?;
    let states = compare_traces(&expected, &got)?;
    let in_outputs = outputs.first_difference.and_then(|place| output_mismatch(place, &expected, &got));
    Ok(Comparison {
        spikes_compared: outputs.spikes_compared + states.spikes_compared,
        membranes_compared: states.membranes_compared,
        mismatch: states.mismatch.or(in_outputs),
    })
}

impl Mismatch {
    /// The same, with the layer's name.
    pub fn named(mut self, network: &Network) -> Self {
        self.layer_name = network.layers.get(self.layer.index()).map(|layer| layer.name.clone());
        self
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "timestep {}, {}", self.timestep, self.layer)?;
        if let Some(name) = self.layer_name.as_deref().filter(|name| !name.is_empty()) {
            write!(formatter, " ({name})")?;
        }
        write!(formatter, ", neuron {}: expected {}, got {}", self.neuron, self.expected, self.got)?;
        match self.cycle {
            Some(cycle) => write!(formatter, ", written in clock cycle {cycle}"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for NeuronState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let spike = if self.fired { "a spike" } else { "no spike" };
        write!(formatter, "membrane {} and {spike}", self.membrane)
    }
}

impl NeuronState {
    /// The state of neuron `j`, which both vectors of a comparable layer have.
    fn of(layer: &LayerState, j: usize) -> Self {
        NeuronState { membrane: layer.membranes[j], fired: layer.fired[j] }
    }
}

/// Output spikes that were compared, and the `[timestep, neuron]` of the first that differs.
struct Outputs {
    spikes_compared: u64,
    first_difference: Option<(usize, usize)>,
}

fn compare_outputs(expected: &[Spikes], got: &[Spikes]) -> Result<Outputs, LockstepError> {
    same("timesteps", expected.len(), got.len())?;
    let mut spikes_compared = 0;
    for (timestep, (expected, got)) in expected.iter().zip(got).enumerate() {
        same("output spikes a timestep", expected.len(), got.len())?;
        spikes_compared += wide(expected.len());
        if expected != got {
            let neuron = (0..expected.len()).find(|&j| expected[j] != got[j]);
            return Ok(Outputs { spikes_compared, first_difference: neuron.map(|j| (timestep, j)) });
        }
    }
    Ok(Outputs { spikes_compared, first_difference: None })
}

fn compare_traces(expected: &Trace, got: &Trace) -> Result<Comparison, LockstepError> {
    same("timesteps", expected.timesteps.len(), got.timesteps.len())?;
    let mut compared = Comparison { spikes_compared: 0, membranes_compared: 0, mismatch: None };
    for (timestep, (expected, layers)) in expected.timesteps.iter().zip(&got.timesteps).enumerate() {
        same("layers", expected.len(), layers.len())?;
        for (layer, (expected, state)) in (0..=u16::MAX).map(LayerId).zip(expected.iter().zip(layers)) {
            same("membranes a layer", expected.membranes.len(), state.membranes.len())?;
            same("spikes a layer", expected.fired.len(), state.fired.len())?;
            compared.spikes_compared += wide(expected.fired.len());
            compared.membranes_compared += wide(expected.membranes.len());
            if expected == state {
                continue;
            }
            let differs = |&j: &usize| NeuronState::of(expected, j) != NeuronState::of(state, j);
            compared.mismatch = (0..expected.membranes.len())
                .find(differs)
                .map(|neuron| mismatch(timestep, layer, neuron, expected, got));
            return Ok(compared);
        }
    }
    Ok(compared)
}

fn mismatch(timestep: usize, layer: LayerId, neuron: usize, expected: &LayerState, got: &Trace) -> Mismatch {
    let cycle = || Some(*got.cycle.as_ref()?.get(timestep)?.get(layer.index())?.get(neuron)?);
    Mismatch {
        timestep,
        layer,
        layer_name: None,
        neuron,
        expected: NeuronState::of(expected, neuron),
        got: NeuronState::of(&got.timesteps[timestep][layer.index()], neuron),
        cycle: cycle(),
    }
}

/// A spike that the device under test sent although its states are right: what it sent contradicts what it holds.
fn output_mismatch((timestep, neuron): (usize, usize), expected: &Trace, got: &Trace) -> Option<Mismatch> {
    let layers = expected.timesteps.get(timestep)?;
    let layer = LayerId(u16::try_from(signed(layers.len()) - 1).ok()?);
    let mut found = mismatch(timestep, layer, neuron, layers.last()?, got);
    found.got.fired = !found.expected.fired;
    Some(found)
}

fn same(of: &'static str, expected: usize, got: usize) -> Result<(), LockstepError> {
    if expected == got {
        return Ok(());
    }
    Err(LockstepError::Shape { of, expected, got })
}
