//! A binarized spiking network in training: latent weights, their signs forward, batch norm, LIF neurons.

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Shape, Tensor, Var};
use spikeforge_sim::random::SplitMix64;

use crate::attention::Attention;
use crate::causal::CausalAttention;
use crate::neurons::{integrate, Course, Lif};
use crate::norm::Norm;
use crate::samples::Batch;
use crate::random::uniform;
use crate::shape::{Kind, LayerShape, NetShape};
use crate::spike::{binarize, floats, spike};
use crate::window::{average_pool, convolve, windows};
use crate::TrainError;

/// Latent weights (channels, fan-in), the inputs of a kernel in the order row, column, channel.
#[derive(Clone, Debug)]
pub struct Layer {
    pub shape: LayerShape,
    pub latent: Var,
    pub norm: Norm,
    /// Of each timestep (the last one's for all later), in place of `norm`; empty where one serves all.
    pub norms: Vec<Norm>,
    /// On the normalized currents.
    pub attention: Option<Attention>,
    pub causal: Option<CausalAttention>,
    /// A last layer that is read by its membranes: no norm but a constant one, so that they can be compared.
    pub is_readout: bool,
}

/// Layers of the same neurons.
#[derive(Clone, Debug)]
pub struct Net {
    pub shape: NetShape,
    pub layers: Vec<Layer>,
    pub lif: Lif,
}

/// Whether a norm goes by the batch or by its running statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Train,
    Infer,
}

impl Net {
    /// Latent weights uniform within +-0.1.
    pub fn new(shape: &NetShape, lif: Lif, seed: u64) -> Result<Self, TrainError> {
        let mut random = SplitMix64::new(seed);
        let mut layer = |shape: &LayerShape| -> Result<Layer, TrainError> {
            let latent = uniform(&mut random, (shape.n_channels, shape.fan_in()), 0.1)?;
            Ok(Layer { shape: *shape, latent: Var::from_tensor(&latent)?, norm: Norm::new(shape.n_channels)?, norms: Vec::new(), attention: None, causal: None, is_readout: false })
        };
        Ok(Net { layers: shape.layers.iter().map(&mut layer).collect::<Result<_, _>>()?, shape: shape.clone(), lif })
    }

    /// What each layer does on spikes of (timesteps * n, inputs).
    pub fn run(&self, spikes: &Tensor, n_timesteps: usize, mode: Mode) -> Result<Vec<Course>, TrainError> {
        let mut courses: Vec<Course> = Vec::new();
        for layer in &self.layers {
            let source = courses.last().map_or(spikes, |course| &course.spikes);
            let mut currents = layer.currents(source, (courses.is_empty(), n_timesteps), mode)?;
            if let Some(attention) = &layer.attention {
                currents = attention.weigh(&currents, n_timesteps)?;
            }
            if let Some(causal) = &layer.causal {
                currents = currents.mul(&causal.factors(source, n_timesteps)?)?;
            }
            courses.push(match layer.is_readout {
                true => integrate(&currents, n_timesteps)?,
                false => self.lif.run(&currents, n_timesteps)?,
            });
        }
        Ok(courses)
    }

    /// The spikes of the last layer, where none has a memory: each fires by the current of its timestep alone.
    pub fn run_without_memory(&self, spikes: &Tensor, n_timesteps: usize, mode: Mode) -> Result<Tensor, TrainError> {
        let mut source = spikes.clone();
        for (i, layer) in self.layers.iter().enumerate() {
            let currents = layer.currents(&source, (i == 0, n_timesteps), mode)?;
            source = spike(&(currents - 1.0)?, self.lif.surrogate)?;
        }
        Ok(source)
    }

