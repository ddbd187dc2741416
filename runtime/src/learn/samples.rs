//! Labelled samples, which become spikes one at a time.

use sha2::{Digest, Sha256};
use spikeforge_sim::Spikes;

use super::LearnError;
use crate::inputs::{Coding, Images, Inputs};

/// Samples with a label each.
#[derive(Clone, Debug)]
pub struct Samples {
    source: Source,
    /// The shape of a sample, as in `[28, 28]`.
    shape: Vec<u32>,
    labels: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Source {
    Pixels { pixels: Vec<u8>, n_features: usize, coding: Coding },
    Trains(Inputs),
}

impl Samples {
    /// Images of bytes, one after the other, and how they are coded.
    pub fn of_images(images: Images, labels: Vec<usize>, coding: Coding) -> Result<Self, LearnError> {
        let Images { pixels, shape } = images;
        let n_features = shape.iter().map(|&size| size as usize).product::<usize>().max(1);
        one_label_each(pixels.len() / n_features, labels.len())?;
        Ok(Samples { source: Source::Pixels { pixels, n_features, coding }, shape, labels })
    }

    /// Presentations of spikes.
    pub fn of_trains(inputs: Inputs, labels: Vec<usize>) -> Result<Self, LearnError> {
        one_label_each(inputs.n_samples(), labels.len())?;
        let shape = vec![u32::try_from(inputs.n_features()).unwrap_or(u32::MAX)];
        Ok(Samples { source: Source::Trains(inputs), shape, labels })
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// No sample, of the same kind.
    pub fn none(&self) -> Self {
        Samples {
            source: Source::Pixels { pixels: Vec::new(), n_features: self.n_features(), coding: Coding::Ramp { n_timesteps: 1 } },
            shape: self.shape.clone(),
            labels: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn shape(&self) -> &[u32] {
        &self.shape
    }

    pub fn n_features(&self) -> usize {
        self.shape.iter().map(|&size| size as usize).product()
    }

    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// One more than the highest label, and at least 2.
    pub fn n_classes(&self) -> usize {
        self.labels.iter().max().map_or(2, |label| (label + 1).max(2))
    }

    /// The spikes of a sample, timestep by timestep.
    pub fn train(&self, sample: usize) -> Vec<Spikes> {
        match &self.source {
            Source::Pixels { coding, .. } => coding.code(self.pixels_of(sample)),
            Source::Trains(inputs) => inputs.train(sample),
        }
    }

    /// The samples of these numbers, in this order.
    pub fn select(&self, numbers: &[usize]) -> Result<Self, LearnError> {
        let labels = numbers.iter().map(|&i| self.labels[i]).collect();
        let pixels = numbers.iter().flat_map(|&i| self.pixels_of(i).iter().copied()).collect();
        self.replaced(pixels, labels, "selected from")
    }

    /// Every image and label changed; the image of a sample is told its shape.
    pub fn map(
        &self,
        mut image: impl FnMut(&[u8]) -> Vec<u8>,
        label: impl Fn(usize) -> usize,
    ) -> Result<Self, LearnError> {
        let pixels = (0..self.len()).flat_map(|i| image(self.pixels_of(i))).collect();
        self.replaced(pixels, self.labels.iter().map(|&of| label(of)).collect(), "shifted")
    }

    fn replaced(&self, pixels: Vec<u8>, labels: Vec<usize>, what: &'static str) -> Result<Self, LearnError> {
        match self.source {
            Source::Pixels { n_features, coding, .. } => {
                Ok(Samples { source: Source::Pixels { pixels, n_features, coding }, shape: self.shape.clone(), labels })
            }
            Source::Trains(_) => Err(LearnError::NeedsPixels { what }),
        }
    }

    /// Empty for samples of spikes.
    fn pixels_of(&self, sample: usize) -> &[u8] {
        match &self.source {
            Source::Pixels { pixels, n_features, .. } => &pixels[sample * n_features..(sample + 1) * n_features],
            Source::Trains(_) => &[],
        }
    }

    /// All images, one after the other; none for samples of spikes.
    pub fn pixels(&self) -> &[u8] {
        match &self.source {
            Source::Pixels { pixels, .. } => pixels,
            Source::Trains(_) => &[],
        }
    }

    /// Refuses samples that a network of so many inputs and classes cannot take.
    pub fn check(&self, n_inputs: usize, n_classes: usize) -> Result<(), LearnError> {
        let got = self.n_features();
        if got != n_inputs {
            return Err(LearnError::Features { expected: n_inputs, got });
        }
        match self.labels.iter().position(|&label| label >= n_classes) {
            Some(index) => Err(LearnError::Label { index, got: self.labels[index], n_classes }),
            None => Ok(()),
        }
    }

    /// The sha256 of everything that is learned from, by which a resumed course knows its samples.
    pub fn digest(&self) -> String {
        let mut sum = Sha256::new();
        match &self.source {
            Source::Pixels { pixels, coding, .. } => {
                sum.update(format!("{coding:?} {:?}", self.shape));
                sum.update(pixels);
            }
            Source::Trains(inputs) => sum.update(inputs.bytes()),
        }
        for &label in &self.labels {
            sum.update((label as u64).to_le_bytes());
        }
        format!("{:x}", sum.finalize())
    }
}

fn one_label_each(samples: usize, labels: usize) -> Result<(), LearnError> {
    if samples == labels {
        return Ok(());
    }
    Err(LearnError::LabelCount { samples, labels })
}
