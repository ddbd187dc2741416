//! A lane of a learning layer: one neuron of each group. It sums the spikes that meet its weight, +1 where the latent
//! weight is 0 or more, and it changes latent weights by its modulator's code.

use super::change::{Change, CODE_BITS};
use super::step_change::StepChange;
use super::steps::MOST_STEPS;
use crate::block::lane::Lane;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct SynapseLane {
    // Control
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub shift_code: Signal<In, Bit>,
    // Spikes
    pub latent: Bus<In>,
    pub next_lane: Bus<In>,
    pub total: Bus<Out>,
    // Plasticity
    pub next_code: Bus<In>,
    pub code: Bus<Out>,
    pub plus_two: Bus<In>,
    pub plus_one: Bus<In>,
    pub minus_one: Bus<In>,
    pub minus_two: Bus<In>,
    pub rises: Bus<In>,
    pub falls: Bus<In>,
    pub latent_next: Bus<Out>,
    sign: SignCount,
    sum: Lane,
    modulator: Held,
    /// One by the rules of shared changes, else none.
    change: Vec<Change>,
    /// One by the rules of steps, else none.
    steps: Vec<StepChange>,
}

impl SynapseLane {
    pub fn new(latent_bits: u32, count_bits: u32, of_steps: bool) -> Self {
        let change = || Bus::new(latent_bits + 1);
        SynapseLane {
            clock: Default::default(),
            enable: Default::default(),
            accumulate: Default::default(),
            take: Default::default(),
            shift: Default::default(),
            shift_code: Default::default(),
            latent: Bus::new(latent_bits),
            next_lane: Bus::new(count_bits),
            total: Bus::new(count_bits),
            next_code: Bus::new(CODE_BITS),
            code: Bus::new(CODE_BITS),
            plus_two: change(),
            plus_one: change(),
            minus_one: change(),
            minus_two: change(),
            rises: Bus::new(MOST_STEPS * (latent_bits + 1)),
            falls: Bus::new(MOST_STEPS * (latent_bits + 1)),
            latent_next: Bus::new(latent_bits),
            sign: SignCount::new(latent_bits, count_bits),
            sum: Lane::new(count_bits),
            modulator: Held::new(CODE_BITS),
            change: (0..usize::from(!of_steps)).map(|_| Change::new(latent_bits)).collect(),
            steps: (0..usize::from(of_steps)).map(|_| StepChange::new(latent_bits)).collect(),
        }
    }
}

impl Logic for SynapseLane {
    #[hdl_gen]
    fn update(&mut self) {
        self.sign.latent.next = self.latent.val();
        self.sum.clock.next = self.clock.val();
        self.sum.enable.next = self.enable.val();
        self.sum.accumulate.next = self.accumulate.val();
        self.sum.doubles.next = false;
        self.sum.take.next = self.take.val();
        self.sum.shift.next = self.shift.val();
        self.sum.count.next = self.sign.count.val();
        self.sum.next_lane.next = self.next_lane.val();
        self.total.next = self.sum.total.val();

        self.modulator.clock.next = self.clock.val();
        self.modulator.enable.next = self.shift_code.val();
        self.modulator.d.next = self.next_code.val();
        self.code.next = self.modulator.q.val();
        self.latent_next.next = self.latent.val();
        for i in 0..self.change.len() {
            self.change[i].weight.next = self.latent.val();
            self.change[i].code.next = self.modulator.q.val();
            self.change[i].plus_two.next = self.plus_two.val();
            self.change[i].plus_one.next = self.plus_one.val();
            self.change[i].minus_one.next = self.minus_one.val();
            self.change[i].minus_two.next = self.minus_two.val();
            self.latent_next.next = self.change[i].weight_next.val();
        }
        for i in 0..self.steps.len() {
            self.steps[i].weight.next = self.latent.val();
            self.steps[i].code.next = self.modulator.q.val();
            self.steps[i].rises.next = self.rises.val();
            self.steps[i].falls.next = self.falls.val();
            self.latent_next.next = self.steps[i].weight_next.val();
        }
    }
}

/// count = 1 for a weight of +1, else 0. Leaf.
#[derive(LogicBlock)]
pub struct SignCount {
    pub latent: Bus<In>,
    pub count: Bus<Out>,
}

impl SignCount {
    pub fn new(latent_bits: u32, count_bits: u32) -> Self {
        SignCount { latent: Bus::new(latent_bits), count: Bus::new(count_bits) }
    }
}

impl Logic for SignCount {
    fn update(&mut self) {
        let positive = self.latent.val().as_signed() >= 0;
        self.count.next = Value::new(u64::from(positive), self.count.width());
    }

    fn connect(&mut self) {
        self.count.connect();
    }

    fn hdl(&self) -> Verilog {
        let (top, count) = (self.latent.width() - 1, self.count.width());
        Verilog::Custom(match count {
            1 => format!("always @(*) count = ~latent[{top}];\n"),
            count => format!("always @(*) count = {{{}'b0, ~latent[{top}]}};\n", count - 1),
        })
    }
}

/// A register that takes a value when it is enabled. Leaf.
#[derive(LogicBlock)]
pub struct Held {
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub d: Bus<In>,
    pub q: Bus<Out>,
}

impl Held {
    pub fn new(width: u32) -> Self {
        Held { clock: Default::default(), enable: Default::default(), d: Bus::new(width), q: Bus::new(width) }
    }
}

impl Logic for Held {
    fn update(&mut self) {
        if self.clock.pos_edge() && self.enable.val() {
            self.q.next = self.d.val();
        }
    }

    fn connect(&mut self) {
        self.q.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.q.width();
        Verilog::Custom(format!("initial q = {width}'h0;\nalways @(posedge clock) if (enable) q <= d;\n"))
    }
}
