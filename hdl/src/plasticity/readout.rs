//! The readout of a layer: while a presentation runs, each spike of a neuron adds the neuron's weights to the scores of
//! all classes at once; then the scores leave one class a cycle, and the weights of the label and its rival learn.
//!
//! ```text
//! a spike      cycle 0: neuron     1: weights -> scores
//! a modulator          neuron         weights -> code of sign(label) - sign(rival)
//! an update    cycle 2: neuron     3: weights, changes -> write
//! ```

use super::change::CODE_BITS;
use super::readout_class::{ReadoutClass, CLASS_BITS};
use super::word_memory::{WordMemory, WordShape};
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Readout {
    // Control
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub rotate: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    // Data
    pub neuron: Bus<In>,
    pub score: Bus<Out>,
    pub label: Bus<In>,
    pub rival: Bus<In>,
    pub code: Bus<Out>,
    pub plus_one: Bus<In>,
    pub minus_one: Bus<In>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    weights: WordMemory,
    classes: Vec<ReadoutClass>,
    _last_class: usize,
    neuron_3: Register,
    label_sign: Bus<Local>,
    rival_sign: Bus<Local>,
    no_sign: Fixed,
    no_score: Fixed,
}

impl Readout {
    /// `shape` has a lane a class and a word a neuron.
    pub fn new(shape: &WordShape, score_bits: u32, of_signs: bool, words: &Rc<Vec<Vec<u64>>>, file: String) -> Self {
        let class = |number| ReadoutClass::new(number, shape.bits, score_bits, of_signs);
        Readout {
            clock: Default::default(),
            clear: Default::default(),
            accumulate: Default::default(),
            rotate: Default::default(),
            write: Default::default(),
            neuron: Bus::new(shape.address_bits()),
            score: Bus::new(score_bits),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            code: Bus::new(CODE_BITS),
            plus_one: Bus::new(shape.bits + 1),
            minus_one: Bus::new(shape.bits + 1),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            weights: WordMemory::new(shape, words, file),
            classes: (0..shape.lanes).map(class).collect(),
            _last_class: shape.lanes - 1,
            neuron_3: Register::new(shape.address_bits()),
            label_sign: Bus::new(CODE_BITS),
            rival_sign: Bus::new(CODE_BITS),
            no_sign: Fixed::new(0, CODE_BITS),
            no_score: Fixed::new(0, score_bits),
        }
    }
}

impl Logic for Readout {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, neuron_3);
        self.neuron_3.d.next = self.neuron.val();
        self.weights.clock.next = self.clock.val();
        self.weights.read_address.next = self.neuron.val();
        self.weights.write_enable.next = self.write.val();
        self.weights.write_address.next = self.neuron_3.q.val();
        self.weights.load_enable.next = self.load_enable.val();
        self.weights.load_reads.next = self.load_reads.val();
        self.weights.load_address.next = self.load_address.val();
        self.weights.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.weights.read_piece.val();

        self.label_sign.next = self.no_sign.val();
        self.rival_sign.next = self.no_sign.val();
        for i in 0..self.classes.len() {
            self.classes[i].clock.next = self.clock.val();
            self.classes[i].clear.next = self.clear.val();
            self.classes[i].accumulate.next = self.accumulate.val();
            self.classes[i].rotate.next = self.rotate.val();
            self.classes[i].weight.next = self.weights.read_lane[i].val();
            self.classes[i].label.next = self.label.val();
            self.classes[i].rival.next = self.rival.val();
            self.classes[i].plus_one.next = self.plus_one.val();
            self.classes[i].minus_one.next = self.minus_one.val();
            self.weights.write_lane[i].next = self.classes[i].weight_next.val();
            if self.classes[i].is_label.val() {
                self.label_sign.next = self.classes[i].sign.val();
            }
            if self.classes[i].is_rival.val() {
                self.rival_sign.next = self.classes[i].sign.val();
            }
        }
        self.code.next = self.label_sign.val() - self.rival_sign.val();
        for i in 1..self.classes.len() {
            self.classes[i - 1].next_score.next = self.classes[i].score.val();
        }
        for i in self._last_class..self.classes.len() {
            self.classes[i].next_score.next = self.no_score.val();
        }
        self.score.next = self.classes[0].score.val();
    }
}
