//! Places that cannot be written, tools that are missing, boards that are too small, ports that are not there.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Command;

use crate::program::{npy, repository, Ended, Folder, DIGITS};

fn compile<'a>(model: &'a str, board: &'a str, output: &'a str) -> [&'a str; 6] {
    ["compile", model, "--board", board, "-o", output]
}

fn digits() -> String {
    repository(DIGITS).to_str().unwrap().to_owned()
}

#[test]
fn a_file_or_a_foreign_folder_in_place_of_the_bundle() {
    let folder = Folder::new();
    folder.file("taken", b"mine");
    fs::create_dir(folder.path("photos")).unwrap();
    folder
        .run(&compile(&digits(), "icebreaker", "taken"))
        .check(4, "a file stands where the bundle folder should go: taken");
    folder
        .run(&compile(&digits(), "icebreaker", "photos"))
        .check(4, "photos is a folder that is not a bundle");
    folder
        .run(&compile(&digits(), "icebreaker", "no/such/place"))
        .check(4, "there is no folder no/such to put the bundle in");
    assert_eq!(fs::read(folder.path("taken")).unwrap(), b"mine");
    assert_eq!(folder.names(), ["photos", "taken"]);
}

#[test]
fn no_permission_to_write() {
    // Not even root may make a folder there.
    let folder = Folder::with_bundle();
    folder
        .run(&compile(&digits(), "icebreaker", "/sys/x.bundle"))
        .check(4, "no permission to write /sys");
    folder.file("x.npy", &npy("(1, 1, 64)", &[0; 64]));
    let ended = folder.run(&[
        "infer",
        "n.bundle",
        "--inputs",
        "x.npy",
        "--outputs",
        "/sys/out.npy",
    ]);
    ended.check(4, "/sys/out.npy could not be written: ");
}

#[test]
fn space_that_ends_half_way_leaves_the_old_bundle_and_nothing_new() {
    let folder = Folder::with_bundle();
    let before = fs::read(folder.path("n.bundle/bundle.json")).unwrap();
    // A limit of 20 kB a file stands for the full disk, which takes a file system of its own.
    let mut command = Command::new("bash");
    let program = folder.command(&[]).get_program().to_owned();
    command
        .args(["-c", "trap '' XFSZ; ulimit -f 20; exec \"$@\"", "bash"])
        .arg(program);
    command
        .args(compile(&digits(), "hx8k-breakout", "n.bundle"))
        .current_dir(folder.path("."));
    let ended = Ended::of(command.output().unwrap());
    ended.check(4, "could not be written");
    assert_eq!(
        fs::read(folder.path("n.bundle/bundle.json")).unwrap(),
        before
    );
    assert_eq!(folder.names(), ["n.bundle"]);
}

#[test]
fn a_board_that_nobody_knows() {
    let folder = Folder::new();
    let ended = folder.run(&compile(&digits(), "icebraeker", "x.bundle"));
    ended.check(2, "no board is called \"icebraeker\" (did you mean icebreaker?); the boards are alchitry-cu, ");
    folder.file("mine.toml", b"name = 3");
    folder
        .run(&compile(&digits(), "mine.toml", "x.bundle"))
        .check(4, "mine.toml:1: ");
    assert_eq!(folder.names(), ["mine.toml"]);
}

#[test]
fn a_board_that_is_too_small() {
    let folder = Folder::new();
    for name in ["icebreaker.pcf", "icebreaker.toml"] {
        let text = fs::read_to_string(repository("constraints").join(name)).unwrap();
        folder.file(
            name,
            text.replace("block_rams = 30", "block_rams = 2").as_bytes(),
        );
    }
    let mnist = repository("examples/snntorch/mnist_784_128_10.nir");
    let ended = folder.run(&compile(
        mnist.to_str().unwrap(),
        "./icebreaker.toml",
        "x.bundle",
    ));
    ended.check(
        6,
        "block RAMs, icebreaker has 2; use a smaller network, fewer --fraction-bits, or one of: ",
    );
    assert!(!folder.path("x.bundle").exists());
}

#[test]
fn tools_that_are_missing_say_how_to_get_them() {
    let folder = Folder::with_bundle();
    folder.file("x.npy", &npy("(1, 1, 64)", &[0; 64]));
    let cosim = ["cosim", "n.bundle", "--inputs", "x.npy"];
    let infer = [
        "infer",
        "n.bundle",
        "--inputs",
        "x.npy",
        "--device",
        "verilated",
    ];
    for args in [cosim.as_slice(), &infer] {
        let ended = Ended::of(
            folder
                .command(args)
                .env("PATH", "/nowhere")
                .output()
                .unwrap(),
        );
        ended.check(7, "verilator is not installed; type: apt install verilator");
    }
    let ended = Ended::of(
        folder
            .command(&["doctor"])
            .env("PATH", "/nowhere")
            .output()
            .unwrap(),
    );
    ended.check(7, "missing: ");
    assert!(
        ended
            .stdout
            .contains("MISSING; type: apt install verilator"),
        "{ended:?}"
    );
}

#[test]
fn ports_that_are_not_there() {
    let folder = Folder::with_bundle();
    folder.file("x.npy", &npy("(1, 1, 64)", &[0; 64]));
    let infer =
        |device| folder.run(&["infer", "n.bundle", "--inputs", "x.npy", "--device", device]);
    infer("/dev/no-such-port").check(8, "there is no serial port /dev/no-such-port; ");
    infer("/dev/null").check(8, "the serial port /dev/null cannot be set up");
    infer("verilatd").check(
        2,
        "there are reference, verilated, simulated-board and serial ports",
    );
}

#[test]
fn a_reader_that_closes_early_is_no_failure_and_a_full_disk_is_one() {
    let folder = Folder::new();
    let (read, write) = UnixStream::pair().unwrap();
    drop(read);
    let ended = Ended::of(
        folder
            .command(&["boards"])
            .stdout(OwnedFd::from(write))
            .output()
            .unwrap(),
    );
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ended = Ended::of(folder.command(&["boards"]).stdout(full).output().unwrap());
    ended.check(
        4,
        "standard output could not be written: No space left on device",
    );
}
