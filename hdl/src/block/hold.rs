//! How long a group holds the next one back: until its neurons have left their lanes, or the next timestep's could not meet
//! them in the LIF pipelines.
//!
//! ```text
//! cycle        0           1                 ..   follow_cycles, or begin_cycles behind a timestep's last group
//! schedule     group_end   (timestep_end)         the next group may end
//! left         .           follow_cycles - 1 ..   1 in the cycle before
//! ```
//!
//! While neurons wait in their lanes, so does all behind them.

use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{bits_for, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Hold {
    pub clock: Signal<In, Clock>,
    pub group_end: Signal<In, Bit>,
    /// One a layer, in the cycle after its last group's end.
    pub timestep_end: Vec<Signal<In, Bit>>,
    pub waits: Signal<In, Bit>,
    pub over: Signal<Out, Bit>,
    holds: Flag,
    left: Register,
    one: Fixed,
    follows: Fixed,
    begins: Vec<Fixed>,
}

impl Hold {
    /// For layers that take turns, or one.
    pub fn new(layers: &[StageArch]) -> Self {
        let follows = layers[0].follow_cycles() - 1;
        let begins: Vec<usize> = layers.iter().map(|layer| layer.begin_cycles() - 2).collect();
        let bits = bits_for(begins.iter().copied().fold(follows, usize::max));
        Hold {
            clock: Default::default(),
            group_end: Default::default(),
            timestep_end: layers.iter().map(|_| Default::default()).collect(),
            waits: Default::default(),
            over: Default::default(),
            holds: Default::default(),
            left: Register::new(bits),
            one: Fixed::new(1, bits),
            follows: Fixed::count(follows, bits),
            begins: begins.into_iter().map(|cycles| Fixed::count(cycles, bits)).collect(),
        }
    }
}

impl Logic for Hold {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, holds, left);
        self.over.next = !self.holds.q.val();
        if self.holds.q.val() && !self.waits.val() {
            self.left.d.next = self.left.q.val() - self.one.val();
            if self.left.q.val() == self.one.val() {
                self.holds.d.next = false;
            }
        }
        if self.group_end.val() {
            self.holds.d.next = true;
            self.left.d.next = self.follows.val();
        }
        for i in 0..self.begins.len() {
            if self.timestep_end[i].val() {
                self.left.d.next = self.begins[i].val();
            }
        }
    }
}
