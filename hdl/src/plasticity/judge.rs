//! How a layer's scores judge a sample: the best class, the best class that is not the label (the rival), and whether the
//! label leads the rival by the margin. The lowest of equals wins. A class a cycle.

use super::readout_class::CLASS_BITS;
use super::scores::{Lead, SignedAbove, MARGIN_BITS};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Judge {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    /// Scores are taken, class 0 first.
    pub rotate: Signal<Out, Bit>,
    // Data
    pub score: Bus<In>,
    pub label: Bus<In>,
    pub margin: Bus<In>,
    pub winner: Bus<Out>,
    pub rival: Bus<Out>,
    pub hit: Signal<Out, Bit>,
    running: Flag,
    number: Register,
    best: Register,
    best_class: Register,
    label_score: Register,
    rival_score: Register,
    rival_class: Register,
    has_best: Flag,
    has_rival: Flag,
    above_best: SignedAbove,
    above_rival: SignedAbove,
    lead: Lead,
    first_class: Fixed,
    one_class: Fixed,
    last_class: Fixed,
}

impl Judge {
    pub fn new(n_classes: usize, score_bits: u32) -> Self {
        Judge {
            clock: Default::default(),
            start: Default::default(),
            rotate: Default::default(),
            score: Bus::new(score_bits),
            label: Bus::new(CLASS_BITS),
            margin: Bus::new(MARGIN_BITS),
            winner: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            hit: Default::default(),
            running: Default::default(),
            number: Register::new(CLASS_BITS),
            best: Register::new(score_bits),
            best_class: Register::new(CLASS_BITS),
            label_score: Register::new(score_bits),
            rival_score: Register::new(score_bits),
            rival_class: Register::new(CLASS_BITS),
            has_best: Default::default(),
            has_rival: Default::default(),
            above_best: SignedAbove::new(score_bits),
            above_rival: SignedAbove::new(score_bits),
            lead: Lead::new(score_bits),
            first_class: Fixed::new(0, CLASS_BITS),
            one_class: Fixed::new(1, CLASS_BITS),
            last_class: Fixed::count(n_classes - 1, CLASS_BITS),
        }
    }
}

impl Logic for Judge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, running, number, best, best_class, label_score, rival_score, rival_class, has_best, has_rival);
        self.rotate.next = self.running.q.val();
        self.winner.next = self.best_class.q.val();
        self.rival.next = self.rival_class.q.val();
        self.above_best.a.next = self.score.val();
        self.above_best.b.next = self.best.q.val();
        self.above_rival.a.next = self.score.val();
        self.above_rival.b.next = self.rival_score.q.val();
        self.lead.label.next = self.label_score.q.val();
        self.lead.rival.next = self.rival_score.q.val();
        self.lead.margin.next = self.margin.val();
        self.hit.next = self.lead.hit.val();

        if self.running.q.val() {
            self.number.d.next = self.number.q.val() + self.one_class.val();
            self.running.d.next = self.number.q.val() != self.last_class.val();
            self.has_best.d.next = true;
            if self.above_best.above.val() || !self.has_best.q.val() {
                self.best.d.next = self.score.val();
                self.best_class.d.next = self.number.q.val();
            }
            if self.number.q.val() == self.label.val() {
                self.label_score.d.next = self.score.val();
            } else {
                self.has_rival.d.next = true;
                if self.above_rival.above.val() || !self.has_rival.q.val() {
                    self.rival_score.d.next = self.score.val();
                    self.rival_class.d.next = self.number.q.val();
                }
            }
        }
        if self.start.val() {
            self.running.d.next = true;
            self.number.d.next = self.first_class.val();
            self.has_best.d.next = false;
            self.has_rival.d.next = false;
        }
    }
}
