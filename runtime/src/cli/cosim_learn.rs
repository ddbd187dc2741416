//! `spikeforge cosim --learn`: reference and Verilated design learn side by side.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::inputs::{read_labels, Inputs};
use spikeforge_runtime::learn_cosim::{learn_cosim, LessonTally};
use spikeforge_runtime::learner::DeviceLearner;
use spikeforge_runtime::simulation::{Level, Simulator};
use spikeforge_sim::plasticity::{LearningReference, Rule};

use super::exit::{Exit, Failure};
use super::print::grouped;
use super::{interrupt, print, progress};

#[derive(Serialize)]
pub struct Report {
    rule: String,
    samples: usize,
    samples_learned_from: usize,
    values_compared: u64,
    mismatches: u64,
    cycles_per_inference: f64,
    cycles_per_sample: f64,
    /// Cycles of a sample over those of its presentation: on average, and of the costliest sample.
    cost: f64,
    most_cost: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<String>,
}

pub fn run(compiled: &Compiled, rule: &str, inputs: &Inputs, labels: Option<&Path>, json: bool) -> Result<(), Failure> {
    let rule: Rule = rule.parse()?;
    let Some(start) = compiled.learning() else {
        let why = format!("this bundle does not learn; make one by `spikeforge compile --learn {rule}`");
        return Err(Failure::new(Exit::Unsupported, why));
    };
    let built = start.network.rule;
    if built != rule {
        let why = format!("this bundle was built for {built}; make one by `spikeforge compile --learn {rule}`");
        return Err(Failure::new(Exit::Unsupported, why));
    }
    inputs.check_features(start.network.input.n())?;
    let Some(labels) = labels else {
        return Err(Failure::new(Exit::Usage, "to learn takes --labels Y beside --inputs X"));
    };
    let labels = read_labels(labels, Some(inputs.n_samples()))?;
    if labels.len() < inputs.n_samples() {
        let why = format!("there are {} labels for {} samples", labels.len(), inputs.n_samples());
        return Err(Failure::new(Exit::BadFile, why));
    }
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut progress::tools };
    let driver = simulator.driver(compiled, Level::Rtl)?;
    let mut dut = DeviceLearner::new(driver, compiled.arch().clone(), &start);
    let mut reference = LearningReference::resume(start)?;
    let bar = progress::bar(inputs.n_samples());
    let samples = (0..inputs.n_samples()).map(|sample| (inputs.train(sample), labels[sample]));
    let tally = learn_cosim(&mut reference, &mut dut, samples, &mut |tally: &LessonTally| {
        bar.set_position(tally.samples as u64);
        bar.set_message(format!("{} values compared", grouped(tally.values_compared)));
        interrupt::flow()
    })?;
    bar.finish_and_clear();
    interrupt::check()?;
    let report = Report::of(rule, &tally);
    print::result(json, &report, &report)?;
    match report.mismatch {
        Some(mismatch) => Err(Failure::new(Exit::Mismatch, format!("mismatch: {mismatch}"))),
        None => Ok(()),
    }
}

impl Report {
    #[allow(clippy::cast_precision_loss)]
    fn of(rule: Rule, tally: &LessonTally) -> Self {
        let per_sample = |cycles: u64| cycles as f64 / tally.samples.max(1) as f64;
        Report {
            rule: rule.to_string(),
            samples: tally.samples,
            samples_learned_from: tally.learned,
            values_compared: tally.values_compared,
            mismatches: u64::from(tally.mismatch.is_some()),
            cycles_per_inference: per_sample(tally.cost.verdict),
            cycles_per_sample: per_sample(tally.cost.all),
            cost: tally.cost.average().unwrap_or_default(),
            most_cost: tally.cost.highest().unwrap_or_default(),
            mismatch: tally.mismatch.as_ref().map(|(sample, difference)| format!("sample {sample}, {difference}")),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{}: {} samples, {} learned from; {} latents, readout weights, handicaps and random numbers compared, {} mismatches\n\
             cycles of a sample: {:.0}, of its presentation alone {:.0}; {:.2} times on average, {:.2} at most",
            self.rule,
            self.samples,
            self.samples_learned_from,
            grouped(self.values_compared),
            self.mismatches,
            self.cycles_per_sample,
            self.cycles_per_inference,
            self.cost,
            self.most_cost
        )
    }
}
