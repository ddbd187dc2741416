//! The synapses of a layer: every cycle, a beat of input spikes meets the weights of all lanes.
//!
//! ```text
//! cycle       0        1                    2        3                4       5      6
//! schedule    issue    .                    .        .                .       .      .
//! spikes      entry    spikes, index        .        spikes delayed   .       .      .
//! weights     .        base + index         address  lane words       .       .      .
//! lanes       .        .                    .        gates            met     sum    take (group_end + 6)
//! ```
//!
//! Where the weights pass a register, spikes and what goes with them wait for it, and all behind them is a cycle later; so
//! is the count of each neuron but the first, as `shift` passes registers of each group.
//!
//! One more lane with every weight +1 counts the input spikes themselves: the current of a neuron is
//! 2 * popcount(weights & spikes) - popcount(spikes). Weights of k bits are k such passes, one a bit of weight + 2^(k-1),
//! the highest first; the input spikes count in the first.

use super::beat_delay::BeatDelay;
use super::delay::Delay4;
use super::lane_group::LaneGroup;
use super::weight_memory::WeightMemory;
use super::wiring::Resize;
use crate::arch::{Load, StageArch, Style};
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Crossbar {
    // Control
    pub clock: Signal<In, Clock>,
    pub issue: Signal<In, Bit>,
    pub group_end: Signal<In, Bit>,
    pub doubles: Signal<In, Bit>,
    pub counts_inputs: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub index: Bus<In>,
    pub group_base: Bus<In>,
    // Weights, from the host
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub host_reads: Signal<In, Bit>,
    pub host_row: Bus<In>,
    pub row: Bus<Out>,
    // Counts
    /// One a pipeline.
    pub count: Vec<Bus<Out>>,
    pub input_count: Bus<Out>,
    weights: WeightMemory,
    /// One, where the weights pass a register.
    waits: Vec<BeatDelay>,
    groups: Vec<LaneGroup>,
    inputs: LaneGroup,
    _last_groups: usize,
    /// The second group of the first of so many pipelines, or the end.
    _second_of_1: usize,
    _second_of_2: usize,
    _second_of_4: usize,
    /// The first group with registers of its own: all have them, or none.
    _first_registered: usize,
    offset: Resize,
    /// As many blocks of RAM take it as there are: it has a cycle of its own.
    address: Register,
    spikes_2: Register,
    spikes_3: Register,
    issue_1: Flag,
    issue_2: Flag,
    issue_3: Flag,
    issue_4: Flag,
    issue_5: Flag,
    end_1: Flag,
    end_2: Flag,
    end_3: Flag,
    end_4: Flag,
    end_5: Flag,
    end_6: Flag,
    double_4: Delay4,
    double_5: Flag,
    counts_4: Delay4,
    counts_5: Flag,
    all_plus_one: Fixed,
    no_spikes: Fixed,
    reads_rows: Constant<Bit>,
}

impl Crossbar {
    pub fn new(stage: &StageArch, load: Load, weights: Rc<Vec<Vec<u64>>>, file: String) -> Self {
        let (beat, counts, address) = (stage.beat, stage.count_bits(), bits_for(weights.len() - 1));
        let groups: Vec<LaneGroup> =
            stage.lane_groups().into_iter().map(|lanes| lane_group(stage, lanes)).collect();
        let second_of = |pipelines| if stage.pipelines == pipelines { pipelines } else { groups.len() };
        Crossbar {
            clock: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            shift: Default::default(),
            take: Default::default(),
            spikes: Bus::new(beat),
            index: Bus::new(stage.beat_index_bits()),
            group_base: Bus::new(address),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            host_reads: Default::default(),
            host_row: Bus::new(address),
            row: Bus::new(groups[0].weights.width()),
            count: (0..stage.pipelines).map(|_| Bus::new(counts)).collect(),
            input_count: Bus::new(counts),
            weights: WeightMemory::new((address, beat), &stage.lane_groups(), (weights, file), stage.memories.weights, load).registered(stage.memories.registered),
            waits: (0..stage.register_cycles()).map(|_| BeatDelay::new(beat)).collect(),
            _last_groups: groups.len() - stage.pipelines,
            _second_of_1: second_of(1),
            _second_of_2: second_of(2),
            _second_of_4: second_of(4),
            _first_registered: if stage.memories.registered { 0 } else { groups.len() },
            groups,
            inputs: lane_group(stage, 1),
            offset: Resize::new(stage.beat_index_bits(), address),
            address: Register::new(address),
            spikes_2: Register::new(beat),
            spikes_3: Register::new(beat),
            issue_1: Default::default(),
            issue_2: Default::default(),
            issue_3: Default::default(),
            issue_4: Default::default(),
            issue_5: Default::default(),
            end_1: Default::default(),
            end_2: Default::default(),
            end_3: Default::default(),
            end_4: Default::default(),
            end_5: Default::default(),
            end_6: Default::default(),
            double_4: Default::default(),
            double_5: Default::default(),
            counts_4: Default::default(),
            counts_5: Default::default(),
            all_plus_one: Fixed::new(u64::MAX, beat),
            no_spikes: Fixed::new(0, counts),
            reads_rows: Constant::new(stage.memories.weights == Style::Spram),
        }
    }
}

fn lane_group(stage: &StageArch, lanes: u32) -> LaneGroup {
    let group = LaneGroup::new(stage.beat, lanes, stage.count_bits());
    if stage.memories.registered { group.with_own_registers() } else { group }
}

