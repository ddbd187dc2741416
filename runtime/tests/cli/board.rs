//! A board at a serial port, in software at a pseudo-terminal, through the program.

use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_sim::Reference;

use crate::program::{repository, Folder, DIGITS_IMAGES, DIGITS_LABELS};
use crate::terminal::{plug_in, terminal};

fn infer(folder: &Folder, port: &str, more: &[&str]) -> crate::program::Ended {
    let (images, labels) = (repository(DIGITS_IMAGES), repository(DIGITS_LABELS));
    let inputs = [
        "--inputs",
        images.to_str().unwrap(),
        "--labels",
        labels.to_str().unwrap(),
    ];
    let coding = [
        "--encode",
        "rate",
        "--timesteps",
        "8",
        "--limit",
        "20",
        "--json",
    ];
    folder.run(
        &[
            &["infer", "n.bundle", "--device", port],
            inputs.as_slice(),
            &coding,
            more,
        ]
        .concat(),
    )
}

#[test]
fn a_board_answers_as_the_reference() {
    let folder = Folder::with_bundle();
    let compiled = Compiled::load(&folder.path("n.bundle")).unwrap();
    let board = BoardModel::new(Reference::new(&compiled.network), compiled.host_map());
    let (port, _serving) = plug_in(board, u64::MAX);
    let got = infer(&folder, &port, &["--outputs", "board.npy"]);
    let expected = infer(&folder, "reference", &["--outputs", "reference.npy"]);
    assert_eq!(
        got.done().json()["accuracy"],
        expected.done().json()["accuracy"]
    );
    let outputs = |name| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(outputs("board.npy"), outputs("reference.npy"));
}

#[test]
fn a_board_with_another_design_is_refused() {
    let folder = Folder::with_bundle();
    let compiled = Compiled::load(&folder.path("n.bundle")).unwrap();
    let mut map = compiled.host_map();
    map.identity ^= 1;
    let (port, _serving) = plug_in(
        BoardModel::new(Reference::new(&compiled.network), map),
        u64::MAX,
    );
    infer(&folder, &port, &[]).check(8, "the device is another design");
}

#[test]
fn a_board_that_is_unplugged_leaves_no_output() {
    let folder = Folder::with_bundle();
    let compiled = Compiled::load(&folder.path("n.bundle")).unwrap();
    let board = BoardModel::new(Reference::new(&compiled.network), compiled.host_map());
    let (port, _serving) = plug_in(board, 500);
    infer(&folder, &port, &["--outputs", "board.npy"])
        .check(8, "went away: the board was unplugged");
    assert_eq!(folder.names(), ["n.bundle"]);
}

#[test]
fn a_port_with_nothing_behind_it_is_named() {
    let folder = Folder::with_bundle();
    let (_master, _slave, port) = terminal();
    let ended = infer(&folder, &port, &[]);
    assert_eq!(ended.exit, Some(8), "{ended:?}");
}
