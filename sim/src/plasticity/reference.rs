//! The reference of learning: what a chip holds after each sample, bit for bit.

use super::outcome::{Effort, Outcome, Sample};
use super::{forward::Forward, memory::Update, pass::Pass, patterns::Patterns, readout::judge, rules};
use super::{Latents, LearningError, LearningNetwork, Memory, Readout, Registers};
use crate::random::SplitMix64;
use crate::{argmax, Input, Layer, Network, SignMatrix, Spikes};

/// Runs and teaches a network exactly as the module documentation defines it.
#[derive(Clone, Debug)]
pub struct LearningReference {
    pub(super) network: LearningNetwork,
    pub(super) registers: Vec<Registers>,
    forward: Forward,
    pub(super) memories: Vec<Memory>,
    pub(super) patterns: Patterns,
    pub(super) n_samples: u64,
    /// What the sample under way has cost.
    effort: Effort,
}

impl LearningReference {
    /// A network at the start of its life: latents, feedback and random numbers from a seed, readouts 0.
    pub fn new(network: &LearningNetwork, seed: u64) -> Result<Self, LearningError> {
        network.forward()?;
        let mut random = SplitMix64::new(seed);
        let memory = |layer| Memory::random(network, layer, &mut random);
        let memories = (0..network.layers.len()).map(memory).collect();
        let patterns = Patterns::random(network, &mut random);
        let registers = network.layers.iter().map(|layer| Registers::new(network.rule, layer)).collect();
        Ok(Self::assemble(network.clone(), registers, memories, patterns, 0))
    }

    /// The same, but with weights learned elsewhere: latents of plus or minus half their range, and where a layer more is
    /// given than learns, a neuron for each class, the last readout begins with its signs.
    pub fn from_weights(network: &LearningNetwork, weights: &[SignMatrix], seed: u64) -> Result<Self, LearningError> {
        let mut started = Self::new(network, seed)?;
        let expected = network.layers.len();
        if !(expected..=expected + 1).contains(&weights.len()) {
            return Err(LearningError::WeightCount { expected, got: weights.len() });
        }
        if let (Some(classes), Some(last)) = (weights.get(expected), started.memories.last_mut()) {
            let (expected_size, got) = ([network.n_classes, last.readout.n_neurons()], size(classes));
            if expected_size != got {
                return Err(LearningError::WeightSize { layer: expected, expected: expected_size, got });
            }
            last.readout = Readout::from_signs(last.readout.kind(), classes, last.readout.lfsr());
        }
        for (layer, (memory, weights)) in started.memories.iter_mut().zip(weights).enumerate() {
            let (expected, got) = ([network.layers[layer].n_neurons(), network.fan_ins()[layer]], size(weights));
            if expected != got {
                return Err(LearningError::WeightSize { layer, expected, got });
            }
            memory.latents = Latents::from_signs(weights, memory.latents.bits());
        }
        Ok(started)
    }

    pub(super) fn assemble(
        network: LearningNetwork,
        registers: Vec<Registers>,
        memories: Vec<Memory>,
        patterns: Patterns,
        n_samples: u64,
    ) -> Self {
        let forward = Forward::new(&network);
        LearningReference { network, registers, forward, memories, patterns, n_samples, effort: Effort::default() }
    }

    pub fn network(&self) -> &LearningNetwork {
        &self.network
    }

    /// The network of spikes as it is now; the readouts are in the memories.
    pub fn forward(&self) -> Network {
        let memories = self.memories.iter();
        let layers = memories.zip(&self.network.layers).map(|(memory, layer)| Layer {
            name: layer.name.clone(),
            weights: memory.latents.signs(),
            lower: Vec::new(), window: None, recurrent: false,
            neurons: layer.neurons.clone(),
        });
        Network { input: Input { shape: self.network.line_shape() }, layers: layers.collect() }
    }

    /// One a layer.
    pub fn memories(&self) -> &[Memory] {
        &self.memories
    }

    /// One a layer.
    pub fn registers(&self) -> &[Registers] {
        &self.registers
    }

    /// The samples that were presented to be learned.
    pub fn n_samples(&self) -> u64 {
        self.n_samples
    }

