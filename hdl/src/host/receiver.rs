//! Takes requests from the byte stream: finds the sync, checks both CRCs, passes the payload on.
//!
//! ```text
//! hunting --A5--> header (8 bytes and CRC) --good, with payload--> payload --> check (CRC) --> hunting
//!                    |  good, no payload                              |
//!                    +--> hunting                    silence too long +--> hunting (payload_bad)
//! ```
//!
//! A pulse says how a part ended, in the cycle after, in which no byte is taken: header_good, header_bad, payload_good or
//! payload_bad. The CRC before it is a long path, and so is what a request does.

use super::bytes::ByteIn;
use super::crc::Crc;
use super::header::{HeaderFields, HEADER_BITS};
use super::silence::Silence;
use crate::dff_setup;
use crate::protocol::{LEARN, REQUEST_SYNC, RUN, SHOW, STEP, WRITE};
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Receiver {
    // Control
    pub clock: Signal<In, Clock>,
    pub hold: Signal<In, Bit>,
    pub sink_ready: Signal<In, Bit>,
    pub header_good: Signal<Out, Bit>,
    pub header_bad: Signal<Out, Bit>,
    pub payload_good: Signal<Out, Bit>,
    pub payload_bad: Signal<Out, Bit>,
    /// Any of them is told in this cycle.
    pub tells: Signal<Out, Bit>,
    // Bytes in
    pub byte_valid: Signal<In, Bit>,
    pub byte_in: Bus<In>,
    pub byte_ready: Signal<Out, Bit>,
    // Data
    pub seq: Bus<Out>,
    pub op: Bus<Out>,
    pub is_learn: Signal<Out, Bit>,
    pub layer: Bus<Out>,
    pub region: Bus<Out>,
    pub page: Bus<Out>,
    pub addr: Bus<Out>,
    pub len: Bus<Out>,
    pub payload_valid: Signal<Out, Bit>,
    pub payload_byte: Bus<Out>,
    state: Register,
    header: Register,
    crc: Register,
    position: Register,
    remaining: Register,
    silence: Silence,
    shift_in: ByteIn,
    fields: HeaderFields,
    crc_step: Crc,
    ended: Flag,
    good_header: Flag,
    bad_header: Flag,
    good_payload: Flag,
    bad_payload: Flag,
    accept: Signal<Local, Bit>,
    has_payload: Signal<Local, Bit>,
    intact: Signal<Local, Bit>,
    ends_header: Signal<Local, Bit>,
    ends_payload: Signal<Local, Bit>,
    hunting: Fixed,
    in_header: Fixed,
    in_payload: Fixed,
    in_check: Fixed,
    sync: Fixed,
    step: Fixed,
    run: Fixed,
    show: Fixed,
    can_show: Constant<Bit>,
    write: Fixed,
    can_write: Constant<Bit>,
    learn: Fixed,
    can_learn: Constant<Bit>,
    crc_start: Fixed,
    crc_intact: Fixed,
    first_position: Fixed,
    one_position: Fixed,
    header_fields_end: Fixed,
    header_end: Fixed,
    second_crc_byte: Fixed,
    nothing: Fixed,
    one_byte: Fixed,
}

impl Receiver {
    /// A request that breaks off is dropped after 2^`silence_bits` cycles.
    pub fn new(silence_bits: u32, can_show: bool, (can_write, can_learn): (bool, bool)) -> Self {
        let byte = |value: u8| Fixed::new(u64::from(value), 8);
        Receiver {
            clock: Default::default(),
            hold: Default::default(),
            sink_ready: Default::default(),
            header_good: Default::default(),
            header_bad: Default::default(),
            payload_good: Default::default(),
            payload_bad: Default::default(),
            tells: Default::default(),
            byte_valid: Default::default(),
            byte_in: Bus::new(8),
            byte_ready: Default::default(),
            seq: Bus::new(8),
            op: Bus::new(8),
            is_learn: Default::default(),
            layer: Bus::new(8),
            region: Bus::new(4),
            page: Bus::new(4),
            addr: Bus::new(16),
            len: Bus::new(16),
            payload_valid: Default::default(),
            payload_byte: Bus::new(8),
            state: Register::new(2),
            header: Register::new(HEADER_BITS),
            crc: Register::new(16),
            position: Register::new(4),
            remaining: Register::new(16),
            silence: Silence::new(silence_bits),
            shift_in: ByteIn::new(HEADER_BITS),
            fields: Default::default(),
            crc_step: Default::default(),
            ended: Default::default(),
            good_header: Default::default(),
            bad_header: Default::default(),
            good_payload: Default::default(),
            bad_payload: Default::default(),
            accept: Default::default(),
            has_payload: Default::default(),
            intact: Default::default(),
            ends_header: Default::default(),
            ends_payload: Default::default(),
            hunting: Fixed::new(0, 2),
            in_header: Fixed::new(1, 2),
            in_payload: Fixed::new(2, 2),
            in_check: Fixed::new(3, 2),
            sync: byte(REQUEST_SYNC),
            step: byte(STEP),
            run: byte(RUN),
            show: byte(SHOW),
            can_show: Constant::new(can_show),
            write: byte(WRITE),
            can_write: Constant::new(can_write),
            learn: byte(LEARN),
            can_learn: Constant::new(can_learn),
            crc_start: Fixed::new(0xFFFF, 16),
            crc_intact: Fixed::new(0, 16),
            first_position: Fixed::new(0, 4),
            one_position: Fixed::new(1, 4),
            header_fields_end: Fixed::new(8, 4),
            header_end: Fixed::new(9, 4),
            second_crc_byte: Fixed::new(1, 4),
            nothing: Fixed::new(0, 16),
            one_byte: Fixed::new(1, 16),
        }
    }
}

