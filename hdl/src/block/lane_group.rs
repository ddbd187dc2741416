//! Neighbouring lanes whose weights share a word of at most 64 bits.
//!
//! With registers of its own, spikes and what says how they count come a cycle earlier than without. Such a group counts in
//! every cycle, and spikes are silent where there is no beat: what would say so had the farthest way.

use super::group_registers::GroupRegisters;
use super::lane::Lane;
use super::popcount::Popcount;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LaneGroup {
    // Control
    pub clock: Signal<In, Clock>,
    pub weights_valid: Signal<In, Bit>,
    pub counts_valid: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub doubles: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub weights: Bus<In>,
    pub next_lane: Bus<In>,
    pub total: Bus<Out>,
    popcount: Popcount,
    lanes: Vec<Lane>,
    /// One, or none.
    own: Vec<GroupRegisters>,
    _last_lane: usize,
    /// The first lane behind it: all, or none.
    _first_behind: usize,
}

impl LaneGroup {
    pub fn new(beat: u32, lanes: u32, count_bits: u32) -> Self {
        let lanes_of_group: Vec<Lane> = (0..lanes).map(|_| Lane::new(count_bits)).collect();
        LaneGroup {
            clock: Default::default(),
            weights_valid: Default::default(),
            counts_valid: Default::default(),
            accumulate: Default::default(),
            doubles: Default::default(),
            take: Default::default(),
            shift: Default::default(),
            spikes: Bus::new(beat),
            weights: Bus::new(beat * lanes),
            next_lane: Bus::new(count_bits),
            total: Bus::new(count_bits),
            popcount: Popcount::new(beat, lanes, count_bits),
            own: vec![],
            _last_lane: lanes_of_group.len() - 1,
            _first_behind: lanes_of_group.len(),
            lanes: lanes_of_group,
        }
    }

    pub fn with_own_registers(mut self) -> Self {
        self.own = vec![GroupRegisters::new(self.spikes.width())];
        self._first_behind = 0;
        LaneGroup { popcount: self.popcount.starting_at_zero(), ..self }
    }
}

impl Logic for LaneGroup {
    #[hdl_gen]
    fn update(&mut self) {
        self.popcount.clock.next = self.clock.val();
        self.popcount.enable.next = self.weights_valid.val();
        self.popcount.spikes.next = self.spikes.val();
        self.popcount.weights.next = self.weights.val();
        for i in 0..self.lanes.len() {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].enable.next = self.counts_valid.val();
            self.lanes[i].accumulate.next = self.accumulate.val();
            self.lanes[i].doubles.next = self.doubles.val();
            self.lanes[i].take.next = self.take.val();
            self.lanes[i].shift.next = self.shift.val();
            self.lanes[i].count.next = self.popcount.count[i].val();
        }
        for i in 0..self.own.len() {
            self.own[i].clock.next = self.clock.val();
            self.own[i].doubles.next = self.doubles.val();
            self.own[i].take.next = self.take.val();
            self.own[i].shift.next = self.shift.val();
            self.own[i].spikes.next = self.spikes.val();
            self.popcount.spikes.next = self.own[i].spikes_here.val();
        }
        for i in self._first_behind..self.lanes.len() {
            self.lanes[i].doubles.next = self.own[0].doubles_here.val();
            self.lanes[i].take.next = self.own[0].take_here.val();
            self.lanes[i].shift.next = self.own[0].shift_here.val();
        }
        for i in 1..self.lanes.len() {
            self.lanes[i - 1].next_lane.next = self.lanes[i].total.val();
        }
        for i in self._last_lane..self.lanes.len() {
            self.lanes[i].next_lane.next = self.next_lane.val();
        }
        self.total.next = self.lanes[0].total.val();
    }
}
