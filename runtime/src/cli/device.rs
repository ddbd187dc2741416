//! The devices by name.

use std::fmt;
use std::path::Path;

use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::driver::{Driver, DriverError, Patience, Statistics};
use spikeforge_runtime::learner::DeviceLearner;
use spikeforge_runtime::link::serial::SerialLink;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::simulation::{Level, Simulator};
use spikeforge_sim::plasticity::{Checkpoint, Learner, LearningReference};

use super::exit::{Exit, Failure};
use super::{print, progress};

/// What runs the presentations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceName {
    Reference,
    Verilated,
    SimulatedBoard,
    Port(String),
}

impl DeviceName {
    /// A word that can be no port is a misspelt device.
    pub fn parse(name: &str) -> Result<Self, String> {
        let is_port =
            name.contains(['/', '\\']) || name.starts_with("COM") || Path::new(name).exists();
        match name {
            "reference" => Ok(DeviceName::Reference),
            "verilated" => Ok(DeviceName::Verilated),
            "simulated-board" => Ok(DeviceName::SimulatedBoard),
            port if is_port => Ok(DeviceName::Port(port.to_owned())),
            _ => Err("there are reference, verilated, simulated-board and serial ports such as /dev/ttyUSB1".to_owned()),
        }
    }

    /// The device, holding what `start` says; all but the reference are the design of `compiled`, which learns.
    pub fn learner(
        &self,
        baud_hz: Option<u32>,
        compiled: Option<&Compiled>,
        start: &Checkpoint,
    ) -> Result<Box<dyn Learner>, Failure> {
        if *self == DeviceName::Reference {
            return Ok(Box::new(LearningReference::resume(start.clone())?));
        }
        let rule = start.network.rule;
        let how = format!("spikeforge compile --learn {rule} --shape N-N-N --board NAME");
        let Some(compiled) = compiled else {
            return Err(Failure::new(Exit::Usage, format!("{self} learns by a design: name its bundle, which {how} makes")));
        };
        let Some(powered_on) = compiled.learning() else {
            let why = format!("this bundle does not learn by {self}; make one that does by {how}, or say --device reference");
            return Err(Failure::new(Exit::Unsupported, why));
        };
        match self {
            DeviceName::Port(port) => taught(opened(port, baud_hz, compiled)?, compiled, &powered_on, start),
            _ => taught(simulated(compiled, self)?, compiled, &powered_on, start),
        }
    }
}

fn simulated(compiled: &Compiled, device: &DeviceName) -> Result<Driver<impl Link + 'static>, Failure> {
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut progress::tools };
    let level = if *device == DeviceName::Verilated { Level::Rtl } else { Level::Board };
    Ok(simulator.driver(compiled, level)?)
}

/// Whatever a board has learned by now gives way to `start`.
fn taught<L: Link + 'static>(
    driver: Driver<L>,
    compiled: &Compiled,
    powered_on: &Checkpoint,
    start: &Checkpoint,
) -> Result<Box<dyn Learner>, Failure> {
    let mut learner = DeviceLearner::new(driver, compiled.arch().clone(), powered_on);
    learner.restore(start)?;
    Ok(Box::new(learner))
}

/// The board at a serial port, whose memories hold what they do.
fn opened(port: &str, baud_hz: Option<u32>, compiled: &Compiled) -> Result<Driver<SerialLink>, DriverError> {
    let baud_hz = baud_hz.unwrap_or(compiled.board.uart.baud_hz);
    let link = SerialLink::open(port, baud_hz)?;
    Driver::open(link, compiled.host_map(), Patience::BOARD)
}

/// The board at a serial port, with the network in its memories.
pub fn board(port: &str, baud_hz: Option<u32>, compiled: &Compiled) -> Result<Driver<SerialLink>, DriverError> {
    let mut driver = opened(port, baud_hz, compiled)?;
    driver.write(&compiled.loads())?;
    Ok(driver)
}

/// A line that needs repairs is worth a word, though its results are right.
pub fn tell_repairs(statistics: Statistics) {
    let Statistics { requests, retries, crc_errors, .. } = statistics;
    if retries > 0 {
        print::note(&format_args!("the line to the board is not clean: {retries} of {requests} requests were sent again, {crc_errors} CRC errors"));
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            DeviceName::Reference => "reference",
            DeviceName::Verilated => "verilated",
            DeviceName::SimulatedBoard => "simulated-board",
            DeviceName::Port(port) => port,
        })
    }
}
