//! How the last layer answers: a score for each class, the greatest of which is the answer.

use crate::arithmetic::signed;
use crate::{argmax, Fires, Network, Spikes};

/// What of the last layer tells the class (Eshraghian et al. 2021, section III.B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readout {
    /// How often each neuron fired.
    Rate,
    /// How early each neuron fired first: T - t for a first spike at timestep t of T, 0 for none.
    Latency,
    /// How often the neurons of each class fired together: as many neurons a class, those of class 0 first.
    Population { n_classes: usize },
    /// The membrane of each neuron after the last timestep.
    Membrane,
}

/// The class of a presentation as a design tells it that compares the scores of its last layer itself: the neuron with the
/// greatest, the lowest of equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub class: usize,
    pub score: i64,
}

impl Verdict {
    /// The most that the hardware counts; from there on counts stand.
    pub const MOST_COUNT: i64 = 65_535;

    /// Of the scores of [`Readout::Rate`] or [`Readout::Membrane`], one a neuron.
    pub fn of(readout: Readout, scores: &[i64]) -> Verdict {
        let most = if readout == Readout::Rate { Verdict::MOST_COUNT } else { i64::MAX };
        let scores: Vec<i64> = scores.iter().map(|&score| score.min(most)).collect();
        let class = argmax(&scores);
        Verdict { class, score: scores.get(class).copied().unwrap_or(0) }
    }
}

impl Readout {
    /// That of a network of which nobody says it: membranes where the last layer never fires, else rates.
    pub fn of(network: &Network) -> Readout {
        match network.layers.last() {
            Some(last) if last.neurons.fires == Fires::Never => Readout::Membrane,
            _ => Readout::Rate,
        }
    }

    /// The scores of a presentation, from the last layer's spikes at each timestep and its last membranes.
    pub fn scores(self, spikes: &[Spikes], membranes: &[i64]) -> Vec<i64> {
        let n_neurons = spikes.first().map_or(0, |spikes| spikes.len());
        let count = |j: usize| signed(spikes.iter().filter(|spikes| spikes[j]).count());
        let first = |j: usize| spikes.iter().position(|spikes| spikes[j]);
        match self {
            Readout::Rate => (0..n_neurons).map(count).collect(),
            Readout::Latency => (0..n_neurons).map(|j| first(j).map_or(0, |t| signed(spikes.len() - t))).collect(),
            Readout::Population { n_classes } => {
                let group = (n_neurons / n_classes.max(1)).max(1);
                let of_class = |class: usize| (class * group..n_neurons.min((class + 1) * group)).map(count).sum();
                (0..n_classes).map(of_class).collect()
            }
            Readout::Membrane => membranes.to_vec(),
        }
    }
}