    /// Writes the registers of every layer.
    pub fn set_registers(&mut self, registers: &[Registers]) -> Result<(), LearningError> {
        let expected = self.network.layers.len();
        if registers.len() != expected {
            return Err(LearningError::RegisterCount { expected, got: registers.len() });
        }
        registers.iter().enumerate().try_for_each(|(layer, registers)| registers.validate(layer))?;
        self.registers = registers.to_vec();
        Ok(())
    }

    /// Presents a sample of spikes and, if there is a label, learns from it.
    pub fn present(&mut self, train: &[Spikes], label: Option<usize>) -> Result<Outcome, LearningError> {
        self.check(train, label)?;
        self.effort = Effort::default();
        if let Some(label) = label {
            rules::prepare(self, label, train.len());
            self.n_samples += 1;
        }
        let plain = self.show(train, None);
        let scores: Vec<_> =
            (0..self.memories.len()).map(|l| self.memories[l].readout.scores(plain.counts(l))).collect();
        let class = scores.last().map_or(0, |scores| argmax(scores));
        let mut learned = vec![false; self.memories.len()];
        if let Some(label) = label {
            let judge = |(scores, registers): (&Vec<i64>, &Registers)| judge(scores, label, registers.margin);
            let verdicts: Vec<_> = scores.iter().zip(&self.registers).map(judge).collect();
            learned = verdicts.iter().map(|verdict| !verdict.hit).collect();
            if learned.contains(&true) {
                self.learn(&Sample { train, plain, verdicts });
            }
        }
        Ok(Outcome { class, scores, learned, effort: self.effort })
    }

    fn check(&self, train: &[Spikes], label: Option<usize>) -> Result<(), LearningError> {
        let n_classes = self.network.n_classes;
        if let Some(got) = label.filter(|&label| label >= n_classes) {
            return Err(LearningError::Label { n_classes, got });
        }
        if !(1..=255).contains(&train.len()) {
            return Err(LearningError::TimestepCount { got: train.len() });
        }
        let expected = self.network.input.n();
        match train.iter().map(|spikes| spikes.len()).find(|&got| got != expected) {
            Some(got) => Err(crate::DeviceError::InputLength { expected, got }.into()),
            None => Ok(()),
        }
    }

    fn learn(&mut self, sample: &Sample) {
        rules::learn(self, sample);
        for (layer, (memory, registers)) in self.memories.iter_mut().zip(&self.registers).enumerate() {
            let verdict = sample.verdicts[layer];
            if registers.readout_learns && !verdict.hit {
                memory.readout.learn(sample.plain.counts(layer), verdict, registers.readout_shift);
            }
        }
    }

    /// Presents a train of sample spikes, and on the label lines the class given.
    pub(super) fn show(&mut self, train: &[Spikes], class: Option<usize>) -> Pass {
        self.effort.n_passes += 1;
        let n_lines = self.network.n_lines();
        if n_lines == self.network.input.n() {
            return self.forward.run(&self.network, &self.memories, train);
        }
        let first = self.network.input.n() + class.unwrap_or(0) * self.network.label_lines;
        let with_lines = |spikes: &Spikes| {
            let mut lines = spikes.clone();
            lines.resize(n_lines, false);
            if class.is_some() {
                lines[first..first + self.network.label_lines].fill(true);
            }
            lines
        };
        let train: Vec<Spikes> = train.iter().map(with_lines).collect();
        self.forward.run(&self.network, &self.memories, &train)
    }

    /// The layers whose latents learn from a sample.
    pub(super) fn learning_layers(&self, sample: &Sample) -> Vec<usize> {
        let learns = |&layer: &usize| self.registers[layer].latents_learn && !sample.verdicts[layer].hit;
        (0..self.memories.len()).filter(learns).collect()
    }

    /// Changes the latents of a layer, by the shift that its inputs of the pass ask for.
    pub(super) fn update(&mut self, layer: usize, pass: &Pass, update: &Update) {
        let shift = self.registers[layer].shift_for(pass.inputs(layer));
        self.effort.n_rows += self.memories[layer].learn(update, shift);
    }
}

/// `[neurons, inputs]`
fn size(weights: &SignMatrix) -> [usize; 2] {
    [weights.n_neurons(), weights.n_inputs()]
}
