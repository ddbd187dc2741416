//! What is presented beside the sample: targets of the classes before it (SigProp), itself with labels after the verdict
//! (Forward-Forward, SymBa). By other rules nothing is.

use super::arch::{LearningArch, RuleArch};
use super::contrast::Contrast;
use super::label_lines::LabelLines;
use super::layer::LearningImage;
use super::lessons::{LABEL_BITS, PHASE_BITS};
use super::patterns::PatternMemory;
use super::readout_class::CLASS_BITS;
use super::target_sweep::TargetSweep;
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
    pub updating: Signal<In, Bit>,
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
    pub traces: Signal<In, Bit>,
    pub traced_beat: Bus<In>,
    pub read_word: Bus<In>,
    pub word: Bus<Out>,
    // Pieces of the patterns, for the host
    pub load_patterns: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub patterns_piece: Bus<Out>,
    /// One by SigProp, else none.
    targets: Vec<TargetSweep>,
    /// One for the rules that keep them, else none.
    patterns: Vec<PatternMemory>,
    /// One for contrastive rules, else none.
    contrast: Vec<Contrast>,
    lines: Vec<LabelLines>,
    fed_beat: Register,
    sample_phase: Fixed,
    no_class: Fixed,
    no_piece: Fixed,
}

impl Beside {
    /// `first` is the first layer, `image` its own.
    pub fn new(learning: &LearningArch, first: &StageArch, image: &LearningImage) -> Self {
        let contrasts = usize::from(learning.rule.is_contrastive());
        let first_line = first.n_inputs - learning.n_classes * learning.label_lines;
        let patterns = learning.patterns(first, image.piece_bits);
        let patterns = patterns.iter().map(|shape| PatternMemory::new(shape, first.beats(), &image.patterns, image.patterns_file.clone()));
        let beat = bits_for(first.beats() - 1);
        let line = || LabelLines::new(first_line, learning.label_lines, learning.n_classes, (first.beat, first.beats()));
        Beside {
            clock: Default::default(),
            start: Default::default(),
            presented: Default::default(),
            taught: Default::default(),
            any_learns: Default::default(),
            updating: Default::default(),
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
            traces: Default::default(),
            traced_beat: Bus::new(beat),
            read_word: Bus::new(first.beat),
            word: Bus::new(first.beat),
            load_patterns: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            patterns_piece: Bus::new(image.piece_bits),
            targets: (0..usize::from(learning.rule == RuleArch::Sigprop)).map(|_| TargetSweep::new(learning.n_classes)).collect(),
            patterns: patterns.collect(),
            contrast: (0..contrasts).map(|_| Contrast::new(learning.rule == RuleArch::ForwardForward)).collect(),
            lines: (0..contrasts).map(|_| line()).collect(),
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
        for i in 0..self.targets.len() {
            self.targets[i].clock.next = self.clock.val();
            self.targets[i].start.next = self.start.val();
            self.targets[i].asked_label.next = self.asked_label.val();
            self.targets[i].presented.next = self.presented.val();
            self.rehearses.next = self.targets[i].asked.val();
            self.busy.next = self.targets[i].busy.val();
            self.lists.next = !self.targets[i].busy.val();
            self.presents.next = self.targets[i].presents.val();
            self.rehearsed.next = self.targets[i].done.val();
            self.phase.next = self.targets[i].phase.val();
            self.shown.next = self.targets[i].of_class.val();
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

        // After the verdict it may be presented with labels.
        for i in 0..self.contrast.len() {
            self.contrast[i].clock.next = self.clock.val();
            self.contrast[i].judged.next = self.taught.val();
            self.contrast[i].any_learns.next = self.any_learns.val();
            self.contrast[i].updating.next = self.updating.val();
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
            self.lines[i].enable.next = self.contrast[i].busy.val();
            self.lines[i].of_class.next = self.contrast[i].of_class.val();
            self.lines[i].beat.next = self.fed_beat.q.val();
            if self.traces.val() {
                self.lines[i].beat.next = self.traced_beat.val();
            }
            self.word.next = self.read_word.val() | self.lines[i].spikes.val();
        }
    }
}
