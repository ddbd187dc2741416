//! The reference: a network run in plain integers, 64 neurons at a time: only the weights of inputs that spike are added.

use pulp::{Arch, NullaryFnOnce};

use crate::arithmetic::{current, index, narrow, popcount};
use crate::columns::column_currents;
use crate::narrow::NarrowNeurons;
use crate::packed::{pack, set_bits};
use crate::{Device, DeviceError, Layer, LayerId, LayerState, Network, SignMatrix, Spikes, Window};

/// Runs a network exactly as the crate documentation defines it.
#[derive(Clone, Debug)]
pub struct Reference {
    network: Network,
    /// The input spikes of the timestep, packed.
    input: Vec<u64>,
    states: Vec<PackedState>,
}

/// The state of a layer, its spikes packed as the next layer reads them: zero bits beyond the last neuron.
#[derive(Clone, Debug)]
struct PackedState {
    membranes: Vec<i64>,
    fired: Vec<u64>,
    currents: Vec<i32>,
    /// Where the neurons have a synapse, what it holds.
    synaptic: Vec<i64>,
    /// Where every step fits 32 bits; then the membranes are there.
    narrow: Option<NarrowNeurons>,
    /// The weights, packed by input, of a layer that is summed [`by_columns`].
    columns: Vec<u64>,
    spiking: Vec<usize>,
    /// What enters a recurrent layer: the spikes of the layer before it, then its own.
    joined: Vec<u64>,
    /// How many timesteps of the presentation it has run, and how many spikes entered it: of a layer that scales its currents.
    timestep: usize,
    n_spikes: i64,
    /// The scaling that holds.
    element: usize,
}

impl Reference {
    /// A reference at the start of a presentation. The network must be valid: [`Network::validate`].
    pub fn new(network: &Network) -> Self {
        let at_rest = |layer: &Layer| {
            let n_neurons = layer.n_neurons();
            PackedState {
                membranes: vec![0; n_neurons],
                fired: vec![0; n_neurons.div_ceil(64)],
                synaptic: vec![0; n_neurons],
                currents: vec![0; n_neurons.next_multiple_of(64)],
                narrow: (is_packed(layer).then(|| NarrowNeurons::new(&layer.neurons, layer.fan_in()))).flatten(),
                columns: if by_columns(layer) { layer.weights.packed_by_input() } else { vec![] },
                spiking: vec![],
                timestep: 0,
                n_spikes: 0,
                element: 0,
                joined: vec![0; if layer.recurrent { layer.weights.n_inputs().div_ceil(64) } else { 0 }],
            }
        };
        Reference {
            network: network.clone(),
            input: vec![0; network.input.n().div_ceil(64)],
            states: network.layers.iter().map(at_rest).collect(),
        }
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Runs a whole presentation, reset first, and returns how often each neuron of the last layer fired.
    pub fn run_counts(&mut self, train: &[Spikes]) -> Result<Vec<u32>, DeviceError> {
        self.rest();
        let mut counts = vec![0; self.network.n_outputs()];
        for input in train {
            self.advance(input)?;
            if let Some(last) = self.states.last() {
                count_spikes(&last.fired, &mut counts);
            }
        }
        Ok(counts)
    }

    /// The membranes of the last layer after the last timestep.
    pub(crate) fn last_membranes(&self) -> Vec<i64> {
        self.states.last().map_or_else(Vec::new, PackedState::membranes)
    }

    /// Starts a presentation.
    fn rest(&mut self) {
        for state in &mut self.states {
            state.membranes.fill(0);
            state.synaptic.fill(0);
            state.narrow.iter_mut().for_each(|narrow| narrow.membranes.fill(0));
            state.fired.fill(0);
            (state.timestep, state.n_spikes) = (0, 0);
        }
    }

    /// Runs every layer one timestep, the input's spikes first.
    fn advance(&mut self, input: &Spikes) -> Result<(), DeviceError> {
        let expected = self.network.input.n();
        if input.len() != expected {
            return Err(DeviceError::InputLength { expected, got: input.len() });
        }
        pack(input, &mut self.input);
        let mut spikes = self.input.as_slice();
        for (layer, state) in self.network.layers.iter().zip(&mut self.states) {
            let mut joined = std::mem::take(&mut state.joined);
            if layer.recurrent {
                join(&mut joined, spikes, layer.n_inputs(), &state.fired);
            }
            let spikes_in = if layer.recurrent { &joined } else { spikes };
            if !layer.neurons.scaling.is_empty() {
                state.n_spikes += popcount(spikes_in);
                state.element = layer.neurons.element(state.timestep, state.n_spikes);
                state.timestep += 1;
            }
            match &layer.window {
                None if is_packed(layer) => state.advance(layer, spikes_in),
                None => state.advance_wide(layer, spikes_in),
                Some(window) => state.advance_window(layer, window, spikes_in),
            }
            state.joined = joined;
            spikes = &state.fired;
        }
        Ok(())
    }
}

/// `first`, of `n_first` packed bits, and behind them `second`, into the words that both need.
fn join(joined: &mut [u64], first: &[u64], n_first: usize, second: &[u64]) {
    joined.fill(0);
    joined[..first.len()].copy_from_slice(first);
    let (word, bit) = (n_first / 64, n_first % 64);
    for (at, &bits) in second.iter().enumerate() {
        for (place, part) in [(word + at, bits << bit), (word + at + 1, if bit == 0 { 0 } else { bits >> (64 - bit) })] {
            if let Some(place) = joined.get_mut(place) {
                *place |= part;
            }
        }
    }
}

/// Whether a layer is run on packed spikes as a whole: every neuron meets every input, by weights -1 and +1, at once.
fn is_packed(layer: &Layer) -> bool {
    layer.window.is_none() && layer.lower.is_empty() && layer.neurons.synapse.is_none() && layer.neurons.scaling.is_empty()
}

/// So many neurons are faster summed one by one.
const FEW_NEURONS: usize = 16;

/// Whether a layer is summed by the columns of the inputs that spike.
fn by_columns(layer: &Layer) -> bool {
    is_packed(layer) && layer.n_neurons() > FEW_NEURONS
}

/// A timestep of a layer that [`is_packed`] on packed spikes.
struct Timestep<'a> {
    state: &'a mut PackedState,
    layer: &'a Layer,
    spikes: &'a [u64],
}

