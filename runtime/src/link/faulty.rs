//! A link that does harm to the bytes it carries, for tests: the same harm for the same seed.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Link, LinkError};

/// How often, of 1000 bytes, each fault happens; and when the link closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The byte is lost.
    pub drop: u32,
    /// From this byte on, up to 40 bytes are lost.
    pub burst: u32,
    /// The byte comes twice.
    pub repeat: u32,
    /// One bit of the byte is flipped.
    pub flip: u32,
    /// The byte and all after it come only after one silence.
    pub delay: u32,
    /// The link closes after this many bytes, both ways counted.
    pub close_after: Option<u64>,
}

/// Wraps a link, and harms what passes it in both directions.
#[derive(Debug)]
pub struct FaultyLink<L> {
    inner: L,
    faults: Faults,
    random: u64,
    n_bytes: u64,
    to_device: Direction,
    to_host: Direction,
    /// Faults done so far.
    pub n_faults: u64,
}

/// What one direction of the link holds back.
#[derive(Debug, Default)]
struct Direction {
    /// Bytes of a burst that are still to be lost.
    n_lost: u64,
    ready: VecDeque<u8>,
    /// Comes after a silence.
    late: Vec<u8>,
}

impl<L: Link> FaultyLink<L> {
    /// The link `inner` with `faults`, chosen by `seed`.
    pub fn new(inner: L, faults: Faults, seed: u64) -> Self {
        let random = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let (to_device, to_host) = (Direction::default(), Direction::default());
        FaultyLink {
            inner,
            faults,
            random,
            n_bytes: 0,
            to_device,
            to_host,
            n_faults: 0,
        }
    }

    /// The link behind the faults.
    pub fn inner(&self) -> &L {
        &self.inner
    }

    fn is_closed(&self) -> bool {
        self.faults
            .close_after
            .is_some_and(|limit| self.n_bytes >= limit)
    }

    /// Passes bytes into a direction, as they come out of it.
    fn pass(&mut self, bytes: &[u8], mut direction: Direction) -> Direction {
        for &byte in bytes {
            self.n_bytes += 1;
            if self.is_closed() {
                break;
            }
            if direction.n_lost > 0 {
                direction.n_lost -= 1;
            } else if !direction.late.is_empty() || self.happens(self.faults.delay) {
                direction.late.push(byte);
            } else {
                self.harm(byte, &mut direction);
            }
        }
        direction
    }

    fn harm(&mut self, byte: u8, direction: &mut Direction) {
        if self.happens(self.faults.burst) {
            direction.n_lost = self.below(40);
        } else if self.happens(self.faults.repeat) {
            direction.ready.extend([byte, byte]);
        } else if self.happens(self.faults.flip) {
            let bit = self.below(8);
            direction.ready.push_back(byte ^ (1 << bit));
        } else if !self.happens(self.faults.drop) {
            direction.ready.push_back(byte);
        }
    }

    /// A silence: what was late comes next.
    fn fall_silent(&mut self) -> Result<usize, LinkError> {
        let late = std::mem::take(&mut self.to_device.late);
        self.inner.send(&late)?;
        self.to_host.ready.extend(self.to_host.late.drain(..));
        Ok(0)
    }

    fn happens(&mut self, per_mille: u32) -> bool {
        let happens = self.below(1000) < u64::from(per_mille);
        self.n_faults += u64::from(happens);
        happens
    }

    /// A number below `n`, from a xorshift generator.
    fn below(&mut self, n: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % n
    }
}

impl<L: Link> Link for FaultyLink<L> {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        if self.is_closed() {
            return Err(LinkError::Closed);
        }
        let direction = std::mem::take(&mut self.to_device);
        self.to_device = self.pass(bytes, direction);
        let ready: Vec<u8> = self.to_device.ready.drain(..).collect();
        self.inner.send(&ready)
    }

    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let mut arrived = vec![0; buffer.len()];
        while self.to_host.ready.is_empty() {
            if self.is_closed() {
                return Err(LinkError::Closed);
            }
            if !self.to_host.late.is_empty() {
                return self.fall_silent();
            }
            match self.inner.receive(&mut arrived, timeout)? {
                0 => return self.fall_silent(),
                n => {
                    let direction = std::mem::take(&mut self.to_host);
                    self.to_host = self.pass(&arrived[..n], direction);
                }
            }
        }
        let n = buffer.len().min(self.to_host.ready.len());
        for (place, byte) in buffer.iter_mut().zip(self.to_host.ready.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}
