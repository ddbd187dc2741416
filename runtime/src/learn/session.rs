//! A course, sample by sample, which may stop after any and go on later.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use spikeforge_sim::plasticity::{Checkpoint, Learner, Lesson, Registers};

use super::{Cost, Course, LearnError, Point, Samples, Saved};

/// How far a course has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Samples presented to be learned.
    pub n_presented: u64,
    pub n_halved: u64,
    /// Of all samples, those that some layer learned from, and those that the budget kept from being learned from.
    #[serde(default)]
    pub n_learned_in_all: u64,
    #[serde(default)]
    pub n_withheld: u64,
    /// Of the samples since the last point of the curve: those told right before they were learned from, those that
    /// some layer learned from, and all.
    pub n_right: u64,
    pub n_learned: u64,
    pub n_since: u64,
    /// Of all samples, and of those since the last point; nothing of a learner without a clock.
    #[serde(default)]
    pub cost: Cost,
    #[serde(default)]
    pub cost_since: Cost,
    pub curve: Vec<Point>,
}

/// What is looked at between two samples; breaking off ends the course there.
pub type Watch<'a> = dyn FnMut(&mut Session) -> Result<ControlFlow<()>, LearnError> + 'a;

/// A course under way on a learner.
pub struct Session<'a> {
    learner: &'a mut dyn Learner,
    train: &'a Samples,
    test: Option<&'a Samples>,
    course: Course,
    /// Samples between two points of the curve.
    eval_every: u64,
    registers: Vec<Registers>,
    pub progress: Progress,
}

impl<'a> Session<'a> {
    /// A course at its start, or where `progress` left it; the registers are those that the learner has.
    pub fn new(
        learner: &'a mut dyn Learner,
        registers: &[Registers],
        (train, test): (&'a Samples, Option<&'a Samples>),
        course: Course,
        eval_every: Option<u64>,
        progress: Progress,
    ) -> Self {
        let eval_every = eval_every.unwrap_or(course.n_samples as u64).max(1);
        Session { learner, train, test, course, eval_every, registers: registers.to_vec(), progress }
    }

    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The state to resume from.
    pub fn saved(&mut self, samples: &str) -> Result<Saved, LearnError> {
        Ok(Saved {
            checkpoint: self.learner.state()?,
            course: Some(self.course.clone()),
            progress: self.progress.clone(),
            samples: samples.to_owned(),
        })
    }

    /// Everything that the learner holds.
    pub fn state(&mut self) -> Result<Checkpoint, LearnError> {
        Ok(self.learner.state()?)
    }

    /// Learns to the end of the course, or until `watch` breaks off. True when it came to the end.
    pub fn run(&mut self, watch: &mut Watch) -> Result<bool, LearnError> {
        let n_samples = self.course.n_samples as u64;
        let mut order: Option<(u64, Vec<usize>)> = None;
        while self.progress.n_presented < self.course.n_presentations() {
            let (epoch, place) = (self.progress.n_presented / n_samples, self.progress.n_presented % n_samples);
            let of_epoch = match order.take().filter(|(of, _)| *of == epoch) {
                Some((_, of_epoch)) => of_epoch,
                None => self.course.order(usize::try_from(epoch).unwrap_or(usize::MAX)),
            };
            let sample = of_epoch[usize::try_from(place).unwrap_or(0)];
            order = Some((epoch, of_epoch));
            self.lower_rates()?;
            let label = self.train.labels()[sample];
            let may_learn = self.course.budget.is_none_or(|budget| budget.allows(self.course.n_presentations(), self.progress.n_learned_in_all));
            let lesson = self.learner.present(&self.train.train(sample), Some(label).filter(|_| may_learn))?;
            self.progress.n_withheld += u64::from(!may_learn);
            self.count(&lesson, label);
            if self.progress.n_presented % self.eval_every == 0
                || self.progress.n_presented == self.course.n_presentations()
            {
                self.add_point()?;
            }
            if watch(self)?.is_break() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn lower_rates(&mut self) -> Result<(), LearnError> {
        let wanted = self.course.halvings_before(self.progress.n_presented);
        if wanted == self.progress.n_halved {
            return Ok(());
        }
        while self.progress.n_halved < wanted {
            self.registers.iter_mut().for_each(Registers::slow_down);
            self.progress.n_halved += 1;
        }
        Ok(self.learner.set_registers(&self.registers)?)
    }

    fn count(&mut self, lesson: &Lesson, label: usize) {
        self.progress.n_presented += 1;
        self.progress.n_since += 1;
        self.progress.n_right += u64::from(lesson.class == label);
        let learned = u64::from(lesson.learned.contains(&true));
        self.progress.n_learned += learned;
        self.progress.n_learned_in_all += learned;
        if let Some(cycles) = self.learner.cycles() {
            self.progress.cost.add(cycles);
            self.progress.cost_since.add(cycles);
        }
    }

    fn add_point(&mut self) -> Result<(), LearnError> {
        let share = |n: u64| share(n, self.progress.n_since);
        let (train, learned) = (share(self.progress.n_right), share(self.progress.n_learned));
        let test = self.test.map(|test| evaluate(self.learner, test)).transpose()?;
        let cost = std::mem::take(&mut self.progress.cost_since).average();
        self.progress.curve.push(Point { n_samples: self.progress.n_presented, train, test, learned, cost });
        (self.progress.n_right, self.progress.n_learned, self.progress.n_since) = (0, 0, 0);
        Ok(())
    }
}

/// The share of samples that a learner tells right; nothing is learned from them.
pub fn evaluate(learner: &mut dyn Learner, samples: &Samples) -> Result<f64, LearnError> {
    let mut n_right = 0;
    for (sample, &label) in samples.labels().iter().enumerate() {
        n_right += u64::from(learner.present(&samples.train(sample), None)?.class == label);
    }
    Ok(share(n_right, samples.len() as u64))
}

#[allow(clippy::cast_precision_loss)]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
