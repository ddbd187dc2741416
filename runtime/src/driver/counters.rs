//! What the hardware counted.

use serde::Serialize;
use spikeforge_hdl::protocol::{COUNTERS_OF_DESIGN, COUNTERS_OF_STAGE, COUNTER_BITS};

const COUNTER_BYTES: usize = COUNTER_BITS as usize / 8;

/// Since power-on, each modulo 2^32.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    pub timesteps: u32,
    pub presentations: u32,
    /// Requests that were damaged or broke off.
    pub bad_frames: u32,
    pub lost_bytes: u32,
    pub stages: Vec<StageCounters>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StageCounters {
    pub busy_cycles: u32,
    /// Words of weights that were read for a beat of input.
    pub beats: u32,
    /// Cycles in which a beat was there and could not be taken.
    pub waited: u32,
}

impl Counters {
    /// The bytes of all counters of a design.
    pub(super) fn n_bytes(n_stages: usize) -> u16 {
        let n = COUNTERS_OF_DESIGN + COUNTERS_OF_STAGE * n_stages;
        u16::try_from(COUNTER_BYTES * n).unwrap_or(u16::MAX)
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let count = |bytes: &[u8]| bytes.iter().rev().fold(0, |count, byte| count << 8 | u32::from(*byte));
        let counts: Vec<u32> = bytes.chunks(COUNTER_BYTES).map(count).collect();
        let at = |number: usize| counts.get(number).copied().unwrap_or(0);
        let stage = |counts: &[u32]| StageCounters {
            busy_cycles: counts[0],
            beats: counts[1],
            waited: counts[2],
        };
        let of_stages = counts.get(COUNTERS_OF_DESIGN..).unwrap_or_default();
        Counters {
            timesteps: at(0),
            presentations: at(1),
            bad_frames: at(2),
            lost_bytes: at(3),
            stages: of_stages.chunks_exact(COUNTERS_OF_STAGE).map(stage).collect(),
        }
    }
}

impl StageCounters {
    /// Weight bits that had to be read, of those that the port could have read while the stage was busy; `share_of_lanes` of a
    /// word's lanes have a neuron.
    pub fn efficiency(&self, share_of_lanes: f64) -> f64 {
        f64::from(self.beats) * share_of_lanes / f64::from(self.busy_cycles.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counters_in_their_order() {
        let bytes: Vec<u8> = (1..=10u32).flat_map(|n| (n << 16 | n).to_le_bytes()).collect();
        assert_eq!(bytes.len(), usize::from(Counters::n_bytes(2)));
        let counters = Counters::of_bytes(&bytes);
        let n = |n: u32| n << 16 | n;
        assert_eq!((counters.timesteps, counters.presentations, counters.bad_frames, counters.lost_bytes), (n(1), n(2), n(3), n(4)));
        assert_eq!(counters.stages[1], StageCounters { busy_cycles: n(8), beats: n(9), waited: n(10) });
    }

    #[test]
    fn lanes_without_a_neuron_read_for_nothing() {
        let stage = StageCounters { busy_cycles: 200, beats: 150, waited: 0 };
        assert!((stage.efficiency(10.0 / 12.0) - 0.75 * 10.0 / 12.0).abs() < 1e-12);
    }
}
