//! An estimate of a presentation's dynamic energy from the switching of a simulated netlist.
//!
//! | term | counted | energy each | source |
//! |---|---|---|---|
//! | clock | cycles in which the design computes | 54 pJ | as in [`super::energy`] |
//! | logic | changes of wires from lookup tables to other cells | 0.6 pJ | below |
//! | local | changes of wires from flip-flops, carries, and lookup tables to their flip-flop | 0.08 pJ | below |
//! | block RAM | reads and writes of a block, counted on the reference | 2.5 pJ | as in [`super::energy`] |
//!
//! tinyVision.ai measured a UP5K at 12 MHz and 1.219 V (github.com/tinyvision-ai-inc/ice40_power). Seven more counters of 28 bits
//! cost 28 uA: 0.41 pJ a counter and cycle, in which 5 of its wires change. The product of two 8-bit counters that advance by 3 and 5
//! costs 351 uA: 36 pJ a cycle, in which 57 wires behind its lookup tables change when that netlist is simulated without delays, and
//! 16 others. What glitches cost is so in the 0.6 pJ, as far as an array multiplier glitches as a popcount tree does. Other parts are taken
//! as the same 40 nm process; the wires' lengths are not looked at; static power, pins and the PLL are left out. A factor of three either
//! way is to be expected: no board was measured here.

use std::fmt;

use serde::Serialize;
use spikeforge_hdl::arch::Arch;

use super::activity::Activity;
use super::energy::{block_ram_accesses, real, two_digits, BLOCK_RAM_PJ, CLOCK_PJ, UNCERTAINTY};
use crate::board::Board;

const LOGIC_PJ: f64 = 0.6;
const LOCAL_PJ: f64 = 0.08;

/// Changes of wires in a simulation of some presentations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Switching {
    pub presentations: u64,
    pub cycles: u64,
    pub logic: u64,
    pub local: u64,
    /// Of outputs of block RAMs; their energy is counted by the access.
    pub block_ram_outputs: u64,
}

/// Nanojoules of a presentation, in two digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SwitchingEnergy {
    pub nanojoules: f64,
    pub clock: f64,
    pub logic: f64,
    pub local: f64,
    pub block_rams: f64,
    /// The truth is expected between nanojoules / uncertainty and nanojoules * uncertainty.
    pub uncertainty: f64,
}

impl SwitchingEnergy {
    /// Of a mean presentation of those that switched; `activity` was counted on the same.
    pub fn of(switching: &Switching, arch: &Arch, board: &Board, activity: &Activity) -> SwitchingEnergy {
        let each = |count: u64| wide(count) / wide(switching.presentations.max(1));
        let picojoules = [
            CLOCK_PJ * each(switching.cycles),
            LOGIC_PJ * each(switching.logic),
            LOCAL_PJ * each(switching.local),
            BLOCK_RAM_PJ * block_ram_accesses(arch, board, Some(activity)) * real(activity.n_timesteps),
        ];
        let [clock, logic, local, block_rams] = picojoules.map(|pj| two_digits(pj / 1000.0));
        SwitchingEnergy {
            nanojoules: two_digits(picojoules.iter().sum::<f64>() / 1000.0),
            clock,
            logic,
            local,
            block_rams,
            uncertainty: UNCERTAINTY,
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn wide(count: u64) -> f64 {
    count as f64
}

impl fmt::Display for SwitchingEnergy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let SwitchingEnergy { nanojoules, clock, logic, local, block_rams, uncertainty } = self;
        write!(f, "about {nanojoules} nJ (clock {clock}, logic {logic}, local wires {local}, block RAMs {block_rams}), within a factor of {uncertainty}; dynamic only")
    }
}
