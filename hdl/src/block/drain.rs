//! Hands the counts of a finished group to the LIF pipelines, a neuron each a cycle.
//!
//! ```text
//! cycle   0      1 .. lanes
//!         take   valid, shift; neuron counts up
//! ```
//!
//! What a group's end says of it waits until its neurons leave: before, those of the group before do. A timestep's first ones
//! stay in their lanes until there is a bank for their spikes.
//!
//! A replay of kept currents drains all neurons at once, the cycle after it begins.
//! The neurons of layers that share the stage are numbered one after the other; of several pipelines each has such numbers
//! of its own.

use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Drain {
    // Control
    pub clock: Signal<In, Clock>,
    pub group_end: Signal<In, Bit>,
    pub first_group: Signal<In, Bit>,
    pub turn_of: Vec<Signal<In, Bit>>,
    pub take: Signal<In, Bit>,
    pub replay: Signal<In, Bit>,
    /// Of each layer: there is a bank for a timestep's spikes.
    pub has_bank: Vec<Signal<In, Bit>>,
    pub waits: Signal<Out, Bit>,
    /// The first neuron of a timestep is there.
    pub start: Signal<Out, Bit>,
    pub valid: Signal<Out, Bit>,
    pub group_last: Signal<Out, Bit>,
    pub last: Signal<Out, Bit>,
    pub replaying: Signal<Out, Bit>,
    /// The layer that is drained, one hot.
    pub drains: Vec<Signal<Out, Bit>>,
    // Data
    pub buffer_fresh: Signal<In, Bit>,
    pub fresh: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    active: Flag,
    starting: Flag,
    first_timestep: Flag,
    of_replay: Flag,
    later: Vec<Flag>,
    /// Counts are taken, and their neurons wait.
    taken: Flag,
    // Of the group whose neurons leave next
    begins: Flag,
    next_fresh: Flag,
    next_later: Vec<Flag>,
    lane: Register,
    next_neuron: Register,
    leaves: Signal<Local, Bit>,
    is_there: Signal<Local, Bit>,
    may_begin: Signal<Local, Bit>,
    at_last: Signal<Local, Bit>,
    at_group_last: Signal<Local, Bit>,
    first_drained: Signal<Local, Bit>,
    first_lane: Fixed,
    one_lane: Fixed,
    last_lane: Fixed,
    one_neuron: Fixed,
    last_neuron: Bus<Local>,
    first_neuron_of: Vec<Fixed>,
    last_neuron_of: Vec<Fixed>,
}

impl Drain {
    pub fn new(layers: &[StageArch]) -> Self {
        let layers: Vec<StageArch> = layers.iter().map(StageArch::of_pipeline).collect();
        let stage = StageArch::serving(&layers);
        let (neuron, lane) = (stage.neuron_index_bits(), bits_for(stage.lanes - 1));
        let before = |layer: usize| layers[..layer].iter().map(|layer| layer.n_neurons).sum();
        let boundary = |layer: usize| Fixed::count(before(layer), neuron);
        let last = |layer: usize| Fixed::count(before(layer + 1) - 1, neuron);
        Drain {
            clock: Default::default(),
            group_end: Default::default(),
            first_group: Default::default(),
            turn_of: layers.iter().map(|_| Default::default()).collect(),
            take: Default::default(),
            replay: Default::default(),
            has_bank: layers.iter().map(|_| Default::default()).collect(),
            waits: Default::default(),
            start: Default::default(),
            valid: Default::default(),
            group_last: Default::default(),
            last: Default::default(),
            replaying: Default::default(),
            drains: layers.iter().map(|_| Default::default()).collect(),
            buffer_fresh: Default::default(),
            fresh: Default::default(),
            neuron: Bus::new(neuron),
            active: Default::default(),
            starting: Default::default(),
            first_timestep: Default::default(),
            of_replay: Default::default(),
            later: layers.iter().map(|_| Default::default()).collect(),
            taken: Default::default(),
            begins: Default::default(),
            next_fresh: Default::default(),
            next_later: layers.iter().map(|_| Default::default()).collect(),
            lane: Register::new(lane),
            next_neuron: Register::new(neuron),
            leaves: Default::default(),
            is_there: Default::default(),
            may_begin: Default::default(),
            at_last: Default::default(),
            at_group_last: Default::default(),
            first_drained: Default::default(),
            first_lane: Fixed::new(0, lane),
            one_lane: Fixed::new(1, lane),
            last_lane: Fixed::count(stage.lanes - 1, lane),
            one_neuron: Fixed::new(1, neuron),
            last_neuron: Bus::new(neuron),
            first_neuron_of: (0..layers.len()).map(boundary).collect(),
            last_neuron_of: (0..layers.len()).map(last).collect(),
        }
    }
}

