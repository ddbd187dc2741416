//! What the host port does with a request, and which frames answer it.
//!
//! One request at a time: from its end until its STATUS is sent, no byte is taken (`hold`).
//!
//! | state bit | meaning |
//! |---|---|
//! | fresh | the next timestep starts a presentation |
//! | streaming | a RUN's payload commits timesteps as they are complete |
//! | repeated | this STEP has been executed; only its answer is wanted |
//! | held | the output buffer still shows the last STEP's spikes, for a repeat |
//! | owed | SPIKES frames still to send |
//! | reading, closing | a DATA frame, a STATUS frame still to send |

use crate::dff_setup;
use crate::protocol::{BAD_CRC, BAD_REQUEST, DATA, OK, OVERRUN, READ, RESET, RUN, SPIKES, STATUS, STEP};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Timesteps in flight at most: two a spike buffer, and no chain is longer than 100 layers.
const OWED_BITS: u32 = 8;

#[derive(LogicBlock)]
pub struct Control {
    // Control
    pub clock: Signal<In, Clock>,
    pub hold: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    pub reads: Signal<Out, Bit>,
    // Requests
    pub header_good: Signal<In, Bit>,
    pub header_bad: Signal<In, Bit>,
    pub payload_good: Signal<In, Bit>,
    pub payload_bad: Signal<In, Bit>,
    pub lost_byte: Signal<In, Bit>,
    pub seq: Bus<In>,
    pub op: Bus<In>,
    pub len: Bus<In>,
    pub layer_exists: Signal<In, Bit>,
    // Input timesteps
    pub timestep_done: Signal<In, Bit>,
    pub whole_timesteps: Signal<In, Bit>,
    pub restart: Signal<Out, Bit>,
    pub commit: Signal<Out, Bit>,
    pub write_fresh: Signal<Out, Bit>,
    // Output timesteps
    pub output_available: Signal<In, Bit>,
    pub output_free: Signal<Out, Bit>,
    // Responses
    pub sender_idle: Signal<In, Bit>,
    pub sender_done: Signal<In, Bit>,
    pub sender_start: Signal<Out, Bit>,
    pub kind: Bus<Out>,
    pub body_bytes: Bus<Out>,
    pub status: Bus<Out>,
    fresh: Flag,
    streaming: Flag,
    repeated: Flag,
    held: Flag,
    reading: Flag,
    closing: Flag,
    starting: Flag,
    sending: Flag,
    lost: Flag,
    last_seq: Register,
    answer_kind: Register,
    outcome: Register,
    owed: Register,
    owes: Signal<Local, Bit>,
    is_read: Signal<Local, Bit>,
    is_step: Signal<Local, Bit>,
    is_run: Signal<Local, Bit>,
    is_reset: Signal<Local, Bit>,
    is_repeat: Signal<Local, Bit>,
    good_length: Signal<Local, Bit>,
    step_commits: Signal<Local, Bit>,
    spikes_sent: Signal<Local, Bit>,
    now_owed: Signal<Local, Bit>,
    chooses: Signal<Local, Bit>,
    read: Fixed,
    step: Fixed,
    run: Fixed,
    reset: Fixed,
    spikes: Fixed,
    data: Fixed,
    report: Fixed,
    ok: Fixed,
    bad_crc: Fixed,
    bad_request: Fixed,
    overrun: Fixed,
    timestep_bytes: Fixed,
    output_bytes: Fixed,
    status_bytes: Fixed,
    none_owed: Fixed,
    one_owed: Fixed,
}

impl Control {
    pub fn new(input_bytes: usize, output_bytes: usize) -> Self {
        let byte = |value: u8| Fixed::new(u64::from(value), 8);
        let flag = Flag::default;
        Control {
            clock: Default::default(),
            hold: Default::default(),
            busy: Default::default(),
            reads: Default::default(),
            header_good: Default::default(),
            header_bad: Default::default(),
            payload_good: Default::default(),
            payload_bad: Default::default(),
            lost_byte: Default::default(),
            seq: Bus::new(8),
            op: Bus::new(8),
            len: Bus::new(16),
            layer_exists: Default::default(),
            timestep_done: Default::default(),
            whole_timesteps: Default::default(),
            restart: Default::default(),
            commit: Default::default(),
            write_fresh: Default::default(),
            output_available: Default::default(),
            output_free: Default::default(),
            sender_idle: Default::default(),
            sender_done: Default::default(),
            sender_start: Default::default(),
            kind: Bus::new(8),
            body_bytes: Bus::new(16),
            status: Bus::new(8),
            fresh: flag(),
            streaming: flag(),
            repeated: flag(),
            held: flag(),
            reading: flag(),
            closing: flag(),
            starting: flag(),
            sending: flag(),
            lost: flag(),
            last_seq: Register::new(8),
            answer_kind: Register::new(8),
            outcome: Register::new(8),
            owed: Register::new(OWED_BITS),
            owes: Default::default(),
            is_read: Default::default(),
            is_step: Default::default(),
            is_run: Default::default(),
            is_reset: Default::default(),
            is_repeat: Default::default(),
            good_length: Default::default(),
            step_commits: Default::default(),
            spikes_sent: Default::default(),
            now_owed: Default::default(),
            chooses: Default::default(),
            read: byte(READ),
            step: byte(STEP),
            run: byte(RUN),
            reset: byte(RESET),
            spikes: byte(SPIKES),
            data: byte(DATA),
            report: byte(STATUS),
            ok: byte(OK),
            bad_crc: byte(BAD_CRC),
            bad_request: byte(BAD_REQUEST),
            overrun: byte(OVERRUN),
            timestep_bytes: Fixed::count(input_bytes, 16),
            output_bytes: Fixed::count(output_bytes, 16),
            status_bytes: Fixed::new(1, 16),
            none_owed: Fixed::new(0, OWED_BITS),
            one_owed: Fixed::new(1, OWED_BITS),
        }
    }
}