impl Logic for Crossbar {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address, spikes_2, spikes_3, issue_1, issue_2, issue_3, issue_4, issue_5);
        dff_setup!(self, clock, end_1, end_2, end_3, end_4, end_5, end_6, double_5, counts_5);
        self.issue_1.d.next = self.issue.val();
        self.issue_2.d.next = self.issue_1.q.val();
        self.issue_3.d.next = self.issue_2.q.val();
        self.issue_4.d.next = self.issue_3.q.val();
        self.issue_5.d.next = self.issue_4.q.val();
        self.end_1.d.next = self.group_end.val();
        self.end_2.d.next = self.end_1.q.val();
        self.end_3.d.next = self.end_2.q.val();
        self.end_4.d.next = self.end_3.q.val();
        self.end_5.d.next = self.end_4.q.val();
        self.end_6.d.next = self.end_5.q.val();
        self.take.next = self.end_6.q.val();
        self.double_4.clock.next = self.clock.val();
        self.double_4.now.next = self.doubles.val();
        self.double_5.d.next = self.double_4.later.val();
        self.counts_4.clock.next = self.clock.val();
        self.counts_4.now.next = self.counts_inputs.val();
        self.counts_5.d.next = self.counts_4.later.val();

        self.weights.clock.next = self.clock.val();
        self.weights.load_enable.next = self.load_enable.val();
        self.weights.load_address.next = self.load_address.val();
        self.weights.load_piece.next = self.load_piece.val();
        self.offset.from.next = self.index.val();
        self.address.d.next = self.group_base.val() + self.offset.to.val();
        self.weights.address.next = self.address.q.val();
        if self.reads_rows.val() && self.host_reads.val() {
            self.weights.address.next = self.host_row.val();
        }
        self.row.next = self.weights.group[0].val();
        self.spikes_2.d.next = self.spikes.val();
        self.spikes_3.d.next = self.spikes_2.q.val();

        for i in 0..self.groups.len() {
            self.groups[i].clock.next = self.clock.val();
            self.groups[i].weights_valid.next = self.issue_3.q.val();
            self.groups[i].counts_valid.next = self.issue_4.q.val();
            self.groups[i].accumulate.next = self.issue_5.q.val();
            self.groups[i].doubles.next = self.double_5.q.val();
            self.groups[i].take.next = self.end_6.q.val();
            self.groups[i].shift.next = self.shift.val();
            self.groups[i].spikes.next = self.spikes_3.q.val();
            self.groups[i].weights.next = self.weights.group[i].val();
        }
        for i in self._first_registered..self.groups.len() {
            self.groups[i].weights_valid.next = true;
            self.groups[i].counts_valid.next = true;
            self.groups[i].accumulate.next = true;
            self.groups[i].doubles.next = self.double_4.later.val();
            self.groups[i].take.next = self.end_5.q.val();
            self.groups[i].spikes.next = self.spikes_2.q.val();
        }
        for i in self._last_groups..self.groups.len() {
            self.groups[i].next_lane.next = self.no_spikes.val();
        }
        // The groups of a pipeline take turns with those of the others.
        for i in self._second_of_1..self.groups.len() {
            self.groups[i - 1].next_lane.next = self.groups[i].total.val();
        }
        for i in self._second_of_2..self.groups.len() {
            self.groups[i - 2].next_lane.next = self.groups[i].total.val();
        }
        for i in self._second_of_4..self.groups.len() {
            self.groups[i - 4].next_lane.next = self.groups[i].total.val();
        }
        for i in 0..self.count.len() {
            self.count[i].next = self.groups[i].total.val();
        }

        self.inputs.clock.next = self.clock.val();
        self.inputs.weights_valid.next = self.issue_3.q.val();
        self.inputs.counts_valid.next = self.issue_4.q.val();
        self.inputs.accumulate.next = self.issue_5.q.val() && self.counts_5.q.val();
        self.inputs.doubles.next = self.double_5.q.val() && self.counts_5.q.val();
        self.inputs.take.next = self.end_6.q.val();
        self.inputs.shift.next = false;
        self.inputs.spikes.next = self.spikes_3.q.val();
        self.inputs.weights.next = self.all_plus_one.val();
        self.inputs.next_lane.next = self.no_spikes.val();
        self.input_count.next = self.inputs.total.val();

        for i in 0..self.waits.len() {
            self.waits[i].clock.next = self.clock.val();
            self.waits[i].issue.next = self.issue.val();
            self.waits[i].group_end.next = self.group_end.val();
            self.waits[i].doubles.next = self.doubles.val();
            self.waits[i].counts_inputs.next = self.counts_inputs.val();
            self.waits[i].spikes.next = self.spikes.val();
            self.issue_1.d.next = self.waits[i].issue_later.val();
            self.end_1.d.next = self.waits[i].group_end_later.val();
            self.double_4.now.next = self.waits[i].doubles_later.val();
            self.counts_4.now.next = self.waits[i].counts_inputs_later.val();
            self.spikes_2.d.next = self.waits[i].spikes_later.val();
            self.inputs.weights_valid.next = true;
            self.inputs.counts_valid.next = true;
            self.inputs.accumulate.next = self.counts_5.q.val();
            self.inputs.doubles.next = self.double_4.later.val() && self.counts_4.later.val();
            self.inputs.take.next = self.end_5.q.val();
            self.inputs.spikes.next = self.spikes_2.q.val();
        }
    }
}
