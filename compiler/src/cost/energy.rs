//! An estimate of a presentation's dynamic energy, from counted work and published energies.
//!
//! | term | counted | energy each | source |
//! |---|---|---|---|
//! | clock | cycles | 54 pJ | UP5K, core 528 uA at 12 MHz and 1.219 V above the halted clock |
//! | arithmetic | cells of crossbars and LIF, a beat or a neuron each | 0.2 pJ | UP5K, 8x8 multiplier without DSP: 351 uA for 180 cells at 12 MHz |
//! | other logic | cells, a cycle each | 0.014 pJ | UP5K, counters: 28 uA for 196 cells at 12 MHz |
//! | block RAM | reads and writes of a block | 2.5 pJ | 16 bits of an 8 kbyte SRAM in 45 nm (64 bits: 10 pJ) |
//!
//! Measured by tinyVision.ai (github.com/tinyvision-ai-inc/ice40_power); SRAM by Horowitz, ISSCC 2014. Other parts are
//! taken as the same 40 nm process. Static power, pins and the PLL are left out. A factor of three either way is to be
//! expected: no board was measured here.

use std::fmt;

use serde::Serialize;
use spikeforge_hdl::arch::{Arch, StageArch, Style};

use super::activity::Activity;
use super::{logic_by_part, Cost, Part};
use crate::board::Board;
use crate::memory::{block_rams, memories, MemoryKind};

pub(super) const CLOCK_PJ: f64 = 54.0;
const ARITHMETIC_PJ: f64 = 0.2;
const OTHER_PJ: f64 = 0.014;
pub(super) const BLOCK_RAM_PJ: f64 = 2.5;

/// How far the truth may lie to either side, as a factor.
pub const UNCERTAINTY: f64 = 3.0;

/// Nanojoules of a presentation, in two digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Energy {
    pub nanojoules: f64,
    pub clock: f64,
    pub arithmetic: f64,
    pub other_logic: f64,
    pub block_rams: f64,
    /// The truth is expected between nanojoules / uncertainty and nanojoules * uncertainty.
    pub uncertainty: f64,
}

impl Energy {
    /// Of a presentation of `n_timesteps`, on the activity of a calibration set, or with every beat taken in.
    pub fn of(arch: &Arch, board: &Board, activity: Option<&Activity>, n_timesteps: usize) -> Energy {
        let timesteps = real(n_timesteps);
        let cost = Cost::of(arch, board);
        let cycles = match activity {
            Some(activity) => real(activity.cycles_per_timestep(arch)) * timesteps,
            None => real(cost.cycles_per_presentation(n_timesteps)),
        };
        let parts = logic_by_part(arch, board);
        let cells = |part: Part| parts.get(&part).copied().unwrap_or(0.0);
        let all_synapses: f64 = arch.turns().map(|layers| synapses(&layers[0])).sum();
        let n_stages = real(arch.turns().count());
        let mut arithmetic = 0.0;
        let mut first = 0;
        for layers in arch.turns() {
            let crossbar = cells(Part::Crossbars) * synapses(&layers[0]) / all_synapses;
            let lif = cells(Part::Lif) / n_stages;
            for (index, stage) in layers.iter().enumerate() {
                let beats = activity.map_or(real(stage.beats()), |activity| activity.beats(first + index, stage));
                let walked = beats * real(stage.groups());
                arithmetic += ARITHMETIC_PJ * (crossbar * walked + lif * real(stage.n_neurons / stage.pipelines));
            }
            first += layers.len();
        }
        let other = cells(Part::HostPort) + cells(Part::Control) + cells(Part::Memories);
        let block_rams = BLOCK_RAM_PJ * block_ram_accesses(arch, board, activity);
        Energy::rounded([CLOCK_PJ * cycles, arithmetic * timesteps, OTHER_PJ * other * cycles, block_rams * timesteps])
    }

    fn rounded(picojoules: [f64; 4]) -> Energy {
        let [clock, arithmetic, other_logic, block_rams] = picojoules.map(|pj| two_digits(pj / 1000.0));
        Energy {
            nanojoules: two_digits(picojoules.iter().sum::<f64>() / 1000.0),
            clock,
            arithmetic,
            other_logic,
            block_rams,
            uncertainty: UNCERTAINTY,
        }
    }
}

fn synapses(stage: &StageArch) -> f64 {
    real(stage.lanes + 1) * f64::from(stage.beat)
}

/// How often a block RAM is read or written in a timestep.
pub(super) fn block_ram_accesses(arch: &Arch, board: &Board, activity: Option<&Activity>) -> f64 {
    let mut first = 0;
    let mut all = 0.0;
    for layers in arch.turns() {
        for (index, stage) in layers.iter().enumerate() {
            let beats = activity.map_or(real(stage.beats()), |activity| activity.beats(first + index, stage));
            all += accesses(layers, stage, board, beats * real(stage.groups()));
        }
        first += layers.len();
    }
    all
}

/// Of blocks in a timestep: weights and spikes a beat; state and parameters a neuron, the state written back too.
fn accesses(layers: &[StageArch], stage: &StageArch, board: &Board, walked: f64) -> f64 {
    let in_blocks = memories(layers).into_iter().filter(|memory| memory.style == Style::Block);
    let accesses = in_blocks.map(|memory| {
        let times = match memory.kind {
            MemoryKind::Weights => walked,
            MemoryKind::Spikes | MemoryKind::Tables => walked / real(layers.len()),
            MemoryKind::State => 2.0 * real(stage.n_neurons),
            MemoryKind::Currents | MemoryKind::Parameters => real(stage.n_neurons),
        };
        f64::from(block_rams(&memory, board)) * times
    });
    accesses.sum()
}

/// 1234.0 -> 1200.0: an estimate has no third digit.
pub fn two_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    let rounded = (value / unit).round() * unit;
    // Without the tail that a power of ten below one leaves.
    (rounded * 1e6).round() / 1e6
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

impl fmt::Display for Energy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Energy { nanojoules, clock, arithmetic, other_logic, block_rams, uncertainty } = self;
        write!(f, "about {nanojoules} nJ (clock {clock}, arithmetic {arithmetic}, other logic {other_logic}, block RAMs {block_rams}), within a factor of {uncertainty}; dynamic only")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_third_digit() {
        for (value, shown) in [(1234.0, "1200"), (0.0567, "0.057"), (9.96, "10"), (0.0, "0"), (87.4, "87")] {
            assert_eq!(two_digits(value).to_string(), shown);
        }
    }
}
