use proptest::prelude::*;
use spikeforge_sim::{argmax, coding, evaluate, random, scores, Device, LayerId, Readout, Reference, Spikes};

fn times(train: &[Spikes], pixel: usize) -> Vec<u64> {
    (0..).zip(train).filter(|(_, spikes)| spikes[pixel]).map(|(t, _)| t).collect()
}

proptest! {
    #[test]
    fn a_rate_is_its_formula_evenly_spaced(pixels in prop::collection::vec(any::<u8>(), 0..140), n_timesteps in 0..70usize) {
        let train = coding::rate(&pixels, n_timesteps);
        prop_assert_eq!(train.len(), n_timesteps);
        prop_assert!(train.iter().all(|spikes| spikes.len() == pixels.len()));
        let period = u64::try_from(n_timesteps).unwrap();
        for (i, &pixel) in pixels.iter().enumerate() {
            let n = (2 * period * u64::from(pixel) + 255) / 510;
            let expected: Vec<u64> = (0..period).filter(|t| (t + 1) * n / period > t * n / period).collect();
            let got = times(&train, i);
            prop_assert_eq!(u64::try_from(got.len()).unwrap(), n);
            for gap in got.windows(2).map(|pair| pair[1] - pair[0]) {
                prop_assert!(gap == period / n || gap == period.div_ceil(n));
            }
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_repeated_image_is_its_bright_pixels(pixels in prop::collection::vec(any::<u8>(), 0..140), n_timesteps in 0..20usize) {
        let train = coding::repeat(&pixels, n_timesteps);
        prop_assert_eq!(train.len(), n_timesteps);
        for (i, &pixel) in pixels.iter().enumerate() {
            prop_assert!(train.iter().all(|spikes| spikes[i] == (pixel > 127)));
        }
    }

    #[test]
    fn a_ramp_is_its_formula(pixels in prop::collection::vec(any::<u8>(), 1..140), n_timesteps in 0..70usize) {
        let train = coding::ramp(&pixels, n_timesteps);
        let period = u64::try_from(n_timesteps).unwrap();
        for (i, &pixel) in pixels.iter().enumerate() {
            let expected: Vec<u64> = (0..period).filter(|t| u64::from(pixel) > 256 * t / period + 8).collect();
            prop_assert_eq!(times(&train, i), expected);
        }
    }
}

#[test]
fn black_is_silent_and_white_always_spikes() {
    let train = coding::rate(&[0, 255, 128], 4);
    assert!(times(&train, 0).is_empty());
    assert_eq!(times(&train, 1), [0, 1, 2, 3]);
    assert_eq!(times(&train, 2), [1, 3]);
}

#[test]
fn ties_go_to_the_lowest_index() {
    assert_eq!(argmax(&[1, 3, 3, 2]), 1);
    assert_eq!(argmax(&[0, 0]), 0);
    assert_eq!(argmax::<u32>(&[]), 0);
}

#[test]
fn threads_do_not_change_the_counts() {
    let network = random::network(11);
    let sample = |i: usize| random::train(u64::try_from(i).unwrap(), network.input.n(), 5);
    let mut reference = Reference::new(&network);
    let alone: Vec<_> = (0..13).map(|i| reference.run_counts(&sample(i)).unwrap()).collect();
    for n_threads in [0, 1, 2, 5, 40] {
        assert_eq!(evaluate(&network, 13, n_threads, sample).unwrap(), alone);
    }
    assert!(evaluate(&network, 0, 4, sample).unwrap().is_empty());
    assert!(evaluate(&network, 3, 2, |_| vec![Spikes::new()]).is_err());
}

#[test]
fn scores_of_each_readout() {
    let fired = |neurons: [bool; 4]| neurons.into_iter().collect::<Spikes>();
    let spikes = [fired([false, false, true, false]), fired([true, false, true, false]), fired([true, false, false, true])];
    let check = |readout: Readout, expected: &[i64]| assert_eq!(readout.scores(&spikes, &[5, -3, 0, 9]), expected, "{readout:?}");
    check(Readout::Rate, &[2, 0, 2, 1]);
    check(Readout::Latency, &[2, 0, 3, 1]);
    check(Readout::Population { n_classes: 2 }, &[2, 3]);
    check(Readout::Membrane, &[5, -3, 0, 9]);
}

#[test]
fn scores_are_those_of_the_reference_on_any_number_of_threads() {
    let network = random::readout_network(3);
    let sample = |i: usize| random::train(u64::try_from(i).unwrap(), network.input.n(), 5);
    assert_eq!(Readout::of(&network), Readout::Membrane);
    let last = LayerId(u16::try_from(network.layers.len() - 1).unwrap());
    let membranes = |i: usize| {
        let mut reference = Reference::new(&network);
        reference.run(&sample(i)).unwrap();
        reference.state(last).unwrap().membranes
    };
    for n_threads in [1, 3] {
        let scores = scores(&network, Readout::Membrane, (7, n_threads), sample).unwrap();
        assert_eq!(scores, (0..7).map(membranes).collect::<Vec<_>>());
    }
}

#[test]
fn values_are_their_planes_frame_by_frame() {
    let lines: Vec<u8> = coding::planes(&[0, 1, 2, 3, 2, 1], 2, 3).iter().by_vals().map(u8::from).collect();
    assert_eq!(lines, [0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0]);
}
