//! Winner-take-all of a layer (STDP): the neuron with the most charge, less its handicap, learns the sample, and pays for
//! it by a higher handicap; the others' fall.
//!
//! ```text
//! cycle     0: spike, membrane      1: charge, standing        2: ahead of the best so far?
//! learning  0: handicap is read     1: code; handicap is written
//! ```
//!
//! Standings are compared at each timestep from neuron 0 on, so that the last timestep's winner is known as it ends.
//! The charge is the membrane and a threshold for each spike; the lowest neuron of equals wins.

use super::arch::LearningArch;
use super::change::CODE_BITS;
use super::scores::SignedAbove;
use super::standing::{standing_bits, HandicapStep, Standing};
use super::word_memory::{WordMemory, WordShape};
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Competition {
    // Control
    pub clock: Signal<In, Clock>,
    /// A sample begins.
    pub clear: Signal<In, Bit>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    /// In the first timestep of a presentation.
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // Update: the neurons in ascending order, once a sample at most
    pub learns: Signal<In, Bit>,
    pub neuron: Bus<In>,
    /// A cycle after `neuron`: 1 for the winner, 0 for any other.
    pub code: Bus<Out>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    crossed: Ram,
    handicaps: WordMemory,
    step: Standing,
    ahead: SignedAbove,
    price: HandicapStep,
    valid_1: Flag,
    fresh_1: Flag,
    spike_1: Flag,
    neuron_1: Register,
    membrane_1: Register,
    threshold_1: Register,
    valid_2: Flag,
    neuron_2: Register,
    standing_2: Register,
    best: Register,
    winner: Register,
    learns_1: Flag,
    asked_1: Register,
    /// All neurons have been asked for; lanes beyond the last one still may be.
    past_last: Flag,
    wins: Signal<Local, Bit>,
    first_neuron: Fixed,
    last_neuron: Fixed,
    one: Fixed,
    nothing: Fixed,
}

impl Competition {
    /// `shape` and `words` of the handicaps, whose lanes are the lower and the higher half.
    pub fn new(learning: &LearningArch, stage: &StageArch, shape: &WordShape, words: &Rc<Vec<Vec<u64>>>, file: String) -> Self {
        let (neuron, membrane, work) = (stage.neuron_index_bits(), stage.neuron.membrane_bits, stage.work_bits());
        let crossed = learning.crossed_bits(stage);
        let standing = standing_bits(crossed, membrane);
        Competition {
            clock: Default::default(),
            clear: Default::default(),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(membrane),
            threshold: Bus::new(work),
            learns: Default::default(),
            neuron: Bus::new(neuron),
            code: Bus::new(CODE_BITS),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            crossed: Ram::new(neuron, crossed, stage.n_neurons, stage.memories.state),
            handicaps: WordMemory::new(shape, words, file),
            step: Standing::new(crossed, membrane, work),
            ahead: SignedAbove::new(standing),
            price: HandicapStep::new(stage.n_neurons),
            valid_1: Default::default(),
            fresh_1: Default::default(),
            spike_1: Default::default(),
            neuron_1: Register::new(neuron),
            membrane_1: Register::new(membrane),
            threshold_1: Register::new(work),
            valid_2: Default::default(),
            neuron_2: Register::new(neuron),
            standing_2: Register::new(standing),
            best: Register::new(standing),
            winner: Register::new(neuron),
            learns_1: Default::default(),
            asked_1: Register::new(neuron),
            past_last: Default::default(),
            wins: Default::default(),
            first_neuron: Fixed::new(0, neuron),
            last_neuron: Fixed::count(stage.n_neurons - 1, neuron),
            one: Fixed::new(1, CODE_BITS),
            nothing: Fixed::new(0, CODE_BITS),
        }
    }
}

impl Logic for Competition {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid_1, fresh_1, spike_1, neuron_1, membrane_1, threshold_1);
        dff_setup!(self, clock, valid_2, neuron_2, standing_2, best, winner, learns_1, asked_1, past_last);
        // Cycle 0
        self.valid_1.d.next = self.spike_valid.val();
        self.fresh_1.d.next = self.fresh.val();
        self.spike_1.d.next = self.spike.val();
        self.neuron_1.d.next = self.spike_neuron.val();
        self.membrane_1.d.next = self.membrane.val();
        self.threshold_1.d.next = self.threshold.val();
        self.crossed.clock.next = self.clock.val();
        self.crossed.read_address.next = self.spike_neuron.val();
        self.handicaps.clock.next = self.clock.val();
        self.handicaps.read_address.next = self.spike_neuron.val();
        if self.learns.val() {
            self.handicaps.read_address.next = self.neuron.val();
        }

        // Cycle 1
        self.step.crossed.next = self.crossed.read_word.val();
        self.step.fresh.next = self.fresh_1.q.val();
        self.step.spike.next = self.spike_1.q.val();
        self.step.threshold.next = self.threshold_1.q.val();
        self.step.membrane.next = self.membrane_1.q.val();
        self.step.handicap_low.next = self.handicaps.read_lane[0].val();
        self.step.handicap_high.next = self.handicaps.read_lane[1].val();
        self.crossed.write_enable.next = self.valid_1.q.val();
        self.crossed.write_address.next = self.neuron_1.q.val();
        self.crossed.write_word.next = self.step.crossed_next.val();
        self.valid_2.d.next = self.valid_1.q.val();
        self.neuron_2.d.next = self.neuron_1.q.val();
        self.standing_2.d.next = self.step.standing.val();

        // Cycle 2
        self.ahead.a.next = self.standing_2.q.val();
        self.ahead.b.next = self.best.q.val();
        if self.valid_2.q.val() && (self.ahead.above.val() || (self.neuron_2.q.val() == self.first_neuron.val())) {
            self.best.d.next = self.standing_2.q.val();
            self.winner.d.next = self.neuron_2.q.val();
        }

        // The winner learns, and every handicap moves.
        self.learns_1.d.next = self.learns.val() && !self.past_last.q.val();
        self.asked_1.d.next = self.neuron.val();
        if self.learns.val() && (self.neuron.val() == self.last_neuron.val()) {
            self.past_last.d.next = true;
        }
        if self.clear.val() {
            self.past_last.d.next = false;
        }
        self.wins.next = self.asked_1.q.val() == self.winner.q.val();
        self.code.next = self.nothing.val();
        if self.wins.val() {
            self.code.next = self.one.val();
        }
        self.price.low.next = self.handicaps.read_lane[0].val();
        self.price.high.next = self.handicaps.read_lane[1].val();
        self.price.wins.next = self.wins.val();
        self.handicaps.write_enable.next = self.learns_1.q.val();
        self.handicaps.write_address.next = self.asked_1.q.val();
        self.handicaps.write_lane[0].next = self.price.low_next.val();
        self.handicaps.write_lane[1].next = self.price.high_next.val();

        self.handicaps.load_enable.next = self.load_enable.val();
        self.handicaps.load_reads.next = self.load_reads.val();
        self.handicaps.load_address.next = self.load_address.val();
        self.handicaps.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.handicaps.read_piece.val();
    }
}
