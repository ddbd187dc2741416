//! What a calibration set does to a network's layers, counted on the reference.

use serde::Serialize;
use spikeforge_hdl::arch::{cycles_of_beats, Arch, StageArch};
use spikeforge_sim::{Device, DeviceError, Network, Reference, Spikes};

use super::rounded;

/// Widths of a beat for which beats are counted.
const BEATS: [u32; 4] = [8, 16, 32, 64];

/// Means over the timesteps of all presentations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    pub n_presentations: usize,
    pub n_timesteps: usize,
    pub layers: Vec<LayerActivity>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerActivity {
    pub n_inputs: usize,
    /// Input spikes a timestep.
    pub spikes: f64,
    /// For beats of 8, 16, 32 and 64 inputs, those of a timestep that hold a spike; one when none does.
    pub beats: [f64; 4],
}

impl Activity {
    /// Runs every presentation; there is at least one, with at least one timestep.
    pub fn of(network: &Network, trains: impl Iterator<Item = Vec<Spikes>>) -> Result<Activity, DeviceError> {
        let mut reference = Reference::new(network);
        let (mut n_presentations, mut n_timesteps) = (0, 0);
        let mut sums = vec![[0_usize; 5]; network.layers.len()];
        for train in trains {
            let trace = reference.trace(&train)?;
            for (t, input) in train.iter().enumerate() {
                for (layer, sum) in sums.iter_mut().enumerate() {
                    let spikes = match layer.checked_sub(1) {
                        None => input.as_bitslice(),
                        Some(before) => trace.timesteps[t][before].fired.as_bitslice(),
                    };
                    sum[0] += spikes.count_ones();
                    for (sum, beat) in sum[1..].iter_mut().zip(BEATS) {
                        let held = spikes.chunks(width(beat)).filter(|beat| beat.any()).count();
                        *sum += held.max(1);
                    }
                }
            }
            n_presentations += 1;
            n_timesteps += train.len();
        }
        let mean = |sum: usize| real(sum) / real(n_timesteps.max(1));
        let layers = network.layers.iter().zip(sums).map(|(layer, [spikes, beats @ ..])| LayerActivity {
            n_inputs: layer.n_inputs(),
            spikes: mean(spikes),
            beats: beats.map(mean),
        });
        Ok(Activity { n_presentations, n_timesteps: n_timesteps / n_presentations.max(1), layers: layers.collect() })
    }

    /// Beats that a stage takes in for its layer `layer` in a timestep: with skipping, those that hold a spike.
    pub fn beats(&self, layer: usize, stage: &StageArch) -> f64 {
        let place = BEATS.iter().position(|&beat| beat == stage.beat);
        match (stage.skip_zero_beats, place, self.layers.get(layer)) {
            (true, Some(place), Some(activity)) => activity.beats[place],
            _ => real(stage.beats()),
        }
    }

    /// Cycles between two timesteps of a mean presentation.
    pub fn cycles_per_timestep(&self, arch: &Arch) -> usize {
        let mut first = 0;
        let mut slowest = 0;
        for layers in arch.turns() {
            let beats: Vec<usize> = (layers.iter().enumerate())
                .map(|(index, stage)| usize::try_from(rounded(self.beats(first + index, stage).ceil())).unwrap_or(usize::MAX))
                .collect();
            slowest = slowest.max(cycles_of_beats(layers, &beats));
            first += layers.len();
        }
        slowest
    }
}

fn width(beat: u32) -> usize {
    usize::try_from(beat).unwrap_or(usize::MAX)
}

#[allow(clippy::cast_precision_loss)]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use spikeforge_sim::random;

    use super::*;

    /// The beats of the first layer are those of the inputs, counted another way.
    #[test]
    fn beats_with_a_spike_are_counted() {
        let network = random::network(3);
        let n = network.input.n();
        let trains: Vec<Vec<Spikes>> = (0..3).map(|seed| random::train(seed, n, 5)).collect();
        let activity = Activity::of(&network, trains.iter().cloned()).unwrap();
        let held = |spikes: &Spikes, beat: usize| (0..n.div_ceil(beat)).filter(|b| (b * beat..((b + 1) * beat).min(n)).any(|i| spikes[i])).count().max(1);
        let all: Vec<&Spikes> = trains.iter().flatten().collect();
        for (place, beat) in BEATS.iter().enumerate() {
            let mean = real(all.iter().map(|spikes| held(spikes, width(*beat))).sum()) / 15.0;
            assert!((activity.layers[0].beats[place] - mean).abs() < 1e-9);
        }
        assert_eq!((activity.n_presentations, activity.n_timesteps), (3, 5));
    }
}
