//! Which frames answer a request, and when: spikes as they come, then data, then the status.
//!
//! One request at a time: from its end until its STATUS is sent, no byte is taken (`hold`).
//!
//! | state | meaning |
//! |---|---|
//! | owed | SPIKES frames still to send |
//! | held | the output buffer still shows the last STEP's spikes, for a repeat |
//! | reading, closing | a DATA frame, a STATUS frame still to send |
//! | lost | a byte was lost that no STATUS has told of |

use super::sender::Sender;
use crate::block::wiring::Resize;
use crate::dff_setup;
use crate::protocol::{DATA, OK, OVERRUN, RESULT_BYTES, SPIKES, STATUS, TIMESTEPS_BITS};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Of the timesteps in flight: two a spike buffer and no chain longer than 100 layers, or all of a SHOW.
const OWED_BITS: u32 = 8;

#[derive(LogicBlock)]
pub struct Answers {
    // Control
    pub clock: Signal<In, Clock>,
    pub hold: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    pub reads_state: Signal<Out, Bit>,
    // Requests
    pub owes: Signal<In, Bit>,
    pub owes_many: Signal<In, Bit>,
    pub timesteps: Bus<In>,
    pub reads: Signal<In, Bit>,
    pub closes: Signal<In, Bit>,
    pub forget: Signal<In, Bit>,
    pub is_step: Signal<In, Bit>,
    pub is_learn: Signal<In, Bit>,
    pub outcome: Bus<In>,
    pub len: Bus<In>,
    pub lost_byte: Signal<In, Bit>,
    pub loading: Signal<In, Bit>,
    pub held: Signal<Out, Bit>,
    // Output timesteps
    pub output_available: Signal<In, Bit>,
    pub output_free: Signal<Out, Bit>,
    // Frames
    pub seq: Bus<In>,
    pub body_byte: Bus<In>,
    pub body_next: Signal<Out, Bit>,
    pub sender_start: Signal<Out, Bit>,
    pub kind: Bus<Out>,
    pub byte_valid: Signal<Out, Bit>,
    pub byte_out: Bus<Out>,
    pub byte_ready: Signal<In, Bit>,
    pub status: Bus<Out>,
    sender: Sender,
    keeps: Flag,
    reading: Flag,
    closing: Flag,
    starting: Flag,
    sending: Flag,
    lost: Flag,
    frame: Register,
    result: Register,
    owed: Register,
    any_owed: Signal<Local, Bit>,
    spikes_sent: Signal<Local, Bit>,
    spikes: Fixed,
    data: Fixed,
    report: Fixed,
    overrun: Fixed,
    output_bytes: Fixed,
    status_bytes: Fixed,
    result_bytes: Fixed,
    none_owed: Fixed,
    one_owed: Fixed,
    all_timesteps: Resize,
}

impl Answers {
    pub fn new(output_bytes: usize, can_show: bool) -> Self {
        let owed = if can_show { TIMESTEPS_BITS } else { OWED_BITS };
        let byte = |value: u8| Fixed::new(u64::from(value), 8);
        Answers {
            clock: Default::default(),
            hold: Default::default(),
            busy: Default::default(),
            reads_state: Default::default(),
            owes: Default::default(),
            owes_many: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            reads: Default::default(),
            closes: Default::default(),
            forget: Default::default(),
            is_step: Default::default(),
            is_learn: Default::default(),
            outcome: Bus::new(8),
            len: Bus::new(16),
            lost_byte: Default::default(),
            loading: Default::default(),
            held: Default::default(),
            output_available: Default::default(),
            output_free: Default::default(),
            seq: Bus::new(8),
            body_byte: Bus::new(8),
            body_next: Default::default(),
            sender_start: Default::default(),
            kind: Bus::new(8),
            byte_valid: Default::default(),
            byte_out: Bus::new(8),
            byte_ready: Default::default(),
            status: Bus::new(8),
            sender: Default::default(),
            keeps: Default::default(),
            reading: Default::default(),
            closing: Default::default(),
            starting: Default::default(),
            sending: Default::default(),
            lost: Default::default(),
            frame: Register::new(8),
            result: Register::starting_at(u64::from(OK), 8),
            owed: Register::new(owed),
            any_owed: Default::default(),
            spikes_sent: Default::default(),
            spikes: byte(SPIKES),
            data: byte(DATA),
            report: byte(STATUS),
            overrun: byte(OVERRUN),
            output_bytes: Fixed::count(output_bytes, 16),
            status_bytes: Fixed::new(1, 16),
            result_bytes: Fixed::count(RESULT_BYTES, 16),
            none_owed: Fixed::new(0, owed),
            one_owed: Fixed::new(1, owed),
            all_timesteps: Resize::new(TIMESTEPS_BITS, owed),
        }
    }
}

