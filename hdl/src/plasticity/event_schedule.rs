//! Walks the synapses of a learning layer through a timestep: for each group of neurons, every input that spiked.
//!
//! ```text
//! waiting --(a timestep is available)--> walking: load an entry, issue its spikes one a cycle, load the next ..
//!    ^                                     |
//!    +--(last group: free)-- turning <-----+  (the last spike of the last entry)
//! ```
//!
//! The next entry is read while the spikes of one are issued. `turning` is the bubble in which the lanes' sums are
//! taken. A group's last spike waits until the drain has finished the group before and the next buffer has a bank to
//! write to. A silent timestep is one entry without a spike.
//!
//! | signal | bits |
//! |---|---|
//! | entry, index | of a beat |
//! | spiking | of an input, a beat's bit below its index |
//! | group_base | of the latent memory |

use super::lowest_bit::LowestBit;
use crate::arch::StageArch;
use crate::block::wiring::Concat;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct EventSchedule {
    // Control
    pub clock: Signal<In, Clock>,
    pub available: Signal<In, Bit>,
    pub last_entry: Bus<In>,
    pub may_drain: Signal<In, Bit>,
    pub issue: Signal<Out, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub free: Signal<Out, Bit>,
    // Data
    pub entry: Bus<Out>,
    pub spikes: Bus<In>,
    pub index: Bus<In>,
    pub spiking: Bus<Out>,
    pub group_base: Bus<Out>,
    walk: Flag,
    turn: Flag,
    settled: Flag,
    loaded: Flag,
    at_last: Flag,
    position: Register,
    pending: Register,
    word: Register,
    group: Register,
    base: Register,
    lowest: LowestBit,
    place: Concat,
    step: Signal<Local, Bit>,
    empties: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    no_spikes: Fixed,
    first_entry: Fixed,
    one_entry: Fixed,
    first_group: Fixed,
    one_group: Fixed,
    last_group: Fixed,
    first_base: Fixed,
    inputs: Fixed,
}

impl EventSchedule {
    pub fn new(stage: &StageArch) -> Self {
        let (entry, address) = (stage.beat_index_bits(), stage.latent_address_bits());
        let bit = stage.beat.trailing_zeros();
        let group = bits_for(stage.groups() - 1);
        EventSchedule {
            clock: Default::default(),
            available: Default::default(),
            last_entry: Bus::new(entry),
            may_drain: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            free: Default::default(),
            entry: Bus::new(entry),
            spikes: Bus::new(stage.beat),
            index: Bus::new(entry),
            spiking: Bus::new(bit + entry),
            group_base: Bus::new(address),
            walk: Default::default(),
            turn: Default::default(),
            settled: Default::default(),
            loaded: Default::default(),
            at_last: Default::default(),
            position: Register::new(entry),
            pending: Register::new(stage.beat),
            word: Register::new(entry),
            group: Register::new(group),
            base: Register::new(address),
            lowest: LowestBit::new(stage.beat),
            place: Concat::new(bit, entry, bit + entry),
            step: Default::default(),
            empties: Default::default(),
            load: Default::default(),
            no_spikes: Fixed::new(0, stage.beat),
            first_entry: Fixed::new(0, entry),
            one_entry: Fixed::new(1, entry),
            first_group: Fixed::new(0, group),
            one_group: Fixed::new(1, group),
            last_group: Fixed::count(stage.groups() - 1, group),
            first_base: Fixed::new(0, address),
            // With one group the base never moves, and the step need not fit.
            inputs: Fixed::count(if stage.groups() > 1 { stage.n_inputs } else { 0 }, address),
        }
    }
}

impl Logic for EventSchedule {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, walk, turn, settled, loaded, at_last, position, pending, word, group, base);
        self.lowest.word.next = self.pending.q.val();
        self.place.low.next = self.lowest.index.val();
        self.place.high.next = self.word.q.val();
        self.spiking.next = self.place.joined.val();
        self.group_base.next = self.base.q.val();
        self.entry.next = self.position.q.val();

        self.empties.next = self.lowest.rest.val() == self.no_spikes.val();
        self.step.next = self.loaded.q.val() && (self.may_drain.val() || !(self.at_last.q.val() && self.empties.val()));
        self.issue.next = self.step.val() && self.pending.q.val().any();
        self.group_end.next = self.step.val() && self.at_last.q.val() && self.empties.val();
        self.load.next = self.walk.q.val() && self.settled.q.val() && !self.at_last.q.val();
        self.load.next = self.load.val() && (!self.loaded.q.val() || (self.step.val() && self.empties.val()));
        self.free.next = false;

        if self.step.val() {
            self.pending.d.next = self.lowest.rest.val();
            if self.empties.val() {
                self.loaded.d.next = false;
            }
        }
        self.settled.d.next = self.walk.q.val() && !self.load.val();
        if self.load.val() {
            self.loaded.d.next = true;
            self.pending.d.next = self.spikes.val();
            self.word.d.next = self.index.val();
            self.at_last.d.next = self.position.q.val() == self.last_entry.val();
            self.position.d.next = self.position.q.val() + self.one_entry.val();
        }
        self.turn.d.next = self.group_end.val();
        if self.group_end.val() {
            self.position.d.next = self.first_entry.val();
            self.at_last.d.next = false;
            self.settled.d.next = false;
            self.walk.d.next = false;
        }
        if self.turn.q.val() {
            self.group.d.next = self.group.q.val() + self.one_group.val();
            self.base.d.next = self.base.q.val() + self.inputs.val();
            self.walk.d.next = true;
            if self.group.q.val() == self.last_group.val() {
                self.group.d.next = self.first_group.val();
                self.base.d.next = self.first_base.val();
                self.walk.d.next = false;
                self.free.next = true;
            }
        }
        if !self.walk.q.val() && !self.turn.q.val() && self.available.val() {
            self.walk.d.next = true;
        }
    }
}
