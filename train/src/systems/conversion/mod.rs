//! A network of rectified units, trained as it is, whose integer twin spikes (Diehl et al. 2015, "Fast-classifying,
//! high-accuracy spiking deep networks through weight and threshold balancing"; Rueckauer et al. 2017, "Conversion of
//! continuous-valued deep networks to efficient event-driven networks for image classification").
//!
//! ```text
//! trained    a[l] = max(0, W[l] a[l-1] + b[l]),  a[0] = pixel / 255,  the last layer's sums in a softmax
//! balanced   W[l] lambda[l-1] / lambda[l],  b[l] / lambda[l],  lambda[0] = 1: a rate of 1 is an activation of lambda[l]
//! spiking    V[t] = V[t-1] + W s[t] + b - theta s'[t],  s'[t] = V >= theta before it is subtracted
//! so that    rate = clip(a[l] / lambda[l], 0, 1) - V[T] / (T theta)
//! ```
//! The last line is what sums and spikes of T timesteps come to; V[T] is below theta where the current is even, and the
//! rest of it is what unevenness of the spikes leaves. lambda[l] is the 99.9th percentile of the activations of a layer
//! over training samples, not their maximum, which a single sample would decide (Rueckauer et al. 2017, robust
//! normalization).

pub mod ann;
pub mod balance;

use candle_core::{Device, Tensor, Var};
use spikeforge_compiler::model::Model;

use crate::adam::Adam;
use crate::export;
use crate::loss::{cross_entropy, Decoding};
use crate::samples::{Batch, Samples};
use crate::shape::{Kind, NetShape};
use crate::system::{Options, System, SystemName};
use crate::{Coding, TrainError};
use ann::Ann;

pub struct Conversion {
    ann: Ann,
    shape: NetShape,
    /// lambda of each layer, 1 until the training has ended.
    peaks: Var,
    parameters: Vec<Var>,
    adam: Adam,
}

impl Conversion {
    pub fn new(options: &Options, shape: &NetShape, n_classes: usize) -> Result<Self, TrainError> {
        let refused = |why| Err(TrainError::Option { system: SystemName::Conversion.name(), why });
        if shape.layers.iter().any(|layer| layer.kind != Kind::Dense || layer.pool != 1) {
            return refused("takes dense layers, as in 784-256-10");
        }
        if options.coding != Coding::Rate.name() || options.decoding != Decoding::Rate.name() {
            return refused("counts spikes, and takes --encode rate and --decode rate only");
        }
        if shape.n_outputs() != n_classes {
            return refused("has one output a class");
        }
        let ann = Ann::new(shape, options.seed)?;
        let parameters = ann.parameters();
        let peaks = Var::from_tensor(&Tensor::ones(shape.layers.len(), candle_core::DType::F32, &Device::Cpu)?)?;
        Ok(Conversion { adam: Adam::new(&parameters, 0.0)?, ann, shape: shape.clone(), peaks, parameters })
    }
}

impl System for Conversion {
    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let sums = self.ann.sums(&batch.values)?;
        let loss = cross_entropy(&sums, &batch.one_hot()?)?;
        let mut gradients = loss.backward()?;
        let gradients: Vec<Option<Tensor>> = self.parameters.iter().map(|var| gradients.remove(var)).collect();
        self.adam.step(&self.parameters, &gradients, rate)?;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        Ok(self.ann.sums(&batch.values)?.detach())
    }

    fn state(&self) -> Vec<(String, Var)> {
        let peaks = ("peaks".to_owned(), self.peaks.clone());
        self.ann.state().into_iter().chain([peaks]).chain(self.adam.state()).collect()
    }

    fn settle(&mut self, samples: &Samples) -> Result<(), TrainError> {
        let peaks = balance::peaks(&self.ann, samples)?;
        Ok(self.peaks.set(&Tensor::from_vec(peaks, self.shape.layers.len(), &Device::Cpu)?)?)
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model_of(&balance::balanced(&self.ann, &self.shape, &self.peaks.to_vec1::<f32>()?)?)
    }
}
