//! Every operator that the blocks use. rust-hdl prints some expressions with another meaning than it simulates; those
//! forms are kept out by `hdl/tests/source_lint.rs`, and the ones that are left are compared here.

use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use spikeforge_hdl::dff_setup;
use spikeforge_hdl::signal::{Bus, Fixed, Flag, Register, Value};

use super::differential::{check, random_vectors, Ports};

const WIDTHS: [u32; 7] = [2, 3, 8, 16, 31, 33, 64];

#[derive(LogicBlock)]
struct Operators {
    pub a: Bus<In>,
    pub b: Bus<In>,
    pub sum: Bus<Out>,
    pub difference: Bus<Out>,
    pub both: Bus<Out>,
    pub either: Bus<Out>,
    pub inverse: Bus<Out>,
    pub doubled: Bus<Out>,
    pub chosen: Bus<Out>,
    pub equal: Signal<Out, Bit>,
    pub unequal: Signal<Out, Bit>,
    pub below: Signal<Out, Bit>,
    pub any: Signal<Out, Bit>,
    pub all: Signal<Out, Bit>,
    pub top: Signal<Out, Bit>,
    pub combined: Signal<Out, Bit>,
    top_bit: Fixed,
    one: Fixed,
    limit: Fixed,
}

impl Operators {
    fn new(width: u32) -> Self {
        let bus = || Bus::new(width);
        Operators {
            a: Bus::new(width),
            b: Bus::new(width),
            sum: bus(),
            difference: bus(),
            both: bus(),
            either: bus(),
            inverse: bus(),
            doubled: bus(),
            chosen: bus(),
            equal: Default::default(),
            unequal: Default::default(),
            below: Default::default(),
            any: Default::default(),
            all: Default::default(),
            top: Default::default(),
            combined: Default::default(),
            top_bit: Fixed::new(u64::from(width - 1), (width - 1).ilog2() + 1),
            one: Fixed::new(1, 1),
            limit: Fixed::new(2, width),
        }
    }
}

impl Logic for Operators {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() + self.b.val();
        self.difference.next = self.a.val() - self.b.val();
        self.both.next = self.a.val() & self.b.val();
        self.either.next = self.a.val() | self.b.val();
        self.inverse.next = !self.a.val();
        self.doubled.next = self.a.val() << self.one.val();
        self.equal.next = self.a.val() == self.b.val();
        self.unequal.next = self.a.val() != self.b.val();
        self.below.next = self.a.val() < self.limit.val();
        self.any.next = self.a.val().any();
        self.all.next = self.a.val().all();
        self.top.next = self.a.val().get_bit(self.top_bit.val().index());
        self.combined.next = (!self.equal.val() && self.any.val()) || (self.below.val() && !self.top.val());
        self.chosen.next = self.a.val();
        if self.below.val() {
            self.chosen.next = self.b.val();
        } else {
            if self.top.val() || self.equal.val() {
                self.chosen.next = self.limit.val();
            }
        }
    }
}

#[test]
fn combinational_operators() {
    for width in WIDTHS {
        let out = |name| (name, width);
        let bit = |name| (name, 1);
        let ports = Ports {
            inputs: vec![("a", width), ("b", width)],
            outputs: vec![
                out("sum"), out("difference"), out("both"), out("either"), out("inverse"), out("doubled"), out("chosen"),
                bit("equal"), bit("unequal"), bit("below"), bit("any"), bit("all"), bit("top"), bit("combined"),
            ],
            set: |block: &mut Operators, values| {
                block.a.next = Value::new(values[0], block.a.width());
                block.b.next = Value::new(values[1], block.b.width());
            },
            get: |block| {
                let words = [&block.sum, &block.difference, &block.both, &block.either, &block.inverse, &block.doubled, &block.chosen];
                let bits = [&block.equal, &block.unequal, &block.below, &block.any, &block.all, &block.top, &block.combined];
                words.iter().map(|bus| bus.val().raw()).chain(bits.iter().map(|bit| u64::from(bit.val()))).collect()
            },
            clock: None,
        };
        let mut vectors = random_vectors(&ports.inputs, 600, u64::from(width));
        vectors.extend((0..64).map(|i| vec![i & 3, i >> 2 & 3]));
        check(|| Operators::new(width), &ports, &vectors);
    }
}

/// Registers that keep, load and count; a flag that toggles.
#[derive(LogicBlock)]
struct Counters {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub count: Signal<In, Bit>,
    pub word: Bus<In>,
    pub total: Bus<Out>,
    pub odd: Signal<Out, Bit>,
    kept: Register,
    toggled: Flag,
    one: Fixed,
}

impl Counters {
    fn new(width: u32) -> Self {
        Counters {
            clock: Default::default(),
            load: Default::default(),
            count: Default::default(),
            word: Bus::new(width),
            total: Bus::new(width),
            odd: Default::default(),
            kept: Register::starting_at(1, width),
            toggled: Default::default(),
            one: Fixed::new(1, width),
        }
    }
}

impl Logic for Counters {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, kept, toggled);
        if self.count.val() {
            self.kept.d.next = self.kept.q.val() + self.one.val();
            self.toggled.d.next = !self.toggled.q.val();
        }
        if self.load.val() {
            self.kept.d.next = self.word.val();
        }
        self.total.next = self.kept.q.val();
        self.odd.next = self.toggled.q.val();
    }
}

#[test]
fn registers() {
    for width in WIDTHS {
        let ports = Ports {
            inputs: vec![("load", 1), ("count", 1), ("word", width)],
            outputs: vec![("total", width), ("odd", 1)],
            set: |block: &mut Counters, values| {
                block.load.next = values[0] == 1;
                block.count.next = values[1] == 1;
                block.word.next = Value::new(values[2], block.word.width());
            },
            get: |block| vec![block.total.val().raw(), u64::from(block.odd.val())],
            clock: Some(|block, level| block.clock.next = Clock { clk: level }),
        };
        check(|| Counters::new(width), &ports, &random_vectors(&ports.inputs, 600, u64::from(width)));
    }
}
