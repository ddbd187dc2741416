//! A design that learns as a [`Learner`]: behind a serial port, or simulated.

use spikeforge_compiler::learning::{
    feedback_of_words, handicaps_of_words, images, latents_of_words, patterns_of_words, readout_of_words,
    registers_of_words,
};
use spikeforge_hdl::arch::Arch;
use spikeforge_hdl::plasticity::contents::LearnedMemories;
use spikeforge_hdl::protocol::WITH_TARGET;
use spikeforge_sim::plasticity::{
    Checkpoint, Cycles, Latents, Learner, LearningError, LearningReference, Lesson, Lfsr, Memory, Readout,
    Registers, Rule,
};
use spikeforge_sim::{DeviceError, Spikes};

use crate::driver::{Driver, DriverError, LessonResult};
use crate::link::Link;

/// A driver with what it takes to tell and to restore all that the design has learned.
#[derive(Debug)]
pub struct DeviceLearner<L> {
    driver: Driver<L>,
    arch: Arch,
    /// The network, what of its state no sample changes, and the samples learned so far.
    known: Checkpoint,
    last: Option<LessonResult>,
}

impl<L: Link> DeviceLearner<L> {
    /// Teaches the design of `arch` behind `driver`, which was made from `start` and holds what it did at power-on or
    /// what it has learned since.
    pub fn new(driver: Driver<L>, arch: Arch, start: &Checkpoint) -> Self {
        DeviceLearner {
            driver,
            arch,
            known: start.clone(),
            last: None,
        }
    }

    pub fn driver_mut(&mut self) -> &mut Driver<L> {
        &mut self.driver
    }

    pub fn into_driver(self) -> Driver<L> {
        self.driver
    }

    /// The learned memories of each layer.
    fn memories(&self) -> Vec<LearnedMemories> {
        let learning = self.arch.learning.iter();
        learning
            .flat_map(|learning| {
                let layers = self.arch.stages.iter().enumerate();
                layers.map(|(index, stage)| LearnedMemories::of(&self.arch, learning, index, stage))
            })
            .collect()
    }

    fn read(&mut self, layer: usize, at: &LearnedMemories) -> Result<(Memory, Registers), LearningError> {
        let [latents, readout, registers] = &at.maps;
        let latents = at.latents(&self.driver.read(latents).map_err(device)?);
        let readout = at.readout(&self.driver.read(readout).map_err(device)?);
        let registers = self.driver.read(registers).map_err(device)?;
        let table = match &at.table_map {
            Some(map) => at.table(&self.driver.read(map).map_err(device)?),
            None => Vec::new(),
        };
        let (registers, latent_random, readout_random) = LearnedMemories::registers(&registers);
        let (stage, known) = (&self.arch.stages[layer], &self.known.memories[layer]);
        let (feedback, handicaps) = match self.known.network.rule {
            Rule::Stdp => (known.feedback.clone(), handicaps_of_words(&table)),
            _ => (feedback_of_words(&table), known.handicaps.clone()),
        };
        let (bits, kind) = (known.latents.bits(), known.readout.kind());
        let memory = Memory {
            latents: Latents::new(
                stage.n_neurons,
                bits,
                latents_of_words(&latents, stage, bits),
            )?,
            lfsr: Lfsr::new(latent_random),
            readout: Readout::new(
                kind,
                stage.n_neurons,
                readout_of_words(&readout, kind.bits()),
                Lfsr::new(readout_random),
            )?,
            feedback,
            handicaps,
        };
        Ok((memory, registers_of_words(registers)))
    }
}

impl<L: Link> Learner for DeviceLearner<L> {
    fn present(&mut self, train: &[Spikes], label: Option<usize>) -> Result<Lesson, LearningError> {
        let network = &self.known.network;
        if let Some(got) = label.filter(|&label| label >= network.n_classes) {
            let n_classes = network.n_classes;
            return Err(LearningError::Label { n_classes, got });
        }
        let expected = network.input.n();
        if let Some(got) = train.iter().map(|spikes| spikes.len()).find(|&got| got != expected) {
            return Err(DeviceError::InputLength { expected, got }.into());
        }
        let targets = if network.rule.shows_target(self.known.n_samples) { WITH_TARGET } else { 0 };
        let asked = label.and_then(|label| u16::try_from(label).ok()).map(|label| label | targets);
        let result = self.driver.learn(train, asked).map_err(device)?;
        self.last = Some(result);
        self.known.n_samples += u64::from(label.is_some());
        let learned = (0..self.arch.stages.len()).map(|layer| result.learned >> layer & 1 == 1);
        Ok(Lesson {
            class: usize::from(result.class),
            learned: learned.collect(),
        })
    }

    fn state(&mut self) -> Result<Checkpoint, LearningError> {
        let mut state = self.known.clone();
        for (layer, at) in self.memories().iter().enumerate() {
            (state.memories[layer], state.registers[layer]) = self.read(layer, at)?;
            if let Some(map) = &at.patterns_map {
                let words = at.patterns(&self.driver.read(map).map_err(device)?);
                state.patterns = patterns_of_words(&words, &self.arch.stages[layer], &state.patterns);
            }
        }
        Ok(state)
    }

    fn restore(&mut self, state: &Checkpoint) -> Result<(), LearningError> {
        let forward = LearningReference::resume(state.clone())?.forward();
        let images = images(state, &forward, &self.arch);
        for (at, image) in self.memories().iter().zip(&images) {
            self.driver.write(&at.contents(image)).map_err(device)?;
        }
        self.known = state.clone();
        Ok(())
    }

    fn set_registers(&mut self, registers: &[Registers]) -> Result<(), LearningError> {
        let mut state = self.state()?;
        LearningReference::resume(state.clone())?.set_registers(registers)?;
        state.registers = registers.to_vec();
        let forward = LearningReference::resume(state.clone())?.forward();
        for (at, image) in self.memories().iter().zip(&images(&state, &forward, &self.arch)) {
            self.driver.write(&at.register_contents(image)).map_err(device)?;
        }
        self.known.registers = state.registers;
        Ok(())
    }

    fn cycles(&self) -> Option<Cycles> {
        let cycles = |last: LessonResult| Cycles { verdict: last.verdict_cycles.into(), all: last.cycles.into() };
        self.last.map(cycles)
    }
}

fn device(error: DriverError) -> LearningError {
    LearningError::Device(error.into())
}
