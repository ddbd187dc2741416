//! Leaky integrate-and-fire neurons over the timesteps, as `sim` defines them with a delayed reset by subtraction.

use candle_core::{Result, Tensor};

use crate::spike::{spike, Surrogate};

/// `membrane[t] = beta membrane[t-1] + current[t] - spike[t-1]`, `spike[t] = membrane[t] > 1`: snnTorch's `Leaky`.
/// The reset passes no gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lif {
    pub beta: f64,
    pub surrogate: Surrogate,
}

/// Both (timesteps * n, neurons), as the currents were.
#[derive(Clone, Debug)]
pub struct Course {
    pub spikes: Tensor,
    pub membranes: Tensor,
}

/// The share of a membrane that a timestep keeps in a last layer that is read by its membranes.
pub const READOUT_BETA: f64 = 0.875;

/// `membrane[t] = READOUT_BETA membrane[t-1] + current[t]`, which never fires; as [`Lif::run`].
pub fn integrate(currents: &Tensor, n_timesteps: usize) -> Result<Course> {
    let n = currents.dim(0)? / n_timesteps.max(1);
    let mut membranes = Vec::<Tensor>::new();
    for t in 0..n_timesteps {
        let current = currents.narrow(0, t * n, n)?;
        membranes.push(match membranes.last() {
            Some(before) => ((before * READOUT_BETA)? + current)?,
            None => current.contiguous()?,
        });
    }
    Ok(Course { spikes: currents.zeros_like()?, membranes: Tensor::cat(&membranes, 0)? })
}

impl Lif {
    /// Currents of (timesteps * n, neurons), all samples of a timestep together.
    pub fn run(&self, currents: &Tensor, n_timesteps: usize) -> Result<Course> {
        let n = currents.dim(0)? / n_timesteps.max(1);
        let (mut spikes, mut membranes) = (Vec::new(), Vec::<Tensor>::new());
        for t in 0..n_timesteps {
            let current = currents.narrow(0, t * n, n)?;
            let membrane = match (membranes.last(), spikes.last()) {
                (Some(before), Some(fired)) => {
                    let fired: &Tensor = fired;
                    ((before * self.beta)? + current)?.sub(&fired.detach())?
                }
                _ => current.contiguous()?,
            };
            spikes.push(spike(&(&membrane - 1.0)?, self.surrogate)?);
            membranes.push(membrane);
        }
        Ok(Course { spikes: Tensor::cat(&spikes, 0)?, membranes: Tensor::cat(&membranes, 0)? })
    }
}
