//! How often the wires of a netlist change while it computes presentations.
//!
//! The accelerator alone is synthesized and simulated, without delays, and compared with the reference on the way. A first
//! run tells at which cycle the presentations begin, the second leaves a waveform from there on, in which changes are counted.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fst_reader::{FstFilter, FstHierarchyEntry, FstReader, FstSignalHandle, FstSignalValue};
use spikeforge_compiler::cost::switching::Switching;
use spikeforge_compiler::toolchain::reports::{parse_nets, Driver, Nets, Part, Source};
use spikeforge_compiler::toolchain::{Progress, ToolError, Tools};
use spikeforge_sim::Mismatch;
use thiserror::Error;

use crate::built::accelerator_netlist;
use crate::compiled::Compiled;
use crate::cosim::{cosim, CosimError, Extent};
use crate::driver::DriverError;
use crate::inputs::Inputs;
use crate::simulation::{Conditions, Level, Simulation, SimulationError, Simulator};

/// Where the accelerator stands in the whole design.
const INSTANCE: &str = "accelerator$0";

#[derive(Debug, Error)]
pub enum SwitchingError {
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(transparent)]
    Cosim(#[from] CosimError),
    #[error(transparent)]
    Driver(#[from] DriverError),
    #[error("presentation {sample} of the netlist, {mismatch}")]
    Mismatch { sample: usize, mismatch: Box<Mismatch> },
    #[error("{path}: {reason}")]
    Waveform { path: PathBuf, reason: String },
    #[error("interrupted")]
    Interrupted,
}

/// Changes, of all wires and by block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub all: Switching,
    /// By stage and part: changes of wires behind logic, and of local ones.
    pub blocks: BTreeMap<(Option<usize>, Part), (u64, u64)>,
    /// Wires that a cell drives, and those of them that the waveform has.
    pub wires: usize,
    pub seen: usize,
}

/// Counts over all presentations of `inputs`, of which there should be few.
///
/// # Errors
/// Of the tools, the simulation or the waveform; [`SwitchingError::Mismatch`] where the netlist is not the reference.
pub fn count(
    bundle: &Path,
    compiled: &Compiled,
    inputs: &Inputs,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
    flow: fn() -> ControlFlow<()>,
) -> Result<Counted, SwitchingError> {
    let folder = accelerator_netlist(bundle, compiled, tools, progress)?;
    count_in(&folder, compiled, inputs, tools, progress, flow)
}

/// The same of the netlist in a folder of [`accelerator_netlist`].
pub fn count_in(
    folder: &Path,
    compiled: &Compiled,
    inputs: &Inputs,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
    flow: fn() -> ControlFlow<()>,
) -> Result<Counted, SwitchingError> {
    let waveform = folder.join("switching.fst");
    let mut simulator = Simulator { tools, waveform: Some(waveform.clone()), progress };
    let level = Level::Cells(folder);
    let begun = simulator.open_under(compiled, level, Conditions { trace_from: u64::MAX, ..Conditions::default() })?.finish()?;
    let mut simulation = simulator.open_under(compiled, level, Conditions { trace_from: begun, ..Conditions::default() })?;
    compare(compiled, &mut simulation, inputs, flow)?;
    let cycles = simulation.finish()?.saturating_sub(begun);
    let netlist = folder.join("spikeforge.json");
    let failed = |path: &Path, reason: String| SwitchingError::Waveform { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(&netlist).map_err(|error| failed(&netlist, error.to_string()))?;
    let nets = parse_nets(&text, INSTANCE).map_err(|reason| failed(&netlist, reason))?;
    let mut counted = changes(&waveform, &nets).map_err(|reason| failed(&waveform, reason))?;
    // It is large, and has told what it had to tell.
    std::fs::remove_file(&waveform).map_err(|error| failed(&waveform, error.to_string()))?;
    counted.all.cycles = cycles;
    counted.all.presentations = u64::try_from(inputs.n_samples()).unwrap_or(u64::MAX);
    Ok(counted)
}

fn compare(compiled: &Compiled, simulation: &mut Simulation, inputs: &Inputs, flow: fn() -> ControlFlow<()>) -> Result<(), SwitchingError> {
    let tally = cosim(&compiled.network, simulation, inputs, Extent::default(), &mut |_| flow())?;
    if flow().is_break() {
        return Err(SwitchingError::Interrupted);
    }
    match tally.mismatch {
        Some((sample, mismatch)) => Err(SwitchingError::Mismatch { sample, mismatch: Box::new(mismatch) }),
        None => Ok(()),
    }
}

/// A signal of the waveform: its last value, and the wires of its bits, the lowest first.
struct Signal {
    last: Option<Vec<u8>>,
    bits: Vec<Option<Source>>,
}

/// The changes in a waveform of the top module's wires.
fn changes(waveform: &Path, nets: &Nets) -> Result<Counted, String> {
    let told = |error: fst_reader::ReaderError| error.to_string();
    let file = File::open(waveform).map_err(|error| error.to_string())?;
    let mut reader = FstReader::open(BufReader::new(file)).map_err(told)?;
    let mut signals: BTreeMap<usize, Signal> = BTreeMap::new();
    let mut claimed = std::collections::BTreeSet::new();
    let mut claim = |name: &str, handle: FstSignalHandle| {
        let Some(bits) = nets.bits(name) else { return };
        // Of a wire's names the first one counts.
        let bits: Vec<Option<Source>> = bits.into_iter().map(|bit| bit.filter(|(number, _)| claimed.insert(*number)).map(|(_, source)| source)).collect();
        if bits.iter().any(Option::is_some) {
            signals.entry(handle.get_index()).or_insert(Signal { last: None, bits });
        }
    };
    let mut depth = 0;
    let each = |entry: FstHierarchyEntry| match entry {
        FstHierarchyEntry::Scope { .. } => depth += 1,
        FstHierarchyEntry::UpScope => depth -= 1,
        FstHierarchyEntry::Var { name, handle, is_alias: false, .. } if depth == 2 => claim(name.split(' ').next().unwrap_or(&name), handle),
        _ => {}
    };
    reader.read_hierarchy(each).map_err(told)?;
    let mut counted = Counted { wires: nets.n_driven(), seen: claimed.len(), ..Counted::default() };
    let mut count = |_time: u64, handle: FstSignalHandle, value: FstSignalValue| {
        if let (FstSignalValue::String(value), Some(signal)) = (value, signals.get_mut(&handle.get_index())) {
            counted.add(signal, value);
        }
        Ok::<(), String>(())
    };
    reader.read_signals(&FstFilter::all(), &mut count).map_err(|error| format!("{error:?}"))?;
    Ok(counted)
}

impl Counted {
    fn add(&mut self, signal: &mut Signal, value: &[u8]) {
        if let Some(last) = &signal.last {
            let pairs = last.iter().rev().zip(value.iter().rev());
            for ((before, after), source) in pairs.zip(&signal.bits) {
                if let (true, Some(source)) = (before != after, source) {
                    self.change(*source);
                }
            }
        }
        signal.last = Some(value.to_vec());
    }

    fn change(&mut self, source: Source) {
        let block = self.blocks.entry((source.stage, source.part)).or_default();
        match source.driver {
            Driver::Logic => {
                self.all.logic += 1;
                block.0 += 1;
            }
            Driver::Local => {
                self.all.local += 1;
                block.1 += 1;
            }
            Driver::BlockRam => self.all.block_ram_outputs += 1,
        }
    }
}
