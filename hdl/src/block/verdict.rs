//! The class of a presentation: the neuron of the last layer with the greatest score, the lowest of equals.
//!
//! ```text
//! cycle   0                   1                               2
//!         a neuron's spike    its score against the best      best, its count in memory; behind the last: the answer
//! ```
//!
//! A score is how often the neuron fired in this presentation, or its membrane: see [`Score`]. The answer is that of the
//! timesteps so far, and stands until the next timestep is complete.
//!
//! | signal | bits |
//! |---|---|
//! | count | 16, saturating |
//! | score, best_score | 32, two's complement |
//! | neuron, best | 16 |

use super::ram::Ram;
use super::wiring::{Concat, Resize};
use crate::arch::{Score, StageArch, Style};
use crate::dff_setup;
use crate::plasticity::scores::SignedAbove;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

const CLASS_BITS: u32 = 16;
const SCORE_BITS: u32 = 32;
/// Of how often a neuron fired.
pub const COUNT_BITS: u32 = 16;
/// Class and score, as they are read.
pub const VERDICT_BITS: u32 = CLASS_BITS + SCORE_BITS;

#[derive(LogicBlock)]
pub struct Verdict {
    // Control
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    // Data
    pub spike: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub answer: Bus<Out>,
    /// One each where spikes are counted, or one extension where membranes are compared.
    counts: Vec<Ram>,
    tallies: Vec<Tally>,
    extensions: Vec<SignExtend>,
    address: Resize,
    write_address: Resize,
    valid_1: Flag,
    last_1: Flag,
    fresh_1: Flag,
    spike_1: Flag,
    membrane_1: Register,
    neuron: Register,
    neuron_1: Register,
    best: Register,
    best_score: Register,
    told: Register,
    told_score: Register,
    above: SignedAbove,
    joined: Concat,
    is_better: Signal<Local, Bit>,
    score: Bus<Local>,
    winner: Bus<Local>,
    winner_score: Bus<Local>,
    first_neuron: Fixed,
    one_neuron: Fixed,
    no_score: Fixed,
}

impl Verdict {
    /// Of the last layer of a design, by this score; counts are built in `style`.
    pub fn new(layer: &StageArch, score: Score, style: Style) -> Self {
        let index = bits_for(layer.n_neurons - 1);
        let n_counts = usize::from(score == Score::Count);
        let membrane = layer.neuron.membrane_bits;
        Verdict {
            clock: Default::default(),
            valid: Default::default(),
            last: Default::default(),
            fresh: Default::default(),
            spike: Default::default(),
            membrane: Bus::new(membrane),
            answer: Bus::new(VERDICT_BITS),
            counts: (0..n_counts).map(|_| Ram::new(index, COUNT_BITS, layer.n_neurons, style)).collect(),
            tallies: (0..n_counts).map(|_| Tally::new(SCORE_BITS)).collect(),
            extensions: (n_counts..1).map(|_| SignExtend::new(membrane, SCORE_BITS)).collect(),
            address: Resize::new(CLASS_BITS, index),
            write_address: Resize::new(CLASS_BITS, index),
            valid_1: Default::default(),
            last_1: Default::default(),
            fresh_1: Default::default(),
            spike_1: Default::default(),
            membrane_1: Register::new(membrane),
            neuron: Register::new(CLASS_BITS),
            neuron_1: Register::new(CLASS_BITS),
            best: Register::new(CLASS_BITS),
            best_score: Register::new(SCORE_BITS),
            told: Register::new(CLASS_BITS),
            told_score: Register::new(SCORE_BITS),
            above: SignedAbove::new(SCORE_BITS),
            joined: Concat::new(CLASS_BITS, SCORE_BITS, VERDICT_BITS),
            is_better: Default::default(),
            score: Bus::new(SCORE_BITS),
            winner: Bus::new(CLASS_BITS),
            winner_score: Bus::new(SCORE_BITS),
            first_neuron: Fixed::new(0, CLASS_BITS),
            one_neuron: Fixed::new(1, CLASS_BITS),
            no_score: Fixed::new(0, SCORE_BITS),
        }
    }
}

