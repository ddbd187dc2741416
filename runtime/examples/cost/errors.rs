//! The model against the sweep, design by design.

use std::error::Error;
use std::fs;
use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::{Built, Cost};

use crate::fit;

pub fn print(sweep: &Path) -> Result<(), Box<dyn Error>> {
    let rows: Vec<Built> = serde_json::from_slice(&fs::read(sweep)?)?;
    println!("{:15} {:20} {:>16} {:>16} {:>14} {:>17} {:>9}", "board", "layers", "logic cells", "flip-flops", "block RAMs", "cycles a timestep", "Fmax MHz");
    let mut worst: [f64; 4] = [0.0; 4];
    for row in &rows {
        let cost = Cost::of(&row.arch, &Board::load(&row.board)?);
        let pairs = [
            (f64::from(cost.logic_cells), row.logic_cells),
            (f64::from(cost.flip_flops), row.flip_flops),
            (f64::from(cost.block_rams), row.block_rams),
            (cost.cycles_per_timestep as f64, row.cycles_per_timestep),
        ];
        let shown = pairs.map(|(model, built)| format!("{built} {:+.1} %", error(model, built)));
        for (worst, (model, built)) in worst.iter_mut().zip(pairs) {
            *worst = worst.max(error(model, built).abs());
        }
        let fmax = row.fmax_mhz.map_or_else(|| "-".to_owned(), |mhz| format!("{mhz:.0}"));
        println!("{:15} {:20} {:>16} {:>16} {:>14} {:>17} {:>9}", row.board, row.network, shown[0], shown[1], shown[2], shown[3], fmax);
    }
    println!("{} designs; largest errors: logic {:.1} %, flip-flops {:.1} %, block RAMs {:.1} %, cycles {:.1} %", rows.len(), worst[0], worst[1], worst[2], worst[3]);
    let unseen = rows.iter().map(|row| Ok(fit::unseen(row, &rows)?.abs())).collect::<Result<Vec<f64>, Box<dyn Error>>>()?;
    println!("logic of each design by a fit to the others: largest error {:.1} %", unseen.into_iter().fold(0.0, f64::max));
    Ok(())
}

/// Of the model, in percent of what was built.
pub fn error(model: f64, built: u64) -> f64 {
    100.0 * (model / built.max(1) as f64 - 1.0)
}
