use spikeforge_sim::random::SplitMix64;
use spikeforge_train::spikeprop::{classify, compare, xor, Course, DescentName, Network};
use spikeforge_train::Samples;

const MOST: usize = 1000;

fn network(seed: u64) -> Network {
    Network::new(&[3, 5, 1], 1.0..10.0, seed)
}

/// dE/dw by differences of the spike times themselves.
#[test]
fn the_gradient_is_that_of_the_spike_times() {
    gradient_holds(&network(4));
    gradient_holds(&network(4).gained(&[0.8, 1.25]));
}

fn gradient_holds(network: &Network) {
    let pattern = &xor()[1];
    let error = |network: &Network| {
        let time = network.run(&pattern.inputs)[2][0].expect("the output fires");
        (time - pattern.wanted[0]).powi(2) / 2.0
    };
    let times = network.run(&pattern.inputs);
    let wrong = times[2][0].expect("the output fires") - pattern.wanted[0];
    let mut gradient = vec![0.0; network.weights.len()];
    network.add_gradient(&times, &[wrong], &mut gradient);
    let mut n_moving = 0;
    for (i, &got) in gradient.iter().enumerate() {
        let moved = |by: f64| {
            let mut network = network.clone();
            network.weights[i] += by;
            error(&network)
        };
        let expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        assert!((got - expected).abs() < 1e-4 * expected.abs().max(0.1), "weight {i}: {got} {expected}");
        n_moving += usize::from(expected.abs() > 1e-6);
    }
    assert!(n_moving > 40, "{n_moving}");
}

/// XOR by spike times: every descent solves it, and the faster ones take far fewer epochs
/// (McKennoch et al. 2006), although plain descent has the rate that suits it best.
#[test]
fn xor_is_solved_and_the_faster_descents_are_faster() {
    let rows = compare(1, 9, MOST);
    assert_eq!(rows.iter().map(|row| row.descent).collect::<Vec<_>>(), ["gradient", "quickprop", "rprop"]);
    assert!(rows.iter().all(|row| row.solved >= 8), "{rows:?}");
    let median = |row: usize| rows[row].median_epochs.expect("it was solved");
    let [plain, quick, resilient] = [0, 1, 2].map(median);
    assert!(plain < MOST / 4, "{plain}");
    assert!(3 * quick < 2 * plain && 3 * resilient < 2 * plain, "{plain} {quick} {resilient}");
}

/// Six noisy pixels, of which the first or the last three are bright. With its labels turned over the same set is told apart
/// the other way round, so it is the labels that are learned.
#[test]
fn every_descent_tells_classes_of_samples_apart() {
    let mut random = SplitMix64::new(5);
    let mut noise = |least: u8| least + u8::try_from(random.below(60)).expect("a byte");
    let labels: Vec<usize> = (0..120).map(|i| i % 2).collect();
    let pixels = labels.iter().flat_map(|&label| (0..6).map(move |place| (label, place)));
    let pixels: Vec<u8> = pixels.map(|(label, place)| noise(if place / 3 == label { 130 } else { 70 })).collect();
    let samples = |labels: &[usize]| Samples::new(pixels.clone(), vec![6], labels.to_vec(), 2).expect("samples");
    let turned: Vec<usize> = labels.iter().map(|label| 1 - label).collect();
    let course = Course { n_fields: 4, n_hidden: 4, n_epochs: 40, rate_factor: 4.0, seed: 1 };
    for &name in DescentName::ALL {
        for labels in [&labels, &turned] {
            let all = samples(labels);
            let (learned, tested) = (all.select(&(0..80).collect::<Vec<_>>()), all.select(&(80..120).collect::<Vec<_>>()));
            let got = classify(name, &learned, &tested, &course, &mut |_, _, _| {}).expect("enough samples");
            assert!(got.test > 0.9, "{got:?}");
        }
    }
}
