//! Simulations of a compiled design at each level, as devices.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::Family;
use spikeforge_compiler::toolchain::{
    icarus, placed, unpack, verilate, Generation, Progress, SimulationSources, ToolError, Tools, VerilateOptions,
};
use spikeforge_hdl::emit::{ACCELERATOR, TOP};
use spikeforge_sim::{Device, DeviceError, LayerId, LayerState, Spikes, Trace, Verdict};
use tempfile::TempDir;
use thiserror::Error;

use crate::built::Built;
use crate::compiled::Compiled;
use crate::driver::counters::Counters;
use crate::driver::{Driver, DriverError, Patience};
use crate::judge::Judge;
use crate::link::process::ProcessLink;
use crate::link::Tapped;
use crate::verilated::Verilated;

/// Why a simulation did not come to run.
#[derive(Debug, Error)]
pub enum SimulationError {
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Driver(#[from] DriverError),
}

/// How far the design was taken towards bits before it is simulated.
#[derive(Clone, Copy, Debug)]
pub enum Level<'a> {
    /// The accelerator's Verilog, with its membranes seen from inside.
    Rtl,
    /// The same in Icarus, the second simulator.
    SecondSimulator,
    /// The board's Verilog behind its serial pins.
    Board,
    /// The cells that synthesis made of the accelerator's Verilog, in the folder in which it was synthesized; with the
    /// membranes, and in a waveform nothing but the wires between the cells.
    Cells(&'a Path),
    /// The cells that synthesis made of the board's Verilog, behind its serial pins.
    /// In the folder in which it was synthesized.
    Netlist(&'a Path),
    /// The cells after place and route, behind its serial pins (iCE40).
    Placed(&'a Built),
    /// The packed bitstream turned back into cells, behind its serial pins.
    Bitstream(&'a Built),
}

/// Under which conditions a simulation runs; by default under the kindest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Registers and memories without a first value get random ones, from this seed.
    pub random_start: Option<u32>,
    /// The host hesitates at random on both sides of the host port, from this seed (not 0; [`Level::Rtl`] only).
    pub pressure: Option<u64>,
    /// The waveform begins at this clock cycle.
    pub trace_from: u64,
}

/// What simulations need besides the design.
pub struct Simulator<'a> {
    pub tools: &'a Tools,
    /// A waveform of everything, in FST.
    pub waveform: Option<PathBuf>,
    pub progress: &'a mut dyn FnMut(Progress),
}

/// A running simulation.
#[derive(Debug)]
pub enum Simulation {
    Accelerator(Box<Verilated>),
    /// With the folder that it runs in.
    Second(Box<Verilated>, TempDir),
    Board(Box<Driver<ProcessLink>>),
}

impl Simulator<'_> {
    /// Builds the simulation of `compiled` at `level`, or takes a kept one, and opens it.
    pub fn open(
        &mut self,
        compiled: &Compiled,
        level: Level,
    ) -> Result<Simulation, SimulationError> {
        self.open_under(compiled, level, Conditions::default())
    }

    /// The accelerator, or behind its serial pins the board, without its membranes: for what only the host port tells.
    pub fn driver(&mut self, compiled: &Compiled, level: Level) -> Result<Driver<ProcessLink>, SimulationError> {
        let sources = self.sources(compiled, level)?;
        let harness = match level {
            Level::Rtl | Level::Cells(_) => compiled.accelerator_harness(),
            _ => compiled.board_harness(),
        };
        let options = VerilateOptions::from_environment();
        let program = verilate(&sources, harness, &options, self.tools, self.progress)?;
        let link = ProcessLink::spawn(Command::new(program)).map_err(DriverError::from)?;
        Ok(Driver::open(link, compiled.host_map(), Patience::SIMULATION)?)
    }

    /// [`Simulator::open`] under other than the kindest conditions.
    pub fn open_under(
        &mut self,
        compiled: &Compiled,
        level: Level,
        conditions: Conditions,
    ) -> Result<Simulation, SimulationError> {
        let sources = self.sources(compiled, level)?;
        let map = compiled.host_map();
        if matches!(level, Level::SecondSimulator) {
            return self.second(compiled, &sources, conditions);
        }
        let harness = match level {
            Level::Rtl | Level::Cells(_) => compiled.accelerator_harness(),
            _ => compiled.board_harness(),
        };
        let options = VerilateOptions {
            trace: self.waveform.is_some(),
            trace_top_only: matches!(level, Level::Cells(_)),
            short_run: matches!(level, Level::Cells(_)),
            random_start: conditions.random_start.is_some(),
            ..VerilateOptions::from_environment()
        };
        let program = verilate(&sources, harness, &options, self.tools, self.progress)?;
        let mut command = Command::new(program);
        self.add_conditions(&mut command, conditions);
        Ok(match level {
            Level::Rtl | Level::Cells(_) => {
                let mut verilated = Verilated::open(command, map)?;
                verilated.write(&compiled.loads())?;
                Simulation::Accelerator(Box::new(verilated))
            }
            _ => {
                let link = ProcessLink::spawn(command).map_err(DriverError::from)?;
                let mut driver = Driver::open(link, map, Patience::SIMULATION)?;
                driver.write(&compiled.loads())?;
                Simulation::Board(Box::new(driver))
            }
        })
    }

    fn add_conditions(&self, command: &mut Command, conditions: Conditions) {
        if let Some(path) = &self.waveform {
            command.env("SPIKEFORGE_TRACE_FILE", path);
            command.env("SPIKEFORGE_TRACE_FROM", conditions.trace_from.to_string());
        }
        if let Some(seed) = conditions.random_start {
            command.arg("+verilator+rand+reset+2");
            command.arg(format!("+verilator+seed+{}", seed.max(1)));
        }
        if let Some(seed) = conditions.pressure {
            command.args(["--pressure", &seed.to_string()]);
        }
    }

    /// In Icarus.
    fn second(
        &mut self,
        compiled: &Compiled,
        sources: &SimulationSources,
        conditions: Conditions,
    ) -> Result<Simulation, SimulationError> {
        let folder = tempfile::tempdir().map_err(|source| ToolError::Io {
            path: std::env::temp_dir(),
            source,
        })?;
        let (vvp, args) = icarus(
            sources,
            &compiled.testbench(),
            folder.path(),
            self.tools,
            self.progress,
        )?;
        let mut command = Command::new(vvp);
        command.args(args).current_dir(folder.path());
        if let Some(path) = &self.waveform {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            command.arg("-fst").arg(format!("+trace={}", path.display()));
            command.arg(format!("+from={}", conditions.trace_from));
        }
        let link = ProcessLink::spawn_counting(command).map_err(DriverError::from)?;
        let mut device = Verilated::over(link, compiled.host_map(), Patience::SLOW_SIMULATION)?;
        device.write(&compiled.loads())?;
        Ok(Simulation::Second(Box::new(device), folder))
    }

    fn sources(
        &mut self,
        compiled: &Compiled,
        level: Level,
    ) -> Result<SimulationSources, ToolError> {
        let family = compiled.board.family;
        match level {
            Level::Rtl | Level::SecondSimulator => Ok(SimulationSources::rtl(
                &compiled.accelerator_files(),
                ACCELERATOR,
            )),
            Level::Board => Ok(SimulationSources::rtl(&compiled.top_files(), TOP)),
            Level::Netlist(folder) => {
                SimulationSources::netlist(folder, family, generation(family), self.tools)
            }
            Level::Cells(folder) => {
                Ok(SimulationSources::netlist(folder, family, generation(family), self.tools)?.with_top(ACCELERATOR))
            }
            Level::Placed(built) => placed(&built.folder, &built.cells, self.tools, self.progress),
            Level::Bitstream(built) => {
                unpack(&built.folder, &built.cells, self.tools, self.progress)
            }
        }
    }
}

impl Simulation {
    /// Ends the simulation, and with it its waveform; returns its clock cycles.
    pub fn finish(self) -> Result<u64, DriverError> {
        match self {
            Simulation::Accelerator(verilated) | Simulation::Second(verilated, _) => {
                verilated.finish()
            }
            Simulation::Board(driver) => Ok(driver.into_link().finish(Duration::from_secs(60))?),
        }
    }

