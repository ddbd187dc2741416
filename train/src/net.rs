//! A binarized spiking network in training: latent weights, their signs forward, batch norm, LIF neurons.

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Shape, Tensor, Var};
use spikeforge_sim::random::SplitMix64;

use crate::neurons::{Course, Lif};
use crate::norm::Norm;
use crate::random::uniform;
use crate::shape::{Kind, LayerShape, NetShape};
use crate::spike::{binarize, floats};
use crate::window::{average_pool, windows};
use crate::TrainError;

/// Latent weights (channels, fan-in), the inputs of a kernel in the order row, column, channel.
#[derive(Clone, Debug)]
pub struct Layer {
    pub shape: LayerShape,
    pub latent: Var,
    pub norm: Norm,
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
            Ok(Layer { shape: *shape, latent: Var::from_tensor(&latent)?, norm: Norm::new(shape.n_channels)? })
        };
        Ok(Net { layers: shape.layers.iter().map(&mut layer).collect::<Result<_, _>>()?, shape: shape.clone(), lif })
    }

    /// What each layer does on spikes of (timesteps * n, inputs).
    pub fn run(&self, spikes: &Tensor, n_timesteps: usize, mode: Mode) -> Result<Vec<Course>, TrainError> {
        let mut courses: Vec<Course> = Vec::new();
        for layer in &self.layers {
            let source = courses.last().map_or(spikes, |course| &course.spikes);
            let currents = layer.currents(source, courses.is_empty(), mode)?;
            courses.push(self.lif.run(&currents, n_timesteps)?);
        }
        Ok(courses)
    }

    /// What a gradient moves.
    pub fn parameters(&self) -> Vec<Var> {
        let each = |layer: &Layer| [layer.latent.clone(), layer.norm.gamma.clone(), layer.norm.shift.clone()];
        self.layers.iter().flat_map(each).collect()
    }

    /// Everything that makes the network, by name.
    pub fn state(&self) -> Vec<(String, Var)> {
        let each = |(i, layer): (usize, &Layer)| {
            let norm = &layer.norm;
            let parts = [("latent", &layer.latent), ("gamma", &norm.gamma), ("shift", &norm.shift), ("mean", &norm.mean), ("variance", &norm.variance)];
            parts.map(|(name, var)| (format!("layer{}.{name}", i + 1), var.clone()))
        };
        self.layers.iter().enumerate().flat_map(each).collect()
    }

    /// Keeps latent weights where their signs still turn.
    pub fn clip(&self) -> Result<(), TrainError> {
        Ok(self.layers.iter().try_for_each(|layer| layer.latent.set(&layer.latent.clamp(-1f32, 1f32)?))?)
    }
}

impl Layer {
    /// The normalized currents of spikes, (timesteps * n, neurons). `is_first`: its source takes no gradient.
    fn currents(&self, source: &Tensor, is_first: bool, mode: Mode) -> Result<Tensor, TrainError> {
        let shape = &self.shape;
        let pooled = average_pool(source, shape.source, shape.pool)?;
        let rows = match shape.kind {
            Kind::Dense => pooled,
            Kind::Conv { kernel } => windows(&pooled, shape.pooled(), kernel)?,
        };
        let signs = binarize(self.latent.as_tensor())?;
        let sums = match is_first {
            true => signs.apply_op1(Product { rows: rows.detach() })?,
            false => rows.matmul(&signs.t()?)?,
        };
        let currents = match mode {
            Mode::Train => self.norm.train(&sums)?,
            Mode::Infer => self.norm.infer(&sums)?,
        };
        Ok(currents.reshape((source.dim(0)?, ()))?)
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
