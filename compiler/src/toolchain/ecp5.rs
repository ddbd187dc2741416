//! ECP5: Yosys, nextpnr-ecp5, ecppack.

use super::plan::{places, strings, synthesis, BuildOptions, BuildPlan, Command};
use super::Tool;
use crate::board::Board;

const PINS: &str = "pins.lpf";

/// nextpnr's routers. The finer rips wires up one by one, and looks at the slowest: designs get a fifth faster. It does not
/// come to an end on designs of many wide memories.
const FINE: &str = "router1";
const COARSE: &str = "router2";

/// Yosys knows no output registers of block RAMs, which answer in a tenth of the time: where all bits that a block RAM gives
/// go straight into flip-flops without enable or reset, it takes these over.
const OUTPUTS: &str = include_str!("cells/ecp5_outputs.ys");
const WORD_REGISTER: &str = include_str!("cells/ecp5_word_register.v");

pub(super) fn plan(
    design: &[(String, String)],
    board: &Board,
    options: &BuildOptions,
) -> BuildPlan {
    let generation = options.generation(board);
    let (script, synthesize) = synthesis(design, ("synth_ecp5 -abc9", OUTPUTS), (generation, options.top));
    let mut places = places(
        options,
        Tool::NextpnrEcp5,
        generation,
        150_000_000,
        ".config",
        |routed| {
            let device = format!("--{}", board.device);
            let speed = board.speed.as_deref().unwrap_or("6");
            strings(&[
                &device,
                "--package",
                &board.package,
                "--speed",
                speed,
                "--lpf",
                PINS,
                "--router",
                if options.wide { COARSE } else { FINE },
                "--textcfg",
                routed,
            ])
        },
    );
    for place in places.iter_mut().filter(|_| !options.wide) {
        let coarse = |word: &String| if word == FINE { COARSE.to_owned() } else { word.clone() };
        let args = place.command.args.iter().map(coarse).collect();
        place.instead = Some(Command { args, ..place.command.clone() });
    }
    let pack = Command {
        tool: Tool::Ecppack,
        generation,
        args: strings(&["--compress", "spikeforge.config", "spikeforge.bit"]),
        log: "pack.log".to_owned(),
        stdout: None,
        produces: strings(&["spikeforge.bit"]),
    };
    BuildPlan {
        files: vec![
            (PINS.to_owned(), board.constraints.clone()),
            ("word_register.v".to_owned(), WORD_REGISTER.to_owned()),
            script,
        ],
        synthesize,
        places,
        routed: "spikeforge.config",
        pack,
        bitstream: "spikeforge.bit",
    }
}
