//! Cells with gates that are spikes, in frames.

use candle_core::{Result, Tensor, Var};
use spikeforge_sim::random::SplitMix64;

use crate::net::Mode;
use crate::norm::Norm;
use crate::random::uniform;
use crate::spike::{binarize, spike, Surrogate};
use crate::window::{convolve, padded};

/// Input, forget and output gate, and what is let in.
const N_GATES: usize = 4;

#[derive(Clone, Debug)]
pub struct Cells {
    /// What comes in: (height, width, channels). What goes out has the same height and width.
    pub source: [usize; 3],
    pub kernel: usize,
    pub n_channels: usize,
    /// W: (gates * channels, kernel * kernel * source channels).
    pub from_input: Var,
    /// U: (gates * channels, kernel * kernel * channels).
    pub from_hidden: Var,
    /// One of each gate and channel.
    pub norm: Norm,
    surrogate: Surrogate,
}

impl Cells {
    /// Latent weights uniform within +-0.1.
    pub fn new((source, kernel, n_channels): ([usize; 3], usize, usize), surrogate: Surrogate, random: &mut SplitMix64) -> Result<Self> {
        let mut latent = |fan_in| Var::from_tensor(&uniform(random, (N_GATES * n_channels, kernel * kernel * fan_in), 0.1)?);
        let (from_input, from_hidden) = (latent(source[2])?, latent(n_channels)?);
        Ok(Cells { source, kernel, n_channels, from_input, from_hidden, norm: Norm::new(N_GATES * n_channels)?, surrogate })
    }

    pub fn n_positions(&self) -> usize {
        self.source[0] * self.source[1]
    }

    pub fn n_cells(&self) -> usize {
        self.n_positions() * self.n_channels
    }

    /// On spikes of (timesteps * n, height * width * channels): h of each timestep, (n, cells), and the sums of all
    /// gates, (timesteps * n * positions, gates * channels), without a gradient.
    pub fn run(&self, spikes: &Tensor, n_timesteps: usize) -> Result<(Vec<Tensor>, Tensor)> {
        let (n, n_channels) = (spikes.dim(0)? / n_timesteps.max(1), self.n_channels);
        let inputs = self.products(spikes, self.source[2], &self.from_input)?;
        let n_rows = n * self.n_positions();
        let (mut outputs, mut sums) = (Vec::<Tensor>::new(), Vec::new());
        let mut cell: Option<Tensor> = None;
        for t in 0..n_timesteps {
            let mut sum = inputs.narrow(0, t * n_rows, n_rows)?;
            if let Some(hidden) = outputs.last() {
                sum = (sum + self.products(hidden, n_channels, &self.from_hidden)?)?;
            }
            let gates = spike(&self.norm.run(&sum, Mode::Infer)?, self.surrogate)?;
            sums.push(sum.detach());
            let gate = |number: usize| gates.narrow(1, number * n_channels, n_channels);
            let entered = gate(0)?.mul(&gate(3)?)?;
            let now = match &cell {
                Some(before) => either(&gate(1)?.mul(before)?, &entered)?,
                None => entered,
            };
            outputs.push(gate(2)?.mul(&now)?.reshape((n, self.n_cells()))?);
            cell = Some(now);
        }
        Ok((outputs, Tensor::cat(&sums, 0)?))
    }

    /// What signs of weights make of frames of (rows, height * width * channels).
    fn products(&self, frames: &Tensor, n_channels: usize, latent: &Var) -> Result<Tensor> {
        let [height, width, _] = self.source;
        let by = self.kernel / 2;
        let wide = padded(frames, [height, width, n_channels], by)?;
        convolve(&wide, [height + 2 * by, width + 2 * by, n_channels], self.kernel, &binarize(latent.as_tensor())?)
    }

    pub fn parameters(&self) -> [Var; 4] {
        [self.from_input.clone(), self.from_hidden.clone(), self.norm.gamma.clone(), self.norm.shift.clone()]
    }

    /// All that it is, by name.
    pub fn state(&self) -> Vec<(String, Var)> {
        let weights = [("cells.from_input".to_owned(), self.from_input.clone()), ("cells.from_hidden".to_owned(), self.from_hidden.clone())];
        weights.into_iter().chain(self.norm.state("cells")).collect()
    }
}

/// a or b, of zeros and ones.
fn either(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a + b)?.sub(&a.mul(b)?)
}
