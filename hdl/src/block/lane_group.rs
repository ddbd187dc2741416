//! Neighbouring lanes whose weights share a word of at most 64 bits.

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
    _last_lane: usize,
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
            _last_lane: lanes_of_group.len() - 1,
            lanes: lanes_of_group,
        }
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
        for i in 1..self.lanes.len() {
            self.lanes[i - 1].next_lane.next = self.lanes[i].total.val();
        }
        for i in self._last_lane..self.lanes.len() {
            self.lanes[i].next_lane.next = self.next_lane.val();
        }
        self.total.next = self.lanes[0].total.val();
    }
}
