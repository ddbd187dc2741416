//! How gradients of whole epochs move weights.

use std::str::FromStr;

use crate::named::named;
use crate::TrainError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescentName {
    /// `dw = -rate g`.
    Gradient,
    /// To the bottom of the parabola through two slopes (Fahlman 1988).
    QuickProp,
    /// By the sign of the slope alone, in steps that grow while it stays (Riedmiller and Braun 1993).
    RProp,
}

named!(DescentName, "the descent", [Gradient => "gradient", QuickProp => "quickprop", RProp => "rprop"]);

impl DescentName {
    /// The rate at which it solved XOR in the fewest epochs, of 0.01 to 4; RProp has none.
    pub fn rate(self) -> f64 {
        match self {
            DescentName::Gradient => 2.0,
            DescentName::QuickProp => 0.3,
            DescentName::RProp => 0.0,
        }
    }
}

/// QuickProp: the most that a step is of the step before.
const GROWTH: f64 = 1.75;
/// The most that any weight moves in an epoch by either.
const LONGEST: f64 = 0.5;
/// RProp: the first step, what a step grows and shrinks by, and the least.
const FIRST: f64 = 0.02;
const UP: f64 = 1.2;
const DOWN: f64 = 0.5;
const SHORTEST: f64 = 1e-6;

/// A descent with what it remembers of each weight.
#[derive(Clone, Debug)]
pub struct Descent {
    name: DescentName,
    rate: f64,
    gradients: Vec<f64>,
    /// The last change (QuickProp), or the size of the next (RProp).
    steps: Vec<f64>,
}

impl Descent {
    pub fn new(name: DescentName, rate: f64, n_weights: usize) -> Self {
        let first = if name == DescentName::RProp { FIRST } else { 0.0 };
        Descent { name, rate, gradients: vec![0.0; n_weights], steps: vec![first; n_weights] }
    }

    pub fn step(&mut self, weights: &mut [f64], gradients: &[f64]) {
        let (name, rate) = (self.name, self.rate);
        let remembered = self.gradients.iter_mut().zip(self.steps.iter_mut());
        for ((weight, &gradient), (before, step)) in weights.iter_mut().zip(gradients).zip(remembered) {
            *weight += match name {
                DescentName::Gradient => -rate * gradient,
                DescentName::QuickProp => quick(rate, gradient, before, step),
                DescentName::RProp => resilient(gradient, before, step),
            };
        }
    }
}

fn quick(rate: f64, gradient: f64, before: &mut f64, step: &mut f64) -> f64 {
    let parabola = match *before - gradient {
        0.0 => 0.0,
        // Where the slope did not fall, the parabola has no bottom ahead.
        fall => match gradient / fall {
            share if !(-1.0..=GROWTH).contains(&share) => GROWTH * *step,
            share => share * *step,
        },
    };
    let downhill = if gradient * *before >= 0.0 { -rate * gradient } else { 0.0 };
    *before = gradient;
    *step = (parabola + downhill).clamp(-LONGEST, LONGEST);
    *step
}

fn resilient(gradient: f64, before: &mut f64, step: &mut f64) -> f64 {
    let turn = gradient * *before;
    *step = match turn {
        turn if turn > 0.0 => (*step * UP).min(LONGEST),
        turn if turn < 0.0 => (*step * DOWN).max(SHORTEST),
        _ => *step,
    };
    // After a turn it waits one epoch.
    *before = if turn < 0.0 { 0.0 } else { gradient };
    if *before == 0.0 { 0.0 } else { -before.signum() * *step }
}

#[cfg(test)]
mod tests {
    use super::{Descent, DescentName};

    /// Steps to within 1e-3 of the bottom of 1/2 (w - 3)^2 from 0.
    fn n_steps(name: DescentName) -> usize {
        let (mut descent, mut weights) = (Descent::new(name, 0.01, 1), [0.0]);
        (1..=10_000)
            .find(|_| {
                let gradient = [weights[0] - 3.0];
                descent.step(&mut weights, &gradient);
                (weights[0] - 3.0).abs() < 1e-3
            })
            .expect("it converges")
    }

    #[test]
    fn the_faster_descents_are_faster_on_a_parabola() {
        assert_eq!(n_steps(DescentName::Gradient), 797);
        assert!(n_steps(DescentName::QuickProp) < 20, "{}", n_steps(DescentName::QuickProp));
        assert!(n_steps(DescentName::RProp) < 50, "{}", n_steps(DescentName::RProp));
    }
}
