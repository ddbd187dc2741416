//! What a course came to.

use std::fmt;
use std::time::Instant;

use serde::Serialize;
use spikeforge_runtime::learn::{Point, Session};
use spikeforge_sim::plasticity::Rule;

use crate::cli::device::DeviceName;

#[derive(Serialize)]
pub struct Report {
    rule: String,
    device: String,
    samples: u64,
    samples_per_second: f64,
    /// Samples that were told and not learned from, as learning has a budget.
    withheld: u64,
    /// Over the last part of the curve, before each sample was learned from.
    train_accuracy: Option<f64>,
    test_accuracy: Option<f64>,
    /// Clock cycles of a learning presentation over those of inference: on average, and of the costliest sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_cost: Option<f64>,
    curve: Vec<Point>,
}

impl Report {
    pub fn of((rule, device): (Rule, &DeviceName), session: &Session, (start, n_before): (Instant, u64)) -> Self {
        let seen = &session.progress;
        #[allow(clippy::cast_precision_loss)]
        let n = (seen.n_presented - n_before) as f64;
        let last = seen.curve.last();
        Report {
            rule: rule.to_string(),
            device: device.to_string(),
            samples: seen.n_presented,
            samples_per_second: n / start.elapsed().as_secs_f64().max(1e-9),
            withheld: seen.n_withheld,
            train_accuracy: last.map(|point| point.train),
            test_accuracy: last.and_then(|point| point.test),
            cost: seen.cost.average(),
            most_cost: seen.cost.highest(),
            curve: seen.curve.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Report { rule, device, samples, samples_per_second, .. } = self;
        write!(f, "{rule} on {device}: {samples} samples, {samples_per_second:.0} a second, tests included")?;
        if self.withheld > 0 {
            write!(f, "\nof them {} were told and not learned from, as the course's time of learning was spent (--budget)", self.withheld)?;
        }
        if let Some(test) = self.test_accuracy {
            write!(f, "\ntest accuracy {:.2} %", 100.0 * test)?;
        }
        if let (Some(cost), Some(most)) = (self.cost, self.most_cost) {
            write!(f, "\nclock cycles of a sample over those of its presentation alone: {cost:.3} times on average, {most:.3} at most")?;
        }
        Ok(())
    }
}

/// A point of the curve for people.
pub fn line(point: &Point) -> String {
    let test = point.test.map_or(String::new(), |test| format!(", test {:.2} %", 100.0 * test));
    let cost = point.cost.map_or(String::new(), |cost| format!(", {cost:.3} times the cycles of inference"));
    format!(
        "  {:>8} samples: {:.2} % right while learning, {:.1} % learned from{test}{cost}",
        point.n_samples,
        100.0 * point.train,
        100.0 * point.learned
    )
}
