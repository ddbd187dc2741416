//! Gowin: Yosys, nextpnr-himbaechel, gowin_pack.

use super::plan::{places, strings, synthesis, BuildOptions, BuildPlan, Command};
use super::Tool;
use crate::board::Board;

const PINS: &str = "pins.cst";

pub(super) fn plan(
    design: &[(String, String)],
    board: &Board,
    options: &BuildOptions,
) -> BuildPlan {
    let generation = options.generation(board);
    let die = board.variant.as_deref().unwrap_or(&board.device);
    let series = die.split('-').next().unwrap_or(die).to_lowercase();
    let (script, synthesize) =
        synthesis(design, (&format!("synth_gowin -family {series}"), ""), (generation, options.top));
    let places = places(
        options,
        Tool::NextpnrGowin,
        generation,
        100_000_000,
        ".pnr.json",
        |routed| {
            let (family, pins) = (format!("family={die}"), format!("cst={PINS}"));
            strings(&[
                "--device",
                &board.device,
                "--vopt",
                &family,
                "--vopt",
                &pins,
                "--write",
                routed,
            ])
        },
    );
    let pack = Command {
        tool: Tool::GowinPack,
        generation,
        args: strings(&["-d", die, "-o", "spikeforge.fs", "spikeforge.pnr.json"]),
        log: "pack.log".to_owned(),
        stdout: None,
        produces: strings(&["spikeforge.fs"]),
    };
    BuildPlan {
        files: vec![(PINS.to_owned(), board.constraints.clone()), script],
        synthesize,
        places,
        routed: "spikeforge.pnr.json",
        pack,
        bitstream: "spikeforge.fs",
    }
}
