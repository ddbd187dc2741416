//! Shapes of networks as they are typed: `784-256-10`, `28x28-c5x16-p2-c5x32-p2-10`.

use std::str::FromStr;

use crate::TrainError;

/// A layer with weights, as far as its shape goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every neuron meets every input.
    Dense,
    /// A kernel of so many rows and columns, stride 1, without padding.
    Conv { kernel: usize },
}

/// What a layer takes and gives. Frames are (height, width, channels), flat inputs (1, 1, n).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerShape {
    pub kind: Kind,
    /// The size of the average pool in front of it, 1 without.
    pub pool: usize,
    /// What comes in, before the pool.
    pub source: [usize; 3],
    pub n_channels: usize,
}

impl LayerShape {
    /// The frame behind the pool.
    pub fn pooled(&self) -> [usize; 3] {
        let [height, width, channels] = self.source;
        [height / self.pool, width / self.pool, channels]
    }

    pub fn target(&self) -> [usize; 3] {
        let [height, width, _] = self.pooled();
        match self.kind {
            Kind::Dense => [1, 1, self.n_channels],
            Kind::Conv { kernel } => [height + 1 - kernel, width + 1 - kernel, self.n_channels],
        }
    }

    pub fn fan_in(&self) -> usize {
        let [height, width, channels] = self.pooled();
        match self.kind {
            Kind::Dense => height * width * channels,
            Kind::Conv { kernel } => kernel * kernel * channels,
        }
    }
}

/// The layers of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetShape {
    pub text: String,
    pub layers: Vec<LayerShape>,
}

impl NetShape {
    pub fn n_inputs(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.source.iter().product())
    }

    pub fn n_outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.n_channels)
    }
}

impl FromStr for NetShape {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        let wrong = |reason| TrainError::Shape { text: text.to_owned(), reason };
        let number = |word: &str| word.parse::<usize>().ok().filter(|&n| (1..=65_536).contains(&n));
        let mut words = text.split('-');
        let first = words.next().unwrap_or_default();
        let mut source = match first.split_once('x') {
            Some((height, width)) => match (number(height), number(width)) {
                (Some(height), Some(width)) => [height, width, 1],
                _ => return Err(wrong("its inputs are no frame")),
            },
            None => [1, 1, number(first).ok_or_else(|| wrong("its inputs are no number"))?],
        };
        let (mut layers, mut pool) = (Vec::new(), 1);
        for word in words {
            if let Some(size) = word.strip_prefix('p') {
                pool *= number(size).ok_or_else(|| wrong("a pool has no size"))?;
                continue;
            }
            let (kind, n_channels) = match word.strip_prefix('c').and_then(|word| word.split_once('x')) {
                Some((kernel, channels)) => (number(kernel).map(|kernel| Kind::Conv { kernel }), number(channels)),
                None => (Some(Kind::Dense), number(word)),
            };
            let (Some(kind), Some(n_channels)) = (kind, n_channels) else { return Err(wrong("a layer has no size")) };
            let layer = LayerShape { kind, pool, source, n_channels };
            let [height, width, _] = layer.pooled();
            if matches!(kind, Kind::Conv { kernel } if kernel > height.min(width)) || height.min(width) == 0 {
                return Err(wrong("a kernel or pool is larger than the frame"));
            }
            source = layer.target();
            layers.push(layer);
            pool = 1;
        }
        match layers.is_empty() || pool != 1 {
            true => Err(wrong("it does not end in a layer of neurons")),
            false => Ok(NetShape { text: text.to_owned(), layers }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NetShape;

    #[test]
    fn frames_follow_kernels_and_pools() {
        let net: NetShape = "28x28-c5x16-p2-c5x32-p2-10".parse().expect("a shape");
        assert_eq!(net.layers.iter().map(|layer| layer.target()).collect::<Vec<_>>(), [[24, 24, 16], [8, 8, 32], [1, 1, 10]]);
        assert_eq!(net.layers.iter().map(|layer| layer.fan_in()).collect::<Vec<_>>(), [25, 400, 512]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "784", "784-", "8x8-c9x4-10", "784-256-p2", "8x-10", "784-0"] {
            assert!(text.parse::<NetShape>().is_err(), "{text:?}");
        }
    }
}
