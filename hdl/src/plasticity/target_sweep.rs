//! Leads the layers through the targets of all classes before a sample (SigProp), twice: their responses are summed, then
//! compared with the mean.
//!
//! ```text
//! start --(targets are asked for)--> class 0, 1, .. of the first sweep --> class 0, 1, .. of the second --> done
//! ```

use super::lessons::{LABEL_BITS, PHASE_BITS};
use super::readout_class::CLASS_BITS;
use super::responses::{COMPARES, SUMS};
use crate::block::wiring::Slice;
use crate::dff_setup;
use crate::protocol::{NO_LABEL, WITH_TARGETS};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct TargetSweep {
    // Control
    pub clock: Signal<In, Clock>,
    /// A sample begins, whose label asks for the targets or not.
    pub start: Signal<In, Bit>,
    pub asked_label: Bus<In>,
    pub asked: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    // Presentations
    pub presents: Signal<Out, Bit>,
    pub presented: Signal<In, Bit>,
    pub phase: Bus<Out>,
    pub of_class: Bus<Out>,
    active: Flag,
    comparing: Flag,
    present_now: Flag,
    done_now: Flag,
    number: Register,
    request: Slice,
    no_label: Fixed,
    sample_phase: Fixed,
    sums: Fixed,
    compares: Fixed,
    first_class: Fixed,
    one_class: Fixed,
    last_class: Fixed,
}

impl TargetSweep {
    pub fn new(n_classes: usize) -> Self {
        TargetSweep {
            clock: Default::default(),
            start: Default::default(),
            asked_label: Bus::new(LABEL_BITS),
            asked: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            presents: Default::default(),
            presented: Default::default(),
            phase: Bus::new(PHASE_BITS),
            of_class: Bus::new(CLASS_BITS),
            active: Default::default(),
            comparing: Default::default(),
            present_now: Default::default(),
            done_now: Default::default(),
            number: Register::new(CLASS_BITS),
            request: Slice::new(LABEL_BITS, WITH_TARGETS.trailing_zeros(), 1),
            no_label: Fixed::new(u64::from(NO_LABEL), LABEL_BITS),
            sample_phase: Fixed::new(0, PHASE_BITS),
            sums: Fixed::new(SUMS, PHASE_BITS),
            compares: Fixed::new(COMPARES, PHASE_BITS),
            first_class: Fixed::new(0, CLASS_BITS),
            one_class: Fixed::new(1, CLASS_BITS),
            last_class: Fixed::count(n_classes - 1, CLASS_BITS),
        }
    }
}

impl Logic for TargetSweep {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, comparing, present_now, done_now, number);
        self.request.from.next = self.asked_label.val();
        self.asked.next = self.request.to.val().any() && (self.asked_label.val() != self.no_label.val());
        self.busy.next = self.active.q.val();
        self.done.next = self.done_now.q.val();
        self.presents.next = self.present_now.q.val();
        self.of_class.next = self.number.q.val();
        self.phase.next = self.sample_phase.val();
        if self.active.q.val() {
            self.phase.next = self.sums.val();
            if self.comparing.q.val() {
                self.phase.next = self.compares.val();
            }
        }

        self.present_now.d.next = false;
        self.done_now.d.next = false;
        if self.active.q.val() && self.presented.val() {
            self.present_now.d.next = true;
            self.number.d.next = self.number.q.val() + self.one_class.val();
            if self.number.q.val() == self.last_class.val() {
                self.number.d.next = self.first_class.val();
                self.comparing.d.next = true;
                if self.comparing.q.val() {
                    self.active.d.next = false;
                    self.present_now.d.next = false;
                    self.done_now.d.next = true;
                }
            }
        }
        if self.start.val() && self.asked.val() {
            self.active.d.next = true;
            self.present_now.d.next = true;
            self.comparing.d.next = false;
            self.number.d.next = self.first_class.val();
        }
    }
}
