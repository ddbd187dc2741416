//! A device that is given values and codes them itself.

use crate::coding::{values_of, Encoder, Encoding};
use crate::{Device, DeviceError, LayerId, LayerState, Spikes, Trace};

/// A device of spikes behind a coding, as a design that codes its inputs is: what it is given at a timestep are the eight
/// lines of each value, lowest first (see [`crate::coding::lines`]). Without a coding it is the device alone.
#[derive(Clone, Debug)]
pub struct Encoded<D> {
    device: D,
    encoding: Option<Encoding>,
}

impl<D> Encoded<D> {
    pub fn new(device: D, encoder: Option<Encoder>) -> Self {
        Encoded { device, encoding: encoder.map(Encoding::new) }
    }

    /// What is behind the coding.
    pub fn device_mut(&mut self) -> &mut D {
        &mut self.device
    }

    fn begin(&mut self) {
        self.encoding.iter_mut().for_each(Encoding::reset);
    }

    fn coded(&mut self, input: &Spikes) -> Spikes {
        match &mut self.encoding {
            Some(encoding) => encoding.timestep(&values_of(input)),
            None => input.clone(),
        }
    }

    fn train(&mut self, train: &[Spikes]) -> Vec<Spikes> {
        self.begin();
        train.iter().map(|input| self.coded(input)).collect()
    }
}

impl<D: Device> Device for Encoded<D> {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.begin();
        self.device.reset()
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        let spikes = self.coded(input);
        self.device.step(&spikes)
    }

    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        let train = self.train(train);
        self.device.run(&train)
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        self.device.state(layer)
    }

    fn trace(&mut self, train: &[Spikes]) -> Result<Trace, DeviceError> {
        let train = self.train(train);
        self.device.trace(&train)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{coding, random, Reference};

    /// In one go and step by step, what is behind the coding sees the same spikes.
    #[test]
    fn values_become_the_spikes_of_the_coding() {
        let network = random::network(3);
        let values: Vec<u8> = (0..network.input.n()).map(|i| u8::try_from(i * 53 % 256).unwrap()).collect();
        for encoder in [Encoder::Accumulator, Encoder::Lfsr { seed: 9 }, Encoder::Latency { n_timesteps: 5 }, Encoder::Delta { threshold: 30 }] {
            let expected = Reference::new(&network).run(&encoder.code(vec![&values[..]; 7])).unwrap();
            let mut encoded = Encoded::new(Reference::new(&network), Some(encoder));
            let lines = vec![coding::lines(&values); 7];
            assert_eq!(encoded.run(&lines).unwrap(), expected);
            encoded.reset().unwrap();
            let stepped: Vec<Spikes> = lines.iter().map(|input| encoded.step(input).unwrap()).collect();
            assert_eq!(stepped, expected);
        }
    }
}
