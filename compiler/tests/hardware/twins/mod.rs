//! Blocks against integer twins of their own: rust-hdl's simulation, the Verilog in Verilator and a few lines of plain
//! Rust give the same on every vector. One program simulates all blocks of a bench: each costs more to compile than to run.

mod buffers;
mod encoder;
mod learning;
mod memories;
mod pace;
mod pin;
mod requests;
mod sequences;
mod stage;
mod tables;
mod wires;

use std::io::Write;
use std::process::{Command, Stdio};

use rust_hdl_core::prelude::*;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_sim::random::SplitMix64;

use super::differential::{in_rust_at, random_vectors, Look, Port, Ports};

/// What a twin says of an output that means nothing at this cycle; the two simulations must agree on it all the same.
pub const ANY: u64 = u64::MAX;
const TOP: &str = "bench";

#[derive(Default)]
pub struct Bench {
    blocks: Vec<Bound>,
}

/// A block that waits for its simulation in Verilator.
struct Bound {
    name: &'static str,
    files: Vec<(String, String)>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    has_clock: bool,
    look: Look,
    vectors: Vec<Vec<u64>>,
    expected: Vec<Vec<u64>>,
}

impl Bench {
    /// `twin` gives the outputs behind the clock edge at which the inputs were there; what a block without a clock gives
    /// follows them at once.
    pub fn add<B: Block>(
        &mut self,
        name: &'static str,
        make: impl Fn() -> B,
        ports: &Ports<B>,
        vectors: Vec<Vec<u64>>,
        twin: impl FnMut(&[u64]) -> Vec<u64>,
    ) {
        self.add_at(Look::BehindEdge, (name, &make, ports), vectors, twin);
    }

