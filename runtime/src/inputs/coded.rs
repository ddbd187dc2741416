//! Presentations of values that become spikes on their way: in software, or in a design that codes its inputs itself.

use std::path::Path;

use spikeforge_sim::coding::{self, Encoder};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::Spikes;

use super::bytes::{read_all, FileKind};
use super::values::Kind;
use super::{images, npy, AskedCoding, Content, InputError, Inputs};

/// How bytes become spikes, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    asked: AskedCoding,
    encoder: Encoder,
    pub kind: Kind,
    /// The design is given the values.
    on_chip: bool,
}

impl Inputs {
    /// Reads images, each shown for so many timesteps, or without a number `.npy` of shape (timesteps, batch, features...),
    /// uint8, to be coded as asked.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read_coded(path: &Path, asked: AskedCoding, n_timesteps: Option<usize>, limit: Option<usize>) -> Result<Self, InputError> {
        let bytes = read_all(path)?;
        let read = match n_timesteps {
            Some(n_timesteps) => shown(images::of_bytes(path, bytes)?, n_timesteps),
            None if FileKind::of(&bytes) == FileKind::Idx => return Err(InputError::NeedsTimesteps { path: path.to_owned() }),
            None => npy::series(path, bytes)?,
        };
        if [read.n_samples, read.n_features, read.n_timesteps].contains(&0) {
            return Err(InputError::Empty { path: path.to_owned() });
        }
        let kind = match n_timesteps {
            Some(_) => Kind::Images,
            None => Kind::Series { n_in_file: read.n_samples },
        };
        let Some(encoder) = asked.or_default(Some(read.n_timesteps)) else { return Err(InputError::NeedsTimesteps { path: path.to_owned() }) };
        let n_samples = read.n_samples.min(limit.unwrap_or(usize::MAX));
        Ok(Inputs { content: Content::Coded(Coded { asked, encoder, kind, on_chip: false }), n_samples, ..read })
    }

    /// Random values for a design that codes them, from a seed: images, or of a coding of changes values that change.
    pub fn random_values(seed: u64, encoder: Encoder, (n_samples, n_timesteps, n_features): (usize, usize, usize)) -> Self {
        let mut random = SplitMix64::new(seed);
        let asked = asked(encoder);
        let (kind, n_rows) = match encoder {
            Encoder::Delta { .. } => (Kind::Series { n_in_file: n_samples }, n_samples * n_timesteps),
            _ => (Kind::Images, n_samples),
        };
        let mut value = || if random.chance(1, 4) { random.pick(&[0, 1, 127, 128, 254, 255]) } else { u8::try_from(random.below(256)).unwrap_or(0) };
        let bytes = (0..n_rows * n_features).map(|_| value()).collect();
        Inputs { bytes, content: Content::Coded(Coded { asked, encoder, kind, on_chip: true }), n_samples, n_features, n_timesteps }
    }

    /// The same presentations for a design that codes its inputs itself, or for one that does not.
    ///
    /// # Errors
    /// [`InputError::OtherCoding`] where they are to be coded otherwise than the design does, or as nothing that it takes.
    pub fn coded_by(mut self, design: Option<Encoder>) -> Result<Self, InputError> {
        let Some(design) = design else { return Ok(self) };
        let refused = |asked: String| InputError::OtherCoding { design: design.to_string(), name: design.name(), asked };
        let Content::Coded(coded) = &mut self.content else { return Err(refused("something else".to_owned())) };
        // As many timesteps are meant as an image is shown.
        let other_length = match (design, coded.kind) {
            (Encoder::Latency { n_timesteps }, Kind::Images) => coded.asked.agrees_with(design) && n_timesteps as usize != self.n_timesteps,
            _ => false,
        };
        if other_length || !coded.asked.agrees_with(design) {
            return Err(refused(coded.encoder.to_string()));
        }
        (coded.encoder, coded.on_chip) = (design, true);
        Ok(self)
    }

    /// The coding that the design does itself.
    pub fn on_chip(&self) -> Option<Encoder> {
        match &self.content {
            Content::Coded(coded) if coded.on_chip => Some(coded.encoder),
            _ => None,
        }
    }

    /// The spikes that the network is given, whoever makes them: those of [`Inputs::train`] but for a design that codes.
    pub fn spikes(&self, sample: usize) -> Vec<Spikes> {
        match self.content {
            Content::Coded(coded) => coded.encoder.code((0..self.n_timesteps).map(|t| self.values(coded.kind, t, sample))),
            _ => self.train(sample),
        }
    }

    /// What goes to the device: spikes, or the lines of the values where the design codes them.
    pub(super) fn coded(&self, coded: Coded, sample: usize) -> Vec<Spikes> {
        if !coded.on_chip {
            return self.spikes(sample);
        }
        (0..self.n_timesteps).map(|t| coding::lines(self.values(coded.kind, t, sample))).collect()
    }

    fn values(&self, kind: Kind, t: usize, sample: usize) -> &[u8] {
        let row = match kind {
            Kind::Images => sample,
            Kind::Frames { n_frames } => sample * n_frames + t * n_frames / self.n_timesteps,
            Kind::Series { n_in_file } => t * n_in_file + sample,
        };
        &self.bytes[row * self.n_features..(row + 1) * self.n_features]
    }

    /// One presentation alone, of values as before, and of it the first `n_timesteps`.
    pub(super) fn only_coded(&self, coded: Coded, sample: usize, n_timesteps: usize) -> Self {
        let rows = if coded.kind == Kind::Images { 1 } else { n_timesteps };
        let bytes = (0..rows).flat_map(|t| self.values(coded.kind, t, sample)).copied().collect();
        let kind = if coded.kind == Kind::Images { Kind::Images } else { Kind::Series { n_in_file: 1 } };
        Inputs { bytes, content: Content::Coded(Coded { kind, ..coded }), n_samples: 1, n_timesteps, n_features: self.n_features }
    }
}

fn shown(images: images::Images, n_timesteps: usize) -> Inputs {
    let n_features: usize = images.shape.iter().map(|&size| size as usize).product();
    let n_samples = images.pixels.len() / n_features.max(1);
    Inputs { bytes: images.pixels, content: Content::Spikes { n_in_file: n_samples }, n_samples, n_features, n_timesteps }
}

fn asked(encoder: Encoder) -> AskedCoding {
    match encoder {
        Encoder::Accumulator => AskedCoding::Accumulator,
        Encoder::Lfsr { seed } => AskedCoding::Lfsr { seed: Some(seed) },
        Encoder::Latency { n_timesteps } => AskedCoding::Latency { n_timesteps: Some(n_timesteps) },
        Encoder::Delta { threshold } => AskedCoding::Delta { threshold: Some(threshold) },
    }
}
