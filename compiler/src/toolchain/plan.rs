//! What will be done to make a bitstream, as a value.

use std::fmt;

use super::{ecp5, gowin, ice40, Generation, Tool};
use crate::board::{Board, Family};
use crate::exchange::Exchangeable;

/// Text files by their names; a name has no folder in it.
pub type Files = Vec<(String, String)>;

/// The module that every design has at its top.
pub const TOP: &str = "spikeforge_top";

/// Files and commands that make a bitstream in one folder.
///
/// `places` holds one place and route run a seed; each writes its own `seed-<n>` files, and
/// `pack` makes the bitstream from the best of them, which stands as `routed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildPlan {
    pub files: Files,
    pub synthesize: Command,
    pub places: Vec<Place>,
    pub routed: &'static str,
    pub pack: Command,
    pub bitstream: &'static str,
}

/// One try of place and route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub seed: u32,
    pub command: Command,
    /// What runs in its place where it comes to no end.
    pub instead: Option<Command>,
    pub routed: String,
    pub report: String,
    /// The netlist with the places of its cells, where contents may be exchanged.
    pub placed: Option<String>,
}

/// A program with its arguments; all paths are relative to the build folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub tool: Tool,
    pub generation: Generation,
    pub args: Vec<String>,
    /// Standard output (unless it goes to `stdout`) and standard error.
    pub log: String,
    /// The file that is the standard output itself, for tools that have no option for it.
    pub stdout: Option<String>,
    /// Files that must be there afterwards.
    pub produces: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOptions {
    /// Place and route runs, the best of which is kept.
    pub seeds: Vec<u32>,
    /// What place and route aims at; `None` is what the part can be expected to reach.
    pub target_hz: Option<u32>,
    /// The clock that the design will get: the oscillator's, or the PLL's.
    pub design_hz: u32,
    /// `None` takes Debian's tools for iCE40 and the PyPI ones for the rest.
    pub generation: Option<Generation>,
    /// Contents that may be exchanged later: the tools see marks in their place.
    pub exchangeable: Option<Exchangeable>,
    /// Memories so many and wide that the finer way of routing does not get through.
    pub wide: bool,
    /// The module at the top; of another than [`TOP`] there is no more than a netlist, for it has no pins.
    pub top: &'static str,
}

impl BuildOptions {
    /// One seed, the board's oscillator.
    pub fn new(board: &Board) -> BuildOptions {
        BuildOptions {
            seeds: vec![1],
            target_hz: None,
            design_hz: board.clock.hz,
            generation: None,
            exchangeable: None,
            wide: false,
            top: TOP,
        }
    }

    /// Seeds 1 to `n`, at least one.
    pub fn with_seeds(self, n: u32) -> BuildOptions {
        BuildOptions {
            seeds: (1..=n.max(1)).collect(),
            ..self
        }
    }

    pub(super) fn generation(&self, board: &Board) -> Generation {
        self.generation.unwrap_or(match board.family {
            Family::Ice40 => Generation::Debian,
            Family::Ecp5 | Family::Gowin => Generation::Pypi,
        })
    }
}

impl BuildPlan {
    /// `design`: Verilog (`.v`) and memory files of a design whose top is [`TOP`].
    pub fn new(design: &[(String, String)], board: &Board, options: &BuildOptions) -> BuildPlan {
        let mut plan = match board.family {
            Family::Ice40 => ice40::plan(design, board, options),
            Family::Ecp5 => ecp5::plan(design, board, options),
            Family::Gowin => gowin::plan(design, board, options),
        };
        plan.files.splice(0..0, design.iter().cloned());
        plan
    }

    /// Every command in its order.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        let places = self.places.iter().map(|place| &place.command);
        std::iter::once(&self.synthesize)
            .chain(places)
            .chain(std::iter::once(&self.pack))
    }
}

impl fmt::Display for BuildPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in &self.files {
            writeln!(f, "file {name} ({} bytes)", text.len())?;
        }
        self.commands()
            .try_for_each(|command| writeln!(f, "run  {command}"))
    }
}

/// The line that one would type.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tool.program(self.generation))?;
        self.args
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// The Yosys script `synth.ys`, and the command that runs it: `synth`, and what comes after it.
pub(super) fn synthesis(
    design: &[(String, String)],
    (synth, after): (&str, &str),
    (generation, top): (Generation, &str),
) -> ((String, String), Command) {
    let sources: Vec<&str> = design
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| name.ends_with(".v"))
        .collect();
    // $scopeinfo cells of newer versions are unknown to older place and route tools.
    let script = format!(
        "read_verilog {}\n{synth} -top {top}\n{after}check -assert\ndelete */t:$scopeinfo\ntee -q -o synth.json stat -json\nwrite_json spikeforge.json\nwrite_verilog -noattr netlist.v\n",
        sources.join(" ")
    );
    let command = Command {
        tool: Tool::Yosys,
        generation,
        args: strings(&["-s", "synth.ys"]),
        log: "synth.log".to_owned(),
        stdout: None,
        produces: strings(&["spikeforge.json", "netlist.v", "synth.json"]),
    };
    (("synth.ys".to_owned(), script), command)
}

/// One [`Place`] a seed. `args` gives the family's arguments, from the names of the output and the report.
pub(super) fn places(
    options: &BuildOptions,
    tool: Tool,
    generation: Generation,
    default_target_hz: u32,
    routed_suffix: &str,
    args: impl Fn(&str) -> Vec<String>,
) -> Vec<Place> {
    let target_hz = options
        .target_hz
        .unwrap_or(default_target_hz)
        .max(options.design_hz);
    let place = |seed: &u32| {
        let (routed, report) = (
            format!("seed-{seed}{routed_suffix}"),
            format!("seed-{seed}.report.json"),
        );
        let mut all = args(&routed);
        all.extend(strings(&[
            "--json",
            "spikeforge.json",
            "--report",
            &report,
            "--seed",
            &seed.to_string(),
        ]));
        // A clock that is missed is judged from the report, with a sentence of our own.
        all.extend(strings(&[
            "--freq",
            &megahertz(target_hz),
            "--timing-allow-fail",
        ]));
        // Gowin's routed design is that netlist itself.
        let writes = options.exchangeable.is_some() && tool != Tool::NextpnrGowin;
        let placed = writes.then(|| format!("seed-{seed}.placed.json"));
        all.extend(placed.iter().flat_map(|placed| strings(&["--write", placed])));
        let command = Command {
            tool,
            generation,
            args: all,
            log: format!("seed-{seed}.log"),
            stdout: None,
            produces: std::iter::once(&routed).chain(&placed).cloned().collect(),
        };
        Place {
            seed: *seed,
            command,
            instead: None,
            routed,
            report,
            placed,
        }
    };
    options.seeds.iter().map(place).collect()
}

pub(super) fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// 12000000 -> "12", 12500000 -> "12.500000".
fn megahertz(hz: u32) -> String {
    match (hz / 1_000_000, hz % 1_000_000) {
        (whole, 0) => whole.to_string(),
        (whole, rest) => format!("{whole}.{rest:06}"),
    }
}