    /// The same, with the outputs looked at before the edge where they are pulses that last one cycle.
    pub fn add_at<B: Block>(
        &mut self,
        look: Look,
        (name, make, ports): (&'static str, &dyn Fn() -> B, &Ports<B>),
        vectors: Vec<Vec<u64>>,
        mut twin: impl FnMut(&[u64]) -> Vec<u64>,
    ) {
        assert!(!vectors.is_empty());
        let expected = in_rust_at(look, make(), ports, &vectors);
        for (at, (inputs, got)) in vectors.iter().zip(&expected).enumerate() {
            let meant = twin(inputs);
            let agrees = meant.len() == got.len() && meant.iter().zip(got).all(|(meant, got)| *meant == ANY || meant == got);
            assert!(agrees, "{name}, vector {at}, {inputs:x?} of {:?}: {:?} are {got:x?} and not {meant:x?}", ports.inputs, ports.outputs);
        }
        let module = module(self.blocks.len());
        let verilog = spikeforge_hdl::emit::verilog(make(), &module).unwrap();
        self.blocks.push(Bound {
            name,
            // Equal modules of several blocks have the same name.
            files: vec![(verilog.name, verilog.text.replace("sf_", &format!("{module}_")))],
            inputs: ports.inputs.clone(),
            outputs: ports.outputs.clone(),
            has_clock: ports.clock.is_some(),
            look,
            vectors,
            expected,
        });
    }

    /// A file that the block added last reads.
    pub fn file(&mut self, file: spikeforge_hdl::emit::TextFile) {
        self.blocks.last_mut().unwrap().files.push((file.name, file.text));
    }

    /// All blocks in Verilator.
    pub fn run(self) {
        let mut files = vec![(format!("{TOP}.v"), self.wrapper())];
        files.extend(self.blocks.iter().flat_map(|block| block.files.clone()));
        let sources = SimulationSources::rtl(&files, TOP);
        let options = VerilateOptions::for_short_runs();
        let program = verilate(&sources, &self.harness(), &options, &Tools::from_environment(), &mut |_| ()).unwrap();
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let text = self.vectors();
        let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines = text.lines();
        for block in &self.blocks {
            for (at, (inputs, expected)) in block.vectors.iter().zip(&block.expected).enumerate() {
                let line = lines.next().unwrap_or_else(|| panic!("{}: no answer to vector {at}", block.name));
                let got: Vec<u64> = line.split(' ').map(|value| value.parse().unwrap()).collect();
                assert_eq!(&got, expected, "{}, vector {at}, {inputs:x?}: Verilator (left), rust-hdl (right)", block.name);
            }
        }
        assert!(lines.next().is_none());
    }

    /// A line a vector: the block's number, then its inputs.
    fn vectors(&self) -> String {
        let lines = |(index, block): (usize, &Bound)| {
            let line = |vector: &Vec<u64>| vector.iter().fold(index.to_string(), |line, value| format!("{line} {value}")) + "\n";
            block.vectors.iter().map(line).collect::<String>()
        };
        self.blocks.iter().enumerate().map(lines).collect()
    }

    /// A module that has every block with its ports numbered.
    fn wrapper(&self) -> String {
        let (mut ports, mut inside) = (vec![], String::new());
        for (index, block) in self.blocks.iter().enumerate() {
            let mut bound = vec![];
            if block.has_clock {
                ports.push(format!("input wire {}", clock(index)));
                bound.push(format!(".clock({})", clock(index)));
            }
            for (kind, of_kind) in [("input", &block.inputs), ("output", &block.outputs)] {
                for (at, (port, width)) in of_kind.iter().enumerate() {
                    let outer = outer(index, kind, at);
                    ports.push(format!("{kind} wire [{}:0] {outer}", width - 1));
                    bound.push(format!(".{port}({outer})"));
                }
            }
            let module = module(index);
            inside += &format!("    {module} {module}_instance ({});\n", bound.join(", "));
        }
        format!("module {TOP} (\n    {}\n);\n{inside}endmodule\n", ports.join(",\n    "))
    }

    /// Reads a vector a line, clocks that block if it has a clock, writes its outputs.
    fn harness(&self) -> String {
        let case = |(index, block): (usize, &Bound)| {
            let read = |at| format!("            dut.{} = next();\n", outer(index, "input", at));
            let reads: String = (0..block.inputs.len()).map(read).collect();
            let clock = clock(index);
            let write = |at| format!("(unsigned long long)dut.{}", outer(index, "output", at));
            let writes: Vec<String> = (0..block.outputs.len()).map(write).collect();
            let format = vec!["%llu"; writes.len()].join(" ");
            let print = format!("            printf(\"{format}\\n\", {});\n", writes.join(", "));
            let (low, high) = match block.has_clock {
                true => (format!("            dut.{clock} = 0; dut.eval();\n"), format!("            dut.{clock} = 1; dut.eval();\n")),
                false => (String::new(), "            dut.eval();\n".to_owned()),
            };
            let (before, behind) = if block.look == Look::BeforeEdge { (print, String::new()) } else { (String::new(), print) };
            format!("        case {index}:\n{reads}{low}{before}{high}{behind}            break;\n")
        };
        let cases: String = self.blocks.iter().enumerate().map(case).collect();
        format!(
            "#include <cstdio>\n#include \"V{TOP}.h\"\nstatic unsigned long long next() {{\n    unsigned long long value = 0;\n\
             \x20   if (scanf(\"%llu\", &value) != 1) return 0;\n    return value;\n}}\nint main() {{\n    V{TOP} dut;\n\
             \x20   int block;\n    while (scanf(\"%d\", &block) == 1) switch (block) {{\n{cases}    }}\n}}\n"
        )
    }
}

fn module(index: usize) -> String {
    format!("block{index}")
}

fn clock(index: usize) -> String {
    format!("clock_{index}")
}

fn outer(index: usize, kind: &str, at: usize) -> String {
    format!("{kind}_{index}_{at}")
}

/// `n` random vectors for `ports`, extremes among them.
pub fn random<B>(ports: &Ports<B>, n: usize) -> Vec<Vec<u64>> {
    random_vectors(&ports.inputs, n, 7)
}

pub fn below(random: &mut SplitMix64, n: u64) -> u64 {
    random.next_word() % n
}

/// Every vector that `ports` can see.
pub fn every<B>(ports: &Ports<B>) -> Vec<Vec<u64>> {
    let width: u32 = ports.inputs.iter().map(|(_, width)| width).sum();
    assert!(width <= 16, "{width} bits are too many to try them all");
    let cut = |mut all: u64| {
        let value = |&(_, width): &Port| {
            let value = all & ((1 << width) - 1);
            all >>= width;
            value
        };
        ports.inputs.iter().map(value).collect()
    };
    (0..1 << width).map(cut).collect()
}
