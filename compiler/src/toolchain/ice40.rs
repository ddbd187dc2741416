//! iCE40: Yosys, nextpnr-ice40, icepack.

use super::plan::{places, strings, synthesis, BuildOptions, BuildPlan, Command};
use super::Tool;
use crate::board::Board;

pub(super) const PINS: &str = "pins.pcf";

pub(super) fn plan(
    design: &[(String, String)],
    board: &Board,
    options: &BuildOptions,
) -> BuildPlan {
    let generation = options.generation(board);
    let class = timing_class(&board.device);
    let (script, synthesize) = synthesis(
        design,
        (&format!("synth_ice40 -abc9 -device {class}"), ""),
        (generation, options.top),
    );
    let target_hz = if class == "u" {
        48_000_000
    } else {
        125_000_000
    };
    let places = places(
        options,
        Tool::NextpnrIce40,
        generation,
        target_hz,
        ".asc",
        |routed| {
            let device = format!("--{}", board.device);
            strings(&[
                &device,
                "--package",
                &board.package,
                "--pcf",
                PINS,
                "--asc",
                routed,
            ])
        },
    );
    let pack = Command {
        tool: Tool::Icepack,
        generation,
        args: strings(&["spikeforge.asc", "spikeforge.bin"]),
        log: "pack.log".to_owned(),
        stdout: None,
        produces: strings(&["spikeforge.bin"]),
    };
    BuildPlan {
        files: vec![(PINS.to_owned(), board.constraints.clone()), script],
        synthesize,
        places,
        routed: "spikeforge.asc",
        pack,
        bitstream: "spikeforge.bin",
    }
}

/// The delay table of abc9: `u` for UltraPlus and iCE5LP, `lp`, or `hx`.
fn timing_class(device: &str) -> &str {
    match device.get(..2) {
        Some("lp") => "lp",
        Some("hx") => "hx",
        _ => "u",
    }
}
