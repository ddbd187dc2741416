//! One neuron: when do its arrivals lift it to the threshold?

/// Of the spike response, ms.
pub const TAU: f64 = 7.0;
pub const THRESHOLD: f64 = 50.0;
/// Halvings of the interval in which a crossing lies: below 1e-12 ms.
const HALVINGS: usize = 50;

/// The spike response at `s` ms after its arrival; its greatest value is 1, at [`TAU`].
pub fn response(s: f64) -> f64 {
    if s <= 0.0 { 0.0 } else { s / TAU * (1.0 - s / TAU).exp() }
}

/// Its derivative, per ms.
pub fn response_slope(s: f64) -> f64 {
    if s <= 0.0 { 0.0 } else { (1.0 - s / TAU) / TAU * (1.0 - s / TAU).exp() }
}

/// Something that reaches a neuron: when, and with which weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    pub time: f64,
    pub weight: f64,
}

/// The first time at which the potential is at the threshold; none when it never is. Sorts the arrivals by time.
///
/// After the last arrival the potential is `(b + a s / tau) exp(-s / tau)`, which rises until `s = tau (1 - b / a)` at most.
pub fn first_spike(arrivals: &mut [Arrival]) -> Option<f64> {
    arrivals.sort_by(|one, other| one.time.total_cmp(&other.time));
    let (mut a, mut b) = (0f64, 0f64);
    for (n, arrival) in arrivals.iter().enumerate() {
        a += arrival.weight * std::f64::consts::E;
        let gap = arrivals.get(n + 1).map_or(f64::INFINITY, |next| next.time - arrival.time);
        let at = |s: f64| (b + a * s / TAU) * (-s / TAU).exp();
        let peak = if a > 0.0 { (TAU * (1.0 - b / a)).clamp(0.0, gap) } else { 0.0 };
        if at(peak) >= THRESHOLD {
            return Some(arrival.time + crossing(at, peak));
        }
        if gap.is_finite() {
            (a, b) = (a * (-gap / TAU).exp(), at(gap));
        }
    }
    None
}

/// Where a function that rises from below the threshold to above it at `end` reaches it.
fn crossing(at: impl Fn(f64) -> f64, end: f64) -> f64 {
    let (mut low, mut high) = (0.0, end);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if at(middle) < THRESHOLD { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::{first_spike, response, response_slope, Arrival, TAU, THRESHOLD};

    /// Against the sum of all responses, searched in steps of a microsecond.
    #[test]
    fn the_closed_form_crosses_where_the_sum_does() {
        let arrival = |(time, weight): (f64, f64)| Arrival { time, weight };
        let cases: [&[(f64, f64)]; 4] = [
            &[(1.0, 60.0)],
            &[(3.0, 30.0), (1.0, 30.0), (2.0, -20.0), (9.0, 40.0)],
            &[(0.0, -50.0), (2.0, 70.0), (2.0, 10.0), (5.0, 30.0)],
            &[(0.0, 30.0), (30.0, 49.0)],
        ];
        for case in cases {
            let mut arrivals: Vec<Arrival> = case.iter().copied().map(arrival).collect();
            let sum = |t: f64| case.iter().map(|(time, weight)| weight * response(t - time)).sum::<f64>();
            let searched = (0..60_000_000).step_by(1000).map(|t| f64::from(t) * 1e-6).find(|&t| sum(t) >= THRESHOLD);
            match (first_spike(&mut arrivals), searched) {
                (Some(got), Some(expected)) => assert!((got - expected).abs() < 2e-3, "{case:?}: {got} {expected}"),
                (got, expected) => assert_eq!(got, expected, "{case:?}"),
            }
        }
    }

    #[test]
    fn the_response_peaks_at_tau() {
        assert!((response(TAU) - 1.0).abs() < 1e-12 && response_slope(TAU).abs() < 1e-12);
        let slope = (response(3.001) - response(2.999)) / 0.002;
        assert!((slope - response_slope(3.0)).abs() < 1e-6);
        assert_eq!((response(-1.0), response_slope(-1.0)), (0.0, 0.0));
    }
}
