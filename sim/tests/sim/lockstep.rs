//! Faults are found where they are.

use expect_test::expect;
use proptest::prelude::*;
use spikeforge_sim::{
    lockstep, random, Compare, Device, DeviceError, LayerId, LayerState, LockstepError, Network, Reference, Spikes,
    Trace,
};

/// A reference with a fault planted in what it shows.
struct Faulty {
    reference: Reference,
    fault: Fault,
}

enum Fault {
    None,
    /// `[timestep][layer][neuron]` of a trace has one more in its membrane, from that timestep on.
    Membrane(usize, usize, usize),
    /// The output spike of a neuron at a timestep is sent inverted.
    Output(usize, usize),
    /// A timestep is lost.
    Short,
}

impl Device for Faulty {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.reference.reset()
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        self.reference.step(input)
    }

    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        let mut outputs = self.reference.run(train)?;
        match self.fault {
            Fault::Output(timestep, neuron) => {
                let right = outputs[timestep][neuron];
                outputs[timestep].set(neuron, !right);
            }
            Fault::Short => drop(outputs.pop()),
            Fault::None | Fault::Membrane(..) => {}
        }
        Ok(outputs)
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        self.reference.state(layer)
    }

    fn trace(&mut self, train: &[Spikes]) -> Result<Trace, DeviceError> {
        let mut trace = self.reference.trace(train)?;
        let cycles = |layers: &Vec<LayerState>| layers.iter().map(|s| vec![7; s.membranes.len()]).collect();
        trace.cycle = Some(trace.timesteps.iter().map(cycles).collect());
        if let Fault::Membrane(from, layer, neuron) = self.fault {
            trace.timesteps[from..].iter_mut().for_each(|layers| layers[layer].membranes[neuron] += 1);
        }
        Ok(trace)
    }
}

fn faulty(network: &Network, fault: Fault) -> Faulty {
    Faulty { reference: Reference::new(network), fault }
}

proptest! {
    #[test]
    fn equal_devices_agree_and_everything_is_counted(seed: u64, bounds in super::bounds(), n_timesteps in 0..6usize) {
        let network = random::network_within(bounds, seed);
        let train = random::train(seed, network.input.n(), n_timesteps);
        let mut reference = Reference::new(&network);
        let all = lockstep(&mut reference, &mut faulty(&network, Fault::None), &train, Compare::States).unwrap();
        let n_neurons: usize = network.layers.iter().map(|layer| layer.n_neurons()).sum();
        let states = u64::try_from(n_neurons * n_timesteps).unwrap();
        let outputs = u64::try_from(network.n_outputs() * n_timesteps).unwrap();
        prop_assert_eq!((all.spikes_compared, all.membranes_compared, all.mismatch), (states + outputs, states, None));
        let few = lockstep(&mut reference, &mut faulty(&network, Fault::None), &train, Compare::Outputs).unwrap();
        prop_assert_eq!((few.spikes_compared, few.membranes_compared, few.mismatch), (outputs, 0, None));
    }

    #[test]
    fn a_planted_fault_is_found_where_it_is(seed: u64, place: [prop::sample::Index; 3]) {
        let network = random::network(seed);
        let train = random::train(seed, network.input.n(), 5);
        let (timestep, layer) = (place[0].index(5), place[1].index(network.layers.len()));
        let neuron = place[2].index(network.layers[layer].weights.n_neurons());
        let mut dut = faulty(&network, Fault::Membrane(timestep, layer, neuron));
        let found = lockstep(&mut Reference::new(&network), &mut dut, &train, Compare::States).unwrap().mismatch.unwrap();
        prop_assert_eq!((found.timestep, found.layer.index(), found.neuron), (timestep, layer, neuron));
        prop_assert_eq!(found.got.membrane, found.expected.membrane + 1);
        prop_assert_eq!((found.got.fired, found.cycle), (found.expected.fired, Some(7)));
    }

    #[test]
    fn a_spike_sent_wrong_is_found_though_the_states_are_right(seed: u64, place: [prop::sample::Index; 2]) {
        let network = random::network(seed);
        let train = random::train(seed, network.input.n(), 5);
        let (timestep, neuron) = (place[0].index(5), place[1].index(network.n_outputs()));
        for compare in [Compare::Outputs, Compare::States] {
            let mut dut = faulty(&network, Fault::Output(timestep, neuron));
            let found = lockstep(&mut Reference::new(&network), &mut dut, &train, compare).unwrap().mismatch.unwrap();
            prop_assert_eq!((found.timestep, found.layer.index(), found.neuron), (timestep, network.layers.len() - 1, neuron));
            prop_assert_eq!((found.got.membrane, found.got.fired), (found.expected.membrane, !found.expected.fired));
        }
    }
}

#[test]
fn a_wrong_network_is_located_by_its_outputs_alone() {
    let network = super::one_neuron(2, |_| {});
    let other = super::one_neuron(2, |n| n.threshold[0] = 3);
    let train = vec![Spikes::repeat(true, 2); 3];
    let (mut reference, mut dut) = (Reference::new(&network), Reference::new(&other));
    let found = lockstep(&mut reference, &mut dut, &train, Compare::Outputs).unwrap().mismatch.unwrap();
    expect!["timestep 0, layer 0 (fc1), neuron 0: expected membrane 0 and a spike, got membrane 2 and no spike"]
        .assert_eq(&found.clone().named(&network).to_string());
    let with_cycle = spikeforge_sim::Mismatch { cycle: Some(812), ..found };
    expect!["timestep 0, layer 0, neuron 0: expected membrane 0 and a spike, got membrane 2 and no spike, written in clock cycle 812"]
        .assert_eq(&with_cycle.to_string());
}

#[test]
fn devices_of_other_shapes_are_refused() {
    let network = super::one_neuron(2, |_| {});
    let train = vec![Spikes::repeat(true, 2); 3];
    let error = |dut: &mut dyn Device, train: &[Spikes]| -> LockstepError {
        lockstep(&mut Reference::new(&network), dut, train, Compare::States).unwrap_err()
    };
    expect!["the device under test gave 2 timesteps, the reference 3; they do not run the same network"]
        .assert_eq(&error(&mut faulty(&network, Fault::Short), &train).to_string());
    let wider = super::one_neuron(3, |_| {});
    expect!["the device under test did not run: the timestep has 2 input spikes, the network has 3 inputs"]
        .assert_eq(&error(&mut Reference::new(&wider), &train).to_string());
    expect!["the reference did not run: the timestep has 3 input spikes, the network has 2 inputs"]
        .assert_eq(&error(&mut Reference::new(&wider), &[Spikes::repeat(true, 3)]).to_string());
    expect!["there is no layer 1, the network has 1"]
        .assert_eq(&Reference::new(&network).state(LayerId(1)).unwrap_err().to_string());
}
