//! The comparisons themselves.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use spikeforge_compiler::board::Family;
use spikeforge_compiler::readback::read_back;
use spikeforge_compiler::toolchain::{Progress, Tools};

use super::waveform::Found;
use super::{Amount, Outcome, Row, Rung, RungError};
use crate::built::{netlist, Built};
use crate::compiled::Compiled;
use crate::cosim::{cosim, CosimError, Extent};
use crate::inputs::Inputs;
use crate::simulation::{Conditions, Level, Simulation, Simulator};

/// Seeds of random first states.
const STARTS: u32 = 20;
/// Seeds of hesitating hosts.
const HOSTS: u32 = 5;
/// An event-driven simulator, and a board behind a serial line, take seconds a presentation.
const FEW: usize = 3;

/// What a rung looks at.
pub(super) enum Made {
    Nothing,
    /// The folder of the netlist.
    Cells(PathBuf),
    Bits(Built),
}

/// What the rungs of one bundle share.
pub struct Ladder<'a> {
    pub bundle: &'a Path,
    pub compiled: &'a Compiled,
    pub inputs: &'a Inputs,
    pub tools: &'a Tools,
    /// Where the last cycles before a mismatch go (FST).
    pub waveform: PathBuf,
    pub progress: &'a mut dyn FnMut(Progress),
    /// Asked between presentations whether to go on.
    pub flow: fn() -> ControlFlow<()>,
}

impl Ladder<'_> {
    /// Makes the comparison of `rung`.
    pub fn climb(&mut self, rung: Rung) -> Row {
        let start = Instant::now();
        let mut amount = Amount::default();
        let outcome = match self.compare(rung, &mut amount) {
            Ok(None) => Outcome::Equal,
            Ok(Some(found)) => self.mismatch(rung, &found),
            Err(error) => match (error.refusal(), error) {
                (Some(reason), _) => Outcome::Refused { reason },
                (None, RungError::Memories(error)) => Outcome::Mismatch {
                    mismatch: error.to_string(),
                    waveform: None,
                },
                (None, RungError::Cosim(error @ CosimError::Verdict { .. })) => Outcome::Mismatch {
                    mismatch: error.to_string(),
                    waveform: None,
                },
                (None, error) => Outcome::Failed { error },
            },
        };
        Row {
            rung,
            outcome,
            amount,
            seconds: start.elapsed().as_secs_f64(),
        }
    }

    fn compare(&mut self, rung: Rung, amount: &mut Amount) -> Result<Option<Found>, RungError> {
        if rung == Rung::Memories {
            let compiled = self.compiled;
            let found = read_back(compiled.files(), compiled.arch(), &compiled.network)?;
            amount.weights = found.weights;
            amount.parameters = found.parameters;
            return Ok(None);
        }
        let seeds = match rung {
            Rung::Starts => STARTS,
            Rung::Pressure => HOSTS,
            _ => 1,
        };
        let few = self.inputs.at_most(FEW);
        let inputs = if rung == Rung::Rtl { self.inputs } else { &few };
        let made = self.made(rung)?;
        for seed in 1..=seeds {
            let conditions = conditions(rung, seed);
            let found = self.compare_under(rung, &made, inputs, conditions, amount)?;
            if found.is_some() {
                return Ok(found);
            }
            if seeds > 1 {
                amount.seeds = seed;
            }
        }
        Ok(None)
    }

    fn compare_under(
        &mut self,
        rung: Rung,
        made: &Made,
        inputs: &Inputs,
        conditions: Conditions,
        amount: &mut Amount,
    ) -> Result<Option<Found>, RungError> {
        let mut simulation = self.open(rung, made, conditions, None)?;
        let (network, flow) = (&self.compiled.network, self.flow);
        let tally = cosim(network, &mut simulation, inputs, Extent::default(), &mut |_| flow())?;
        if flow().is_break() {
            return Err(RungError::Interrupted);
        }
        amount.presentations += tally.samples;
        amount.timesteps = inputs.n_timesteps();
        amount.spikes += tally.spikes_compared;
        amount.membranes += tally.membranes_compared;
        amount.cycles += simulation.finish()?;
        let found = |(sample, mismatch): (usize, spikeforge_sim::Mismatch)| Found {
            train: inputs.only(sample, mismatch.timestep + 1),
            sample,
            mismatch,
            conditions,
        };
        Ok(tally.mismatch.map(found))
    }

    /// What the tools must have made before a rung is climbed.
    pub(super) fn made(&mut self, rung: Rung) -> Result<Made, RungError> {
        let family = self.compiled.board.family;
        let (bundle, compiled, tools) = (self.bundle, self.compiled, self.tools);
        match rung {
            Rung::Placed | Rung::Bitstream if family != Family::Ice40 => Err(RungError::NoReader(family)),
            Rung::Netlist => Ok(Made::Cells(netlist(bundle, compiled, tools, self.progress)?)),
            Rung::Placed | Rung::Bitstream => {
                Ok(Made::Bits(Built::find_or_make(bundle, compiled, tools, self.progress)?))
            }
            _ => Ok(Made::Nothing),
        }
    }

    pub(super) fn open(
        &mut self,
        rung: Rung,
        made: &Made,
        conditions: Conditions,
        waveform: Option<PathBuf>,
    ) -> Result<Simulation, RungError> {
        let level = match (rung, made) {
            (_, Made::Cells(folder)) => Level::Netlist(folder),
            (Rung::Placed, Made::Bits(built)) => Level::Placed(built),
            (_, Made::Bits(built)) => Level::Bitstream(built),
            (Rung::Icarus, _) => Level::SecondSimulator,
            _ => Level::Rtl,
        };
        let mut simulator = Simulator {
            tools: self.tools,
            waveform,
            progress: self.progress,
        };
        Ok(simulator.open_under(self.compiled, level, conditions)?)
    }
}

fn conditions(rung: Rung, seed: u32) -> Conditions {
    match rung {
        Rung::Starts => Conditions {
            random_start: Some(seed),
            ..Conditions::default()
        },
        Rung::Pressure => Conditions {
            pressure: Some(u64::from(seed) * 0x9E37_79B9),
            ..Conditions::default()
        },
        _ => Conditions::default(),
    }
}
