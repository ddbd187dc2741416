//! The chunks of a simulation's standard output.

use std::io::{BufReader, Read};

/// A membrane as the design wrote it, seen from inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    pub layer: u16,
    pub neuron: u32,
    pub membrane: i32,
    pub fired: bool,
    /// The low 32 bits of the clock cycle.
    pub cycle: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    Host(Vec<u8>),
    Taps(Vec<Tap>),
    Cycles(u64),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChunkError {
    End,
    UnknownKind(u8),
}

/// Reads chunk after chunk.
pub(super) struct ChunkReader<R> {
    from: BufReader<R>,
}

impl<R: Read> ChunkReader<R> {
    pub fn new(from: R) -> Self {
        ChunkReader {
            from: BufReader::with_capacity(1 << 16, from),
        }
    }

    /// The next chunk. An output that breaks off inside a chunk has ended.
    pub fn next_chunk(&mut self) -> Result<Chunk, ChunkError> {
        let [kind, length @ ..] = self.array::<5>()?;
        // Read by what is there, not by what is announced: no allocation by a false length.
        let length = u64::from(u32::from_le_bytes(length));
        let mut bytes = Vec::new();
        let n = (&mut self.from)
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|_| ChunkError::End)?;
        if n as u64 != length {
            return Err(ChunkError::End);
        }
        match kind {
            b'H' => Ok(Chunk::Host(bytes)),
            b'T' => Ok(Chunk::Taps(bytes.chunks_exact(16).map(tap).collect())),
            b'C' => Ok(Chunk::Cycles(
                bytes
                    .iter()
                    .rev()
                    .fold(0, |cycles, byte| (cycles << 8) | u64::from(*byte)),
            )),
            kind => Err(ChunkError::UnknownKind(kind)),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ChunkError> {
        let mut bytes = [0; N];
        self.from
            .read_exact(&mut bytes)
            .map_err(|_| ChunkError::End)?;
        Ok(bytes)
    }
}

/// A tap record: layer with the fired bit on top, neuron, membrane, cycle, each 4 bytes little endian.
fn tap(record: &[u8]) -> Tap {
    let word = |at: usize| [record[at], record[at + 1], record[at + 2], record[at + 3]];
    Tap {
        layer: u16::from_le_bytes([record[0], record[1]]),
        fired: record[3] & 0x80 != 0,
        neuron: u32::from_le_bytes(word(4)),
        membrane: i32::from_le_bytes(word(8)),
        cycle: u32::from_le_bytes(word(12)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(bytes: &[u8]) -> (Vec<Chunk>, ChunkError) {
        let mut reader = ChunkReader::new(bytes);
        let mut found = Vec::new();
        loop {
            match reader.next_chunk() {
                Ok(chunk) => found.push(chunk),
                Err(error) => return (found, error),
            }
        }
    }

    #[test]
    fn each_kind_is_read() {
        let mut bytes = b"H\x02\0\0\0ab".to_vec();
        bytes.extend(b"C\x08\0\0\0\x01\x02\0\0\0\0\0\0");
        bytes.extend(b"T\x10\0\0\0\x03\x00\x00\x80\x05\0\0\0\xFE\xFF\xFF\xFF\x07\0\0\0");
        let tap = Tap {
            layer: 3,
            neuron: 5,
            membrane: -2,
            fired: true,
            cycle: 7,
        };
        let expected = vec![
            Chunk::Host(b"ab".to_vec()),
            Chunk::Cycles(0x201),
            Chunk::Taps(vec![tap]),
        ];
        assert_eq!(chunks(&bytes), (expected, ChunkError::End));
    }

    #[test]
    fn an_output_that_breaks_off_has_ended() {
        assert_eq!(chunks(b"H\x02\0\0\0a"), (vec![], ChunkError::End));
        assert_eq!(chunks(b"H\xFF\xFF\xFF\xFFa"), (vec![], ChunkError::End));
        assert_eq!(chunks(b"H\x02"), (vec![], ChunkError::End));
    }

    #[test]
    fn an_unknown_kind_is_named() {
        assert_eq!(
            chunks(b"X\0\0\0\0"),
            (vec![], ChunkError::UnknownKind(b'X'))
        );
    }
}
