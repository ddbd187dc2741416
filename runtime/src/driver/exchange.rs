//! One request, its answer, and the attempts it takes.

use std::time::Instant;

use super::collected::{Answer, Collected};
use super::{DriverError, Patience, Statistics};
use crate::link::{Link, LinkError};
use crate::protocol::{Decoder, Request, Status, MAX_PAYLOAD};

/// Bytes beyond the answer that an attempt listens to before it calls them babble.
const BABBLE_BYTES: usize = 4096;

/// The bytes of a request around its payload.
const FRAME_BYTES: usize = 13;

/// Why an attempt failed, where another may help.
enum Fault {
    Silence,
    Damaged,
    Overrun,
    Babble,
}

/// Requests and answers over a link.
#[derive(Debug)]
pub(super) struct Exchange<L> {
    pub link: L,
    decoder: Decoder,
    patience: Patience,
    seq: u8,
    statistics: Statistics,
}

impl<L: Link> Exchange<L> {
    pub fn new(link: L, n_spikes_bytes: usize, patience: Patience) -> Self {
        Exchange {
            link,
            decoder: Decoder::new(n_spikes_bytes),
            patience,
            seq: 0,
            statistics: Statistics::default(),
        }
    }

    pub fn statistics(&self) -> Statistics {
        let Statistics { crc_errors, .. } = self.statistics;
        Statistics {
            crc_errors: crc_errors + self.decoder.n_crc_errors,
            skipped_bytes: self.decoder.n_skipped,
            ..self.statistics
        }
    }

    /// Sends a request until it is answered in full, with the spikes of `n_timesteps`.
    pub fn ask(&mut self, request: Request, n_timesteps: usize) -> Result<Answer, DriverError> {
        self.statistics.requests += 1;
        self.decoder
            .expect_data(request.n_data_bytes().map_or(0, usize::from));
        self.seq = self.seq.wrapping_add(1);
        let mut fault = Fault::Silence;
        for attempt in 0..self.patience.attempts {
            if attempt > 0 {
                self.statistics.retries += 1;
                self.end_broken_frame(&request, attempt)?;
                if matches!(request, Request::Run { .. } | Request::Show { .. }) {
                    self.seq = self.seq.wrapping_add(1);
                }
            }
            self.link.send(&request.encode(self.seq)?)?;
            fault = match self.collect(&request, n_timesteps)? {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
        }
        Err(self.given_up(&request, &fault))
    }

    /// Zeros, which begin no request, give a frame that lost bytes on the way its end.
    fn end_broken_frame(&mut self, request: &Request, attempt: u32) -> Result<(), LinkError> {
        let n_open = match request {
            // The first request: what is open may be of another host, and of any length.
            Request::Identity if attempt == 1 => MAX_PAYLOAD,
            request => request.n_payload_bytes(),
        };
        self.settle()?;
        self.link.send(&vec![0; n_open + FRAME_BYTES])?;
        self.settle()
    }

    /// Listens until the line is silent, and forgets what came, so that nothing old is in the way.
    pub fn settle(&mut self) -> Result<(), LinkError> {
        self.decoder.clear();
        let mut buffer = [0; 512];
        let mut n_left = BABBLE_BYTES;
        while n_left > 0 {
            match self.link.receive(&mut buffer, self.patience.settle)? {
                0 => break,
                n => n_left = n_left.saturating_sub(n),
            }
        }
        Ok(())
    }

    /// Listens until the request is closed. The outer error ends the exchange, the inner one this attempt.
    fn collect(
        &mut self,
        request: &Request,
        n_timesteps: usize,
    ) -> Result<Result<Answer, Fault>, DriverError> {
        let deadline = Instant::now() + self.patience.attempt;
        let mut collected = Collected::new(request, self.seq, n_timesteps);
        let mut n_left =
            BABBLE_BYTES + 4 * (collected.n_data() + n_timesteps * self.decoder.frame_bytes());
        let mut buffer = [0; 4096];
        loop {
            while let Some(response) = self.decoder.next_response() {
                if let Some(status) = collected.take(response) {
                    return self.verdict(request, status, collected);
                }
            }
            if n_left == 0 || Instant::now() > deadline {
                return Ok(Err(Fault::Babble));
            }
            let n = self.link.receive(&mut buffer, self.patience.silence)?;
            n_left = n_left.saturating_sub(n);
            self.decoder.push(&buffer[..n]);
            if n == 0 {
                return self.after_silence(request, collected);
            }
        }
    }

    /// A false start may have swallowed the close of the request: look again.
    fn after_silence(
        &mut self,
        request: &Request,
        mut collected: Collected,
    ) -> Result<Result<Answer, Fault>, DriverError> {
        let n_crc_errors = self.decoder.n_crc_errors;
        while let Some(response) = self.decoder.break_off() {
            if let Some(status) = collected.take(response) {
                return self.verdict(request, status, collected);
            }
        }
        let is_damaged = collected.is_begun || self.decoder.n_crc_errors > n_crc_errors;
        Ok(Err(if is_damaged {
            Fault::Damaged
        } else {
            Fault::Silence
        }))
    }

    fn verdict(
        &mut self,
        request: &Request,
        status: Status,
        collected: Collected,
    ) -> Result<Result<Answer, Fault>, DriverError> {
        match status {
            Status::Ok => Ok(collected.into_answer(request).ok_or(Fault::Damaged)),
            Status::BadCrc => {
                self.statistics.crc_errors += 1;
                Ok(Err(Fault::Damaged))
            }
            Status::Overrun => Ok(Err(Fault::Overrun)),
            Status::Refused | Status::Unknown(_) => {
                let n_bytes = request.n_payload_bytes();
                Err(DriverError::Refused {
                    request: request.name(),
                    n_bytes,
                })
            }
        }
    }

    fn given_up(&self, request: &Request, fault: &Fault) -> DriverError {
        let (request, attempts) = (request.name(), self.patience.attempts);
        match fault {
            Fault::Silence => DriverError::NoAnswer {
                request,
                attempts,
                silence: self.patience.silence,
            },
            Fault::Damaged => DriverError::Damaged {
                request,
                attempts,
                n_crc_errors: self.statistics().crc_errors,
            },
            Fault::Overrun => DriverError::Overrun { request, attempts },
            Fault::Babble => DriverError::Babble { request },
        }
    }
}
