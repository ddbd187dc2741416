//! Input lines that never change, and presentations without them.

use spikeforge_compiler::rewrite::{Constant, InputMap};
use spikeforge_sim::Spikes;

use super::{Content, InputError, Inputs};

impl Inputs {
    /// The inputs that have the same spike at every timestep of every presentation, ascending.
    pub fn constants(&self) -> Vec<Constant> {
        let mut ever = vec![false; self.n_features];
        let mut always = vec![true; self.n_features];
        for spikes in (0..self.n_samples).flat_map(|sample| self.train(sample)) {
            for (input, spike) in spikes.iter().by_vals().enumerate() {
                ever[input] |= spike;
                always[input] &= spike;
            }
        }
        let constant = |input: usize| (!ever[input] || always[input]).then_some(Constant { input, spikes: always[input] });
        (0..self.n_features).filter_map(constant).collect()
    }

    /// The same presentations with `n_more` input lines after their own, on which nothing spikes.
    pub fn with_silent(self, n_more: usize) -> Self {
        let n_features = self.n_features + n_more;
        let mut bytes = Vec::with_capacity(self.bytes.len() / self.n_features.max(1) * n_features);
        for row in self.bytes.chunks(self.n_features.max(1)) {
            bytes.extend_from_slice(row);
            bytes.resize(bytes.len() + n_more, 0);
        }
        Inputs { bytes, n_features, ..self }
    }

    /// What a network takes of the presentations from which constant inputs were removed.
    ///
    /// # Errors
    /// [`InputError::Features`] for presentations of another size, [`InputError::NotConstant`] where a removed input is
    /// not what it was removed for.
    pub fn taken(self, map: &InputMap) -> Result<Self, InputError> {
        self.check_features(map.n_inputs)?;
        if map.keeps_all() {
            return Ok(self);
        }
        let mut expected: Vec<Option<bool>> = vec![Some(false); map.n_inputs];
        map.always.iter().for_each(|&input| expected[input] = Some(true));
        map.kept.iter().for_each(|&input| expected[input] = None);
        let n_kept = map.kept.len();
        let mut bytes = vec![0; self.n_timesteps * self.n_samples * n_kept];
        for sample in 0..self.n_samples {
            for (timestep, spikes) in self.train(sample).iter().enumerate() {
                check(spikes, &expected).map_err(|input| InputError::NotConstant { sample, timestep, input })?;
                let first = (timestep * self.n_samples + sample) * n_kept;
                for (place, &input) in bytes[first..].iter_mut().zip(&map.kept) {
                    *place = u8::from(spikes[input]);
                }
            }
        }
        Ok(Inputs {
            bytes,
            content: Content::Spikes { n_in_file: self.n_samples },
            n_features: n_kept,
            ..self
        })
    }
}

/// The first input that is not as expected.
fn check(spikes: &Spikes, expected: &[Option<bool>]) -> Result<(), usize> {
    let differs = |(spike, expected): (bool, &Option<bool>)| expected.is_some_and(|expected| expected != spike);
    spikes.iter().by_vals().zip(expected).position(differs).map_or(Ok(()), Err)
}
