//! What runs of a row come to.

/// The mean, and the deviation of the sample about it; none of nothing.
#[allow(clippy::cast_precision_loss)]
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (!values.is_empty()).then(|| (mean, (squares / (n - 1.0).max(1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::mean_and_deviation;

    #[test]
    fn values_have_a_mean_and_a_deviation() {
        assert_eq!(mean_and_deviation(&[]), None);
        assert_eq!(mean_and_deviation(&[97.0]), Some((97.0, 0.0)));
        assert_eq!(mean_and_deviation(&[96.0, 97.0, 98.0]), Some((97.0, 1.0)));
    }
}
