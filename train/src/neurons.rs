//! Leaky integrate-and-fire neurons over the timesteps, as `sim` defines them with a delayed reset by subtraction.

use candle_core::{CpuStorage, CustomOp1, DType, Device, Layout, Result, Shape, Tensor};

use crate::spike::{floats, spike, Surrogate};

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
    let membranes = currents.contiguous()?.apply_op1(Membranes { beta: READOUT_BETA, resets: false, n_timesteps })?;
    Ok(Course { spikes: currents.zeros_like()?, membranes })
}

impl Lif {
    /// Currents of (timesteps * n, neurons), all samples of a timestep together.
    pub fn run(&self, currents: &Tensor, n_timesteps: usize) -> Result<Course> {
        let membranes = currents.contiguous()?.apply_op1(Membranes { beta: self.beta, resets: true, n_timesteps })?;
        Ok(Course { spikes: spike(&(&membranes - 1.0)?, self.surrogate)?, membranes })
    }
}

/// Currents to membranes, timestep by timestep, in one pass over memory each way.
struct Membranes {
    beta: f64,
    resets: bool,
    n_timesteps: usize,
}

impl Membranes {
    /// Calls `f(of the timestep before, of this one)` for each neuron and timestep but the first; the last first, `backward`.
    fn pairs(&self, values: &mut [f32], backward: bool, f: impl Fn(&mut f32, &mut f32)) {
        let n = (values.len() / self.n_timesteps.max(1)).max(1);
        let later = 1..self.n_timesteps;
        let order: Vec<usize> = if backward { later.rev().collect() } else { later.collect() };
        for t in order {
            let (before, now) = values.split_at_mut(t * n);
            before[(t - 1) * n..].iter_mut().zip(&mut now[..n]).for_each(|(before, now)| f(before, now));
        }
    }

    fn beta(&self) -> Result<f32> {
        Tensor::new(self.beta, &Device::Cpu)?.to_dtype(DType::F32)?.to_scalar()
    }
}

impl CustomOp1 for Membranes {
    fn name(&self) -> &'static str {
        "membranes"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (beta, resets) = (self.beta()?, self.resets);
        let mut membranes = floats(storage, layout)?.to_vec();
        self.pairs(&mut membranes, false, |before, now| {
            let fired = if resets && *before > 1.0 { 1.0 } else { 0.0 };
            *now = *before * beta + *now - fired;
        });
        Ok((CpuStorage::F32(membranes), layout.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let beta = self.beta()?;
        let mut gradients = gradient.flatten_all()?.to_vec1::<f32>()?;
        self.pairs(&mut gradients, true, |before, now| *before += *now * beta);
        Ok(Some(Tensor::from_vec(gradients, gradient.shape(), &Device::Cpu)?))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor, Var};

    use super::Lif;
    use crate::spike::Surrogate;

    /// One neuron for three timesteps: it fires in the second, which takes one off the third.
    #[test]
    fn a_gradient_goes_back_by_beta_and_not_through_the_reset() -> candle_core::Result<()> {
        let currents = Var::from_tensor(&Tensor::new(&[[0.75f32], [0.75], [0.75]], &Device::Cpu)?)?;
        let course = Lif { beta: 0.5, surrogate: Surrogate::Arctan }.run(currents.as_tensor(), 3)?;
        assert_eq!(course.membranes.to_vec2::<f32>()?, [[0.75], [1.125], [0.3125]]);
        assert_eq!(course.spikes.to_vec2::<f32>()?, [[0.0], [1.0], [0.0]]);
        let weights = Tensor::new(&[[1f32], [10.0], [100.0]], &Device::Cpu)?;
        let gradients = (course.membranes * weights)?.sum_all()?.backward()?;
        let gradient = gradients.get(currents.as_tensor()).expect("a gradient").to_vec2::<f32>()?;
        assert_eq!(gradient, [[1.0 + 0.5 * 60.0], [10.0 + 0.5 * 100.0], [100.0]]);
        Ok(())
    }
}
