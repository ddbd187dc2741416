//! What the command line asks for.

use std::collections::BTreeMap;
use std::error::Error;

use spikeforge_sim::plasticity::{LearningLayer, LearningNetwork, LearningReference, ReadoutKind, Registers, Rule};
use spikeforge_sim::{coding, Input, Spikes};

use super::Failure;

/// The words `name=value` of the command line.
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let pair = |word: String| {
            let (name, value) = word.split_once('=').ok_or_else(|| format!("{word} is not name=value"))?;
            Ok((name.to_string(), value.to_string()))
        };
        words.map(pair).collect::<Result<_, Failure>>().map(Settings)
    }

    pub fn text<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.0.get(name).map_or(otherwise, String::as_str)
    }

    pub fn number<T: std::str::FromStr<Err: Error + 'static>>(&self, name: &str, otherwise: T) -> Result<T, Failure> {
        self.0.get(name).map_or(Ok(otherwise), |text| Ok(text.parse()?))
    }

    pub fn list<T: std::str::FromStr<Err: Error + 'static>>(
        &self,
        name: &str,
        otherwise: &str,
    ) -> Result<Vec<T>, Failure> {
        self.text(name, otherwise).split(',').map(|text| Ok(text.parse()?)).collect()
    }

    pub fn code(&self, image: &[u8]) -> Result<Vec<Spikes>, Failure> {
        let n_timesteps = self.number("timesteps", 8)?;
        Ok(match self.text("code", "ramp") {
            "rate" => coding::rate(image, n_timesteps),
            _ => coding::ramp(image, n_timesteps),
        })
    }

    fn change(&self, registers: &mut Registers) -> Result<(), Failure> {
        registers.latent_shift = self.number("latent_shift", registers.latent_shift)?;
        registers.readout_shift = self.number("readout_shift", registers.readout_shift)?;
        registers.margin = self.number("margin", registers.margin)?;
        registers.dense_bits = self.number("dense_bits", registers.dense_bits)?;
        registers.goodness = self.number("goodness", registers.goodness)?;
        registers.goodness_shift = self.number("goodness_shift", registers.goodness_shift)?;
        registers.potentiation = self.number("potentiation", registers.potentiation)?;
        registers.depression = self.number("depression", registers.depression)?;
        registers.latents_learn = self.number("latents_learn", registers.latents_learn)?;
        Ok(())
    }

    /// A network by the settings `rule`, `sizes`, `thresholds`, `bits`, `readout` and `label_lines`, with their registers.
    pub fn learner(&self, shape: Vec<u32>, n_classes: usize) -> Result<LearningReference, Failure> {
        let rule: Rule = self.text("rule", "sign-symmetric").parse()?;
        let label_lines = if rule.shows_labels() { self.number("label_lines", 8)? } else { 0 };
        let input = Input { shape };
        let mut network = LearningNetwork { input, n_classes, rule, label_lines, layers: Vec::new() };
        let mut n_inputs = network.n_lines();
        let mut thresholds = self.list("thresholds", "24")?.into_iter();
        let mut threshold = 24;
        for (k, n_neurons) in self.list("sizes", "256")?.into_iter().enumerate() {
            threshold = thresholds.next().unwrap_or(threshold);
            let mut layer = LearningLayer::new(&format!("fc{}", k + 1), n_inputs, n_neurons, threshold);
            layer.latent_bits = self.number("bits", 8)?;
            if self.text("readout", "integer") == "sign" {
                layer.readout = ReadoutKind::Sign { bits: 10 };
            }
            network.layers.push(layer);
            n_inputs = n_neurons;
        }
        let mut learner = LearningReference::new(&network, self.number("seed", 1)?)?;
        let mut registers = learner.registers().to_vec();
        registers.iter_mut().try_for_each(|registers| self.change(registers))?;
        learner.set_registers(&registers)?;
        Ok(learner)
    }
}