    /// What the design counted; nothing from one without counters.
    pub fn counters(&mut self) -> Result<Option<Counters>, DriverError> {
        match self {
            Simulation::Accelerator(verilated) => verilated.counters(),
            Simulation::Second(verilated, _) => verilated.counters(),
            Simulation::Board(driver) => driver.counters(),
        }
    }

    fn device(&mut self) -> &mut dyn Device {
        match self {
            Simulation::Accelerator(verilated) | Simulation::Second(verilated, _) => {
                verilated.as_mut()
            }
            Simulation::Board(driver) => driver.as_mut(),
        }
    }
}

impl Judge for Simulation {
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError> {
        match self {
            Simulation::Accelerator(verilated) | Simulation::Second(verilated, _) => verilated.verdict(),
            Simulation::Board(driver) => Judge::verdict(driver.as_mut()),
        }
    }
}

impl Device for Simulation {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.device().reset()
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        self.device().step(input)
    }

    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        self.device().run(train)
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        self.device().state(layer)
    }

    fn trace(&mut self, train: &[Spikes]) -> Result<Trace, DeviceError> {
        self.device().trace(train)
    }
}

/// The tools that a build of this family was made with.
fn generation(family: Family) -> Generation {
    match family {
        Family::Ice40 => Generation::Debian,
        Family::Ecp5 | Family::Gowin => Generation::Pypi,
    }
}
