//! What is presented beside the sample: two targets before it (SigProp), itself after the verdict with labels
//! (Forward-Forward, SymBa) or modulated by the error (PEPITA). By other rules nothing is.

use super::arch::{LearningArch, RuleArch};
use super::contrast::Contrast;
use super::error_patterns::ErrorPatterns;
use super::label_lines::LabelLines;
use super::layer::LearningImage;
use super::lessons::{LABEL_BITS, PHASE_BITS};
use super::patterns::PatternMemory;
use super::readout_class::CLASS_BITS;
use super::rehearsal::Rehearsal;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Beside {
    // Steps of the sample
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub presented: Signal<In, Bit>,
    pub taught: Signal<In, Bit>,
    pub any_learns: Signal<In, Bit>,
    pub updates: Signal<In, Bit>,
    pub updated: Signal<In, Bit>,
    pub asked_label: Bus<In>,
    pub label: Bus<In>,
    pub rival: Bus<In>,
    // Steps beside it
    pub rehearses: Signal<Out, Bit>,
    pub rehearsed: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    pub presents: Signal<Out, Bit>,
    pub lists: Signal<Out, Bit>,
    pub takes: Signal<Out, Bit>,
    pub concluded: Signal<Out, Bit>,
    pub updates_readout: Signal<Out, Bit>,
    pub phase: Bus<Out>,
    pub shown: Bus<Out>,
    // Spikes: of the sample, and as they are presented
    pub at_beat: Bus<In>,
    pub at_timestep: Bus<In>,
    /// A word is asked for to be counted, and a cycle later is.
    pub traces: Signal<In, Bit>,
    pub counts: Signal<In, Bit>,
    pub traced_beat: Bus<In>,
    pub traced_timestep: Bus<In>,
    pub read_word: Bus<In>,
    pub word: Bus<Out>,
    // Pieces of the patterns, for the host
    pub load_patterns: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub patterns_piece: Bus<Out>,
    /// One by SigProp, else none.
    rehearsal: Vec<Rehearsal>,
    patterns: Vec<PatternMemory>,
    /// One for the rules that learn from it alone, else none.
    contrast: Vec<Contrast>,
    /// One for contrastive rules, else none.
    lines: Vec<LabelLines>,
    /// One for PEPITA, else none.
    errors: Vec<ErrorPatterns>,
    fed_beat: Register,
    sample_phase: Fixed,
    no_class: Fixed,
    no_piece: Fixed,
}

impl Beside {
    /// `first` is the first layer, `image` its own.
    pub fn new(learning: &LearningArch, first: &StageArch, image: &LearningImage) -> Self {
        let (rule, one) = (learning.rule, |is: bool| 0..usize::from(is));
        let first_line = first.n_inputs - learning.n_classes * learning.label_lines;
        let (shape, beats, time) = (learning.patterns(first, image.piece_bits), first.beats(), learning.count_bits());
        let of_targets = shape.iter().filter(|_| rule == RuleArch::Sigprop);
        let patterns = of_targets.map(|shape| PatternMemory::new(shape, beats, &image.patterns, image.patterns_file.clone()));
        let errors = shape.iter().filter(|_| rule == RuleArch::Pepita);
        let errors = errors.map(|shape| ErrorPatterns::new(shape, (beats, time), &image.patterns, &image.patterns_file));
        let beat = bits_for(beats - 1);
        let line = || LabelLines::new(first_line, learning.label_lines, learning.n_classes, (first.beat, first.beats()));
        Beside {
            clock: Default::default(),
            start: Default::default(),
            presented: Default::default(),
            taught: Default::default(),
            any_learns: Default::default(),
            updates: Default::default(),
            updated: Default::default(),
            asked_label: Bus::new(LABEL_BITS),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            rehearses: Default::default(),
            rehearsed: Default::default(),
            busy: Default::default(),
            presents: Default::default(),
            lists: Default::default(),
            takes: Default::default(),
            concluded: Default::default(),
            updates_readout: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            at_beat: Bus::new(beat),
            at_timestep: Bus::new(time),
            traces: Default::default(),
            counts: Default::default(),
            traced_beat: Bus::new(beat),
            traced_timestep: Bus::new(time),
            read_word: Bus::new(first.beat),
            word: Bus::new(first.beat),
            load_patterns: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            patterns_piece: Bus::new(image.piece_bits),
            rehearsal: one(rule == RuleArch::Sigprop).map(|_| Rehearsal::new(learning.n_classes)).collect(),
            patterns: patterns.collect(),
            contrast: one(rule.learns_beside()).map(|_| Contrast::new(rule)).collect(),
            lines: one(rule.is_contrastive()).map(|_| line()).collect(),
            errors: errors.collect(),
            fed_beat: Register::new(beat),
            sample_phase: Fixed::new(0, PHASE_BITS),
            no_class: Fixed::new(0, CLASS_BITS),
            no_piece: Fixed::new(0, image.piece_bits),
        }
    }
}

