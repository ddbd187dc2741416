//! What a request does to the accelerator: which timesteps are committed, and what has to be answered.
//!
//! | state bit | meaning |
//! |---|---|
//! | fresh | the next timestep starts a presentation |
//! | streaming | a RUN's payload commits timesteps as they are complete |
//! | writing | a WRITE's payload is kept aside, and goes to its memory once its CRC holds |
//! | learning | a LEARN's payload is kept as the sample, and presented once its CRC holds |
//! | learned | the result of a LEARN stands for a repeat |
//! | repeated | this STEP or LEARN has been executed; only its answer is wanted |

use crate::dff_setup;
use crate::protocol::{BAD_CRC, BAD_REQUEST, OK, READ, RESET, RUN, SHOW, STEP, TIMESTEPS_BITS, WRITE};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Requests {
    // Control
    pub clock: Signal<In, Clock>,
    pub header_good: Signal<In, Bit>,
    pub header_bad: Signal<In, Bit>,
    pub payload_good: Signal<In, Bit>,
    pub payload_bad: Signal<In, Bit>,
    // The request
    pub seq: Bus<In>,
    pub op: Bus<In>,
    pub addr: Bus<In>,
    pub len: Bus<In>,
    pub layer_exists: Signal<In, Bit>,
    pub write_fits: Signal<In, Bit>,
    pub is_step: Signal<Out, Bit>,
    // Input timesteps
    pub timestep_done: Signal<In, Bit>,
    pub whole_timesteps: Signal<In, Bit>,
    pub restart: Signal<Out, Bit>,
    pub commit: Signal<Out, Bit>,
    pub write_fresh: Signal<Out, Bit>,
    pub show: Signal<Out, Bit>,
    // Memories
    pub whole_words: Signal<In, Bit>,
    pub loaded: Signal<In, Bit>,
    pub keeps_aside: Signal<Out, Bit>,
    pub loads: Signal<Out, Bit>,
    // Lessons
    pub is_learn: Signal<In, Bit>,
    pub sample_fits: Signal<In, Bit>,
    pub lesson_done: Signal<In, Bit>,
    pub keeps_sample: Signal<Out, Bit>,
    pub learns: Signal<Out, Bit>,
    // Answers
    pub held: Signal<In, Bit>,
    pub forget: Signal<Out, Bit>,
    pub owes: Signal<Out, Bit>,
    pub owes_many: Signal<Out, Bit>,
    pub reads: Signal<Out, Bit>,
    pub closes: Signal<Out, Bit>,
    pub outcome: Bus<Out>,
    fresh: Flag,
    streaming: Flag,
    writing: Flag,
    learning: Flag,
    learned: Flag,
    repeated: Flag,
    last_seq: Register,
    // A header tells all this before its CRC.
    is_repeat: Flag,
    len_fits: Flag,
    len_is_timestep: Flag,
    is_read: Signal<Local, Bit>,
    is_run: Signal<Local, Bit>,
    is_show: Signal<Local, Bit>,
    is_reset: Signal<Local, Bit>,
    is_write: Signal<Local, Bit>,
    may_repeat: Signal<Local, Bit>,
    is_known: Signal<Local, Bit>,
    good_length: Signal<Local, Bit>,
    good_write: Signal<Local, Bit>,
    step_commits: Signal<Local, Bit>,
    read: Fixed,
    step: Fixed,
    run: Fixed,
    show_op: Fixed,
    reset: Fixed,
    write: Fixed,
    can_write: Constant<Bit>,
    ok: Fixed,
    bad_crc: Fixed,
    bad_request: Fixed,
    timestep_bytes: Fixed,
    no_timesteps: Fixed,
    can_show: Constant<Bit>,
    no_bytes: Fixed,
}

impl Requests {
    pub fn new(input_bytes: usize, can_show: bool, can_write: bool) -> Self {
        let byte = |value: u8| Fixed::new(u64::from(value), 8);
        Requests {
            clock: Default::default(),
            header_good: Default::default(),
            header_bad: Default::default(),
            payload_good: Default::default(),
            payload_bad: Default::default(),
            seq: Bus::new(8),
            op: Bus::new(8),
            addr: Bus::new(TIMESTEPS_BITS),
            len: Bus::new(16),
            layer_exists: Default::default(),
            write_fits: Default::default(),
            is_step: Default::default(),
            timestep_done: Default::default(),
            whole_timesteps: Default::default(),
            restart: Default::default(),
            commit: Default::default(),
            write_fresh: Default::default(),
            show: Default::default(),
            whole_words: Default::default(),
            loaded: Default::default(),
            keeps_aside: Default::default(),
            loads: Default::default(),
            is_learn: Default::default(),
            sample_fits: Default::default(),
            lesson_done: Default::default(),
            keeps_sample: Default::default(),
            learns: Default::default(),
            held: Default::default(),
            forget: Default::default(),
            owes: Default::default(),
            owes_many: Default::default(),
            reads: Default::default(),
            closes: Default::default(),
            outcome: Bus::new(8),
            fresh: Default::default(),
            streaming: Default::default(),
            writing: Default::default(),
            learning: Default::default(),
            learned: Default::default(),
            repeated: Default::default(),
            last_seq: Register::new(8),
            len_fits: Default::default(),
            len_is_timestep: Default::default(),
            is_read: Default::default(), is_run: Default::default(), is_show: Default::default(),
            is_reset: Default::default(), is_write: Default::default(),
            may_repeat: Default::default(),
            is_repeat: Default::default(),
            is_known: Default::default(),
            good_length: Default::default(),
            good_write: Default::default(),
            step_commits: Default::default(),
            read: byte(READ),
            step: byte(STEP),
            run: byte(RUN),
            show_op: byte(SHOW),
            reset: byte(RESET),
            write: byte(WRITE),
            can_write: Constant::new(can_write),
            ok: byte(OK),
            bad_crc: byte(BAD_CRC),
            bad_request: byte(BAD_REQUEST),
            timestep_bytes: Fixed::count(input_bytes, 16),
            no_timesteps: Fixed::new(0, TIMESTEPS_BITS),
            can_show: Constant::new(can_show),
            no_bytes: Fixed::new(0, 16),
        }
    }
}

