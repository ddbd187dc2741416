//! Presentations of unsigned values of several bits, fed at each timestep.

use std::path::Path;

use spikeforge_sim::{coding, Network, Spikes};

use super::{bytes, images, npy, Content, InputError, Inputs};

/// How bytes become the bits of values. A network says how many bits it takes, and how they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Values {
    bits: u32,
    n_frame: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `[sample][element]`, the same at every timestep, of which the highest bits are taken.
    Images,
    /// `[sample][frame][element]`, so many frames one after the other for equal times, of which the highest bits are taken.
    Frames { n_frames: usize },
    /// `[timestep][sample][element]` as they are; the file had `n_in_file` samples.
    Series { n_in_file: usize },
}

const BYTE: u32 = 8;

impl Inputs {
    /// Reads images, each shown for so many timesteps, or without a number `.npy` of shape (timesteps, batch, features...).
    /// They are bytes until [`Inputs::for_network`] tells how many bits are taken.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read_values(path: &Path, n_timesteps: Option<usize>, limit: Option<usize>) -> Result<Self, InputError> {
        let inputs = match n_timesteps {
            Some(n_timesteps) => shown(images::read_images(path)?, n_timesteps),
            None => series(path)?,
        };
        inputs.whole(path, limit)
    }

    /// Reads images of shape (batch, frames, elements...): each is shown frame after frame, for equal shares of so many
    /// timesteps. They are bytes until [`Inputs::for_network`] tells how many bits are taken.
    ///
    /// # Errors
    /// What is wrong with the file, and where; [`InputError::UnevenFrames`] where the shares are not equal.
    pub fn read_frames(path: &Path, n_timesteps: usize, limit: Option<usize>) -> Result<Self, InputError> {
        frames(path, images::read_images(path)?, n_timesteps)?.whole(path, limit)
    }

    fn whole(mut self, path: &Path, limit: Option<usize>) -> Result<Self, InputError> {
        let inputs = &mut self;
        if [inputs.n_samples, inputs.n_features, inputs.n_timesteps].contains(&0) {
            return Err(InputError::Empty { path: path.to_owned() });
        }
        inputs.n_samples = inputs.n_samples.min(limit.unwrap_or(usize::MAX));
        Ok(self)
    }

    /// The same presentations as the network takes them: values in as many bits as it has.
    ///
    /// # Errors
    /// [`InputError::ValuesForSpikes`] where the network takes spikes, [`InputError::SpikesForValues`] where it takes values
    /// and these are neither values nor their bits, [`InputError::TooManyBits`] where a value is too large for it.
    pub fn for_network(mut self, network: &Network) -> Result<Self, InputError> {
        let bits = network.value_bits();
        let window = network.layers.first().and_then(|first| first.window.as_ref());
        let Content::Values(values) = self.content else {
            return match bits > 1 && self.n_features != network.input.n() {
                true => Err(InputError::SpikesForValues { bits }),
                false => Ok(self),
            };
        };
        if bits == 1 {
            return Err(InputError::ValuesForSpikes);
        }
        if let Kind::Series { .. } = values.kind {
            if let Some((at, &value)) = self.bytes.iter().enumerate().find(|(_, &value)| u32::from(value) >> bits > 0) {
                return Err(InputError::TooManyBits { at, value, bits });
            }
        }
        let n_elements = self.n_elements(values);
        let n_frame = window.map_or(n_elements, |window| window.n_frame() / bits as usize);
        self.content = Content::Values(Values { bits, n_frame, ..values });
        self.n_features = n_elements * bits as usize;
        Ok(self)
    }

    fn n_elements(&self, values: Values) -> usize {
        self.n_features / values.bits as usize
    }

    /// The lines of one presentation of values.
    pub(super) fn lines(&self, values: Values, sample: usize) -> Vec<Spikes> {
        let n = self.n_elements(values);
        let row = |row: usize| &self.bytes[row * n..(row + 1) * n];
        let planes = |row: &[u8]| coding::planes(row, values.bits, values.n_frame);
        let highest = |bytes: &[u8]| planes(&bytes.iter().map(|byte| byte >> (BYTE - values.bits)).collect::<Vec<_>>());
        match values.kind {
            Kind::Images => vec![highest(row(sample)); self.n_timesteps],
            Kind::Frames { n_frames } => {
                let shown = |frame| vec![highest(row(sample * n_frames + frame)); self.n_timesteps / n_frames];
                (0..n_frames).flat_map(shown).collect()
            }
            Kind::Series { n_in_file } => (0..self.n_timesteps).map(|t| planes(row(t * n_in_file + sample))).collect(),
        }
    }
}

fn shown(images: images::Images, n_timesteps: usize) -> Inputs {
    let n_elements: usize = images.shape.iter().map(|&size| size as usize).product();
    let values = Values { bits: BYTE, n_frame: n_elements, kind: Kind::Images };
    Inputs {
        n_samples: images.pixels.len() / n_elements.max(1),
        bytes: images.pixels,
        content: Content::Values(values),
        n_features: n_elements * BYTE as usize,
        n_timesteps,
    }
}

