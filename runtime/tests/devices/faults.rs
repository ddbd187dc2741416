//! A link that loses, doubles, flips and delays bytes: the driver's answers are right, or errors.

use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::driver::Driver;
use spikeforge_runtime::link::faulty::{Faults, FaultyLink};
use spikeforge_runtime::link::{Link, LinkError};
use spikeforge_sim::random::{train, SplitMix64};
use spikeforge_sim::{Device, DeviceError, LayerId, Network, Reference, Spikes};
use std::time::Duration;

use crate::board::{board, host_map, small_network, IMPATIENT};

type FaultyDriver = Driver<FaultyLink<BoardModel<Reference>>>;

/// How a session with a faulty link went.
#[derive(Default)]
struct Outcome {
    n_right: u64,
    errors: Vec<String>,
    n_retries: u64,
    n_repeats: u64,
}

/// Runs and steps through a faulty link. Panics where an answer is wrong and no error says so.
fn session(seed: u64, faults: Faults) -> Outcome {
    let network = small_network(seed % 7);
    let mut outcome = Outcome::default();
    let link = FaultyLink::new(board(&network), faults, seed);
    let mut driver = match Driver::open(link, host_map(&network), IMPATIENT) {
        Ok(driver) => driver,
        Err(error) => {
            return Outcome {
                errors: vec![error.to_string()],
                ..outcome
            }
        }
    };
    for round in 0..4 {
        let train = train(seed + round, network.input.n(), 5);
        let results = [
            same_run(&mut driver, &network, &train),
            same_steps(&mut driver, &network, &train),
        ];
        for result in results {
            match result {
                Ok(()) => outcome.n_right += 1,
                Err(error) => outcome.errors.push(error.to_string()),
            }
        }
    }
    outcome.n_retries = driver.statistics().retries;
    outcome.n_repeats = driver.link_mut().inner().n_repeats;
    outcome
}

fn same_run(
    driver: &mut FaultyDriver,
    network: &Network,
    train: &[Spikes],
) -> Result<(), DeviceError> {
    let expected = Reference::new(network).run(train).unwrap();
    assert_eq!(driver.run(train)?, expected);
    Ok(())
}

fn same_steps(
    driver: &mut FaultyDriver,
    network: &Network,
    train: &[Spikes],
) -> Result<(), DeviceError> {
    let mut reference = Reference::new(network);
    reference.reset().unwrap();
    driver.reset()?;
    for input in train {
        assert_eq!(driver.step(input)?, reference.step(input).unwrap());
        for layer in (0..).take(network.layers.len()).map(LayerId) {
            assert_eq!(driver.state(layer)?, reference.state(layer).unwrap());
        }
    }
    Ok(())
}

#[test]
fn rare_faults_are_put_right() {
    let kinds = [
        Faults {
            drop: 1,
            ..Faults::default()
        },
        Faults {
            burst: 1,
            ..Faults::default()
        },
        Faults {
            repeat: 1,
            ..Faults::default()
        },
        Faults {
            flip: 1,
            ..Faults::default()
        },
        Faults {
            delay: 1,
            ..Faults::default()
        },
        Faults {
            drop: 1,
            burst: 1,
            repeat: 1,
            flip: 1,
            delay: 1,
            close_after: None,
        },
    ];
    for (kind, faults) in kinds.into_iter().enumerate() {
        let mut total = Outcome::default();
        for seed in 0..60 {
            let outcome = session(1000 * kind as u64 + seed, faults);
            assert_eq!(
                outcome.errors,
                Vec::<String>::new(),
                "kind {kind}, seed {seed}"
            );
            total.n_retries += outcome.n_retries;
            total.n_repeats += outcome.n_repeats;
        }
        assert!(total.n_retries > 0, "kind {kind} did no harm");
        assert!(
            total.n_repeats > 0,
            "kind {kind} never lost the answer to a STEP"
        );
    }
}

#[test]
fn faults_of_any_strength_end_in_the_right_answer_or_an_error() {
    let (mut n_right, mut n_errors) = (0u64, 0u64);
    for seed in 0..400 {
        let mut random = SplitMix64::new(seed);
        let mut rate = || u32::try_from(random.within(0, 40)).unwrap();
        let faults = Faults {
            drop: rate(),
            burst: rate() / 8,
            repeat: rate(),
            flip: rate(),
            delay: rate() / 4,
            close_after: None,
        };
        let outcome = session(seed, faults);
        n_right += outcome.n_right;
        n_errors += outcome.errors.len() as u64;
    }
    assert!(
        n_right > 100 && n_errors > 100,
        "{n_right} right, {n_errors} errors: the rates test one side only"
    );
}

#[test]
fn a_link_that_closes_is_named_at_once() {
    for close_after in (0..3000).step_by(7) {
        let network = small_network(2);
        let faults = Faults {
            close_after: Some(close_after),
            ..Faults::default()
        };
        let link = FaultyLink::new(board(&network), faults, close_after);
        let train = train(1, network.input.n(), 5);
        let result = Driver::open(link, host_map(&network), IMPATIENT)
            .map_err(DeviceError::from)
            .and_then(|mut driver| {
                (0..200).try_for_each(|_| same_steps(&mut driver, &network, &train))
            });
        assert_eq!(
            result.unwrap_err().to_string(),
            "the link was closed by the device"
        );
    }
}

/// A port at which nothing, or only noise, is heard.
struct Noise(Option<u8>);

impl Link for Noise {
    fn send(&mut self, _bytes: &[u8]) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8], _timeout: Duration) -> Result<usize, LinkError> {
        let Some(byte) = self.0 else { return Ok(0) };
        buffer.fill(byte);
        Ok(buffer.len())
    }
}

#[test]
fn silence_and_noise_without_end_are_errors() {
    let map = host_map(&small_network(0));
    let error = Driver::open(Noise(None), map.clone(), IMPATIENT)
        .map(drop)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no answer to READ identity within 1 ms, 25 times"),
        "{error}"
    );
    for byte in [0x00, 0x5A, 0xA5, 0xFF] {
        let error = Driver::open(Noise(Some(byte)), map.clone(), IMPATIENT)
            .map(drop)
            .unwrap_err();
        assert!(
            error.to_string().contains("sends bytes without end"),
            "{error}"
        );
    }
}
