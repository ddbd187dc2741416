//! The serial link on a real terminal device: a pseudo-terminal with a board in software at its other end.

use std::time::Duration;

use spikeforge_runtime::driver::{Driver, DriverError, Patience};
use spikeforge_runtime::link::serial::SerialLink;
use spikeforge_runtime::link::LinkError;
use spikeforge_sim::random::train;
use spikeforge_sim::{lockstep, Compare, Device, Reference};

use crate::board::{board, host_map, small_network};
use crate::terminal::{plug_in, terminal};

const BAUD_HZ: u32 = 1_000_000;

#[test]
fn a_board_at_a_serial_port_keeps_step_with_the_reference() {
    let network = small_network(5);
    let (port, _serving) = plug_in(board(&network), u64::MAX);
    let link = SerialLink::open(&port, BAUD_HZ).unwrap();
    let mut driver = Driver::open(link, host_map(&network), Patience::BOARD).unwrap();
    for seed in 0..10 {
        let train = train(seed, network.input.n(), 6);
        let compared = lockstep(
            &mut Reference::new(&network),
            &mut driver,
            &train,
            Compare::States,
        )
        .unwrap();
        assert_eq!(compared.mismatch, None, "seed {seed}");
    }
    assert_eq!(driver.statistics().retries, 0);
}

#[test]
fn a_board_that_is_unplugged_is_named() {
    let network = small_network(5);
    let (port, serving) = plug_in(board(&network), 60);
    let link = SerialLink::open(&port, BAUD_HZ).unwrap();
    let mut driver = Driver::open(link, host_map(&network), Patience::BOARD).unwrap();
    let train = train(1, network.input.n(), 6);
    let error = (0..100)
        .find_map(|_| driver.run(&train).err())
        .expect("the board was unplugged");
    assert!(
        error.to_string().contains(&format!("{port} went away")),
        "{error}"
    );
    serving.join().unwrap();
}

#[test]
fn a_port_that_is_not_there_or_is_no_port_is_named() {
    let error = |name: &str| SerialLink::open(name, BAUD_HZ).map(drop).unwrap_err();
    assert!(matches!(
        error("/dev/no-such-port"),
        LinkError::NoSuchPort { .. }
    ));
    assert!(error("/dev/no-such-port")
        .to_string()
        .starts_with("there is no serial port /dev/no-such-port; "));
    assert!(
        matches!(error("/dev/null"), LinkError::PortSetup { .. }),
        "{}",
        error("/dev/null")
    );
}

#[test]
fn a_port_that_is_silent_is_named() {
    let (_master, _slave, name) = terminal();
    let link = SerialLink::open(&name, BAUD_HZ).unwrap();
    let patience = Patience {
        silence: Duration::from_millis(20),
        settle: Duration::from_millis(5),
        ..Patience::BOARD
    };
    let error = Driver::open(link, host_map(&small_network(5)), patience)
        .map(drop)
        .unwrap_err();
    // Nobody reads at the other end, so what the terminal can hold fills up at last.
    assert!(
        matches!(
            error,
            DriverError::NoAnswer { .. } | DriverError::Link(LinkError::SendTimedOut { .. })
        ),
        "{error}"
    );
}