fn frames(path: &Path, images: images::Images, n_timesteps: usize) -> Result<Inputs, InputError> {
    let (n_frames, of_frame) = match images.shape.as_slice() {
        [n_frames, of_frame @ ..] if !of_frame.is_empty() => (*n_frames as usize, of_frame.to_vec()),
        _ => return Err(InputError::NoFrames { path: path.to_owned(), shape: images.shape.clone() }),
    };
    if n_timesteps % n_frames != 0 {
        return Err(InputError::UnevenFrames { path: path.to_owned(), n_frames, n_timesteps });
    }
    let mut inputs = shown(images::Images { pixels: images.pixels, shape: of_frame }, n_timesteps);
    if let Content::Values(values) = &mut inputs.content {
        values.kind = Kind::Frames { n_frames };
    }
    inputs.n_samples /= n_frames;
    Ok(inputs)
}

fn series(path: &Path) -> Result<Inputs, InputError> {
    let inputs = npy::series(path, bytes::read_all(path)?)?;
    let kind = Kind::Series { n_in_file: inputs.n_samples };
    let values = Values { bits: BYTE, n_frame: inputs.n_features, kind };
    Ok(Inputs { content: Content::Values(values), n_features: inputs.n_features * BYTE as usize, ..inputs })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use spikeforge_sim::random;

    use super::*;

    /// A network of values, whatever their size.
    fn network() -> Network {
        (0..100).map(random::value_network).find(|network| network.value_bits() == 3).unwrap()
    }

    #[test]
    fn images_give_their_highest_bits() {
        let network = network();
        let window = network.layers[0].window.clone().unwrap();
        let n = network.input.n() / 3;
        let pixels: Vec<u8> = (0..n).map(|i| u8::try_from(i * 37 % 256).unwrap()).collect();
        let images = images::Images { pixels: pixels.clone(), shape: vec![u32::try_from(n).unwrap()] };
        let inputs = shown(images, 2).for_network(&network).unwrap();
        assert_eq!(inputs.n_features(), network.input.n());
        let highest: Vec<u8> = pixels.iter().map(|pixel| pixel / 32).collect();
        assert_eq!(inputs.train(0), vec![coding::planes(&highest, 3, window.n_frame() / 3); 2]);
    }

    #[test]
    fn frames_follow_one_another() {
        let network = network();
        let window = network.layers[0].window.clone().unwrap();
        let n = network.input.n() / 3;
        let pixels: Vec<u8> = (0..2 * 2 * n).map(|i| u8::try_from(i * 37 % 256).unwrap()).collect();
        let images = |n_frames| images::Images { pixels: pixels.clone(), shape: vec![n_frames, u32::try_from(n).unwrap()] };
        let path = Path::new("x.idx");
        let inputs = frames(path, images(2), 6).unwrap().for_network(&network).unwrap();
        assert_eq!((inputs.n_samples(), inputs.n_features(), inputs.n_timesteps()), (2, network.input.n(), 6));
        let planes = |frame: &[u8]| coding::planes(&frame.iter().map(|pixel| pixel / 32).collect::<Vec<_>>(), 3, window.n_frame() / 3);
        let expected: Vec<Spikes> = pixels[2 * n..].chunks(n).flat_map(|frame| vec![planes(frame); 3]).collect();
        assert_eq!(inputs.train(1), expected);
        let refusal = frames(path, images(4), 6).unwrap_err().to_string();
        assert_eq!(refusal, "x.idx has samples of 4 frames, which 6 timesteps cannot show for equal times; say --timesteps 4 or 8");
        let still = images::Images { pixels: pixels.clone(), shape: vec![u32::try_from(n).unwrap()] };
        assert!(matches!(frames(path, still, 6), Err(InputError::NoFrames { .. })));
    }

    #[test]
    fn what_a_network_does_not_take_is_refused() {
        let network = network();
        let n = network.input.n() / 3;
        let series = |value: u8| Inputs {
            bytes: vec![value; n],
            content: Content::Values(Values { bits: BYTE, n_frame: n, kind: Kind::Series { n_in_file: 1 } }),
            n_samples: 1,
            n_features: n * 8,
            n_timesteps: 1,
        };
        assert!(series(7).for_network(&network).is_ok());
        assert!(matches!(series(8).for_network(&network), Err(InputError::TooManyBits { at: 0, value: 8, bits: 3 })));
        assert!(matches!(series(1).for_network(&random::network(1)), Err(InputError::ValuesForSpikes)));
        let spikes = Inputs::random(1, 1, 2, n);
        assert!(matches!(spikes.for_network(&network), Err(InputError::SpikesForValues { bits: 3 })));
    }
}