impl NullaryFnOnce for Timestep<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let state = self.state;
        if by_columns(self.layer) {
            let spiking = set_bits(self.spikes, &mut state.spiking);
            column_currents(&state.columns, state.fired.len(), spiking, &mut state.currents);
        } else {
            let n_spikes = popcount(self.spikes);
            for (j, sum) in state.currents.iter_mut().take(self.layer.n_neurons()).enumerate() {
                *sum = narrow(current(self.layer.weights.row_words(j), self.spikes, n_spikes));
            }
        }
        match &mut state.narrow {
            Some(narrow) => narrow.advance_all(&mut state.fired, &state.currents),
            None => self.layer.neurons.advance_all(&mut state.membranes, &mut state.fired, &state.currents),
        }
    }
}

impl PackedState {
    /// Runs the layer one timestep on packed spikes.
    fn advance(&mut self, layer: &Layer, spikes: &[u64]) {
        // The widest vectors of this machine.
        Arch::new().dispatch(Timestep { state: self, layer, spikes });
    }

    fn membranes(&self) -> Vec<i64> {
        match &self.narrow {
            Some(narrow) => {
                let neurons = narrow.membranes.iter().take(self.membranes.len());
                neurons.map(|&membrane| membrane.into()).collect()
            }
            None => self.membranes.clone(),
        }
    }

    /// Runs a layer of wider weights, of synapses or scalings, one timestep on packed spikes.
    fn advance_wide(&mut self, layer: &Layer, spikes: &[u64]) {
        let n_spikes = popcount(spikes);
        for j in 0..layer.weights.n_neurons() {
            self.fire(layer, j, row_current(layer, j, spikes, n_spikes));
        }
    }

    /// Runs a convolution one timestep on packed spikes.
    fn advance_window(&mut self, layer: &Layer, window: &Window, spikes: &[u64]) {
        let mut counts = vec![0; window.n_kernel()];
        let mut planes = Vec::new();
        let n_positions = window.n_positions();
        for position in 0..n_positions {
            window.met(spikes, position, &mut counts, &mut planes);
            let n_spikes: Vec<i64> = planes.iter().map(|plane| popcount(plane)).collect();
            for channel in 0..layer.weights.n_neurons() {
                let worth = |(p, plane): (usize, &Vec<u64>)| {
                    row_current(layer, channel, plane, n_spikes[p]) << p
                };
                self.fire(layer, channel * n_positions + position, planes.iter().enumerate().map(worth).sum());
            }
        }
    }

    /// Advances neuron `j` alone.
    fn fire(&mut self, layer: &Layer, j: usize, current: i64) {
        let (word, bit) = (j / 64, j % 64);
        let fired = self.fired[word] >> bit & 1 == 1;
        let drive = layer.neurons.drive(self.element, layer.parameter(j), current, &mut self.synaptic[j]);
        let (membrane, fires) = layer.neurons.advance(layer.parameter(j), self.membranes[j], fired, drive);
        self.membranes[j] = membrane;
        self.fired[word] = self.fired[word] & !(1 << bit) | u64::from(fires) << bit;
    }
}

/// Adds one to the count of each neuron that fired.
pub(crate) fn count_spikes(fired: &[u64], counts: &mut [u32]) {
    for (&word, counts) in fired.iter().zip(counts.chunks_mut(64)) {
        let mut left = word;
        while left != 0 {
            counts[index(left.trailing_zeros())] += 1;
            left &= left - 1;
        }
    }
}

/// The current of a row of the weights on packed spikes, `n_spikes` of them.
fn row_current(layer: &Layer, row: usize, spikes: &[u64], n_spikes: i64) -> i64 {
    let signs = layer.weights.row_words(row);
    if layer.lower.is_empty() {
        return current(signs, spikes, n_spikes);
    }
    let met = |plane: &[u64]| -> i64 { plane.iter().zip(spikes).map(|(w, x)| popcount(&[w & x])).sum() };
    let bit = |(p, plane): (usize, &SignMatrix)| met(plane.row_words(row)) << p;
    let lower: i64 = layer.lower.iter().enumerate().map(bit).sum();
    lower - ((n_spikes - met(signs)) << layer.lower.len())
}

impl Device for Reference {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.rest();
        Ok(())
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        self.advance(input)?;
        let n_outputs = self.network.n_outputs();
        Ok(self.states.last().map_or_else(Spikes::new, |state| unpacked(&state.fired, n_outputs)))
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        let n_layers = self.states.len();
        let state = self.states.get(layer.index()).ok_or(DeviceError::NoSuchLayer { layer, n_layers })?;
        let fired = unpacked(&state.fired, state.membranes.len());
        Ok(LayerState { membranes: state.membranes(), fired })
    }
}

/// Packed spikes as bits, without the padding.
fn unpacked(words: &[u64], n: usize) -> Spikes {
    let mut spikes = Spikes::from_slice(words);
    spikes.truncate(n);
    spikes
}
