//! The steps of a sample: presentation, verdict, and with a label the update of every layer.
//!
//! ```text
//! start --> presenting --(the last layer's last timestep)--> settling --> judging --> tracing --> updating --> done
//!                                                                            |  (no label)                      ^
//!                                                                            +----------------------------------+
//! ```
//!
//! Targets may be presented before the sample, and the sample itself again behind the verdict, for a part of
//! its timesteps; each of those presentations ends as it has settled.
//!
//! The inputs that spiked are listed while the sample is presented, the neurons that fired once it has been.
//!
//! | result bits | meaning |
//! |---|---|
//! | 0 to 7 | the class with the highest score |
//! | 8 to 15 | the layers that learned |
//! | 16 to 39 | cycles up to the verdict |
//! | 40 to 63 | cycles of the whole sample |

use super::arch::RuleArch;
use super::readout_class::CLASS_BITS;
use super::shortened::Shortened;
use crate::block::wiring::{Concat, Resize};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Of what is presented: 0 is the sample that is judged, the others are the rule's own.
pub const PHASE_BITS: u32 = 2;
/// Of a count of cycles in the result.
const CYCLE_BITS: u32 = 24;
/// Layers whose learning the result tells.
pub const MOST_LAYERS: usize = 8;
pub const RESULT_BITS: u32 = 64;
/// Of a label as a request carries it; all ones is no label.
pub const LABEL_BITS: u32 = 16;

#[derive(LogicBlock)]
pub struct Lessons {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    // The sample
    pub asked_label: Bus<In>,
    pub asked_timesteps: Bus<In>,
    pub label: Bus<Out>,
    /// Of what is presented now.
    pub n_timesteps: Bus<Out>,
    // What is presented before the sample
    /// At the start: they come first.
    pub rehearses: Signal<In, Bit>,
    pub rehearsed: Signal<In, Bit>,
    // What is presented beside the sample
    pub beside: Signal<In, Bit>,
    pub presents_beside: Signal<In, Bit>,
    /// What is presented is to be listed.
    pub lists: Signal<In, Bit>,
    /// What was listed is learned from now.
    pub takes: Signal<In, Bit>,
    pub concluded: Signal<In, Bit>,
    /// The verdict on a labelled sample is there.
    pub taught: Signal<Out, Bit>,
    pub updated: Signal<Out, Bit>,
    // Steps
    pub presents: Signal<Out, Bit>,
    pub presenting: Signal<Out, Bit>,
    /// Every layer has finished what was presented.
    pub presented: Signal<Out, Bit>,
    pub out_last: Signal<In, Bit>,
    pub judges: Signal<Out, Bit>,
    pub judging: Signal<In, Bit>,
    pub traces_inputs: Signal<Out, Bit>,
    pub traces_neurons: Signal<Out, Bit>,
    pub tracing: Signal<In, Bit>,
    pub updates: Signal<Out, Bit>,
    pub updating: Signal<In, Bit>,
    // Result
    pub winner: Bus<In>,
    pub learned: Bus<In>,
    pub result: Bus<Out>,
    active: Flag,
    awaits_verdict: Flag,
    runs: Flag,
    settling_1: Flag,
    settling_2: Flag,
    list_now: Flag,
    judge_now: Flag,
    judge_waits: Flag,
    trace_now: Flag,
    trace_waits: Flag,
    update_now: Flag,
    update_waits: Flag,
    labelled: Flag,
    kept_label: Register,
    kept_timesteps: Register,
    left: Register,
    short: Shortened,
    cycles: Register,
    verdict_cycles: Register,
    kept_winner: Register,
    kept_learned: Register,
    narrow_label: Resize,
    classes: Concat,
    first_half: Concat,
    whole: Concat,
    presents_sample: Signal<Local, Bit>,
    judged: Signal<Local, Bit>,
    finishes: Signal<Local, Bit>,
    no_label: Fixed,
    one_timestep: Fixed,
    no_cycles: Fixed,
    one_cycle: Fixed,
    none_learned: Fixed,
    /// It is learned from presentations beside the sample alone.
    contrasts: Constant<Bit>,
}

impl Lessons {
    pub fn new(count_bits: u32, rule: RuleArch) -> Self {
        Lessons {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            asked_label: Bus::new(LABEL_BITS),
            asked_timesteps: Bus::new(count_bits),
            label: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(count_bits),
            rehearses: Default::default(),
            rehearsed: Default::default(),
            beside: Default::default(),
            presents_beside: Default::default(),
            lists: Default::default(),
            takes: Default::default(),
            concluded: Default::default(),
            taught: Default::default(),
            updated: Default::default(),
            presents: Default::default(),
            presenting: Default::default(),
            presented: Default::default(),
            out_last: Default::default(),
            judges: Default::default(),
            judging: Default::default(),
            traces_inputs: Default::default(),
            traces_neurons: Default::default(),
            tracing: Default::default(),
            updates: Default::default(),
            updating: Default::default(),
            winner: Bus::new(CLASS_BITS),
            learned: Bus::new(8),
            result: Bus::new(RESULT_BITS),
            active: Default::default(),
            awaits_verdict: Default::default(),
            runs: Default::default(),
            settling_1: Default::default(),
            settling_2: Default::default(),
            list_now: Default::default(),
            judge_now: Default::default(),
            judge_waits: Default::default(),
            trace_now: Default::default(),
            trace_waits: Default::default(),
            update_now: Default::default(),
            update_waits: Default::default(),
            labelled: Default::default(),
            kept_label: Register::new(LABEL_BITS),
            kept_timesteps: Register::new(count_bits),
            left: Register::new(count_bits),
            short: Shortened::new(count_bits, rule.beside_shift()),
            cycles: Register::new(CYCLE_BITS),
            verdict_cycles: Register::new(CYCLE_BITS),
            kept_winner: Register::new(CLASS_BITS),
            kept_learned: Register::new(8),
            narrow_label: Resize::new(LABEL_BITS, CLASS_BITS),
            classes: Concat::new(CLASS_BITS, 8, CLASS_BITS + 8),
            first_half: Concat::new(CLASS_BITS + 8, CYCLE_BITS, CLASS_BITS + 8 + CYCLE_BITS),
            whole: Concat::new(CLASS_BITS + 8 + CYCLE_BITS, CYCLE_BITS, RESULT_BITS),
            presents_sample: Default::default(),
            judged: Default::default(),
            finishes: Default::default(),
            no_label: Fixed::new(u64::MAX, LABEL_BITS),
            one_timestep: Fixed::new(1, count_bits),
            no_cycles: Fixed::new(0, CYCLE_BITS),
            one_cycle: Fixed::new(1, CYCLE_BITS),
            none_learned: Fixed::new(0, 8),
            contrasts: Constant::new(rule.learns_beside()),
        }
    }
}

