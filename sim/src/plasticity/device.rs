//! What learns, whatever it is made of: the reference, the Verilated design, a board.

use super::{Checkpoint, LearningError, LearningReference, Registers};
use crate::Spikes;

/// What a learner tells of a presentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The class with the highest score of the last layer, the lowest of equals.
    pub class: usize,
    /// `[layer]`: whether the label did not lead by the margin, so that the layer learned; all false without a label.
    pub learned: Vec<bool>,
}

/// Clock cycles that a device took for a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cycles {
    /// From the end of the sample's arrival to the verdict, which is what inference takes.
    pub verdict: u64,
    /// And to the end of what was learned from it.
    pub all: u64,
}

/// A network that learns from one labelled sample at a time. Two learners that start from one checkpoint and are
/// presented the same samples hold equal checkpoints after each.
pub trait Learner {
    /// Presents a train of sample spikes, `[timestep][input]`, and learns from it if there is a label.
    fn present(&mut self, train: &[Spikes], label: Option<usize>) -> Result<Lesson, LearningError>;

    /// Everything that is held between two samples.
    fn state(&mut self) -> Result<Checkpoint, LearningError>;

    /// Goes on from a state of a network of the same shape.
    fn restore(&mut self, state: &Checkpoint) -> Result<(), LearningError>;

    /// Writes the registers of every layer.
    fn set_registers(&mut self, registers: &[Registers]) -> Result<(), LearningError>;

    /// What the last sample took; nothing from a learner without a clock.
    fn cycles(&self) -> Option<Cycles> {
        None
    }
}

impl Learner for LearningReference {
    fn present(&mut self, train: &[Spikes], label: Option<usize>) -> Result<Lesson, LearningError> {
        let outcome = LearningReference::present(self, train, label)?;
        Ok(Lesson { class: outcome.class, learned: outcome.learned })
    }

    fn state(&mut self) -> Result<Checkpoint, LearningError> {
        Ok(self.checkpoint())
    }

    fn restore(&mut self, state: &Checkpoint) -> Result<(), LearningError> {
        *self = LearningReference::resume(state.clone())?;
        Ok(())
    }

    fn set_registers(&mut self, registers: &[Registers]) -> Result<(), LearningError> {
        LearningReference::set_registers(self, registers)
    }
}
