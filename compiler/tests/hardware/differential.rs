//! Runs a block twice on the same vectors: in rust-hdl, and as Verilog in Verilator.

use std::io::Write;
use std::process::{Command, Stdio};

use rust_hdl_core::prelude::*;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_sim::random::SplitMix64;

const TOP: &str = "dut";

/// A port: its name in the Verilog and its width in bits.
pub type Port = (&'static str, u32);

/// What a test knows of its block.
pub struct Ports<B> {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub set: fn(&mut B, &[u64]),
    pub get: fn(&B) -> Vec<u64>,
    /// Sets the clock; `None` for a combinational block.
    pub clock: Option<fn(&mut B, bool)>,
}

/// `n` random vectors, extremes among them.
pub fn random_vectors(inputs: &[Port], n: usize, seed: u64) -> Vec<Vec<u64>> {
    let mut random = SplitMix64::new(seed);
    let mut value = |width: u32| {
        let all = u64::MAX >> (64 - width);
        match random.below(8) {
            0 => 0,
            1 => all,
            2 => 1 << (width - 1),
            3 => (1 << (width - 1)) - 1,
            _ => random.next_word() & all,
        }
    };
    (0..n).map(|_| inputs.iter().map(|&(_, width)| value(width)).collect()).collect()
}

/// Every vector gives the same outputs in both.
pub fn check<B: Block>(make: impl Fn() -> B, ports: &Ports<B>, vectors: &[Vec<u64>]) {
    let expected = in_rust(make(), ports, vectors);
    let got = in_verilator(make(), ports, vectors);
    assert_eq!(got.len(), expected.len(), "the simulation answered another number of vectors");
    for ((inputs, expected), got) in vectors.iter().zip(&expected).zip(&got) {
        assert_eq!(got, expected, "inputs {inputs:x?} of {:?}: Verilator (left), rust-hdl (right)", ports.inputs);
    }
}

/// What the block gives for each vector in rust-hdl's own simulation.
pub fn in_rust<B: Block>(block: B, ports: &Ports<B>, vectors: &[Vec<u64>]) -> Vec<Vec<u64>> {
    in_rust_at(Look::BehindEdge, block, ports, vectors)
}

/// When the outputs of a block with a clock are looked at: with the inputs before the clock edge, or behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    BeforeEdge,
    BehindEdge,
}

pub fn in_rust_at<B: Block>(look: Look, mut block: B, ports: &Ports<B>, vectors: &[Vec<u64>]) -> Vec<Vec<u64>> {
    block.connect_all();
    let run = |inputs: &Vec<u64>| {
        if let Some(clock) = ports.clock {
            clock(&mut block, false);
        }
        (ports.set)(&mut block, inputs);
        settle(&mut block);
        let before = (ports.get)(&block);
        if let Some(clock) = ports.clock {
            clock(&mut block, true);
            settle(&mut block);
        }
        if look == Look::BeforeEdge { before } else { (ports.get)(&block) }
    };
    vectors.iter().map(run).collect()
}

fn settle(block: &mut impl Block) {
    for _ in 0..100 {
        block.update_all();
        if !block.has_changed() {
            return;
        }
    }
    panic!("the block does not settle");
}

fn in_verilator<B: Block>(block: B, ports: &Ports<B>, vectors: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let verilog = spikeforge_hdl::emit::verilog(block, TOP).unwrap();
    let sources = SimulationSources::rtl(&[(verilog.name, verilog.text)], TOP);
    let program =
        verilate(&sources, &harness(ports), &VerilateOptions::for_short_runs(), &Tools::from_environment(), &mut |_| ())
            .unwrap();
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let line = |vector: &Vec<u64>| vector.iter().map(u64::to_string).collect::<Vec<_>>().join(" ") + "\n";
    let text: String = vectors.iter().map(line).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split(' ').map(|value| value.parse().unwrap()).collect()).collect()
}

/// Reads a vector a line, clocks if there is a clock, writes the outputs.
fn harness<B>(ports: &Ports<B>) -> String {
    let name = |port: &str| port.replace('$', "__024");
    let read: String = (ports.inputs.iter())
        .map(|(port, _)| format!("        if (scanf(\"%llu\", &value) != 1) return 0;\n        dut.{} = value;\n", name(port)))
        .collect();
    let write: Vec<String> = ports.outputs.iter().map(|(port, _)| format!("(unsigned long long)dut.{}", name(port))).collect();
    let format = vec!["%llu"; ports.outputs.len()].join(" ");
    let (low, high) = match ports.clock {
        Some(_) => ("dut.clock = 0; dut.eval();", "dut.clock = 1; dut.eval();"),
        None => ("", "dut.eval();"),
    };
    format!(
        "#include <cstdio>\n#include \"V{TOP}.h\"\nint main() {{\n    V{TOP} dut;\n    unsigned long long value;\n\
         \x20   for (;;) {{\n{read}        {low}\n        {high}\n        printf(\"{format}\\n\", {});\n    }}\n}}\n",
        write.join(", ")
    )
}
