//! From tau, r and dt to the factor and the input gain of a timestep.
//!
//! ```text
//! tau dv/dt = (v_leak - v) + r i     Euler, a step of dt:
//! v'        = beta v + gain i + (1 - beta) v_leak      beta = 1 - dt/tau, gain = r dt/tau
//! ```
//! snnTorch, whose neuron is `mem = beta mem + input`, exports r = tau/dt, so the gain is 1.

use super::framework::Discretization;
use super::semantics::is_close;

/// The factors of one neuron. The decay may be out of range; the caller names the neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factors {
    pub beta: f64,
    pub gain: f64,
}

/// The factors of a leaky neuron. tau and dt in seconds; tau = r = inf is an integrator, not a NaN.
pub(super) fn leaky(tau: f64, r: f64, dt: f64, discretization: Discretization) -> Factors {
    if tau == f64::INFINITY {
        return Factors {
            beta: 1.0,
            gain: if r == f64::INFINITY { 1.0 } else { 0.0 },
        };
    }
    match discretization {
        Discretization::Euler => Factors {
            beta: 1.0 - dt / tau,
            gain: unit(r * dt / tau),
        },
        Discretization::Exponential => {
            let beta = (-dt / tau).exp();
            Factors {
                beta,
                gain: unit(r * (1.0 - beta)),
            }
        }
    }
}

/// The factors of the same neuron with its decay replaced. A gain of 1 was normalized by the exporter and stays;
/// otherwise it follows from r and the new decay.
pub(super) fn with_decay(factors: Factors, r: f64, decay: f64) -> Factors {
    let gain = match factors.gain == 1.0 {
        true => 1.0,
        false if decay == 1.0 => r,
        false => r * (1.0 - decay),
    };
    Factors { beta: decay, gain }
}

/// The input gain of an integrator. Frameworks add the input as it is and export r = 1, but SpikingJelly r = 1/dt.
pub(super) fn integrator_gain(r: f64, dt: f64) -> f64 {
    unit(if is_close(r * dt, 1.0) { 1.0 } else { r })
}

fn unit(gain: f64) -> f64 {
    if is_close(gain, 1.0) {
        1.0
    } else {
        gain
    }
}

/// The decay that was meant: the nearest fraction of a power of two, or decimal number, that float32 parameters cannot
/// tell from this one. 0.4999999874 is 0.5.
pub(super) fn snap(beta: f64) -> f64 {
    /// Four roundings to float32 of a number below 1.
    const TOLERANCE: f64 = 2.4e-7;
    const MAX_BITS: i32 = 12;
    const MAX_DECIMALS: i32 = 5;
    let grids = (0..=MAX_BITS)
        .map(|bits| 2f64.powi(bits))
        .chain((1..=MAX_DECIMALS).map(|digits| 10f64.powi(digits)));
    grids
        .map(|grid| (beta * grid).round() / grid)
        .find(|near| (near - beta).abs() <= TOLERANCE)
        .unwrap_or(beta)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What snnTorch writes for a decay, in float32 as it does, and what is read back.
    fn check(written: f32, read: f64) {
        let dt = 1e-4f32;
        let tau = dt / (1.0 - written);
        let r = tau / dt;
        let factors = leaky(tau.into(), r.into(), 1e-4, Discretization::Euler);
        assert_eq!(
            (snap(factors.beta), factors.gain),
            (read, 1.0),
            "beta {written}, tau {tau}, r {r}"
        );
    }

    #[test]
    fn a_decay_survives_the_way_through_tau() {
        for beta in [
            0.0f32, 0.1, 0.25, 0.3, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 0.999, 0.9999,
        ] {
            check(beta, beta.to_string().parse().unwrap());
        }
        check(1.0, 1.0);
    }

    #[test]
    fn a_decay_that_is_no_round_number_is_kept() {
        assert_eq!(snap(0.4999999874), 0.5);
        assert_eq!(snap(0.123_456_7), 0.123_456_7);
        assert_eq!(snap(1.0 - 1e-6), 1.0 - 1e-6);
    }

    #[test]
    fn norse_and_sinabs_scale_the_input() {
        let norse = leaky(1e-5, 1.0, 1e-6, Discretization::Euler);
        assert!(snap(norse.beta) == 0.9 && (norse.gain - 0.1).abs() < 1e-12);
        let sinabs = leaky(10.0, 1.0, 1.0, Discretization::Exponential);
        assert!((sinabs.beta - 0.904_837).abs() < 1e-6 && (sinabs.gain - 0.095_163).abs() < 1e-6);
        assert_eq!(
            with_decay(norse, 1.0, 0.5),
            Factors {
                beta: 0.5,
                gain: 0.5
            }
        );
        assert_eq!(
            (integrator_gain(1.0, 1e-4), integrator_gain(1e4, 1e-4)),
            (1.0, 1.0)
        );
    }
}
