//! Coefficients of the logic model: least squares of the relative errors, held near what a lane or an adder takes.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::{features, Built, N_FEATURES};

/// From counting tables by hand: one per product term, one per bit of an adder or a register that holds.
const EXPECTED: [f64; N_FEATURES] = [800.0, 200.0, 130.0, 2.4, 2.0, 9.0, 1.0, 150.0, 1.0, 250.0, 5.0, 50.0];
/// Weight of the expectation against one design, each coefficient in its own unit: there are fewer designs than
/// would fix every coefficient alone.
const STIFFNESS: f64 = 0.02;

pub fn fit(sweep: &Path, model: &Path) -> Result<(), Box<dyn Error>> {
    let rows: Vec<Built> = serde_json::from_slice(&fs::read(sweep)?)?;
    let mut by_family: BTreeMap<String, Vec<&Built>> = BTreeMap::new();
    for row in &rows {
        by_family.entry(family(row)?).or_default().push(row);
    }
    let fitted: BTreeMap<String, [f64; N_FEATURES]> =
        by_family.into_iter().map(|(family, rows)| (family, coefficients(&rows))).collect();
    fs::write(model, serde_json::to_string_pretty(&fitted)? + "\n")?;
    crate::errors::print(sweep)
}

/// Error in percent of the model of `row` by the other designs of its family.
pub fn unseen(row: &Built, rows: &[Built]) -> Result<f64, Box<dyn Error>> {
    let own = family(row)?;
    let mut others = vec![];
    for other in rows.iter().filter(|other| other.hash != row.hash) {
        if family(other)? == own {
            others.push(other);
        }
    }
    let model: f64 = features(&row.arch).iter().zip(coefficients(&others)).map(|(feature, coefficient)| feature * coefficient).sum();
    Ok(crate::errors::error(model, row.logic_cells))
}

fn family(row: &Built) -> Result<String, Box<dyn Error>> {
    Ok(serde_json::to_value(Board::load(&row.board)?.family)?.as_str().unwrap_or_default().to_owned())
}

/// Minimizes the sum of ((features . c) / cells - 1)^2 and STIFFNESS (c / expected - 1)^2, c at least 0.
fn coefficients(rows: &[&Built]) -> [f64; N_FEATURES] {
    let mut scaled = [1.0; N_FEATURES];
    let points: Vec<[f64; N_FEATURES]> = rows.iter().map(|row| relative(row)).collect();
    // One coefficient after the other: the sum is convex, so this ends at its least.
    for _ in 0..20_000 {
        for i in 0..N_FEATURES {
            let (mut above, mut below) = (STIFFNESS, STIFFNESS);
            for point in &points {
                let others: f64 = (0..N_FEATURES).filter(|&j| j != i).map(|j| point[j] * scaled[j]).sum();
                above += point[i] * (1.0 - others);
                below += point[i] * point[i];
            }
            scaled[i] = (above / below).max(0.0);
        }
    }
    std::array::from_fn(|i| (scaled[i] * EXPECTED[i] * 1000.0).round() / 1000.0)
}

/// Share of the design's cells that each expected coefficient gives.
#[allow(clippy::cast_precision_loss)]
fn relative(row: &Built) -> [f64; N_FEATURES] {
    let features = features(&row.arch);
    std::array::from_fn(|i| features[i] * EXPECTED[i] / row.logic_cells as f64)
}
