//! Sends one response frame: sync, seq, kind, body, CRC.
//!
//! ```text
//! idle --start--> sync --> seq --> kind --> fetch <-> body --> crc_hi --> crc_lo --> idle (done)
//! ```
//!
//! The body's source shows its byte within four cycles after `start` or `body_next`.

use super::crc::Crc;
use super::crc_bytes::CrcBytes;
use crate::dff_setup;
use crate::protocol::RESPONSE_SYNC;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Sender {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub body_next: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    // Data
    pub seq: Bus<In>,
    pub kind: Bus<In>,
    pub body_bytes: Bus<In>,
    pub body_byte: Bus<In>,
    // Bytes out
    pub byte_valid: Signal<Out, Bit>,
    pub byte_out: Bus<Out>,
    pub byte_ready: Signal<In, Bit>,
    state: Register,
    remaining: Register,
    waited: Register,
    crc: Register,
    crc_step: Crc,
    crc_bytes: CrcBytes,
    sent: Signal<Local, Bit>,
    is_idle: Fixed,
    in_sync: Fixed,
    in_seq: Fixed,
    in_kind: Fixed,
    in_fetch: Fixed,
    in_body: Fixed,
    in_crc_hi: Fixed,
    in_crc_lo: Fixed,
    sync: Fixed,
    crc_start: Fixed,
    nothing: Fixed,
    one_byte: Fixed,
    not_waited: Fixed,
    one_cycle: Fixed,
    last_wait: Fixed,
}

impl Default for Sender {
    fn default() -> Self {
        let state = |code| Fixed::new(code, 3);
        Sender {
            clock: Default::default(),
            start: Default::default(),
            body_next: Default::default(),
            done: Default::default(),
            idle: Default::default(),
            seq: Bus::new(8),
            kind: Bus::new(8),
            body_bytes: Bus::new(16),
            body_byte: Bus::new(8),
            byte_valid: Default::default(),
            byte_out: Bus::new(8),
            byte_ready: Default::default(),
            state: Register::new(3),
            remaining: Register::new(16),
            waited: Register::new(2),
            crc: Register::new(16),
            crc_step: Default::default(),
            crc_bytes: Default::default(),
            sent: Default::default(),
            is_idle: state(0),
            in_sync: state(1),
            in_seq: state(2),
            in_kind: state(3),
            in_fetch: state(4),
            in_body: state(5),
            in_crc_hi: state(6),
            in_crc_lo: state(7),
            sync: Fixed::new(u64::from(RESPONSE_SYNC), 8),
            crc_start: Fixed::new(0xFFFF, 16),
            nothing: Fixed::new(0, 16),
            one_byte: Fixed::new(1, 16),
            not_waited: Fixed::new(0, 2),
            one_cycle: Fixed::new(1, 2),
            last_wait: Fixed::new(2, 2),
        }
    }
}

impl Logic for Sender {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, remaining, waited, crc);
        self.idle.next = self.state.q.val() == self.is_idle.val();
        self.byte_valid.next = (self.state.q.val() != self.is_idle.val()) && (self.state.q.val() != self.in_fetch.val());
        self.sent.next = self.byte_valid.val() && self.byte_ready.val();
        self.body_next.next = false;
        self.done.next = false;

        self.crc_bytes.crc.next = self.crc.q.val();
        self.byte_out.next = self.body_byte.val();
        if self.state.q.val() == self.in_sync.val() {
            self.byte_out.next = self.sync.val();
        }
        if self.state.q.val() == self.in_seq.val() {
            self.byte_out.next = self.seq.val();
        }
        if self.state.q.val() == self.in_kind.val() {
            self.byte_out.next = self.kind.val();
        }
        if self.state.q.val() == self.in_crc_hi.val() {
            self.byte_out.next = self.crc_bytes.high.val();
        }
        if self.state.q.val() == self.in_crc_lo.val() {
            self.byte_out.next = self.crc_bytes.low.val();
        }

        self.crc_step.crc.next = self.crc.q.val();
        self.crc_step.byte_in.next = self.byte_out.val();
        if self.idle.val() {
            self.remaining.d.next = self.body_bytes.val();
            if self.start.val() {
                self.state.d.next = self.in_sync.val();
            }
        }
        self.waited.d.next = self.not_waited.val();
        if self.state.q.val() == self.in_fetch.val() {
            self.waited.d.next = self.waited.q.val() + self.one_cycle.val();
            if self.waited.q.val() == self.last_wait.val() {
                self.state.d.next = self.in_body.val();
            }
        }
        if self.sent.val() {
            self.crc.d.next = self.crc_step.crc_next.val();
            if self.state.q.val() == self.in_sync.val() {
                self.state.d.next = self.in_seq.val();
                self.crc.d.next = self.crc_start.val();
            }
            if self.state.q.val() == self.in_seq.val() {
                self.state.d.next = self.in_kind.val();
            }
            if self.state.q.val() == self.in_kind.val() {
                self.state.d.next = self.in_fetch.val();
                if self.remaining.q.val() == self.nothing.val() {
                    self.state.d.next = self.in_crc_hi.val();
                }
            }
            if self.state.q.val() == self.in_body.val() {
                self.body_next.next = true;
                self.remaining.d.next = self.remaining.q.val() - self.one_byte.val();
                self.state.d.next = self.in_fetch.val();
                if self.remaining.q.val() == self.one_byte.val() {
                    self.state.d.next = self.in_crc_hi.val();
                }
            }
            if self.state.q.val() == self.in_crc_hi.val() {
                self.state.d.next = self.in_crc_lo.val();
                self.crc.d.next = self.crc.q.val();
            }
            if self.state.q.val() == self.in_crc_lo.val() {
                self.state.d.next = self.is_idle.val();
                self.done.next = true;
            }
        }
    }
}