    /// Adds the factors of each attention on a batch, summed over samples, to `sums`.
    pub fn add_factors(&self, spikes: &Tensor, n_timesteps: usize, sums: &mut [Option<Tensor>]) -> Result<(), TrainError> {
        let courses = self.run(spikes, n_timesteps, Mode::Infer)?;
        for (i, (layer, sum)) in self.layers.iter().zip(sums).enumerate() {
            let Some(attention) = &layer.attention else { continue };
            let source = if i == 0 { spikes } else { &courses[i - 1].spikes };
            let currents = layer.currents(source, (i == 0, n_timesteps), Mode::Infer)?;
            let factors = attention.factors(&currents, n_timesteps)?.detach();
            let here = factors.reshape((n_timesteps, factors.dim(0)? / n_timesteps, ()))?.sum(1)?;
            *sum = Some(match sum.take() {
                Some(sum) => (sum + here)?,
                None => here,
            });
        }
        Ok(())
    }

    /// With a last layer that is read by its membranes.
    pub fn read_by_membranes(mut self) -> Self {
        if let Some(last) = self.layers.last_mut() {
            last.is_readout = true;
        }
        self
    }

    /// With attention on the currents of every layer but the last, whose counts are compared.
    pub fn attentive(mut self, n_timesteps: usize, seed: u64) -> Result<Self, TrainError> {
        let mut random = SplitMix64::new(seed ^ 0x0061_7474);
        let n_hidden = self.layers.len().saturating_sub(1);
        for layer in self.layers.iter_mut().take(n_hidden) {
            layer.attention = Some(Attention::new(&layer.shape, n_timesteps, &mut random)?);
        }
        Ok(self)
    }

    /// With a norm of its own for each of so many timesteps.
    pub fn normed_by_timestep(mut self, n_timesteps: usize) -> Result<Self, TrainError> {
        for layer in &mut self.layers {
            layer.norms = (0..n_timesteps).map(|_| Norm::new(layer.shape.n_channels)).collect::<Result<_, _>>()?;
        }
        Ok(self)
    }

    /// With attention by the spikes so far on every layer but the last.
    pub fn causally_attentive(mut self, n_timesteps: usize) -> Result<Self, TrainError> {
        let n_hidden = self.layers.len().saturating_sub(1);
        for layer in self.layers.iter_mut().take(n_hidden) {
            layer.causal = Some(CausalAttention::new(&layer.shape, n_timesteps)?);
        }
        Ok(self)
    }

    /// What a gradient moves: with norms by timestep no shift, as Kim and Panda 2021 leave it out.
    pub fn parameters(&self) -> Vec<Var> {
        let each = |layer: &Layer| {
            let mut all = vec![layer.latent.clone()];
            match layer.norms.is_empty() {
                _ if layer.is_readout => all.push(layer.norm.shift.clone()),
                true => all.extend([layer.norm.gamma.clone(), layer.norm.shift.clone()]),
                false => all.extend(layer.norms.iter().map(|norm| norm.gamma.clone())),
            }
            all.extend(layer.attention.iter().flat_map(Attention::parameters));
            all.extend(layer.causal.iter().map(|causal| causal.table.clone()));
            all
        };
        self.layers.iter().flat_map(each).collect()
    }

    /// Everything that makes the network, by name.
    pub fn state(&self) -> Vec<(String, Var)> {
        let each = |(i, layer): (usize, &Layer)| {
            let mut state = vec![(format!("layer{}.latent", i + 1), layer.latent.clone())];
            state.extend(layer.norm.state(&format!("layer{}", i + 1)));
            state.extend(layer.norms.iter().enumerate().flat_map(|(t, norm)| norm.state(&format!("layer{}.{t}", i + 1))));
            state.extend(layer.causal.iter().map(|causal| (format!("layer{}.levels", i + 1), causal.table.clone())));
            state.extend(layer.attention.iter().flat_map(|attention| attention.state(&format!("layer{}", i + 1))));
            state
        };
        self.layers.iter().enumerate().flat_map(each).collect()
    }

