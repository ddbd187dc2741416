//! Samples to learn, and the memories that were learned.

use spikeforge_hdl::protocol::RegionMap;
use spikeforge_sim::Spikes;

use super::{Driver, DriverError};
use crate::link::Link;
use crate::protocol::{pack_spikes, Request};

/// Of a memory in one READ: on a bad line, a short answer often comes whole where a long one never does.
const READ_BYTES: usize = 256;

/// What a design tells of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LessonResult {
    pub class: u8,
    /// Bit `l`: layer `l` learned.
    pub learned: u8,
    /// Clock cycles from the end of the sample's arrival to the verdict.
    pub verdict_cycles: u32,
    /// And to the end of what was learned from it.
    pub cycles: u32,
}

impl<L: Link> Driver<L> {
    /// Presents a sample, of which the design learns if there is a label; exactly once, whatever happens on the link.
    ///
    /// # Errors
    /// [`DriverError::NoLessons`] when the design does not learn, [`DriverError::SampleLength`] when it is too long.
    pub fn learn(&mut self, train: &[Spikes], label: Option<u16>) -> Result<LessonResult, DriverError> {
        let lessons = self.map.lessons.ok_or(DriverError::NoLessons)?;
        let (got, most) = (train.len(), lessons.max_timesteps);
        if got == 0 || got > most {
            return Err(DriverError::SampleLength { got, most });
        }
        let n_bytes = self.map.input_bytes;
        let packed: Vec<u8> = train
            .iter()
            .flat_map(|spikes| pack_spikes(spikes, n_bytes))
            .collect();
        let request = Request::Learn {
            train: &packed,
            label,
        };
        let answer = self.exchange.ask(request, 0)?;
        let bytes: [u8; 8] = answer.data.try_into().unwrap_or_default();
        let cycles = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0]);
        Ok(LessonResult {
            class: bytes[0],
            learned: bytes[1],
            verdict_cycles: cycles(2),
            cycles: cycles(5),
        })
    }

    /// Reads a memory whole: its pieces in the order of their addresses.
    pub fn read(&mut self, map: &RegionMap) -> Result<Vec<u64>, DriverError> {
        let not_readable = || DriverError::NotWritable {
            layer: map.layer,
            memory: map.name(),
        };
        let n_bytes = self.map.piece_bytes;
        let n_pieces = map.places();
        let per_read = (READ_BYTES / n_bytes).max(1);
        let mut pieces = Vec::with_capacity(n_pieces);
        for first in (0..n_pieces).step_by(per_read) {
            let n = per_read.min(n_pieces - first);
            let request = Request::Pieces {
                layer: map.layer,
                region: map.region,
                first_piece: u32::try_from(first).map_err(|_| not_readable())?,
                n_bytes: u16::try_from(n * n_bytes).map_err(|_| not_readable())?,
            };
            let answer = self.exchange.ask(request, 0)?;
            let piece = |bytes: &[u8]| {
                bytes
                    .iter()
                    .rev()
                    .fold(0, |piece, byte| (piece << 8) | u64::from(*byte))
            };
            pieces.extend(answer.data.chunks(n_bytes).map(piece));
        }
        Ok(pieces)
    }
}
