//! A property of blocks holds, by k-induction (yosys-smtbmc, or SAT) or, where there is no register, by SAT, or not.

use std::path::Path;

use spikeforge_compiler::toolchain::{Command, Generation, Runner, Tool, ToolError, Tools};

/// A property of `formal/` over `blocks` (module and Verilog of each), with the defines that it asks for.
///
/// The property is the module of its file's name, or, where it is no module, stands inside the one block.
pub struct Proof {
    pub property: &'static str,
    pub blocks: Vec<(&'static str, String)>,
    pub defines: Vec<(&'static str, i64)>,
    pub by: Method,
}

#[derive(Clone, Copy)]
pub enum Method {
    /// For blocks without registers, where z3 takes minutes and SAT a second.
    Sat,
    /// So many steps from reset, and of the induction.
    Z3(u32),
    /// From reset and by induction, as many steps as it needs but no more than these.
    SatInduction(u32),
}

/// In one block, the first text becomes the second.
pub type Fault<'a> = (&'a str, &'a str, &'a str);

impl Proof {
    #[track_caller]
    pub fn holds(&self) {
        if let Err(error) = self.run(&self.blocks) {
            panic!("{} {:?}: {error}", self.property, self.defines);
        }
    }

    /// It does not hold as it stands.
    #[track_caller]
    pub fn fails(&self) {
        assert_refuted(self.run(&self.blocks), self.property);
    }

    /// With the fault it does not hold.
    #[track_caller]
    pub fn finds(&self, (module, from, to): Fault) {
        let mut blocks = self.blocks.clone();
        let (_, text) = blocks.iter_mut().find(|(name, _)| *name == module).expect("a block");
        assert!(text.contains(from), "no \"{from}\" to plant a fault in:\n{text}");
        *text = text.replace(from, to);
        assert_refuted(self.run(&blocks), self.property);
    }

    fn run(&self, blocks: &[(&str, String)]) -> Result<(), ToolError> {
        let folder = tempfile::tempdir().unwrap();
        let tools = Tools::from_environment();
        let mut runner = Runner { tools: &tools, folder: folder.path(), progress: &mut |_| () };
        runner.write(&self.files(blocks))?;
        runner.run(&command(Tool::Yosys, &["-s", "model.ys"], "model.log"))?;
        let Method::Z3(depth) = self.by else {
            return runner.run(&command(Tool::Yosys, &["-s", "sat.ys"], "sat.log"));
        };
        let depth = depth.to_string();
        let solver = ["-s", "z3", "--noprogress", "-t", &depth];
        runner.run(&command(Tool::Smtbmc, &[solver.as_slice(), &["model.smt2"]].concat(), "from-reset.log"))?;
        runner.run(&command(Tool::Smtbmc, &[solver.as_slice(), &["-i", "model.smt2"]].concat(), "induction.log"))
    }

    fn files(&self, blocks: &[(&str, String)]) -> Vec<(String, String)> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formal").join(self.property).with_extension("sv");
        let property = std::fs::read_to_string(path).unwrap();
        let is_module = property.contains(&format!("module {}(", self.property));
        let (top, text) = match is_module {
            true => (self.property, property + &blocks.iter().map(|(_, text)| text.as_str()).collect::<String>()),
            false => (blocks[0].0, inside(&blocks[0].1, &property)),
        };
        let defines: String = self.defines.iter().map(|(name, value)| format!(" -D{name}={value}")).collect();
        let read = format!("read_verilog -formal -sv{defines} property.sv\nprep -top {top}\nflatten\nopt_clean\n");
        let model = format!("{read}memory_map\nasync2sync\ndffunmap\nwrite_smt2 -wires model.smt2\n");
        let steps = match self.by {
            Method::SatInduction(steps) => format!("-tempinduct -maxsteps {steps} "),
            Method::Sat | Method::Z3(_) => String::new(),
        };
        let sat = format!("{read}async2sync\ndffunmap\nsat -verify {steps}-prove-asserts -set-assumes {top}\n");
        [("property.sv", text), ("model.ys", model), ("sat.ys", sat)].map(|(name, text)| (name.to_owned(), text)).to_vec()
    }
}

/// `property` before the end of the last module of `block`.
fn inside(block: &str, property: &str) -> String {
    let (before, after) = block.rsplit_once("endmodule").expect("a module");
    format!("{before}{property}endmodule{after}")
}

pub fn command(tool: Tool, args: &[&str], log: &str) -> Command {
    Command {
        tool,
        generation: Generation::Debian,
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        log: log.to_owned(),
        stdout: None,
        produces: vec![],
    }
}

/// A failed assertion, not a script or a solver that broke.
#[track_caller]
fn assert_refuted(outcome: Result<(), ToolError>, property: &str) {
    let error = outcome.expect_err("a proof of a fault").to_string();
    let by_induction = error.contains("yosys-smtbmc") && (error.contains("FAILED") || error.contains("Assert failed"));
    assert!(by_induction || error.contains("proof did fail"), "{property}: {error}");
}