impl Logic for Lessons {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, awaits_verdict, runs, settling_1, settling_2, list_now, judge_now, judge_waits, trace_now, trace_waits, update_now, update_waits);
        dff_setup!(self, clock, labelled, kept_label, kept_timesteps, left, cycles, verdict_cycles, kept_winner, kept_learned);
        self.busy.next = self.active.q.val();
        self.narrow_label.from.next = self.kept_label.q.val();
        self.label.next = self.narrow_label.to.val();
        self.short.whole.next = self.kept_timesteps.q.val();
        self.n_timesteps.next = self.kept_timesteps.q.val();
        if self.beside.val() {
            self.n_timesteps.next = self.short.part.val();
        }
        self.presents_sample.next = (self.start.val() && !self.rehearses.val()) || self.rehearsed.val();
        self.presents.next = self.presents_sample.val() || self.presents_beside.val();
        self.presenting.next = self.runs.q.val();
        self.judges.next = self.judge_now.q.val();
        self.list_now.d.next = self.presents.val();
        self.traces_inputs.next = self.list_now.q.val() && self.labelled.q.val() && self.lists.val();
        self.traces_neurons.next = self.trace_now.q.val() && self.kept_learned.q.val().any();
        self.updates.next = self.update_now.q.val();
        self.classes.low.next = self.kept_winner.q.val();
        self.classes.high.next = self.kept_learned.q.val();
        self.first_half.low.next = self.classes.joined.val();
        self.first_half.high.next = self.verdict_cycles.q.val();
        self.whole.low.next = self.first_half.joined.val();
        self.whole.high.next = self.cycles.q.val();
        self.result.next = self.whole.joined.val();

        // Each step begins with a pulse and ends when what it started is idle.
        self.settling_1.d.next = self.out_last.val() && self.runs.q.val() && (self.left.q.val() == self.one_timestep.val());
        self.settling_2.d.next = self.settling_1.q.val();
        self.presented.next = self.settling_2.q.val();
        self.judge_now.d.next = self.settling_2.q.val() && !self.beside.val();
        self.judge_waits.d.next = self.judge_now.q.val() || (self.judge_waits.q.val() && self.judging.val());
        self.judged.next = self.judge_waits.q.val() && !self.judging.val();
        self.taught.next = self.judged.val() && self.labelled.q.val();
        self.trace_now.d.next = (self.taught.val() && !self.contrasts.val()) || self.takes.val();
        self.trace_waits.d.next = self.trace_now.q.val() || (self.trace_waits.q.val() && self.tracing.val());
        self.update_now.d.next = self.trace_waits.q.val() && !self.tracing.val();
        self.update_waits.d.next = self.update_now.q.val() || (self.update_waits.q.val() && self.updating.val());
        self.updated.next = self.update_waits.q.val() && !self.updating.val();
        self.finishes.next = (self.updated.val() && !self.contrasts.val()) || (self.judged.val() && !self.labelled.q.val()) || self.concluded.val();
        self.done.next = self.finishes.val();

        if self.active.q.val() {
            self.cycles.d.next = self.cycles.q.val() + self.one_cycle.val();
        }
        if self.awaits_verdict.q.val() && !self.judged.val() {
            self.verdict_cycles.d.next = self.verdict_cycles.q.val() + self.one_cycle.val();
        }
        if self.runs.q.val() && self.out_last.val() {
            self.left.d.next = self.left.q.val() - self.one_timestep.val();
            self.runs.d.next = self.left.q.val() != self.one_timestep.val();
        }
        if self.judged.val() {
            self.awaits_verdict.d.next = false;
            self.kept_winner.d.next = self.winner.val();
            self.kept_learned.d.next = self.none_learned.val();
            if self.labelled.q.val() {
                self.kept_learned.d.next = self.learned.val();
            }
        }
        if self.finishes.val() {
            self.active.d.next = false;
        }
        if self.start.val() {
            self.active.d.next = true;
            self.cycles.d.next = self.no_cycles.val();
            self.kept_label.d.next = self.asked_label.val();
            self.labelled.d.next = self.asked_label.val() != self.no_label.val();
            self.kept_timesteps.d.next = self.asked_timesteps.val();
        }
        if self.presents.val() {
            self.runs.d.next = true;
            self.left.d.next = self.n_timesteps.val();
            if self.start.val() {
                self.left.d.next = self.asked_timesteps.val();
            }
        }
        if self.presents_sample.val() {
            self.awaits_verdict.d.next = true;
            self.verdict_cycles.d.next = self.no_cycles.val();
        }
    }
}
