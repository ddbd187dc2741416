//! Walks a crossbar through a timestep: for each group of neurons, every entry of the spike buffer, once for each bit of
//! the weights.
//!
//! ```text
//! waiting --(a timestep is available)--> walking --(last entry)--> turning --(more groups)--> walking
//!    ^                                                               |
//!    +--------------------(last group: free)----------------------+
//! ```
//!
//! `turning` is the bubble in which the lanes' sums are taken and cleared. A group's last entry waits until
//! its neurons may follow those of the group before.
//!
//! | signal | bits |
//! |---|---|
//! | entry | index of a beat |
//! | group_base, first_base, beats | address of the weight memory |

use super::planes::Planes;
use super::turns::widths;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Schedule {
    // Control
    pub clock: Signal<In, Clock>,
    pub available: Signal<In, Bit>,
    pub last_entry: Bus<In>,
    pub may_end: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    pub issue: Signal<Out, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub doubles: Signal<Out, Bit>,
    pub counts_inputs: Signal<Out, Bit>,
    pub free: Signal<Out, Bit>,
    pub walking: Signal<Out, Bit>,
    // Of the layer that walks; its first base while idle
    pub last_group: Bus<In>,
    pub beats: Bus<In>,
    pub first_base: Bus<In>,
    // Data
    pub entry: Bus<Out>,
    pub group_base: Bus<Out>,
    walk: Flag,
    turn: Flag,
    pass: Flag,
    position: Register,
    group: Register,
    base: Register,
    planes: Planes,
    at_last: Signal<Local, Bit>,
    first_entry: Fixed,
    one_entry: Fixed,
    no_group: Fixed,
    one_group: Fixed,
}

impl Schedule {
    /// For layers that take turns, or one.
    pub fn new(layers: &[StageArch]) -> Self {
        let entry = StageArch::serving(layers).entry_bits();
        let (group, address) = widths(layers);
        Schedule {
            clock: Default::default(),
            available: Default::default(),
            last_entry: Bus::new(entry),
            may_end: Default::default(),
            idle: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            free: Default::default(),
            walking: Default::default(),
            last_group: Bus::new(group),
            beats: Bus::new(address),
            first_base: Bus::new(address),
            entry: Bus::new(entry),
            group_base: Bus::new(address),
            walk: Default::default(),
            turn: Default::default(),
            pass: Default::default(),
            position: Register::new(entry),
            group: Register::new(group),
            base: Register::new(address),
            planes: Planes::new(layers[0].weight_bits),
            at_last: Default::default(),
            first_entry: Fixed::new(0, entry),
            one_entry: Fixed::new(1, entry),
            no_group: Fixed::new(0, group),
            one_group: Fixed::new(1, group),
        }
    }
}

impl Logic for Schedule {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, walk, turn, pass, position, group, base);
        self.at_last.next = self.position.q.val() == self.last_entry.val();
        self.issue.next =
            self.walk.q.val() && (self.may_end.val() || !self.at_last.val() || !self.planes.is_lowest.val());
        self.group_end.next = self.issue.val() && self.at_last.val() && self.planes.is_lowest.val();
        self.planes.clock.next = self.clock.val();
        self.planes.issue.next = self.issue.val();
        self.planes.pass_end.next = self.issue.val() && self.at_last.val();
        self.doubles.next = self.planes.doubles.val();
        self.counts_inputs.next = self.planes.is_highest.val();
        self.free.next = false;
        self.walking.next = self.walk.q.val();
        self.idle.next = !self.walk.q.val() && !self.turn.q.val();
        self.entry.next = self.position.q.val();
        self.group_base.next = self.base.q.val();

        self.turn.d.next = self.group_end.val();
        if self.issue.val() {
            self.position.d.next = self.position.q.val() + self.one_entry.val();
        }
        if self.issue.val() && self.at_last.val() {
            self.position.d.next = self.first_entry.val();
        }
        // A beat's weight address is made in the cycle after it is issued.
        self.pass.d.next = self.issue.val() && self.at_last.val() && !self.planes.is_lowest.val();
        if self.pass.q.val() {
            self.base.d.next = self.base.q.val() + self.beats.val();
        }
        if self.group_end.val() {
            self.walk.d.next = false;
        }
        if self.turn.q.val() {
            self.group.d.next = self.group.q.val() + self.one_group.val();
            self.base.d.next = self.base.q.val() + self.beats.val();
            self.walk.d.next = true;
            if self.group.q.val() == self.last_group.val() {
                self.group.d.next = self.no_group.val();
                self.walk.d.next = false;
                self.free.next = true;
            }
        }
        if self.idle.val() {
            self.walk.d.next = self.available.val();
            self.base.d.next = self.first_base.val();
        }
    }
}
