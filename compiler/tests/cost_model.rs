//! The cost model against designs that were built: their reports stand in `src/cost/sweep.json`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::clock::FmaxClass;
use spikeforge_compiler::cost::{Built, Cost, LOGIC_ERROR_PERCENT};
use spikeforge_hdl::arch::cycles_per_timestep;

/// Percent of what was built.
fn error(model: f64, built: u64) -> f64 {
    100.0 * (model / built as f64 - 1.0).abs()
}

/// Layers that take turns run two timesteps each in a row, but not always where those come no faster than they go.
fn is_fed_at_its_pace(row: &Built) -> bool {
    let stages: Vec<usize> = row.arch.turns().map(cycles_per_timestep).collect();
    let slowest = stages.iter().max();
    row.arch.turns().zip(&stages).skip(1).any(|(layers, cycles)| layers.len() > 1 && Some(cycles) == slowest)
        && stages.iter().filter(|cycles| Some(*cycles) == slowest).count() > 1
}

#[test]
fn the_model_is_near_what_was_built() {
    let rows: Vec<Built> = serde_json::from_str(include_str!("../src/cost/sweep.json")).unwrap();
    let mut families = BTreeSet::new();
    for row in &rows {
        let board = Board::load(&row.board).unwrap();
        families.insert(board.family);
        let cost = Cost::of(&row.arch, &board);
        let place = format!("{} {}", row.board, row.network);
        if is_fed_at_its_pace(&row) {
            assert!(error(cost.cycles_per_timestep as f64, row.cycles_per_timestep) <= 2.0, "cycles of {place}: {} {}", cost.cycles_per_timestep, row.cycles_per_timestep);
        } else {
            assert_eq!(cost.cycles_per_timestep as u64, row.cycles_per_timestep, "cycles of {place}");
        }
        assert!(error(cost.block_rams.into(), row.block_rams) <= 10.0, "block RAMs of {place}: {} {}", cost.block_rams, row.block_rams);
        let logic = error(cost.logic_cells.into(), row.logic_cells);
        assert!(logic <= LOGIC_ERROR_PERCENT.into(), "logic of {place}: {} {}", cost.logic_cells, row.logic_cells);
        let flip_flops = error(cost.flip_flops.into(), row.flip_flops);
        assert!(flip_flops <= LOGIC_ERROR_PERCENT.into(), "flip-flops of {place}: {} {}", cost.flip_flops, row.flip_flops);
        let in_class = |mhz: f64| FmaxClass::of(&board).is_some_and(|class| (class.slowest_mhz.into()..f64::from(class.fastest_mhz + 1)).contains(&mhz));
        assert!(row.fmax_mhz.is_none_or(in_class), "clock of {place}");
    }
    assert_eq!((rows.len(), families.len()), (33, 3));
}