impl Logic for Control {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fresh, streaming, repeated, held, reading, closing, starting, sending, lost);
        dff_setup!(self, clock, last_seq, answer_kind, outcome, owed);
        self.is_read.next = self.op.val() == self.read.val();
        self.is_step.next = self.op.val() == self.step.val();
        self.is_run.next = self.op.val() == self.run.val();
        self.is_reset.next = self.op.val() == self.reset.val();
        self.is_repeat.next = self.is_step.val() && self.held.q.val() && (self.seq.val() == self.last_seq.q.val());
        self.owes.next = self.owed.q.val() != self.none_owed.val();
        self.hold.next = self.reading.q.val() || self.closing.q.val();
        self.busy.next = self.reading.q.val() || self.closing.q.val() || self.owes.val();
        self.reads.next = self.reading.q.val();
        self.restart.next = false;
        self.output_free.next = false;
        if self.lost_byte.val() {
            self.lost.d.next = true;
        }

        // A header: what it asks for begins, or is refused at once.
        if self.header_good.val() {
            self.last_seq.d.next = self.seq.val();
            self.repeated.d.next = self.is_repeat.val();
            self.streaming.d.next = self.is_run.val();
            self.restart.next = true;
            self.outcome.d.next = self.ok.val();
            self.reading.d.next = self.is_read.val() && self.layer_exists.val();
            self.closing.d.next = !(self.is_step.val() || self.is_run.val());
            if (self.is_read.val() && !self.layer_exists.val())
                || !(self.is_read.val() || self.is_step.val() || self.is_run.val() || self.is_reset.val())
            {
                self.outcome.d.next = self.bad_request.val();
            }
            if !self.is_read.val() && !self.is_repeat.val() {
                self.output_free.next = self.held.q.val();
                self.held.d.next = false;
            }
            if self.is_run.val() || self.is_reset.val() {
                self.fresh.d.next = true;
            }
        }
        if self.header_bad.val() || self.payload_bad.val() {
            self.outcome.d.next = self.bad_crc.val();
            self.closing.d.next = true;
            self.streaming.d.next = false;
            self.restart.next = true;
        }

        // A payload that holds: a STEP is executed now, a RUN has been.
        self.good_length.next = (self.len.val() == self.timestep_bytes.val()) || (self.streaming.q.val() && self.whole_timesteps.val());
        self.step_commits.next = self.payload_good.val() && !self.streaming.q.val() && self.good_length.val() && !self.repeated.q.val();
        if self.payload_good.val() {
            self.closing.d.next = true;
            self.streaming.d.next = false;
            self.restart.next = !self.step_commits.val();
            if !self.good_length.val() {
                self.outcome.d.next = self.bad_request.val();
            }
        }
        self.commit.next = self.step_commits.val() || (self.timestep_done.val() && self.streaming.q.val());
        self.write_fresh.next = self.fresh.q.val();
        if self.commit.val() {
            self.fresh.d.next = false;
        }

        // Answers: spikes as they come, then data, then the status.
        self.kind.next = self.answer_kind.q.val();
        self.status.next = self.outcome.q.val();
        self.body_bytes.next = self.status_bytes.val();
        if self.answer_kind.q.val() == self.spikes.val() {
            self.body_bytes.next = self.output_bytes.val();
        }
        if self.answer_kind.q.val() == self.data.val() {
            self.body_bytes.next = self.len.val();
        }
        self.sender_start.next = self.starting.q.val();
        self.starting.d.next = false;
        self.chooses.next = self.sender_idle.val() && !self.starting.q.val() && !self.sending.q.val();
        if self.chooses.val() {
            if self.closing.q.val() && !self.owes.val() {
                self.answer_kind.d.next = self.report.val();
                self.starting.d.next = true;
                if self.lost.q.val() {
                    self.outcome.d.next = self.overrun.val();
                    self.lost.d.next = false;
                }
            }
            if self.reading.q.val() {
                self.answer_kind.d.next = self.data.val();
                self.starting.d.next = true;
            }
            if self.owes.val() {
                self.answer_kind.d.next = self.spikes.val();
                self.starting.d.next = self.output_available.val();
            }
        }
        if self.starting.q.val() {
            self.sending.d.next = true;
        }
        self.spikes_sent.next = self.sender_done.val() && (self.answer_kind.q.val() == self.spikes.val());
        if self.sender_done.val() {
            self.sending.d.next = false;
            if self.answer_kind.q.val() == self.data.val() {
                self.reading.d.next = false;
            }
            if self.answer_kind.q.val() == self.report.val() {
                self.closing.d.next = false;
            }
        }
        // A RUN's outputs are given up as they are sent; a STEP's stays for a repeat.
        if self.spikes_sent.val() {
            self.output_free.next = !self.is_step.val();
            self.held.d.next = self.is_step.val();
        }
        self.now_owed.next = self.commit.val() || (self.payload_good.val() && self.repeated.q.val());
        if self.now_owed.val() && !self.spikes_sent.val() {
            self.owed.d.next = self.owed.q.val() + self.one_owed.val();
        }
        if self.spikes_sent.val() && !self.now_owed.val() {
            self.owed.d.next = self.owed.q.val() - self.one_owed.val();
        }
    }
}