impl Logic for Beside {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fed_beat);
        self.fed_beat.d.next = self.at_beat.val();
        self.word.next = self.read_word.val();
        self.phase.next = self.sample_phase.val();
        self.shown.next = self.no_class.val();
        self.rehearses.next = false;
        self.busy.next = false;
        self.presents.next = false;
        self.lists.next = true;
        self.takes.next = false;
        self.concluded.next = false;
        self.updates_readout.next = self.updates.val();
        self.rehearsed.next = false;
        self.patterns_piece.next = self.no_piece.val();
        for i in 0..self.rehearsal.len() {
            self.rehearsal[i].clock.next = self.clock.val();
            self.rehearsal[i].start.next = self.start.val();
            self.rehearsal[i].asked_label.next = self.asked_label.val();
            self.rehearsal[i].presented.next = self.presented.val();
            self.rehearses.next = self.rehearsal[i].asked.val();
            self.busy.next = self.rehearsal[i].busy.val();
            self.lists.next = !self.rehearsal[i].busy.val();
            self.presents.next = self.rehearsal[i].presents.val();
            self.rehearsed.next = self.rehearsal[i].done.val();
            self.phase.next = self.rehearsal[i].phase.val();
            self.rehearsal[i].label.next = self.label.val();
            self.shown.next = self.rehearsal[i].of_class.val();
        }
        for i in 0..self.patterns.len() {
            self.patterns[i].clock.next = self.clock.val();
            self.patterns[i].of_class.next = self.shown.val();
            self.patterns[i].beat.next = self.at_beat.val();
            self.patterns[i].load_enable.next = self.load_patterns.val();
            self.patterns[i].load_reads.next = self.load_reads.val();
            self.patterns[i].load_address.next = self.load_address.val();
            self.patterns[i].load_piece.next = self.load_piece.val();
            self.patterns_piece.next = self.patterns[i].read_piece.val();
            if self.phase.val().any() {
                self.word.next = self.patterns[i].word.val();
            }
        }

        // After the verdict it may be presented again: with labels, or modulated.
        for i in 0..self.contrast.len() {
            self.contrast[i].clock.next = self.clock.val();
            self.contrast[i].judged.next = self.taught.val();
            self.contrast[i].any_learns.next = self.any_learns.val();
            self.contrast[i].presented.next = self.presented.val();
            self.contrast[i].updated.next = self.updated.val();
            self.contrast[i].label.next = self.label.val();
            self.contrast[i].rival.next = self.rival.val();
            self.busy.next = self.contrast[i].busy.val();
            self.presents.next = self.contrast[i].presents.val();
            self.lists.next = self.contrast[i].lists.val();
            self.takes.next = self.contrast[i].takes.val();
            self.concluded.next = self.contrast[i].concluded.val();
            self.updates_readout.next = self.contrast[i].learns_readout.val();
            self.phase.next = self.contrast[i].phase.val();
            self.shown.next = self.contrast[i].of_class.val();
        }
        for i in 0..self.lines.len() {
            self.lines[i].enable.next = self.contrast[i].busy.val();
            self.lines[i].of_class.next = self.contrast[i].of_class.val();
            self.lines[i].beat.next = self.fed_beat.q.val();
            if self.counts.val() {
                self.lines[i].beat.next = self.traced_beat.val();
            }
            self.word.next = self.read_word.val() | self.lines[i].spikes.val();
        }
        for i in 0..self.errors.len() {
            self.errors[i].clock.next = self.clock.val();
            self.errors[i].enable.next = self.contrast[i].busy.val();
            self.errors[i].label.next = self.label.val();
            self.errors[i].rival.next = self.rival.val();
            self.errors[i].beat.next = self.at_beat.val();
            self.errors[i].timestep.next = self.at_timestep.val();
            if self.traces.val() {
                self.errors[i].beat.next = self.traced_beat.val();
                self.errors[i].timestep.next = self.traced_timestep.val();
            }
            self.errors[i].read_word.next = self.read_word.val();
            self.word.next = self.errors[i].word.val();
            self.errors[i].load_enable.next = self.load_patterns.val();
            self.errors[i].load_reads.next = self.load_reads.val();
            self.errors[i].load_address.next = self.load_address.val();
            self.errors[i].load_piece.next = self.load_piece.val();
            self.patterns_piece.next = self.errors[i].read_piece.val();
        }
    }
}
