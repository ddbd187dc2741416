//! What runs a network: the reference, and the hardware behind its driver.

use bitvec::slice::BitSlice;
use thiserror::Error;

use crate::{LayerId, Spikes};

/// Something that runs a network, one presentation at a time.
///
/// The same trait is implemented by [`crate::Reference`] and by the driver of a board or of a Verilated design, so
/// that [`crate::lockstep`] compares any two of them.
pub trait Device {
    /// Starts a presentation: every membrane 0, no neuron has fired.
    fn reset(&mut self) -> Result<(), DeviceError>;

    /// Runs one timestep and returns the spikes of the last layer.
    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError>;

    /// Runs a whole presentation, reset first, and returns the spikes of the last layer at each timestep.
    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        self.reset()?;
        train.iter().map(|input| self.step(input)).collect()
    }

    /// The state of a layer after the last timestep; [`DeviceError::NoSuchLayer`] past the last one.
    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError>;

    /// Runs a whole presentation, reset first, and returns the state of every layer after each timestep.
    fn trace(&mut self, train: &[Spikes]) -> Result<Trace, DeviceError> {
        self.reset()?;
        let mut timesteps = Vec::with_capacity(train.len());
        for input in train {
            self.step(input)?;
            timesteps.push(states(self)?);
        }
        Ok(Trace { timesteps, cycle: None })
    }
}

/// The state of a layer after a timestep.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LayerState {
    /// The membranes after the reset, one a neuron.
    pub membranes: Vec<i64>,
    /// The neurons that fired at this timestep.
    pub fired: Spikes,
}

/// The states of a presentation: `[timestep][layer]`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Trace {
    pub timesteps: Vec<Vec<LayerState>>,
    /// `[timestep][layer][neuron]`: the clock cycle that wrote the membrane, for devices that know it.
    pub cycle: Option<Vec<Vec<Vec<u64>>>>,
}

impl Trace {
    /// The spikes of a layer at each timestep.
    pub fn spikes(&self, layer: LayerId) -> impl Iterator<Item = &BitSlice<u64>> {
        self.timesteps.iter().filter_map(move |layers| layers.get(layer.index()).map(|state| state.fired.as_bitslice()))
    }
}

/// Why a device did not do what it was asked.
#[derive(Debug, Error)]
pub enum DeviceError {
    #[error("the timestep has {got} input spikes, the network has {expected} inputs")]
    InputLength { expected: usize, got: usize },
    #[error("there is no {layer}, the network has {n_layers}")]
    NoSuchLayer { layer: LayerId, n_layers: usize },
    /// The link, the board or the simulation failed; its own error says how.
    #[error(transparent)]
    Device(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// The state of every layer, which end where the device knows no more.
fn states<D: Device + ?Sized>(device: &mut D) -> Result<Vec<LayerState>, DeviceError> {
    let mut states = Vec::new();
    for layer in (0..=u16::MAX).map(LayerId) {
        match device.state(layer) {
            Ok(state) => states.push(state),
            Err(DeviceError::NoSuchLayer { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(states)
}
