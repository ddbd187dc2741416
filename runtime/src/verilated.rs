//! The Verilated accelerator as a device whose membranes are seen from inside, while all layers run at once.

use std::process::Command;

use spikeforge_hdl::contents::Contents;
use spikeforge_hdl::protocol::HostMap;
use spikeforge_sim::{Device, DeviceError, LayerId, LayerState, Spikes, Trace, Verdict};

use crate::driver::counters::Counters;
use crate::driver::{Driver, DriverError, Patience, Statistics};
use crate::judge::Judge;
use crate::link::process::ProcessLink;
use crate::link::{Tap, Tapped};
use crate::protocol::from_wire;

/// A driver of the accelerator's simulation, started with its taps.
#[derive(Debug)]
pub struct Verilated<L: Tapped = ProcessLink> {
    driver: Driver<L>,
    /// The presentation that ran last and what was seen of it, so that tracing it does not run it again.
    last: Option<(Vec<Spikes>, Trace)>,
}

impl Verilated {
    /// Starts the simulation `program`, which must be of the design of `map`.
    pub fn open(mut program: Command, map: HostMap) -> Result<Self, DriverError> {
        program.arg("--taps");
        let driver = Driver::open(ProcessLink::spawn(program)?, map, Patience::SIMULATION)?;
        Ok(Verilated { driver, last: None })
    }
}

impl<L: Tapped> Verilated<L> {
    /// Over a simulation that shows its taps.
    pub fn over(link: L, map: HostMap, patience: Patience) -> Result<Self, DriverError> {
        let driver = Driver::open(link, map, patience)?;
        Ok(Verilated { driver, last: None })
    }

    /// Clock cycles that the design was simulated for.
    pub fn cycles(&mut self) -> u64 {
        self.driver.link_mut().cycles()
    }

    pub fn statistics(&self) -> Statistics {
        self.driver.statistics()
    }

    /// What the design counted; see [`Driver::counters`].
    pub fn counters(&mut self) -> Result<Option<Counters>, DriverError> {
        self.driver.counters()
    }

    /// Writes whole memories; see [`Driver::write`].
    pub fn write(&mut self, contents: &[Contents]) -> Result<(), DriverError> {
        self.last = None;
        self.driver.write(contents)
    }

    /// Ends the simulation and returns its clock cycles.
    pub fn finish(self) -> Result<u64, DriverError> {
        Ok(self
            .driver
            .into_link()
            .finish(Patience::SIMULATION.silence)?)
    }
}

impl<L: Tapped> Judge for Verilated<L> {
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError> {
        Ok(self.driver.verdict()?)
    }
}

impl<L: Tapped> Device for Verilated<L> {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.last = None;
        self.driver.reset()
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        self.last = None;
        self.driver.step(input)
    }

    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        self.last = None;
        self.driver.link_mut().take_taps();
        let retries = self.driver.statistics().retries;
        let spikes = self.driver.run(train)?;
        let taps = self.driver.link_mut().take_taps();
        // After a retry the taps are of two attempts; then nothing is kept.
        if self.driver.statistics().retries == retries {
            let trace = trace_of_taps(&taps, self.driver.map(), train.len())?;
            self.last = Some((train.to_vec(), trace));
        }
        Ok(spikes)
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        self.driver.state(layer)
    }

    fn trace(&mut self, train: &[Spikes]) -> Result<Trace, DeviceError> {
        if self.last.as_ref().is_none_or(|(last, _)| last != train) {
            self.run(train)?;
        }
        let expected = train.len()
            * self
                .driver
                .map()
                .layers
                .iter()
                .map(|layer| layer.n_neurons)
                .sum::<usize>();
        let (_, trace) = self
            .last
            .take()
            .ok_or(DriverError::TapsMissing { expected, got: 0 })?;
        Ok(trace)
    }
}