impl Logic for Receiver {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, header, crc, position, remaining);
        dff_setup!(self, clock, ended, good_header, bad_header, good_payload, bad_payload);
        self.byte_ready.next = !self.hold.val() && !self.ended.q.val() && (self.sink_ready.val() || (self.state.q.val() != self.in_payload.val()));
        self.accept.next = self.byte_valid.val() && self.byte_ready.val();
        self.fields.header.next = self.header.q.val();
        self.seq.next = self.fields.seq.val();
        self.op.next = self.fields.op.val();
        self.layer.next = self.fields.layer.val();
        self.region.next = self.fields.region.val();
        self.page.next = self.fields.page.val();
        self.addr.next = self.fields.addr.val();
        self.len.next = self.fields.len.val();
        self.has_payload.next = (self.fields.op.val() == self.step.val()) || (self.fields.op.val() == self.run.val());
        if self.can_write.val() && (self.fields.op.val() == self.write.val()) {
            self.has_payload.next = true;
        }
        self.is_learn.next = self.can_learn.val() && (self.fields.op.val() == self.learn.val());
        if self.is_learn.val() {
            self.has_payload.next = true;
        }
        if self.can_show.val() && (self.fields.op.val() == self.show.val()) {
            self.has_payload.next = true;
        }
        self.shift_in.word.next = self.header.q.val();
        self.shift_in.byte_in.next = self.byte_in.val();
        self.crc_step.crc.next = self.crc.q.val();
        self.crc_step.byte_in.next = self.byte_in.val();
        self.intact.next = self.crc_step.crc_next.val() == self.crc_intact.val();
        self.ends_header.next = self.accept.val() && (self.state.q.val() == self.in_header.val()) && (self.position.q.val() == self.header_end.val());
        self.good_header.d.next = self.ends_header.val() && self.intact.val();
        self.bad_header.d.next = self.ends_header.val() && !self.intact.val();
        self.ends_payload.next = self.accept.val() && (self.state.q.val() == self.in_check.val()) && (self.position.q.val() == self.second_crc_byte.val());
        self.good_payload.d.next = self.ends_payload.val() && self.intact.val();
        self.bad_payload.d.next = self.ends_payload.val() && !self.intact.val();
        self.payload_byte.next = self.byte_in.val();
        self.payload_valid.next = self.accept.val() && (self.state.q.val() == self.in_payload.val());

        if self.accept.val() {
            self.crc.d.next = self.crc_step.crc_next.val();
            self.position.d.next = self.position.q.val() + self.one_position.val();
            if self.state.q.val() == self.hunting.val() {
                self.crc.d.next = self.crc_start.val();
                self.position.d.next = self.first_position.val();
                if self.byte_in.val() == self.sync.val() {
                    self.state.d.next = self.in_header.val();
                }
            }
            if (self.state.q.val() == self.in_header.val()) && (self.position.q.val() < self.header_fields_end.val()) {
                self.header.d.next = self.shift_in.shifted.val();
            }
        }
        if self.ends_header.val() {
            self.state.d.next = self.hunting.val();
            self.crc.d.next = self.crc_start.val();
            self.remaining.d.next = self.fields.len.val();
        }
        if self.good_header.q.val() && self.has_payload.val() {
            self.state.d.next = self.in_payload.val();
            if self.fields.len.val() == self.nothing.val() {
                self.state.d.next = self.in_check.val();
            }
        }
        if self.payload_valid.val() {
            self.remaining.d.next = self.remaining.q.val() - self.one_byte.val();
            if self.remaining.q.val() == self.one_byte.val() {
                self.state.d.next = self.in_check.val();
            }
        }
        if self.ends_header.val() || self.payload_valid.val() {
            self.position.d.next = self.first_position.val();
        }

        // Silence counts only while a byte could come: neither in a pause of our own making nor between requests.
        self.silence.clock.next = self.clock.val();
        self.silence.counts.next = !self.byte_valid.val() && !self.hold.val() && (self.state.q.val() != self.hunting.val());
        if self.silence.too_long.val() {
            self.bad_payload.d.next = (self.state.q.val() != self.hunting.val()) && (self.state.q.val() != self.in_header.val());
        }
        if self.ends_payload.val() || self.silence.too_long.val() {
            self.state.d.next = self.hunting.val();
        }
        self.ended.d.next = self.ends_header.val() || self.ends_payload.val() || self.silence.too_long.val();
        self.tells.next = self.ended.q.val();
        self.header_good.next = self.good_header.q.val();
        self.header_bad.next = self.bad_header.q.val();
        self.payload_good.next = self.good_payload.q.val();
        self.payload_bad.next = self.bad_payload.q.val();
    }
}
