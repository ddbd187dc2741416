//! The LIF pipelines of a layer side by side: in a cycle each takes one of neighbouring neurons.
//!
//! They run in step, so that the first one speaks for all. Each has the states and parameters of its own neurons; the host
//! sees those of the layer in their order.

use super::interleave::Interleave;
use super::join::{JoinBits, JoinWords};
use super::lif::Lif;
use super::parameter_memory::{Layout, Parameters};
use crate::arch::{Load, StageArch};
use crate::protocol::{RegionMap, ADDRESS_BITS, PARAMETERS};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Pipelines {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub replaying: Signal<In, Bit>,
    // Data
    /// In each pipeline.
    pub neuron: Bus<In>,
    pub parameter_index: Bus<In>,
    pub count: Vec<Bus<In>>,
    pub input_count: Bus<In>,
    // Spikes
    pub spike_valid: Signal<Out, Bit>,
    pub spike_last: Signal<Out, Bit>,
    /// Bit i: of pipeline i.
    pub spikes: Bus<Out>,
    /// Of the first pipeline.
    pub spike: Signal<Out, Bit>,
    pub membrane: Bus<Out>,
    pub spike_neuron: Bus<Out>,
    /// Of the first two pipelines, and of the others.
    pub membranes: Bus<Out>,
    pub membranes_above: Bus<Out>,
    /// The spikes a cycle later: both the comparison with the threshold and the buffer that is written are long.
    pub spikes_5: Bus<Out>,
    pub last_5: Signal<Out, Bit>,
    // State, for the host
    pub host_reads: Signal<In, Bit>,
    pub host_neuron: Bus<In>,
    pub state: Bus<Out>,
    // Parameters, from the host
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    lifs: Vec<Lif>,
    join_spikes: JoinBits,
    spikes_later: Register,
    last_later: Flag,
    join_membranes: JoinWords,
    host_place: Interleave,
    load_place: Interleave,
    number: Vec<Fixed>,
}

/// The parameters of the layer's neurons that pipeline `index` of `n` has, and the file of their memory.
pub fn of_pipeline(parameters: &Rc<Vec<Parameters>>, file: &str, (index, n): (usize, usize)) -> (Rc<Vec<Parameters>>, String) {
    (Rc::new(parameters.iter().skip(index).step_by(n).copied().collect()), parameters_file(file, (index, n)))
}

/// `layer0_parameters_2.hex` of several, `layer0_parameters.hex` of one.
pub fn parameters_file(file: &str, (index, n): (usize, usize)) -> String {
    if n == 1 { file.to_owned() } else { file.replace(".hex", &format!("_{index}.hex")) }
}

impl Pipelines {
    pub fn new(stage: &StageArch, load: Load, parameters: &Rc<Vec<Parameters>>, file: &str) -> Self {
        let (n, each) = (stage.pipelines, stage.of_pipeline());
        let (index, counts, membrane) = (each.neuron_index_bits(), stage.count_bits(), stage.neuron.membrane_bits);
        let lif = |pipeline| {
            let (parameters, file) = of_pipeline(parameters, file, (pipeline, n));
            Lif::new(&each, load, parameters, file)
        };
        let (join_membranes, whole_index) = (JoinWords::new(n, membrane), stage.neuron_index_bits());
        let number = Interleave::new((whole_index, index), n, 0).pipeline.width();
        Pipelines {
            clock: Default::default(),
            start: Default::default(),
            valid: Default::default(),
            last: Default::default(),
            fresh: Default::default(),
            replaying: Default::default(),
            neuron: Bus::new(index),
            parameter_index: Bus::new(each.parameter_bits()),
            count: (0..n).map(|_| Bus::new(counts)).collect(),
            input_count: Bus::new(counts),
            spike_valid: Default::default(),
            spike_last: Default::default(),
            spikes: Bus::new(u32::try_from(n).unwrap_or(1)),
            spike: Default::default(),
            membrane: Bus::new(membrane),
            spike_neuron: Bus::new(index),
            membranes: Bus::new(join_membranes.low.width()),
            membranes_above: Bus::new(join_membranes.high.width()),
            spikes_5: Bus::new(u32::try_from(n).unwrap_or(1)),
            last_5: Default::default(),
            host_reads: Default::default(),
            host_neuron: Bus::new(whole_index),
            state: Bus::new(membrane + 1),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            lifs: (0..n).map(lif).collect(),
            join_spikes: JoinBits::new(n),
            spikes_later: Register::new(u32::try_from(n).unwrap_or(1)),
            last_later: Default::default(),
            join_membranes,
            host_place: Interleave::new((whole_index, index), n, 0),
            load_place: Interleave::new((ADDRESS_BITS, ADDRESS_BITS), n, column_bits(stage, load)),
            number: (0..n).map(|pipeline| Fixed::count(pipeline, number)).collect(),
        }
    }
}

/// Bits of an address below the neuron whose parameters are written.
fn column_bits(stage: &StageArch, load: Load) -> u32 {
    let (row_bits, piece_bits) = (Layout::new(&stage.neuron).width(), load.word_bits);
    RegionMap { layer: 0, region: PARAMETERS, rows: stage.n_parameters(), row_bits, piece_bits, is_volatile: false }.column_bits()
}

impl Logic for Pipelines {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, spikes_later, last_later);
        self.host_place.from.next = self.host_neuron.val();
        self.load_place.from.next = self.load_address.val();
        for i in 0..self.lifs.len() {
            self.lifs[i].clock.next = self.clock.val();
            self.lifs[i].start.next = self.start.val();
            self.lifs[i].valid.next = self.valid.val();
            self.lifs[i].group_last.next = false;
            self.lifs[i].last.next = self.last.val();
            self.lifs[i].fresh.next = self.fresh.val();
            self.lifs[i].replaying.next = self.replaying.val();
            self.lifs[i].neuron.next = self.neuron.val();
            self.lifs[i].parameter_index.next = self.parameter_index.val();
            self.lifs[i].count.next = self.count[i].val();
            self.lifs[i].input_count.next = self.input_count.val();
            self.lifs[i].load_enable.next = self.load_enable.val() && (self.load_place.pipeline.val() == self.number[i].val());
            self.lifs[i].load_address.next = self.load_place.place.val();
            self.lifs[i].load_piece.next = self.load_piece.val();
            self.lifs[i].host_reads.next = self.host_reads.val();
            self.lifs[i].host_neuron.next = self.host_place.place.val();
            self.join_spikes.bit[i].next = self.lifs[i].spike.val();
            self.join_membranes.word[i].next = self.lifs[i].membrane.val();
        }
        self.state.next = self.lifs[0].state.val();
        for i in 1..self.lifs.len() {
            if self.host_place.pipeline.val() == self.number[i].val() {
                self.state.next = self.lifs[i].state.val();
            }
        }
        self.spike_valid.next = self.lifs[0].spike_valid.val();
        self.spike_last.next = self.lifs[0].spike_last.val();
        self.spike.next = self.lifs[0].spike.val();
        self.membrane.next = self.lifs[0].membrane.val();
        self.spike_neuron.next = self.lifs[0].spike_neuron.val();
        self.spikes.next = self.join_spikes.joined.val();
        self.spikes_later.d.next = self.join_spikes.joined.val();
        self.last_later.d.next = self.lifs[0].spike_last.val();
        self.spikes_5.next = self.spikes_later.q.val();
        self.last_5.next = self.last_later.q.val();
        self.membranes.next = self.join_membranes.low.val();
        self.membranes_above.next = self.join_membranes.high.val();
    }
}
