//! Whose turn it is, of the layers that share a stage, and what the schedule needs to know of that layer.
//!
//! ```text
//! idle          the schedule asks; a layer that wins has the turn from the next cycle on
//! turn_of       one hot; the first layer when it is no other's
//! ```
//!
//! A layer that another one follows asks only while the buffer between them has a bank for one more timestep than those on
//! their way there. Only the layer that walks takes the bank that it has found free.

use super::choice::Choice;
use crate::arch::StageArch;
use crate::signal::{bits_for, Bus, Fixed, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Turns {
    // Control
    pub clock: Signal<In, Clock>,
    pub idle: Signal<In, Bit>,
    pub frees: Signal<In, Bit>,
    pub asks: Vec<Signal<In, Bit>>,
    /// Of the layers that another one follows: the buffer between them has a bank for one more timestep.
    pub has_room: Vec<Signal<In, Bit>>,
    pub any: Signal<Out, Bit>,
    pub free: Vec<Signal<Out, Bit>>,
    pub turn_of: Vec<Signal<Out, Bit>>,
    // Of the layer that walks
    pub last_group: Bus<Out>,
    pub beats: Bus<Out>,
    // Of the layer that wins
    pub first_base: Bus<Out>,
    choice: Choice,
    later: Vec<Flag>,
    holds: Vec<Signal<Local, Bit>>,
    first_turn: Signal<Local, Bit>,
    last_group_of: Vec<Fixed>,
    beats_of: Vec<Fixed>,
    first_base_of: Vec<Fixed>,
}

/// With one pass the base never moves, and a window has a walk of its own.
fn steps(layer: &StageArch) -> bool {
    layer.window.is_none() && layer.groups() * layer.planes() > 1
}

/// Bits of a group's number, and of a weight address.
pub(super) fn widths(layers: &[StageArch]) -> (u32, u32) {
    let words: usize = layers.iter().map(StageArch::weight_words).sum();
    let group = layers.iter().map(|layer| bits_for(layer.groups() - 1)).max().unwrap_or(1);
    (group, bits_for(words - 1))
}

impl Turns {
    /// The weights of the layers lie one after the other.
    pub fn new(layers: &[StageArch]) -> Self {
        let (group, address) = widths(layers);
        let words: Vec<usize> = layers.iter().map(StageArch::weight_words).collect();
        let beats = |layer: &StageArch| Fixed::count(if steps(layer) { layer.beats() } else { 0 }, address);
        let n_layers = layers.len();
        Turns {
            clock: Default::default(),
            idle: Default::default(),
            frees: Default::default(),
            asks: (0..n_layers).map(|_| Default::default()).collect(),
            has_room: (1..n_layers).map(|_| Default::default()).collect(),
            any: Default::default(),
            free: (0..n_layers).map(|_| Default::default()).collect(),
            turn_of: (0..n_layers).map(|_| Default::default()).collect(),
            last_group: Bus::new(group),
            beats: Bus::new(address),
            first_base: Bus::new(address),
            choice: Choice::new(n_layers),
            later: (0..n_layers).map(|_| Default::default()).collect(),
            holds: (0..n_layers).map(|_| Default::default()).collect(),
            first_turn: Default::default(),
            last_group_of: layers.iter().map(|layer| Fixed::count(layer.groups() - 1, group)).collect(),
            beats_of: layers.iter().map(beats).collect(),
            first_base_of: (0..n_layers).map(|layer| Fixed::count(words[..layer].iter().sum(), address)).collect(),
        }
    }
}

impl Logic for Turns {
    #[hdl_gen]
    fn update(&mut self) {
        self.last_group.next = self.last_group_of[0].val();
        self.beats.next = self.beats_of[0].val();
        self.first_base.next = self.first_base_of[0].val();
        self.first_turn.next = true;
        for i in 0..self.later.len() {
            self.choice.asks[i].next = self.asks[i].val();
            self.later[i].clock.next = self.clock.val();
            self.later[i].d.next = self.later[i].q.val();
            self.turn_of[i].next = self.later[i].q.val();
            self.holds[i].next = self.later[i].q.val();
            self.free[i].next = self.frees.val() && self.later[i].q.val();
        }
        self.any.next = self.choice.any.val();
        for i in 1..self.later.len() {
            if self.later[i].q.val() {
                self.last_group.next = self.last_group_of[i].val();
                self.beats.next = self.beats_of[i].val();
                self.first_turn.next = false;
            }
            if self.idle.val() && self.choice.any.val() {
                self.later[i].d.next = self.choice.wins[i].val();
            }
            if self.choice.wins[i].val() {
                self.first_base.next = self.first_base_of[i].val();
            }
        }
        self.turn_of[0].next = self.first_turn.val();
        self.holds[0].next = self.first_turn.val();
        for i in 0..self.holds.len() {
            self.choice.holds[i].next = self.holds[i].val();
        }
        for i in 1..self.holds.len() {
            self.choice.asks[i - 1].next = self.asks[i - 1].val() && self.has_room[i - 1].val();
        }
        self.free[0].next = self.frees.val() && self.first_turn.val();
    }
}
