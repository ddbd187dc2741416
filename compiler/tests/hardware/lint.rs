//! Whole designs, as they are emitted: no width mixed, no loop, no latch, nothing undriven.

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::design;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{lint, Runner, SimulationSources, Tools};
use spikeforge_sim::random;

#[test]
fn emitted_designs_are_clean() {
    for (seed, board) in [(0, "hx8k-breakout"), (1, "icebreaker"), (2, "ulx3s-85f"), (3, "tang-nano-9k"), (4, "hx8k-breakout")] {
        let network = random::network(seed);
        let design = design(Quantized { network, roundings: vec![], warnings: vec![] }, &Board::load(board).unwrap()).unwrap();
        for (files, top) in [
            (design.top_files(), spikeforge_hdl::emit::TOP),
            (design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut runner =
                Runner { tools: &Tools::from_environment(), folder: folder.path(), progress: &mut |_| () };
            let found = lint(&SimulationSources::rtl(&files, top), &mut runner);
            let log = std::fs::read_to_string(folder.path().join("lint-verilator.log")).unwrap_or_default();
            assert!(found.is_ok(), "seed {seed} for {board}, {top}: {found:?}\n{log}");
        }
    }
}
