//! A trained network in a world that has shifted, beside one that starts from scratch there.

use std::ops::ControlFlow;

use serde::Serialize;
use spikeforge_sim::plasticity::{Checkpoint, Learner, LearningReference, Registers};

use super::{evaluate, LearnError, Settings, Shift, Split};

/// How a network adapts.
#[derive(Clone, Debug)]
pub struct Adaptation {
    pub shift: Shift,
    /// Accuracies are measured after so many samples, ascending.
    pub after: Vec<usize>,
    /// Changes of the registers that the network was left with.
    pub settings: Settings,
    /// The guard against forgetting: after each so many new samples, one of the old ones again.
    pub replay: Option<usize>,
    /// Of the network from scratch.
    pub seed: u64,
}

/// Accuracies, 0 to 1, after some samples of the new domain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Adapted {
    pub n_samples: usize,
    /// Of the trained network on the test of the new domain, and of the one from scratch.
    pub new_domain: f64,
    pub from_scratch: f64,
    /// Of the trained network on the test that it was trained for.
    pub old_domain: f64,
}

/// Learns the shifted samples of a split in their order, one pass, and measures on the way.
pub fn adapt(
    trained: &Checkpoint,
    old: &Split,
    adaptation: &Adaptation,
    watch: &mut dyn FnMut(&Adapted) -> ControlFlow<()>,
) -> Result<Vec<Adapted>, LearnError> {
    let n_classes = trained.network.n_classes;
    let shifted = |samples, part| adaptation.shift.apply(samples, n_classes, part);
    let new = Split { train: shifted(&old.train, 1)?, test: shifted(&old.test, 2)? };
    let mut learner = LearningReference::resume(trained.clone())?;
    let mut registers = trained.registers.clone();
    adaptation.settings.apply(&mut registers)?;
    learner.set_registers(&registers)?;
    let mut control = LearningReference::new(&trained.network, adaptation.seed)?;
    control.set_registers(&fresh(trained, &registers))?;
    let mut rows = Vec::new();
    let mut n_seen = 0;
    for &after in &adaptation.after {
        let after = after.min(new.train.len());
        for sample in n_seen..after {
            let (train, label) = (new.train.train(sample), Some(new.train.labels()[sample]));
            Learner::present(&mut learner, &train, label)?;
            Learner::present(&mut control, &train, label)?;
            if let Some(every) = adaptation.replay.filter(|every| (sample + 1) % every == 0) {
                let again = sample / every % old.train.len();
                Learner::present(&mut learner, &old.train.train(again), Some(old.train.labels()[again]))?;
            }
        }
        n_seen = after;
        let row = Adapted {
            n_samples: after,
            new_domain: evaluate(&mut learner, &new.test)?,
            from_scratch: evaluate(&mut control, &new.test)?,
            old_domain: evaluate(&mut learner, &old.test)?,
        };
        rows.push(row);
        if watch(&row).is_break() {
            break;
        }
    }
    Ok(rows)
}

/// The registers of a network at its start, which learns faster; its dense shift is that of the adapting one.
fn fresh(trained: &Checkpoint, adapting: &[Registers]) -> Vec<Registers> {
    let layers = trained.network.layers.iter().zip(adapting);
    layers
        .map(|(layer, adapting)| Registers {
            dense_bits: adapting.dense_bits,
            ..Registers::new(trained.network.rule, layer)
        })
        .collect()
}
