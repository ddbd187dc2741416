//! The cost model against designs that were built: their reports stand in `src/cost/sweep.json`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::{Built, Cost, LOGIC_ERROR_PERCENT};

/// Percent of what was built.
fn error(model: f64, built: u64) -> f64 {
    100.0 * (model / built as f64 - 1.0).abs()
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
        assert_eq!(cost.cycles_per_timestep as u64, row.cycles_per_timestep, "cycles of {place}");
        assert!(error(cost.block_rams.into(), row.block_rams) <= 10.0, "block RAMs of {place}: {} {}", cost.block_rams, row.block_rams);
        let logic = error(cost.logic_cells.into(), row.logic_cells);
        assert!(logic <= LOGIC_ERROR_PERCENT.into(), "logic of {place}: {} {}", cost.logic_cells, row.logic_cells);
    }
    assert_eq!((rows.len(), families.len()), (32, 3));
}