impl Logic for Verdict {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid_1, last_1, fresh_1, spike_1, membrane_1, neuron, neuron_1);
        dff_setup!(self, clock, best, best_score, told, told_score);
        // Cycle 0
        self.valid_1.d.next = self.valid.val();
        self.last_1.d.next = self.last.val();
        self.fresh_1.d.next = self.fresh.val();
        self.spike_1.d.next = self.spike.val();
        self.membrane_1.d.next = self.membrane.val();
        self.neuron_1.d.next = self.neuron.q.val();
        self.address.from.next = self.neuron.q.val();
        self.write_address.from.next = self.neuron_1.q.val();
        if self.valid.val() {
            self.neuron.d.next = self.neuron.q.val() + self.one_neuron.val();
            if self.last.val() {
                self.neuron.d.next = self.first_neuron.val();
            }
        }

        // Cycle 1
        self.score.next = self.no_score.val();
        for i in 0..self.counts.len() {
            self.counts[i].clock.next = self.clock.val();
            self.counts[i].read_address.next = self.address.to.val();
            self.tallies[i].kept.next = self.counts[i].read_word.val();
            self.tallies[i].fresh.next = self.fresh_1.q.val();
            self.tallies[i].spike.next = self.spike_1.q.val();
            self.counts[i].write_enable.next = self.valid_1.q.val();
            self.counts[i].write_address.next = self.write_address.to.val();
            self.counts[i].write_word.next = self.tallies[i].count.val();
            self.score.next = self.tallies[i].score.val();
        }
        for i in 0..self.extensions.len() {
            self.extensions[i].from.next = self.membrane_1.q.val();
            self.score.next = self.extensions[i].to.val();
        }
        self.above.a.next = self.score.val();
        self.above.b.next = self.best_score.q.val();
        self.is_better.next = self.above.above.val() || (self.neuron_1.q.val() == self.first_neuron.val());
        self.winner.next = self.best.q.val();
        self.winner_score.next = self.best_score.q.val();
        if self.is_better.val() {
            self.winner.next = self.neuron_1.q.val();
            self.winner_score.next = self.score.val();
        }
        if self.valid_1.q.val() {
            self.best.d.next = self.winner.val();
            self.best_score.d.next = self.winner_score.val();
            if self.last_1.q.val() {
                self.told.d.next = self.winner.val();
                self.told_score.d.next = self.winner_score.val();
            }
        }

        // Cycle 2
        self.joined.low.next = self.told.q.val();
        self.joined.high.next = self.told_score.q.val();
        self.answer.next = self.joined.joined.val();
    }
}

/// count = (0 in the first timestep, else kept) + spike, saturating; score = count with zeros above. Leaf.
#[derive(LogicBlock)]
pub struct Tally {
    pub kept: Bus<In>,
    pub fresh: Signal<In, Bit>,
    pub spike: Signal<In, Bit>,
    pub count: Bus<Out>,
    pub score: Bus<Out>,
}

impl Tally {
    pub fn new(score_bits: u32) -> Self {
        Tally {
            kept: Bus::new(COUNT_BITS),
            fresh: Default::default(),
            spike: Default::default(),
            count: Bus::new(COUNT_BITS),
            score: Bus::new(score_bits),
        }
    }
}

impl Logic for Tally {
    fn update(&mut self) {
        let counted = if self.fresh.val() { 0 } else { self.kept.val().raw() };
        let most = (1 << COUNT_BITS) - 1;
        let count = (counted + u64::from(self.spike.val())).min(most);
        self.count.next = Value::new(count, COUNT_BITS);
        self.score.next = Value::new(count, self.score.width());
    }

    fn connect(&mut self) {
        self.count.connect();
        self.score.connect();
    }

    fn hdl(&self) -> Verilog {
        let (top, fill) = (COUNT_BITS - 1, self.score.width() - COUNT_BITS);
        Verilog::Custom(format!(
            "reg [{top}:0] counted;\n\
             always @(*) counted = fresh ? {COUNT_BITS}'h0 : kept;\n\
             always @(*) count = counted + {{{top}'h0, spike & ~(&counted)}};\n\
             always @(*) score = {{{fill}'h0, count}};\n"
        ))
    }
}

/// `to = from`, its sign above. Leaf.
#[derive(LogicBlock)]
pub struct SignExtend {
    pub from: Bus<In>,
    pub to: Bus<Out>,
}

impl SignExtend {
    /// `to` is at least `from`.
    pub fn new(from: u32, to: u32) -> Self {
        SignExtend { from: Bus::new(from), to: Bus::new(to) }
    }
}

impl Logic for SignExtend {
    fn update(&mut self) {
        self.to.next = Value::signed(self.from.val().as_signed(), self.to.width());
    }

    fn connect(&mut self) {
        self.to.connect();
    }

    fn hdl(&self) -> Verilog {
        let (from, fill) = (self.from.width(), self.to.width() - self.from.width());
        Verilog::Custom(match fill {
            0 => "always @(*) to = from;\n".into(),
            fill => format!("always @(*) to = {{{{{fill}{{from[{}]}}}}, from}};\n", from - 1),
        })
    }
}