/// The taps of a presentation in their places. Each layer shows its neurons in order, timestep after timestep.
fn trace_of_taps(taps: &[Tap], map: &HostMap, n_timesteps: usize) -> Result<Trace, DriverError> {
    let layers = layers_of_taps(taps, map, n_timesteps)?;
    let mut trace = Trace {
        timesteps: Vec::with_capacity(n_timesteps),
        cycle: None,
    };
    let mut cycles = Vec::with_capacity(n_timesteps);
    for t in 0..n_timesteps {
        let sized = layers.iter().zip(&map.layers);
        let shown: Vec<Vec<Tap>> = sized
            .map(|(taps, layer)| from_wire(&taps[t * layer.n_neurons..(t + 1) * layer.n_neurons], layer.channels))
            .collect();
        trace.timesteps.push(shown.iter().map(|taps| layer_state(taps)).collect());
        let of_layer = |taps: &Vec<Tap>| taps.iter().map(|tap| u64::from(tap.cycle)).collect();
        cycles.push(shown.iter().map(of_layer).collect());
    }
    trace.cycle = Some(cycles);
    Ok(trace)
}

/// The taps by layers, each of which must have shown every neuron in its turn.
fn layers_of_taps(
    taps: &[Tap],
    map: &HostMap,
    n_timesteps: usize,
) -> Result<Vec<Vec<Tap>>, DriverError> {
    let mut layers: Vec<Vec<Tap>> = vec![Vec::new(); map.layers.len()];
    for tap in taps {
        if let Some(layer) = layers.get_mut(usize::from(tap.layer)) {
            layer.push(*tap);
        }
    }
    for (layer, map) in layers.iter().zip(&map.layers) {
        let in_turn = |(at, tap): (usize, &Tap)| tap.neuron as usize == at % map.n_neurons;
        let expected = n_timesteps * map.n_neurons;
        if layer.len() != expected || !layer.iter().enumerate().all(in_turn) {
            let got = layer.len();
            return Err(DriverError::TapsMissing { expected, got });
        }
    }
    Ok(layers)
}

fn layer_state(taps: &[Tap]) -> LayerState {
    LayerState {
        membranes: taps.iter().map(|tap| i64::from(tap.membrane)).collect(),
        fired: taps.iter().map(|tap| tap.fired).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use spikeforge_hdl::protocol::StateMap;

    fn tap(layer: u16, neuron: u32, cycle: u32) -> Tap {
        Tap {
            layer,
            neuron,
            membrane: -i32::try_from(cycle).unwrap(),
            fired: cycle % 2 == 1,
            cycle,
        }
    }

    fn map() -> HostMap {
        let layer = |stage, n_neurons| StateMap {
            stage,
            first_neuron: 0,
            n_neurons,
            channels: n_neurons,
            membrane_bits: 8,
            row_bits: 8,
        };
        HostMap {
            identity: 0,
            n_inputs: 1,
            input_channels: 1,
            value_bits: 1,
            input_bytes: 1,
            n_outputs: 1,
            output_bytes: 1,
            layers: vec![layer(0, 2), layer(1, 1)],
            repeats: false,
            counts: false,
            tells_class: false,
            piece_bytes: 1,
            regions: vec![],
            lessons: None,
        }
    }

    #[test]
    fn layers_that_run_at_once_are_told_apart() {
        let taps = [
            tap(0, 0, 1),
            tap(0, 1, 2),
            tap(0, 0, 3),
            tap(1, 0, 4),
            tap(0, 1, 5),
            tap(1, 0, 6),
        ];
        let trace = trace_of_taps(&taps, &map(), 2).unwrap();
        assert_eq!(
            trace.cycle.unwrap(),
            [[vec![1, 2], vec![4]], [vec![3, 5], vec![6]]]
        );
        assert_eq!(trace.timesteps[1][0].membranes, [-3, -5]);
        assert_eq!(
            trace.timesteps[0][0].fired,
            [true, false].into_iter().collect::<Spikes>()
        );
    }

    #[test]
    fn a_membrane_that_is_missing_is_an_error() {
        let taps = [tap(0, 0, 1), tap(0, 1, 2), tap(1, 0, 4)];
        assert!(trace_of_taps(&taps, &map(), 1).is_ok());
        assert!(matches!(
            trace_of_taps(&taps, &map(), 2),
            Err(DriverError::TapsMissing {
                expected: 4,
                got: 2
            })
        ));
        assert!(trace_of_taps(&taps[1..], &map(), 1).is_err());
    }
}
