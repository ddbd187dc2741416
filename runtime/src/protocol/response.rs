//! Bytes to responses, in whatever pieces they come.

use spikeforge_hdl::protocol::{
    BAD_CRC, BAD_REQUEST, DATA, OK, OVERRUN, RESPONSE_SYNC, SPIKES, STATUS,
};

use super::CRC;

/// One response of the hardware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// The packed output spikes of one timestep.
    Spikes { seq: u8, spikes: Vec<u8> },
    /// The bytes of a READ.
    Data { seq: u8, bytes: Vec<u8> },
    /// The close of a request.
    Status { seq: u8, status: Status },
}

impl Response {
    /// The sequence number of the request that is answered.
    pub fn seq(&self) -> u8 {
        match *self {
            Response::Spikes { seq, .. }
            | Response::Data { seq, .. }
            | Response::Status { seq, .. } => seq,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok,
    BadCrc,
    /// An unknown request, or a length that does not fit it.
    Refused,
    /// Bytes came faster than the hardware used them.
    Overrun,
    /// A code that this version of the protocol does not have.
    Unknown(u8),
}

impl From<u8> for Status {
    fn from(code: u8) -> Self {
        match code {
            OK => Status::Ok,
            BAD_CRC => Status::BadCrc,
            BAD_REQUEST => Status::Refused,
            OVERRUN => Status::Overrun,
            code => Status::Unknown(code),
        }
    }
}

/// Finds responses in a stream of bytes.
///
/// Whatever stands before a response is skipped, and a frame whose CRC does not hold is taken back to its second byte,
/// so a response that is whole in the stream is found, whatever damage lies around it.
#[derive(Debug)]
pub struct Decoder {
    buffer: Vec<u8>,
    n_spikes_bytes: usize,
    n_data_bytes: usize,
    /// Frames whose CRC did not hold.
    pub n_crc_errors: u64,
    /// Bytes that belong to no response.
    pub n_skipped: u64,
}

/// What stands at the start of the buffer.
enum Front {
    Whole(usize, Response),
    Damaged,
    NoFrame,
    Short,
}

impl Decoder {
    /// A decoder for a design whose output spikes take `n_spikes_bytes`.
    pub fn new(n_spikes_bytes: usize) -> Self {
        Decoder {
            buffer: Vec::new(),
            n_spikes_bytes,
            n_data_bytes: 0,
            n_crc_errors: 0,
            n_skipped: 0,
        }
    }

    /// The length of the data responses that follow.
    pub fn expect_data(&mut self, n_bytes: usize) {
        self.n_data_bytes = n_bytes;
    }

    /// The bytes of a spikes response, the whole frame.
    pub fn frame_bytes(&self) -> usize {
        self.n_spikes_bytes + 5
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole response of the bytes so far.
    pub fn next_response(&mut self) -> Option<Response> {
        let mut at = 0;
        let found = loop {
            match self.front(&self.buffer[at..]) {
                Front::Whole(n_bytes, response) => {
                    at += n_bytes;
                    break Some(response);
                }
                Front::Damaged => self.n_crc_errors += 1,
                Front::NoFrame => {}
                Front::Short => break None,
            }
            at += 1;
            self.n_skipped += 1;
        };
        self.buffer.drain(..at);
        found
    }

    /// Forgets the bytes so far.
    pub fn clear(&mut self) {
        self.n_skipped += self.buffer.len() as u64;
        self.buffer.clear();
    }

    /// Gives up the frame that has begun, because the line is silent: what it swallowed is looked at again.
    pub fn break_off(&mut self) -> Option<Response> {
        while !self.buffer.is_empty() {
            self.buffer.remove(0);
            self.n_skipped += 1;
            if let Some(response) = self.next_response() {
                return Some(response);
            }
        }
        None
    }

    fn front(&self, bytes: &[u8]) -> Front {
        let [sync, rest @ ..] = bytes else {
            return Front::Short;
        };
        if *sync != RESPONSE_SYNC {
            return Front::NoFrame;
        }
        let [seq, kind, rest @ ..] = rest else {
            return Front::Short;
        };
        let n_payload = match *kind {
            SPIKES => self.n_spikes_bytes,
            DATA => self.n_data_bytes,
            STATUS => 1,
            _ => return Front::NoFrame,
        };
        if rest.len() < n_payload + 2 {
            return Front::Short;
        }
        let (payload, crc) = rest.split_at(n_payload);
        if CRC.checksum(&bytes[1..3 + n_payload]).to_be_bytes() != crc[..2] {
            return Front::Damaged;
        }
        let (seq, bytes) = (*seq, payload.to_vec());
        let response = match *kind {
            SPIKES => Response::Spikes { seq, spikes: bytes },
            DATA => Response::Data { seq, bytes },
            _ => Response::Status {
                seq,
                status: Status::from(payload[0]),
            },
        };
        Front::Whole(n_payload + 5, response)
    }
}

#[cfg(test)]
mod tests;