impl Logic for Answers {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, keeps, reading, closing, starting, sending, lost, frame, result, owed);
        self.any_owed.next = self.owed.q.val() != self.none_owed.val();
        self.hold.next = self.reading.q.val() || self.closing.q.val() || self.loading.val();
        self.busy.next = self.hold.val() || self.any_owed.val();
        self.reads_state.next = self.reading.q.val();
        self.held.next = self.keeps.q.val();
        self.kind.next = self.frame.q.val();
        self.sender.clock.next = self.clock.val();
        self.sender.start.next = self.starting.q.val();
        self.sender.seq.next = self.seq.val();
        self.sender.kind.next = self.frame.q.val();
        self.sender.body_byte.next = self.body_byte.val();
        self.body_next.next = self.sender.body_next.val();
        self.byte_valid.next = self.sender.byte_valid.val();
        self.byte_out.next = self.sender.byte_out.val();
        self.sender.byte_ready.next = self.byte_ready.val();
        self.status.next = self.result.q.val();
        self.sender.body_bytes.next = self.status_bytes.val();
        if self.frame.q.val() == self.spikes.val() {
            self.sender.body_bytes.next = self.output_bytes.val();
        }
        if self.frame.q.val() == self.data.val() {
            self.sender.body_bytes.next = self.len.val();
            if self.is_learn.val() {
                self.sender.body_bytes.next = self.result_bytes.val();
            }
        }

        // The next frame, once the sender is free.
        self.sender_start.next = self.starting.q.val();
        self.starting.d.next = false;
        self.sending.d.next = (self.sending.q.val() || self.starting.q.val()) && !self.sender.done.val();
        if self.sender.idle.val() && !self.starting.q.val() && !self.sending.q.val() {
            if self.any_owed.val() {
                self.frame.d.next = self.spikes.val();
                self.starting.d.next = self.output_available.val();
            } else {
                self.starting.d.next = self.reading.q.val() || self.closing.q.val();
                if self.reading.q.val() {
                    self.frame.d.next = self.data.val();
                } else {
                    self.frame.d.next = self.report.val();
                    if self.closing.q.val() {
                        // From here on a loss is for the next status to tell.
                        self.lost.d.next = false;
                        if self.lost.q.val() {
                            self.result.d.next = self.overrun.val();
                        }
                    }
                }
            }
        }

        if self.sender.done.val() {
            self.reading.d.next = self.reading.q.val() && (self.frame.q.val() != self.data.val());
            self.closing.d.next = self.closing.q.val() && (self.frame.q.val() != self.report.val());
        }
        if self.reads.val() {
            self.reading.d.next = true;
        }
        if self.closes.val() {
            self.closing.d.next = true;
            self.result.d.next = self.outcome.val();
        }
        if self.lost_byte.val() {
            self.lost.d.next = true;
        }

        // A RUN's outputs are given up as they are sent; a STEP's stays for a repeat, until another request.
        self.spikes_sent.next = self.sender.done.val() && (self.frame.q.val() == self.spikes.val());
        self.output_free.next = (self.spikes_sent.val() && !self.is_step.val()) || (self.forget.val() && self.keeps.q.val());
        if self.spikes_sent.val() {
            self.keeps.d.next = self.is_step.val();
        }
        if self.forget.val() {
            self.keeps.d.next = false;
        }
        if self.owes.val() && !self.spikes_sent.val() {
            self.owed.d.next = self.owed.q.val() + self.one_owed.val();
        }
        if self.spikes_sent.val() && !self.owes.val() {
            self.owed.d.next = self.owed.q.val() - self.one_owed.val();
        }
        // A SHOW begins with nothing in flight.
        self.all_timesteps.from.next = self.timesteps.val();
        if self.owes_many.val() {
            self.owed.d.next = self.all_timesteps.to.val();
        }
    }
}
