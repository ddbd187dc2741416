//! Requests, and their bytes.

use spikeforge_hdl::protocol::{
    COUNTERS, IDENTITY, LEARN, NO_LABEL, READ, REQUEST_SYNC, RESET, RESULT_BYTES, RUN, SHOW, STATE,
    STEP, VERDICT, VERDICT_BYTES, WRITE,
};
use thiserror::Error;

use super::CRC;

/// One request of the host. Every request is closed by one status response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// The identity of the design, 4 bytes.
    Identity,
    /// The state of the neurons of a layer from `first_neuron` on, `n_bytes` of it.
    State {
        layer: u8,
        first_neuron: u16,
        n_bytes: u16,
    },
    /// Rows of a memory of a layer from `first_row` on, `n_bytes` of them.
    Rows {
        layer: u8,
        region: u8,
        first_row: u16,
        n_bytes: u16,
    },
    /// Counters from the first on, `n_bytes` of them.
    Counters { n_bytes: u16 },
    /// The class of the presentation so far and its score.
    Verdict,
    /// One timestep, with its packed input spikes.
    Step { spikes: &'a [u8] },
    /// A whole presentation, with the packed input spikes of its timesteps one after the other.
    Run { train: &'a [u8] },
    /// A whole presentation of the same packed input spikes at each of its timesteps.
    Show { spikes: &'a [u8], n_timesteps: u16 },
    /// Pieces of a memory of a layer from a place on, in as many bytes as the design wants for each.
    Write {
        layer: u8,
        region: u8,
        first_piece: u32,
        pieces: &'a [u8],
    },
    /// Pieces of a memory of a layer from a place on, `n_bytes` of them.
    Pieces {
        layer: u8,
        region: u8,
        first_piece: u32,
        n_bytes: u16,
    },
    /// A sample to learn, or without a label to present.
    Learn { train: &'a [u8], label: Option<u16> },
    /// The next step starts a presentation.
    Reset,
}

/// A payload of more bytes than the length field of a frame can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a request of {n_bytes} payload bytes is more than a frame holds (65535)")]
pub struct FrameTooLong {
    pub n_bytes: usize,
}

impl Request<'_> {
    /// The bytes of the request under the sequence number `seq`.
    pub fn encode(&self, seq: u8) -> Result<Vec<u8>, FrameTooLong> {
        let payload = self.payload();
        let layer = match *self {
            Request::Identity => IDENTITY,
            Request::Counters { .. } => COUNTERS,
            Request::Verdict => VERDICT,
            Request::State { layer, .. }
            | Request::Rows { layer, .. }
            | Request::Pieces { layer, .. }
            | Request::Write { layer, .. } => layer,
            _ => 0,
        };
        let (region, addr) = match *self {
            Request::State { first_neuron, .. } => (STATE, u32::from(first_neuron)),
            Request::Rows {
                region, first_row, ..
            } => (region, u32::from(first_row)),
            Request::Show { n_timesteps, .. } => (STATE, u32::from(n_timesteps)),
            Request::Write {
                region,
                first_piece,
                ..
            }
            | Request::Pieces {
                region,
                first_piece,
                ..
            } => (region, first_piece),
            Request::Learn { label, .. } => (STATE, u32::from(label.unwrap_or(NO_LABEL))),
            _ => (STATE, 0),
        };
        let [addr_lo, addr_hi, page, _] = addr.to_le_bytes();
        let len = match self.n_data_bytes() {
            Some(n_bytes) if !self.has_payload() => n_bytes,
            _ => u16::try_from(payload.len()).map_err(|_| FrameTooLong {
                n_bytes: payload.len(),
            })?,
        };
        let region = page << 4 | region & 0xF;
        let mut frame = vec![
            REQUEST_SYNC,
            seq,
            self.op(),
            layer,
            region,
            addr_lo,
            addr_hi,
        ];
        frame.extend(len.to_le_bytes());
        frame.extend(CRC.checksum(&frame[1..]).to_be_bytes());
        if self.has_payload() {
            frame.extend(payload);
            frame.extend(CRC.checksum(payload).to_be_bytes());
        }
        Ok(frame)
    }

    /// The bytes that the data response of a READ holds; nothing for the other requests.
    pub fn n_data_bytes(&self) -> Option<u16> {
        match *self {
            Request::Identity => Some(4),
            Request::Verdict => Some(VERDICT_BYTES),
            Request::State { n_bytes, .. }
            | Request::Pieces { n_bytes, .. }
            | Request::Rows { n_bytes, .. }
            | Request::Counters { n_bytes } => Some(n_bytes),
            Request::Learn { .. } => u16::try_from(RESULT_BYTES).ok(),
            Request::Step { .. }
            | Request::Run { .. }
            | Request::Show { .. }
            | Request::Write { .. }
            | Request::Reset => None,
        }
    }

    /// The bytes of the payload that the request carries.
    pub fn n_payload_bytes(&self) -> usize {
        self.payload().len()
    }

    /// The name of the request in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Identity => "READ identity",
            Request::State { .. } => "READ state",
            Request::Rows { .. } => "READ memory",
            Request::Counters { .. } => "READ counters",
            Request::Verdict => "READ verdict",
            Request::Step { .. } => "STEP",
            Request::Run { .. } => "RUN",
            Request::Show { .. } => "SHOW",
            Request::Write { .. } => "WRITE",
            Request::Pieces { .. } => "READ memory",
            Request::Learn { .. } => "LEARN",
            Request::Reset => "RESET",
        }
    }

    fn op(&self) -> u8 {
        match self {
            Request::Identity
            | Request::Verdict
            | Request::State { .. }
            | Request::Pieces { .. }
            | Request::Rows { .. }
            | Request::Counters { .. } => READ,
            Request::Learn { .. } => LEARN,
            Request::Step { .. } => STEP,
            Request::Run { .. } => RUN,
            Request::Show { .. } => SHOW,
            Request::Write { .. } => WRITE,
            Request::Reset => RESET,
        }
    }

    fn has_payload(&self) -> bool {
        matches!(
            self,
            Request::Step { .. }
                | Request::Run { .. }
                | Request::Show { .. }
                | Request::Write { .. }
                | Request::Learn { .. }
        )
    }

    fn payload(&self) -> &[u8] {
        match self {
            Request::Step { spikes } | Request::Show { spikes, .. } => spikes,
            Request::Run { train } | Request::Learn { train, .. } => train,
            Request::Write { pieces, .. } => pieces,
            _ => &[],
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_laid_out_as_the_protocol_says() {
        let frame = Request::Step {
            spikes: &[0x81, 0x01],
        }
        .encode(7)
        .unwrap();
        assert_eq!(frame[..9], [0xA5, 7, 2, 0, 0, 0, 0, 2, 0]);
        assert_eq!(frame[9..11], CRC.checksum(&frame[1..9]).to_be_bytes());
        assert_eq!(frame[11..13], [0x81, 0x01]);
        assert_eq!(frame[13..], CRC.checksum(&[0x81, 0x01]).to_be_bytes());
    }

    #[test]
    fn a_read_says_how_many_bytes_it_wants_and_has_no_payload() {
        let frame = Request::State {
            layer: 1,
            first_neuron: 0x0102,
            n_bytes: 0x0304,
        }
        .encode(0)
        .unwrap();
        assert_eq!(frame[..9], [0xA5, 0, 1, 1, 0, 2, 1, 4, 3]);
        assert_eq!(frame.len(), 11);
        assert_eq!(
            Request::Identity.encode(0).unwrap()[2..9],
            [1, 0xFF, 0, 0, 0, 4, 0]
        );
        assert_eq!(Request::Verdict.encode(0).unwrap()[2..9], [1, 0xFD, 0, 0, 0, 6, 0]);
        assert_eq!(Request::Reset.encode(0).unwrap().len(), 11);
    }

    #[test]
    fn a_write_has_twenty_bits_of_address() {
        let frame = Request::Write {
            layer: 3,
            region: 1,
            first_piece: 0x000A_0B0C,
            pieces: &[7, 9],
        }
        .encode(5)
        .unwrap();
        assert_eq!(frame[..9], [0xA5, 5, 4, 3, 0xA1, 0x0C, 0x0B, 2, 0]);
        assert_eq!(frame[11..13], [7, 9]);
    }

    #[test]
    fn a_show_says_its_timesteps_where_others_say_an_address() {
        let spikes = &[0x81, 0x01];
        let frame = Request::Show { spikes, n_timesteps: 0x0302 }.encode(7).unwrap();
        assert_eq!(frame[..9], [0xA5, 7, 6, 0, 0, 2, 3, 2, 0]);
        assert_eq!(frame.len(), 15);
    }

    #[test]
    fn the_crc_is_ccitt_false() {
        assert_eq!(CRC.checksum(b"123456789"), 0x29B1);
    }

    #[test]
    fn a_frame_that_cannot_say_its_length_is_refused() {
        let train = vec![0; 65536];
        assert_eq!(
            Request::Run { train: &train }.encode(0),
            Err(FrameTooLong { n_bytes: 65536 })
        );
        assert!(Request::Run { train: &train[1..] }.encode(0).is_ok());
    }
}
