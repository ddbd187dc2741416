//! Numbers as spike times of overlapping receptive fields, and classes as times.

/// Gaussian fields side by side over a range (Bohte, La Poutre and Kok 2002, "Unsupervised clustering with spiking neurons").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields {
    /// At least 3.
    pub n: usize,
}

/// The latest spike of a field, ms; fields that are excited less stay silent.
const LATEST: f64 = 9.0;
/// When the output of the right class should fire, and the others, ms.
const RIGHT: f64 = 12.0;
const WRONG: f64 = 16.0;

impl Fields {
    /// The times of the fields for a number of 0 to 1: at 0 ms where it is in the middle of a field, later towards its edge.
    #[allow(clippy::cast_precision_loss)]
    pub fn times(self, value: f64) -> impl Iterator<Item = Option<f64>> {
        let span = (self.n.max(3) - 2) as f64;
        (0..self.n).map(move |i| {
            let middle = (i as f64 - 0.5) / span;
            let excited = (-((value - middle) * 1.5 * span).powi(2) / 2.0).exp();
            Some(10.0 * (1.0 - excited)).filter(|&time| time <= LATEST)
        })
    }
}

/// When the outputs should fire for a class, one a class, ms.
pub fn class_times(class: usize, n_classes: usize) -> Vec<f64> {
    (0..n_classes).map(|output| if output == class { RIGHT } else { WRONG }).collect()
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_fire_early_where_the_number_is_theirs() {
        // Of four, the middles are -0.25, 0.25, 0.75, 1.25.
        let times: Vec<_> = Fields { n: 4 }.times(0.25).collect();
        assert_eq!(times[1], Some(0.0));
        assert!(times[0].is_some() && times[0] == times[2]);
        assert_eq!(times[3], None);
    }
}