impl Logic for Requests {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fresh, streaming, writing, learning, learned, repeated, last_seq, is_repeat, len_fits, len_is_timestep);
        self.len_fits.d.next = (self.len.val() != self.no_bytes.val()) && (self.len.val() <= self.timestep_bytes.val());
        self.len_is_timestep.d.next = self.len.val() == self.timestep_bytes.val();
        self.is_read.next = self.op.val() == self.read.val();
        self.is_step.next = self.op.val() == self.step.val();
        self.is_run.next = self.op.val() == self.run.val();
        self.is_show.next = self.can_show.val() && (self.op.val() == self.show_op.val());
        self.is_reset.next = self.op.val() == self.reset.val();
        self.is_write.next = self.can_write.val() && (self.op.val() == self.write.val());
        self.may_repeat.next = (self.is_step.val() && self.held.val()) || (self.is_learn.val() && self.learned.q.val());
        self.is_repeat.d.next = self.may_repeat.val() && (self.seq.val() == self.last_seq.q.val());
        self.is_known.next = (self.is_read.val() && self.layer_exists.val()) || self.is_reset.val();
        self.restart.next = self.header_good.val() || self.header_bad.val() || self.payload_bad.val();
        self.forget.next = self.header_good.val() && !self.is_read.val() && !self.is_repeat.q.val();
        self.keeps_sample.next = self.learning.q.val();
        self.learns.next = self.payload_good.val() && self.learning.q.val() && !self.repeated.q.val() && self.whole_timesteps.val() && self.sample_fits.val();
        self.reads.next = (self.header_good.val() && self.is_read.val() && self.layer_exists.val()) || self.lesson_done.val();
        if self.payload_good.val() && self.learning.q.val() && self.repeated.q.val() {
            self.reads.next = true;
        }
        self.good_write.next = self.writing.q.val() && self.write_fits.val() && self.fresh.q.val() && self.whole_words.val();
        self.good_write.next = self.good_write.val() && self.len_fits.q.val();
        self.loads.next = self.payload_good.val() && self.good_write.val();
        self.keeps_aside.next = self.writing.q.val();
        self.closes.next = self.header_bad.val() || (self.payload_good.val() && !self.loads.val() && !self.learns.val()) || self.payload_bad.val() || self.loaded.val() || self.lesson_done.val();
        self.outcome.next = self.ok.val();

        // A header: what it asks for begins, or is refused at once.
        if self.header_good.val() {
            self.last_seq.d.next = self.seq.val();
            self.repeated.d.next = self.is_repeat.q.val();
            self.streaming.d.next = self.is_run.val();
            self.writing.d.next = self.is_write.val();
            self.learning.d.next = self.is_learn.val();
            self.learned.d.next = self.learned.q.val() && self.is_repeat.q.val();
            if self.is_run.val() || self.is_show.val() || self.is_reset.val() || self.is_learn.val() {
                self.fresh.d.next = true;
            }
            if !(self.is_step.val() || self.is_run.val() || self.is_show.val() || self.is_write.val() || self.is_learn.val()) {
                self.closes.next = true;
                if !self.is_known.val() {
                    self.outcome.next = self.bad_request.val();
                }
            }
        }
        if self.header_bad.val() || self.payload_bad.val() {
            self.outcome.next = self.bad_crc.val();
            self.streaming.d.next = false;
        }

        // A payload that holds: a STEP is executed now, a RUN has been.
        self.good_length.next = (!self.writing.q.val() && !self.learning.q.val() && self.len_is_timestep.q.val()) || (self.streaming.q.val() && self.whole_timesteps.val());
        if self.is_show.val() && (self.addr.val() == self.no_timesteps.val()) {
            self.good_length.next = false;
        }
        self.step_commits.next = self.payload_good.val() && !self.streaming.q.val() && !self.learning.q.val() && self.good_length.val() && !self.repeated.q.val();
        if self.payload_good.val() {
            self.streaming.d.next = false;
            self.restart.next = !self.step_commits.val();
            if !(self.good_length.val() || self.good_write.val() || self.learns.val() || (self.learning.q.val() && self.repeated.q.val())) {
                self.outcome.next = self.bad_request.val();
            }
        }
        self.commit.next = self.step_commits.val() || (self.timestep_done.val() && self.streaming.q.val());
        self.show.next = self.is_show.val();
        self.owes_many.next = self.commit.val() && self.is_show.val();
        self.owes.next = (self.commit.val() && !self.is_show.val()) || (self.payload_good.val() && self.repeated.q.val() && !self.learning.q.val());
        if self.lesson_done.val() {
            self.learned.d.next = true;
        }
        self.write_fresh.next = self.fresh.q.val();
        if self.commit.val() {
            self.fresh.d.next = false;
        }
    }
}
