//! A readout by membranes: one unit for all of its neurons, so that their membranes can be compared.
//!
//! ```text
//! before:  v[j] = s[j] u[j], u[j] in units of its own          after:  v[j] = s u[j], the weights of j being m[j] times as many
//! ```

use super::error::ModelError;
use super::layer::FloatLayer;
use super::weights::MOST_LEVEL;

/// The most parts that the smallest unit is cut into.
const MOST_PARTS: u8 = 16;
const TOLERANCE: f64 = 1e-6;

/// Gives every neuron of a readout the same gain times scale, exactly, by whole multiples of its weights.
pub(super) fn unify(layer: &mut FloatLayer) -> Result<(), ModelError> {
    let gains: Vec<f64> = layer.neurons.gain.clone();
    let units: Vec<f64> = gains.iter().enumerate().map(|(j, gain)| gain * layer.scale(j)).collect();
    let low = units.iter().copied().fold(f64::INFINITY, f64::min);
    let high = units.iter().copied().fold(0.0, f64::max);
    if high - low <= TOLERANCE * high {
        return Ok(());
    }
    let refused = || ModelError::ReadoutScale { node: layer.neuron_name.clone(), low, high };
    let most = |row: usize| layer.weights.levels.row(row).iter().map(|level| level.unsigned_abs()).max().unwrap_or(0);
    let multiple = |parts: u8, unit: f64, row: usize| {
        let exact = unit / low * f64::from(parts);
        let is_whole = (exact - exact.round()).abs() <= TOLERANCE * exact;
        (is_whole && exact.round() * f64::from(most(row)) <= MOST_LEVEL).then(|| exact.round())
    };
    let of_parts = |parts: u8| {
        let each = units.iter().enumerate().map(|(j, &unit)| multiple(parts, unit, layer.row(j)));
        each.collect::<Option<Vec<f64>>>()
    };
    let is_of_rows = layer.weights.scale.len() == units.len();
    let multiples = (1..=MOST_PARTS).find_map(of_parts).filter(|_| is_of_rows).ok_or_else(refused)?;
    for (j, multiple) in multiples.into_iter().enumerate() {
        #[allow(clippy::cast_possible_truncation)] // whole, at most MOST_LEVEL
        let factor = multiple as i16;
        layer.weights.levels.row_mut(j).map_inplace(|level| *level *= factor);
        layer.weights.scale[j] /= multiple;
    }
    Ok(())
}
