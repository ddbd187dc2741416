//! A synaptic current that decays by itself: the second state of a neuron (CubaLIF).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The synapses of a layer, whose currents are in units of its membranes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synapse {
    /// The share that is kept, in units of 2^-`beta_bits`, less than all of it: one for all neurons, or one for each
    /// parameter of the layer (a neuron, or in a convolution a channel).
    #[serde(rename = "decay", serialize_with = "written", deserialize_with = "read")]
    pub decays: Vec<u32>,
    /// A width that holds the current of every neuron on any input.
    pub bits: u32,
}

/// A number where it is for all.
#[derive(Deserialize)]
#[serde(untagged)]
enum Decays {
    All(u32),
    Each(Vec<u32>),
}

impl Synapse {
    /// Of the neurons with parameters `j`.
    pub fn decay(&self, j: usize) -> u32 {
        match self.decays[..] {
            [all] => all,
            _ => self.decays.get(j).copied().unwrap_or(0),
        }
    }

    /// That of some of the neurons, in the order in which they are given.
    pub(crate) fn part(&self, neurons: &[usize]) -> Synapse {
        match self.decays.len() {
            1 => self.clone(),
            _ => Synapse { decays: neurons.iter().map(|&j| self.decay(j)).collect(), ..*self },
        }
    }
}

fn written<S: Serializer>(decays: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
    match decays {
        [all] => all.serialize(serializer),
        each => each.serialize(serializer),
    }
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    Ok(match Decays::deserialize(deserializer)? {
        Decays::All(decay) => vec![decay],
        Decays::Each(decays) => decays,
    })
}
