//! Hands the counts of a finished group to the LIF pipelines, a neuron each a cycle.
//!
//! ```text
//! cycle   0          1 .. lanes                       .. + 4
//!         take       valid, shift; neuron counts up   finished (from the LIF pipeline)
//! draining (from group_end to finished): no further group may end; of several pipelines, which finish with the timestep,
//!           those of the timestep may as soon as the neurons before are on their way
//! ```
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
    pub finished: Signal<In, Bit>,
    pub replay: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub may_drain: Signal<Out, Bit>,
    pub draining: Signal<Out, Bit>,
    /// The first neuron of a group is there.
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
    busy: Flag,
    /// A group that has ended has neurons that are not on their way.
    waits: Flag,
    active: Flag,
    starting: Flag,
    first_timestep: Flag,
    of_replay: Flag,
    later: Vec<Flag>,
    lane: Register,
    next_neuron: Register,
    follows: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    at_last: Signal<Local, Bit>,
    at_group_last: Signal<Local, Bit>,
    first_drained: Signal<Local, Bit>,
    overlaps: Constant<Bit>,
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
        let overlaps = layers[0].pipelines > 1;
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
            finished: Default::default(),
            replay: Default::default(),
            room: Default::default(),
            may_drain: Default::default(),
            draining: Default::default(),
            start: Default::default(),
            valid: Default::default(),
            group_last: Default::default(),
            last: Default::default(),
            replaying: Default::default(),
            drains: layers.iter().map(|_| Default::default()).collect(),
            buffer_fresh: Default::default(),
            fresh: Default::default(),
            neuron: Bus::new(neuron),
            busy: Default::default(),
            waits: Default::default(),
            active: Default::default(),
            starting: Default::default(),
            first_timestep: Default::default(),
            of_replay: Default::default(),
            later: layers.iter().map(|_| Default::default()).collect(),
            lane: Register::new(lane),
            next_neuron: Register::new(neuron),
            follows: Default::default(),
            begins: Default::default(),
            overlaps: Constant::new(overlaps),
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
        dff_setup!(self, clock, busy, waits, active, starting, first_timestep, of_replay, lane, next_neuron);
        self.follows.next = self.overlaps.val() && !self.first_group.val() && !self.waits.q.val();
        self.may_drain.next = (!self.busy.q.val() || self.follows.val()) && self.room.val();
        self.draining.next = self.busy.q.val();
        self.last_neuron.next = self.last_neuron_of[0].val();
        self.first_drained.next = true;
        for i in 0..self.later.len() {
            self.later[i].clock.next = self.clock.val();
            self.later[i].d.next = self.later[i].q.val();
            self.drains[i].next = self.later[i].q.val();
        }
        for i in 1..self.later.len() {
            if self.later[i].q.val() {
                self.last_neuron.next = self.last_neuron_of[i].val();
                self.first_drained.next = false;
            }
        }
        self.drains[0].next = self.first_drained.val();

        self.at_last.next = self.next_neuron.q.val() == self.last_neuron.val();
        self.at_group_last.next = self.at_last.val() || (!self.of_replay.q.val() && (self.lane.q.val() == self.last_lane.val()));
        if self.active.q.val() {
            self.lane.d.next = self.lane.q.val() + self.one_lane.val();
            self.next_neuron.d.next = self.next_neuron.q.val() + self.one_neuron.val();
            if self.at_group_last.val() {
                self.active.d.next = false;
                self.waits.d.next = false;
            }
            if self.at_last.val() {
                self.next_neuron.d.next = self.first_neuron_of[0].val();
            }
        }
        if self.group_end.val() {
            self.busy.d.next = true;
            self.waits.d.next = true;
            self.first_timestep.d.next = self.buffer_fresh.val();
            self.of_replay.d.next = false;
            for i in 1..self.later.len() {
                self.later[i].d.next = self.turn_of[i].val();
                if self.first_group.val() && self.turn_of[i].val() {
                    self.next_neuron.d.next = self.first_neuron_of[i].val();
                }
            }
        }
        if self.finished.val() {
            self.busy.d.next = false;
        }
        if self.take.val() {
            self.active.d.next = true;
            self.lane.d.next = self.first_lane.val();
        }
        if self.replay.val() {
            self.busy.d.next = true;
            self.active.d.next = true;
            self.first_timestep.d.next = false;
            self.of_replay.d.next = true;
        }

        // What follows another group of its timestep goes on where that one ends.
        self.begins.next = self.next_neuron.q.val() == self.first_neuron_of[0].val();
        self.starting.d.next = (self.take.val() && (!self.overlaps.val() || self.begins.val())) || self.replay.val();
        self.start.next = self.starting.q.val();
        self.replaying.next = self.of_replay.q.val();
        self.valid.next = self.active.q.val();
        self.group_last.next = self.active.q.val() && self.at_group_last.val();
        self.last.next = self.active.q.val() && self.at_last.val();
        self.neuron.next = self.next_neuron.q.val();
        self.fresh.next = self.first_timestep.q.val();
    }
}
