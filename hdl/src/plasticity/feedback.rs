//! A table of feedback in place of the readout's signs: a sign for each class and neuron, fixed, or by SigProp written
//! from time to time.
//!
//! | rule | code |
//! |---|---|
//! | of errors (random feedback, SigProp) | sign of the label less that of the rival: -2, 0 or 2 |
//! | of targets (DRTP) | sign of the label: -1 or 1 |

use super::change::CODE_BITS;
use super::readout_class::CLASS_BITS;
use super::word_memory::{WordMemory, WordShape};
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Feedback {
    pub clock: Signal<In, Clock>,
    // Data
    pub neuron: Bus<In>,
    pub label: Bus<In>,
    pub rival: Bus<In>,
    /// A cycle after `neuron`.
    pub code: Bus<Out>,
    // A sign that is written; `neuron` was that of the word a cycle before
    pub write_enable: Signal<In, Bit>,
    pub write_neuron: Bus<In>,
    pub write_class: Bus<In>,
    pub write_positive: Signal<In, Bit>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    signs: WordMemory,
    label_sign: Bus<Local>,
    rival_sign: Bus<Local>,
    class_number: Vec<Fixed>,
    positive: Fixed,
    negative: Fixed,
    no_bit: Fixed,
    one_bit: Fixed,
    no_sign: Fixed,
    of_targets: Constant<Bit>,
}

impl Feedback {
    /// `shape` has a lane of one bit a class and a word a neuron; a set bit is +1.
    pub fn new(shape: &WordShape, of_targets: bool, words: &Rc<Vec<Vec<u64>>>, file: String) -> Self {
        Feedback {
            clock: Default::default(),
            neuron: Bus::new(shape.address_bits()),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            code: Bus::new(CODE_BITS),
            write_enable: Default::default(),
            write_neuron: Bus::new(shape.address_bits()),
            write_class: Bus::new(CLASS_BITS),
            write_positive: Default::default(),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            signs: WordMemory::new(shape, words, file),
            label_sign: Bus::new(CODE_BITS),
            rival_sign: Bus::new(CODE_BITS),
            class_number: (0..shape.lanes).map(|class| Fixed::count(class, CLASS_BITS)).collect(),
            positive: Fixed::new(1, CODE_BITS),
            negative: Fixed::new(u64::MAX, CODE_BITS),
            no_bit: Fixed::new(0, 1),
            one_bit: Fixed::new(1, 1),
            no_sign: Fixed::new(0, CODE_BITS),
            of_targets: Constant::new(of_targets),
        }
    }
}

impl Logic for Feedback {
    #[hdl_gen]
    fn update(&mut self) {
        self.signs.clock.next = self.clock.val();
        self.signs.write_enable.next = self.write_enable.val();
        self.signs.read_address.next = self.neuron.val();
        self.signs.write_address.next = self.write_neuron.val();
        self.signs.load_enable.next = self.load_enable.val();
        self.signs.load_reads.next = self.load_reads.val();
        self.signs.load_address.next = self.load_address.val();
        self.signs.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.signs.read_piece.val();

        self.label_sign.next = self.negative.val();
        self.rival_sign.next = self.negative.val();
        for i in 0..self.class_number.len() {
            self.signs.write_lane[i].next = self.signs.read_lane[i].val();
            if self.class_number[i].val() == self.write_class.val() {
                self.signs.write_lane[i].next = self.no_bit.val();
                if self.write_positive.val() {
                    self.signs.write_lane[i].next = self.one_bit.val();
                }
            }
            if (self.class_number[i].val() == self.label.val()) && self.signs.read_lane[i].val().any() {
                self.label_sign.next = self.positive.val();
            }
            if (self.class_number[i].val() == self.rival.val()) && self.signs.read_lane[i].val().any() {
                self.rival_sign.next = self.positive.val();
            }
        }
        if self.of_targets.val() {
            self.rival_sign.next = self.no_sign.val();
        }
        self.code.next = self.label_sign.val() - self.rival_sign.val();
    }
}
