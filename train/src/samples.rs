//! Labelled images of bytes, parted and dealt in minibatches.

use candle_core::{Device, Tensor};
use sha2::{Digest, Sha256};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::Spikes;

use crate::{Coding, TrainError};

/// With fewer, a tenth is no measure of anything.
const LEAST: usize = 20;

/// Images of one shape with a label each, every one below `n_classes`.
#[derive(Clone, Debug)]
pub struct Samples {
    pub(crate) pixels: Vec<u8>,
    /// Of one image, as in `[28, 28]`.
    shape: Vec<usize>,
    labels: Vec<usize>,
    n_classes: usize,
}

/// Minibatch: coded spikes, or values, (timesteps * n, inputs), all samples of a timestep together, and labels.
#[derive(Clone, Debug)]
pub struct Batch {
    pub spikes: Tensor,
    /// Pixels of 0 to 1, (n, features).
    pub values: Tensor,
    pub labels: Vec<usize>,
    pub n_timesteps: usize,
    pub n_classes: usize,
}

impl Samples {
    pub fn new(pixels: Vec<u8>, shape: Vec<usize>, labels: Vec<usize>, n_classes: usize) -> Result<Self, TrainError> {
        let features: usize = shape.iter().product();
        if pixels.len() != features * labels.len() {
            return Err(TrainError::Pixels { values: pixels.len(), samples: labels.len(), features });
        }
        match labels.iter().position(|&label| label >= n_classes) {
            Some(index) => Err(TrainError::Label { index, got: labels[index], n_classes }),
            None => Ok(Samples { pixels, shape, labels, n_classes }),
        }
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    pub fn select(&self, numbers: &[usize]) -> Self {
        let pixels = numbers.iter().flat_map(|&i| self.image(i).iter().copied()).collect();
        let labels = numbers.iter().map(|&i| self.labels[i]).collect();
        Samples { pixels, labels, ..self.clone_shape() }
    }

    fn clone_shape(&self) -> Self {
        Samples { pixels: Vec::new(), shape: self.shape.clone(), labels: Vec::new(), n_classes: self.n_classes }
    }

    pub fn image(&self, i: usize) -> &[u8] {
        let n: usize = self.shape.iter().product();
        &self.pixels[i * n..(i + 1) * n]
    }

    /// Parts off a tenth, chosen by the seed, for validation: (training, validation).
    pub fn parted(&self, seed: u64) -> Result<(Self, Self), TrainError> {
        if self.len() < LEAST {
            return Err(TrainError::TooFew { samples: self.len(), needed: LEAST });
        }
        let order = SplitMix64::new(seed ^ 0x7061_7274).shuffled(self.len());
        let (validation, training) = order.split_at(self.len() / 10);
        Ok((self.select(training), self.select(validation)))
    }

    /// The spikes of a sample, timestep by timestep.
    pub fn train(&self, i: usize, coding: Coding, n_timesteps: usize) -> Vec<Spikes> {
        coding.spikes(self.image(i), &self.shape, n_timesteps)
    }

    pub fn batch(&self, numbers: &[usize], coding: Coding, n_timesteps: usize) -> Result<Batch, TrainError> {
        let n_inputs = coding.n_inputs(&self.shape);
        let n_timesteps = coding.n_timesteps(&self.shape, n_timesteps);
        let mut spikes = vec![0f32; n_timesteps * numbers.len() * n_inputs];
        for (place, &i) in numbers.iter().enumerate().filter(|_| coding.value_bits().is_none()) {
            for (t, fired) in self.train(i, coding, n_timesteps).iter().enumerate() {
                let row = (t * numbers.len() + place) * n_inputs;
                fired.iter_ones().for_each(|input| spikes[row + input] = 1.0);
            }
        }
        if coding.value_bits().is_some() {
            let at = |t: usize| numbers.iter().flat_map(move |&i| coding.shown(self.image(i), &self.shape, (t, n_timesteps)));
            spikes = (0..n_timesteps).flat_map(at).filter_map(|&pixel| coding.value(pixel)).collect();
        }
        let n_features: usize = self.shape.iter().product();
        let values = numbers.iter().flat_map(|&i| self.image(i)).map(|&pixel| f32::from(pixel) / 255.0).collect();
        Ok(Batch {
            values: Tensor::from_vec(values, (numbers.len(), n_features), &Device::Cpu)?,
            spikes: Tensor::from_vec(spikes, (n_timesteps * numbers.len(), n_inputs), &Device::Cpu)?,
            labels: numbers.iter().map(|&i| self.labels[i]).collect(),
            n_timesteps,
            n_classes: self.n_classes,
        })
    }

    /// The sha256 of everything that is learned from.
    pub fn digest(&self) -> String {
        let mut sum = Sha256::new();
        sum.update(format!("{:?} {:?}", self.shape, self.labels));
        sum.update(&self.pixels);
        format!("{:x}", sum.finalize())
    }
}

impl Batch {
    /// (n, classes), 1 at each label.
    pub fn one_hot(&self) -> Result<Tensor, TrainError> {
        let mut values = vec![0f32; self.labels.len() * self.n_classes];
        self.labels.iter().enumerate().for_each(|(i, &label)| values[i * self.n_classes + label] = 1.0);
        Ok(Tensor::from_vec(values, (self.labels.len(), self.n_classes), &Device::Cpu)?)
    }

    pub fn n(&self) -> usize {
        self.labels.len()
    }

    /// What a sample is of the whole.
    pub fn share(&self) -> f64 {
        1.0 / f64::from(u32::try_from(self.n()).unwrap_or(u32::MAX))
    }

    /// (n, inputs): how often each input fired, as a share of the timesteps.
    pub fn rates(&self) -> Result<Tensor, TrainError> {
        Ok(self.spikes.reshape((self.n_timesteps, self.n(), ()))?.mean(0)?)
    }
}