    /// How often each output fired, (n, outputs), by the running norms.
    pub fn counts(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        let courses = self.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
        let spikes = courses.last().map_or(&batch.spikes, |output| &output.spikes).detach();
        Ok(spikes.reshape((batch.n_timesteps, batch.n(), ()))?.sum(0)?)
    }

    /// For systems that go without a norm: what a weight adds falls with the root of the fan-in, and stays. Returns what is
    /// learned, the latent weights of each layer, then its shift.
    pub fn without_norm(&self) -> Result<Vec<Var>, TrainError> {
        for layer in &self.layers {
            let fan_in = f64::from(u32::try_from(layer.shape.fan_in()).unwrap_or(u32::MAX));
            layer.norm.gamma.set(&layer.norm.gamma.ones_like()?.affine(1.0 / fan_in.sqrt(), 0.0)?)?;
        }
        Ok(self.layers.iter().flat_map(|layer| [layer.latent.clone(), layer.norm.shift.clone()]).collect())
    }

    /// Keeps latent weights where their signs still turn.
    pub fn clip(&self) -> Result<(), TrainError> {
        Ok(self.layers.iter().try_for_each(|layer| layer.latent.set(&layer.latent.clamp(-1f32, 1f32)?))?)
    }
}

impl Layer {
    /// The normalized currents of spikes, (timesteps * n, neurons). `is_first`: its source takes no gradient.
    fn currents(&self, source: &Tensor, (is_first, n_timesteps): (bool, usize), mode: Mode) -> Result<Tensor, TrainError> {
        let shape = &self.shape;
        let pooled = average_pool(source, shape.source, shape.pool)?;
        let signs = binarize(self.latent.as_tensor())?;
        let sums = match shape.kind {
            Kind::Dense if is_first => signs.apply_op1(Product { rows: pooled.detach() })?,
            Kind::Dense => pooled.matmul(&signs.t()?)?,
            Kind::Conv { kernel } if is_first => signs.apply_op1(Product { rows: windows(&pooled, shape.pooled(), kernel)?.detach() })?,
            Kind::Conv { kernel } => convolve(&pooled, shape.pooled(), kernel, &signs)?,
        };
        let currents = match self.norms.is_empty() {
            _ if self.is_readout => sums.affine(self.unit(), 0.0)?.broadcast_add(self.norm.shift.as_tensor())?,
            true => self.norm.run(&sums, mode)?,
            false => self.by_timestep(&sums, n_timesteps, mode)?,
        };
        Ok(currents.reshape((source.dim(0)?, ()))?)
    }

    /// What a weight of one adds to a membrane that is read.
    pub fn unit(&self) -> f64 {
        1.0 / f64::from(u32::try_from(self.shape.fan_in()).unwrap_or(u32::MAX)).sqrt()
    }

    /// Each timestep's rows by its own norm.
    fn by_timestep(&self, sums: &Tensor, n_timesteps: usize, mode: Mode) -> Result<Tensor, TrainError> {
        let n = sums.dim(0)? / n_timesteps.max(1);
        let normed = |t: usize| -> Result<Tensor, TrainError> {
            let norm = &self.norms[t.min(self.norms.len() - 1)];
            Ok(norm.run(&sums.narrow(0, t * n, n)?, mode)?)
        };
        Ok(Tensor::cat(&(0..n_timesteps).map(normed).collect::<Result<Vec<_>, _>>()?, 0)?)
    }
}

/// rows x weights^T with a gradient for the weights alone: a third of the work of the first layer is its inputs', which
/// nobody asks for.
struct Product {
    rows: Tensor,
}

impl CustomOp1 for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let weights = Tensor::from_slice(floats(storage, layout)?, layout.shape(), &Device::Cpu)?;
        let sums = self.rows.matmul(&weights.t()?)?;
        Ok((CpuStorage::F32(sums.flatten_all()?.to_vec1()?), sums.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        Ok(Some(gradient.t()?.matmul(&self.rows)?))
    }
}
