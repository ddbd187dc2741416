//! When a group may end, and when its neurons may leave their lanes: right behind those of the group before.
//!
//! ```text
//! within a timestep       a group may end as soon as the lanes of the one before are empty
//! a timestep's first      may end when its neurons cannot meet those of the timestep before, who have written their states;
//!                         in their lanes they wait for a bank for their spikes
//! a replay                when nothing is on its way, and there is a bank
//! ```

use super::hold::Hold;
use super::room::Room;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::Flag;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Pace {
    pub clock: Signal<In, Clock>,
    pub group_end: Signal<In, Bit>,
    pub replay: Signal<In, Bit>,
    /// Neurons wait in their lanes.
    pub waits: Signal<In, Bit>,
    pub may_end: Signal<Out, Bit>,
    pub may_replay: Signal<Out, Bit>,
    pub first_group: Signal<Out, Bit>,
    /// Neurons of any layer are on their way.
    pub on_way: Signal<Out, Bit>,
    // One a layer
    pub turn_of: Vec<Signal<In, Bit>>,
    pub timestep_end: Vec<Signal<In, Bit>>,
    pub arrives: Vec<Signal<In, Bit>>,
    pub ready: Vec<Signal<In, Bit>>,
    pub roomy: Vec<Signal<In, Bit>>,
    pub has_bank: Vec<Signal<Out, Bit>>,
    pub has_more: Vec<Signal<Out, Bit>>,
    hold: Hold,
    rooms: Vec<Room>,
    /// A timestep's first group has ended, and its last has not.
    has_begun: Flag,
    replayed: Flag,
    sets_out: Signal<Local, Bit>,
    some_on_way: Signal<Local, Bit>,
}

impl Pace {
    /// For layers that take turns, or one.
    pub fn new(layers: &[StageArch]) -> Self {
        Pace {
            clock: Default::default(),
            group_end: Default::default(),
            replay: Default::default(),
            waits: Default::default(),
            may_end: Default::default(),
            may_replay: Default::default(),
            first_group: Default::default(),
            on_way: Default::default(),
            turn_of: layers.iter().map(|_| Default::default()).collect(),
            timestep_end: layers.iter().map(|_| Default::default()).collect(),
            arrives: layers.iter().map(|_| Default::default()).collect(),
            ready: layers.iter().map(|_| Default::default()).collect(),
            roomy: layers.iter().map(|_| Default::default()).collect(),
            has_bank: layers.iter().map(|_| Default::default()).collect(),
            has_more: layers.iter().map(|_| Default::default()).collect(),
            hold: Hold::new(layers),
            rooms: layers.iter().map(|_| Default::default()).collect(),
            has_begun: Default::default(),
            replayed: Default::default(),
            sets_out: Default::default(),
            some_on_way: Default::default(),
        }
    }
}

impl Logic for Pace {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, has_begun, replayed);
        self.hold.clock.next = self.clock.val();
        self.hold.group_end.next = self.group_end.val();
        self.sets_out.next = (self.group_end.val() && !self.has_begun.q.val()) || self.replay.val();
        self.hold.waits.next = self.waits.val();
        self.some_on_way.next = false;
        if self.group_end.val() {
            self.has_begun.d.next = true;
            self.replayed.d.next = false;
        }
        if self.replay.val() {
            self.replayed.d.next = true;
        }
        for i in 0..self.rooms.len() {
            self.rooms[i].clock.next = self.clock.val();
            self.rooms[i].sets_out.next = self.sets_out.val() && self.turn_of[i].val();
            self.rooms[i].arrives.next = self.arrives[i].val();
            self.rooms[i].ready.next = self.ready[i].val();
            self.rooms[i].roomy.next = self.roomy[i].val();
            self.has_bank[i].next = self.rooms[i].has_bank.val();
            self.has_more[i].next = self.rooms[i].has_more.val();
            self.hold.timestep_end[i].next = self.timestep_end[i].val();
            if self.timestep_end[i].val() {
                self.has_begun.d.next = false;
            }
            if self.rooms[i].on_way.val() {
                self.some_on_way.next = true;
            }
        }
        self.first_group.next = !self.has_begun.q.val();
        self.on_way.next = self.some_on_way.val();
        self.may_replay.next = self.rooms[0].has_bank.val() && !self.some_on_way.val();
        self.may_end.next = self.hold.over.val() && !(self.replayed.q.val() && self.some_on_way.val());
    }
}
