//! Yosys: `stat -json`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Cells of a whole design by their kind.
pub type CellCounts = BTreeMap<String, u64>;

#[derive(Deserialize)]
struct Stat {
    design: Design,
}

#[derive(Deserialize)]
struct Design {
    num_cells_by_type: CellCounts,
}

/// The cells of `stat -json`; an error is a sentence about the text.
pub fn parse_stat(text: &str) -> Result<CellCounts, String> {
    let stat: Stat =
        serde_json::from_str(text).map_err(|error| format!("not a statistic of Yosys: {error}"))?;
    Ok(stat.design.num_cells_by_type)
}
