//! Learning online, from a pipe or a serial source.

use std::io::{self, Read};
use std::ops::ControlFlow;

use serde::Serialize;
use spikeforge_sim::plasticity::Learner;

use super::{Budget, Coding, LearnError, Progress};

/// The label byte of a sample that is only to be told, not learned.
const NO_LABEL: u8 = 255;

/// What a record came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// From 1.
    pub record: u64,
    /// What the network took it for, before it learned.
    pub class: usize,
    pub label: Option<usize>,
    pub learned: bool,
}

/// What is done with an answer, and may look at the learner; breaking off ends the stream there.
pub type Answered<'a> = dyn FnMut(Answer, &mut dyn Learner, &Progress) -> Result<ControlFlow<()>, LearnError> + 'a;

/// Learns records as they come, each a byte of label and a byte for each feature, until the source ends or `answer`
/// breaks off.
///
/// # Errors
/// [`LearnError::CutStream`] when the source ends within a record, [`LearnError::Label`] at a label that is no class;
/// what was learned before stays learned.
pub fn learn_stream(
    learner: &mut dyn Learner,
    source: &mut dyn Read,
    (n_features, n_classes): (usize, usize),
    (coding, budget): (Coding, Option<Budget>),
    progress: &mut Progress,
    answer: &mut Answered,
) -> Result<(), LearnError> {
    let mut record = vec![0; 1 + n_features];
    for number in 1.. {
        let got = fill(source, &mut record)?;
        if got == 0 {
            break;
        }
        if got < record.len() {
            return Err(LearnError::CutStream { record: number, expected: record.len(), got });
        }
        let label = Some(record[0]).filter(|&label| label != NO_LABEL).map(usize::from);
        if let Some(got) = label.filter(|&label| label >= n_classes) {
            return Err(LearnError::Label { index: usize::try_from(number - 1).unwrap_or(0), got, n_classes });
        }
        let may_learn = budget.is_none_or(|budget| budget.allows(progress.n_presented + 1, progress.n_learned_in_all));
        let lesson = learner.present(&coding.code(&record[1..]), label.filter(|_| may_learn))?;
        let learned = lesson.learned.contains(&true);
        progress.n_presented += u64::from(label.is_some());
        progress.n_since += u64::from(label.is_some());
        progress.n_right += u64::from(label == Some(lesson.class));
        progress.n_learned += u64::from(learned);
        progress.n_learned_in_all += u64::from(learned);
        progress.n_withheld += u64::from(label.is_some() && !may_learn);
        let told = Answer { record: number, class: lesson.class, label, learned };
        if answer(told, learner, progress)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads until the buffer is full or the source ends.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, LearnError> {
    let mut got = 0;
    while got < buffer.len() {
        match source.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(LearnError::Stream(error)),
        }
    }
    Ok(got)
}
