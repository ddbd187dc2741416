//! Faults that are found before anything is built or simulated.
#![allow(clippy::unwrap_used)]

mod toolchain_support;

use spikeforge_compiler::toolchain::{lint, verilate, Runner, SimulationSources, ToolError, TOP};
use toolchain_support::{echo, options, output_of, silent, tools, HARNESS};

fn check(body: &str) -> Result<(), ToolError> {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "module top (input clock, input [1:0] a, output reg [1:0] b);\n{body}\nendmodule\n"
    );
    let sources = SimulationSources {
        top: "top".to_owned(),
        files: vec![("top.v".to_owned(), text)],
        defines: vec![],
        flags: vec![],
    };
    lint(
        &sources,
        &mut Runner {
            tools: &tools(),
            folder: folder.path(),
            progress: &mut silent,
        },
    )
}

#[test]
fn a_sound_design_passes() {
    check("always @(posedge clock) b <= a;").unwrap();
    let folder = tempfile::tempdir().unwrap();
    lint(
        &SimulationSources::rtl(&echo(), TOP),
        &mut Runner {
            tools: &tools(),
            folder: folder.path(),
            progress: &mut silent,
        },
    )
    .unwrap();
}

#[test]
fn each_fault_is_found() {
    let fault = |body: &str, word: &str| {
        let error = check(body).expect_err(body).to_string();
        assert!(error.contains(word), "{word}: {error}");
    };
    fault("always @(posedge clock) b <= {a, a};", "WIDTH");
    fault("always @* if (clock) b = a;", "LATCH");
    fault(
        "wire [1:0] x = {x[0], a[0]} ^ a; always @(posedge clock) b <= x;",
        "UNOPTFLAT",
    );
    fault("always @(posedge clock) b <= c;", "c");
    fault(
        "always @(posedge clock) b <= a; always @(negedge clock) b <= ~a;",
        "MULTIDRIVEN",
    );
    fault(
        "reg [1:0] m [0:3]; initial $readmemh(\"none.hex\", m); always @(posedge clock) b <= m[a];",
        "none.hex",
    );
}

#[test]
fn a_build_is_made_once_and_a_failed_one_keeps_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let cache = options(&folder.path().join("cache"));
    let sources = SimulationSources::rtl(&echo(), TOP);
    let mut commands = 0;
    let mut count = |_| commands += 1;
    let first = verilate(&sources, HARNESS, &cache, &tools(), &mut count).unwrap();
    let second = verilate(&sources, HARNESS, &cache, &tools(), &mut count).unwrap();
    assert_eq!(
        (first, commands),
        (second.clone(), 4),
        "two commands, each started and finished"
    );
    assert!(output_of(&second, &[]).ends_with("\n"));

    let mut other = sources.clone();
    other.files[1].1 = other.files[1].1.replacen("90", "91", 1);
    let third = verilate(&other, HARNESS, &cache, &tools(), &mut silent).unwrap();
    assert_ne!(third, second, "another memory is another build");
    assert!(output_of(&third, &[]).starts_with("91\n"));

    let error = verilate(
        &sources,
        "int main() { return x; }",
        &cache,
        &tools(),
        &mut silent,
    )
    .unwrap_err();
    let ToolError::Failed {
        log, first_error, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(
        log.is_file() && first_error.contains("was not declared"),
        "{error}"
    );
}
