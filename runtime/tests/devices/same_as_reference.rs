//! Over a link without faults a driver is the reference.

use spikeforge_hdl::protocol::HostMap;
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::driver::{Driver, DriverError};
use spikeforge_sim::random::train;
use spikeforge_sim::{lockstep, Compare, Device, DeviceError, LayerId, Reference, Spikes};

use crate::board::{board, host_map, small_network, IMPATIENT};

#[test]
fn random_networks_keep_step_with_the_reference() {
    for seed in 0..60 {
        let network = small_network(seed);
        let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
        let train = train(seed, network.input.n(), 6);
        let compared = lockstep(
            &mut Reference::new(&network),
            &mut driver,
            &train,
            Compare::States,
        )
        .unwrap();
        assert_eq!(compared.mismatch, None, "seed {seed}");
        assert_eq!(driver.statistics().retries, 0);
    }
}

#[test]
fn a_presentation_of_more_than_a_frame_is_the_same() {
    let network = small_network(3);
    let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
    let n_timesteps = 65536 / host_map(&network).input_bytes + 1;
    let train = train(1, network.input.n(), n_timesteps);
    assert_eq!(
        driver.run(&train).unwrap(),
        Reference::new(&network).run(&train).unwrap()
    );
}

#[test]
fn an_input_that_repeats_is_sent_once() {
    for seed in 0..20 {
        let network = small_network(seed);
        let map = HostMap { repeats: true, ..host_map(&network) };
        let board = BoardModel::new(Reference::new(&network), map.clone());
        let mut driver = Driver::open(board, map.clone(), IMPATIENT).unwrap();
        let train = vec![train(seed, network.input.n(), 4).remove(3); 300];
        let n_requests = driver.statistics().requests;
        assert_eq!(driver.run(&train).unwrap(), Reference::new(&network).run(&train).unwrap());
        assert_eq!(driver.statistics().requests, n_requests + 1);
        assert_eq!(driver.link_mut().n_timesteps, 300);
    }
}

#[test]
fn an_empty_presentation_is_a_reset() {
    let network = small_network(3);
    let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
    assert_eq!(driver.run(&[]).unwrap(), Vec::<Spikes>::new());
}

#[test]
fn the_wrong_design_is_refused() {
    let network = small_network(1);
    let mut map = host_map(&network);
    map.identity += 1;
    let error = Driver::open(board(&network), map, IMPATIENT).unwrap_err();
    assert!(matches!(error, DriverError::WrongDesign { .. }));
    assert_eq!(error.to_string(), "the device is another design (5f1ce0de, the bundle is 5f1ce0df); flash or build this bundle");
}

#[test]
fn wrong_inputs_and_layers_are_refused_before_anything_is_sent() {
    let network = small_network(1);
    let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
    let n_requests = driver.statistics().requests;
    let input = Spikes::repeat(true, network.input.n() + 1);
    assert!(matches!(
        driver.step(&input),
        Err(DeviceError::InputLength { .. })
    ));
    assert!(matches!(
        driver.run(&[input]),
        Err(DeviceError::InputLength { .. })
    ));
    assert!(matches!(
        driver.state(LayerId(200)),
        Err(DeviceError::NoSuchLayer { .. })
    ));
    assert_eq!(driver.statistics().requests, n_requests);
}

#[test]
fn a_device_that_calls_every_request_unknown_is_named() {
    // A board of another version: its timesteps have other lengths under the same identity.
    let network = small_network(1);
    let mut map = host_map(&network);
    map.input_bytes += 4;
    let mut driver = Driver::open(board(&network), map, IMPATIENT).unwrap();
    let error = driver
        .step(&Spikes::repeat(false, network.input.n()))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the device does not know STEP of"),
        "{error}"
    );
}