impl Logic for Drain {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, starting, first_timestep, of_replay, taken, begins, next_fresh, lane, next_neuron);
        self.last_neuron.next = self.last_neuron_of[0].val();
        self.first_drained.next = true;
        self.may_begin.next = self.has_bank[0].val();
        for i in 0..self.later.len() {
            self.later[i].clock.next = self.clock.val();
            self.later[i].d.next = self.later[i].q.val();
            self.next_later[i].clock.next = self.clock.val();
            self.next_later[i].d.next = self.next_later[i].q.val();
            self.drains[i].next = self.later[i].q.val();
        }
        for i in 1..self.later.len() {
            if self.later[i].q.val() {
                self.last_neuron.next = self.last_neuron_of[i].val();
                self.first_drained.next = false;
            }
            if self.next_later[i].q.val() {
                self.may_begin.next = self.has_bank[i].val();
            }
        }
        self.drains[0].next = self.first_drained.val();

        self.is_there.next = self.take.val() || self.taken.q.val();
        self.leaves.next = self.is_there.val() && (self.may_begin.val() || !self.begins.q.val());
        self.waits.next = self.is_there.val() && !self.may_begin.val() && self.begins.q.val();
        self.taken.d.next = self.is_there.val() && !self.leaves.val();

        self.at_last.next = self.next_neuron.q.val() == self.last_neuron.val();
        self.at_group_last.next = self.at_last.val() || (!self.of_replay.q.val() && (self.lane.q.val() == self.last_lane.val()));
        if self.active.q.val() {
            self.lane.d.next = self.lane.q.val() + self.one_lane.val();
            self.next_neuron.d.next = self.next_neuron.q.val() + self.one_neuron.val();
            if self.at_group_last.val() {
                self.active.d.next = false;
            }
            if self.at_last.val() {
                self.next_neuron.d.next = self.first_neuron_of[0].val();
            }
        }
        if self.group_end.val() {
            self.begins.d.next = self.first_group.val();
            self.next_fresh.d.next = self.buffer_fresh.val();
            for i in 1..self.next_later.len() {
                self.next_later[i].d.next = self.turn_of[i].val();
            }
        }
        if self.leaves.val() {
            self.active.d.next = true;
            self.lane.d.next = self.first_lane.val();
            self.first_timestep.d.next = self.next_fresh.q.val();
            self.of_replay.d.next = false;
            for i in 1..self.later.len() {
                self.later[i].d.next = self.next_later[i].q.val();
                if self.begins.q.val() && self.next_later[i].q.val() {
                    self.next_neuron.d.next = self.first_neuron_of[i].val();
                }
            }
        }
        if self.replay.val() {
            self.active.d.next = true;
            self.first_timestep.d.next = false;
            self.of_replay.d.next = true;
        }

        self.starting.d.next = (self.leaves.val() && self.begins.q.val()) || self.replay.val();
        self.start.next = self.starting.q.val();
        self.replaying.next = self.of_replay.q.val();
        self.valid.next = self.active.q.val();
        self.group_last.next = self.active.q.val() && self.at_group_last.val();
        self.last.next = self.active.q.val() && self.at_last.val();
        self.neuron.next = self.next_neuron.q.val();
        self.fresh.next = self.first_timestep.q.val();
    }
}
