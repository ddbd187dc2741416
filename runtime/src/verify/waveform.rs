//! The last cycles before a mismatch, from a second run that is traced.

use std::path::PathBuf;

use spikeforge_sim::Mismatch;

use super::climb::Ladder;
use super::{Outcome, Rung, RungError};
use crate::cosim::{cosim, Extent};
use crate::inputs::Inputs;
use crate::simulation::Conditions;

/// Cycles that are kept: a timestep or more of most designs, and of a board's serial line some tens of bytes.
const KEPT_CYCLES: u64 = 20_000;

/// A mismatch, and all that it takes to see it again.
pub(super) struct Found {
    pub sample: usize,
    pub mismatch: Mismatch,
    pub conditions: Conditions,
    /// The presentation up to the timestep that differs.
    pub train: Inputs,
}

impl Ladder<'_> {
    pub(super) fn mismatch(&mut self, rung: Rung, found: &Found) -> Outcome {
        let seed = match found.conditions {
            Conditions { random_start: Some(seed), .. } => format!("random state {seed}, "),
            Conditions { pressure: Some(seed), .. } => format!("host of seed {seed}, "),
            _ => String::new(),
        };
        let mismatch = format!("{seed}presentation {}, {}", found.sample, found.mismatch);
        match self.trace(rung, found) {
            Ok(waveform) => Outcome::Mismatch { mismatch, waveform },
            Err(error) => Outcome::Mismatch {
                mismatch: format!("{mismatch}; it could not be traced: {error}"),
                waveform: None,
            },
        }
    }

    /// Runs the presentation alone, to know its cycles, then again with a waveform of the last of them.
    /// `None` when it does not differ alone.
    fn trace(&mut self, rung: Rung, found: &Found) -> Result<Option<PathBuf>, RungError> {
        let Some((last_cycle, _)) = self.again(rung, found, 0, None)? else {
            return Ok(None);
        };
        let path = self.waveform.clone();
        let from = last_cycle.saturating_sub(KEPT_CYCLES);
        let again = self.again(rung, found, from, Some(path.clone()))?;
        Ok(again.and(Some(path)))
    }

    /// The cycle of the mismatch, or the last cycle where the simulation does not say, if it differs again.
    fn again(
        &mut self,
        rung: Rung,
        found: &Found,
        trace_from: u64,
        waveform: Option<PathBuf>,
    ) -> Result<Option<(u64, Mismatch)>, RungError> {
        let made = self.made(rung)?;
        let conditions = Conditions { trace_from, ..found.conditions };
        let mut simulation = self.open(rung, &made, conditions, waveform)?;
        let flow = self.flow;
        let network = &self.compiled.network;
        let tally = cosim(network, &mut simulation, &found.train, Extent::default(), &mut |_| flow())?;
        let cycles = simulation.finish()?;
        Ok(tally.mismatch.map(|(_, mismatch)| (mismatch.cycle.unwrap_or(cycles).min(cycles), mismatch)))
    }
}
