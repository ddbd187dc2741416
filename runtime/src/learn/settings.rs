//! Registers by name, as a user writes them: `shift=8,margin=16,2.learn=0`.

use spikeforge_sim::plasticity::Registers;

use super::LearnError;

/// Changes of registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<Setting>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    /// From 1; every layer without.
    layer: Option<usize>,
    register: &'static str,
    value: u32,
}

/// The registers that a user sets.
const NAMES: [&str; 10] = [
    "shift",
    "readout-shift",
    "margin",
    "dense",
    "goodness",
    "goodness-shift",
    "potentiation",
    "depression",
    "learn",
    "readout-learn",
];

impl Settings {
    /// Reads words with commas between them; empty text is no change.
    pub fn parse(text: &str) -> Result<Self, LearnError> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(setting).collect::<Result<_, _>>().map(Settings)
    }

    /// Writes them into the registers of a network's layers.
    pub fn apply(&self, registers: &mut [Registers]) -> Result<(), LearnError> {
        let n_layers = registers.len();
        for setting in &self.0 {
            let layers = match setting.layer {
                None => registers.iter_mut().collect::<Vec<_>>(),
                Some(layer) => {
                    let registers = layer.checked_sub(1).and_then(|layer| registers.get_mut(layer));
                    vec![registers.ok_or(LearnError::SettingLayer { layer, n_layers })?]
                }
            };
            layers.into_iter().for_each(|registers| setting.write(registers));
        }
        Ok(())
    }
}

impl Setting {
    /// Values out of range are the learner's to refuse.
    fn write(&self, registers: &mut Registers) {
        let value = self.value;
        match self.register {
            "shift" => registers.latent_shift = value,
            "readout-shift" => registers.readout_shift = value,
            "margin" => registers.margin = value.into(),
            "dense" => registers.dense_bits = value,
            "goodness" => registers.goodness = value.into(),
            "goodness-shift" => registers.goodness_shift = value,
            "potentiation" => registers.potentiation = value,
            "depression" => registers.depression = value,
            "learn" => registers.latents_learn = value != 0,
            _ => registers.readout_learns = value != 0,
        }
    }
}

fn setting(word: &str) -> Result<Setting, LearnError> {
    let parse = || {
        let (name, value) = word.split_once('=')?;
        let (layer, name) = match name.split_once('.') {
            Some((layer, name)) => (Some(layer.parse().ok()?), name),
            None => (None, name),
        };
        let register = NAMES.into_iter().find(|&known| known == name)?;
        Some(Setting { layer, register, value: value.parse().ok()? })
    };
    parse().ok_or_else(|| LearnError::Setting { word: word.to_owned(), names: NAMES.join(", ") })
}

#[cfg(test)]
mod tests {
    use spikeforge_sim::plasticity::{LearningLayer, Registers, Rule};

    use super::Settings;

    #[test]
    fn registers_are_set_in_all_layers_or_in_one() {
        let layer = LearningLayer::new("fc1", 4, 4, 2);
        let mut registers = vec![Registers::new(Rule::SignSymmetric, &layer); 2];
        Settings::parse("shift=9, 2.margin=16,1.learn=0").unwrap().apply(&mut registers).unwrap();
        let seen: Vec<_> = registers.iter().map(|r| (r.latent_shift, r.margin, r.latents_learn)).collect();
        assert_eq!(seen, [(9, 32, false), (9, 16, true)]);
        for wrong in ["shift", "speed=3", "shift=x", "x.shift=3", "shift=-1"] {
            let said = Settings::parse(wrong).unwrap_err().to_string();
            assert!(said.contains(wrong) && said.contains("readout-shift"), "{said}");
        }
        let said = Settings::parse("3.shift=1").unwrap().apply(&mut registers).unwrap_err().to_string();
        assert_eq!(said, "there is no layer 3 to set; the network has the layers 1 to 2");
    }
}
