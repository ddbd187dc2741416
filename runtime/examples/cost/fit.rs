//! Coefficients of the models of logic and flip-flops: least squares of the relative errors, held near what a lane or an
//! adder takes; and the clocks that were reached.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::clock::{class, FmaxClass};
use spikeforge_compiler::cost::{features, group_flip_flops, Built, N_FEATURES};

/// From counting tables by hand: one per product term, one per bit of an adder or a register that holds.
const EXPECTED: [f64; N_FEATURES] = [800.0, 200.0, 130.0, 2.4, 2.0, 9.0, 1.0, 150.0, 1.0, 250.0, 5.0, 50.0];
/// Three of four bits of a sum of four inputs; what a lane has met, summed and handed on; the steps of the LIF pipeline.
const EXPECTED_FLIP_FLOPS: [f64; N_FEATURES] = [500.0, 100.0, 50.0, 0.8, 3.0, 8.0, 0.5, 80.0, 0.3, 60.0, 1.0, 32.0];
/// Weight of the expectation against one design, each coefficient in its own unit: there are fewer designs than
/// would fix every coefficient alone.
const STIFFNESS: f64 = 0.02;

/// A quantity of the builds, and what each feature is expected to take of it.
type Quantity = (fn(&Built) -> u64, [f64; N_FEATURES]);
const LOGIC: Quantity = (|row| row.logic_cells, EXPECTED);
const FLIP_FLOPS: Quantity = (|row| row.flip_flops - u64::from(group_flip_flops(&row.arch)), EXPECTED_FLIP_FLOPS);

/// Into files of `folder`.
pub fn fit(sweep: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let rows: Vec<Built> = serde_json::from_slice(&fs::read(sweep)?)?;
    let mut by_family: BTreeMap<String, Vec<&Built>> = BTreeMap::new();
    for row in &rows {
        by_family.entry(family(row)?).or_default().push(row);
    }
    for (file, quantity) in [("model.json", &LOGIC), ("flip_flops.json", &FLIP_FLOPS)] {
        let fitted: BTreeMap<&String, [f64; N_FEATURES]> =
            by_family.iter().map(|(family, rows)| (family, coefficients(rows, quantity))).collect();
        fs::write(folder.join(file), serde_json::to_string_pretty(&fitted)? + "\n")?;
    }
    fs::write(folder.join("fmax.json"), serde_json::to_string_pretty(&clocks(&rows)?)? + "\n")?;
    println!("fitted; build anew, and `errors` shows what the models are off");
    Ok(())
}

/// The slowest and the fastest of each class of parts.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a clock rate
fn clocks(rows: &[Built]) -> Result<BTreeMap<String, FmaxClass>, Box<dyn Error>> {
    let mut classes = BTreeMap::new();
    for row in rows {
        let Some(mhz) = row.fmax_mhz.map(|mhz| mhz as u32) else { continue };
        let new = || FmaxClass { n_designs: 0, slowest_mhz: mhz, fastest_mhz: mhz };
        let class = classes.entry(class(&Board::load(&row.board)?)).or_insert_with(new);
        class.n_designs += 1;
        class.slowest_mhz = class.slowest_mhz.min(mhz);
        class.fastest_mhz = class.fastest_mhz.max(mhz);
    }
    Ok(classes)
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
    let model: f64 = features(&row.arch).iter().zip(coefficients(&others, &LOGIC)).map(|(feature, coefficient)| feature * coefficient).sum();
    Ok(crate::errors::error(model, row.logic_cells))
}

fn family(row: &Built) -> Result<String, Box<dyn Error>> {
    Ok(serde_json::to_value(Board::load(&row.board)?.family)?.as_str().unwrap_or_default().to_owned())
}

/// Minimizes the sum of ((features . c) / built - 1)^2 and STIFFNESS (c / expected - 1)^2, c at least 0.
fn coefficients(rows: &[&Built], (built, expected): &Quantity) -> [f64; N_FEATURES] {
    let mut scaled = [1.0; N_FEATURES];
    let points: Vec<[f64; N_FEATURES]> = rows.iter().map(|row| relative(row, built(row), expected)).collect();
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
    std::array::from_fn(|i| (scaled[i] * expected[i] * 1000.0).round() / 1000.0)
}

/// Share of what was built that each expected coefficient gives.
#[allow(clippy::cast_precision_loss)]
fn relative(row: &Built, built: u64, expected: &[f64; N_FEATURES]) -> [f64; N_FEATURES] {
    let features = features(&row.arch);
    std::array::from_fn(|i| features[i] * expected[i] / built as f64)
}
