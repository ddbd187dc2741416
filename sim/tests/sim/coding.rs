use proptest::prelude::*;
use spikeforge_sim::{argmax, coding, evaluate, random, Reference, Spikes};

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
