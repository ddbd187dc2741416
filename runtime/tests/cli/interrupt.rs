//! An interrupt ends the program and leaves nothing half-written.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;

use crate::program::{npy, Ended, Folder};

#[test]
fn an_interrupted_inference_leaves_no_output() {
    let folder = Folder::with_bundle();
    // Long enough to be interrupted on any machine: 1000 samples of 2000 timesteps.
    folder.file("x.npy", &npy("(2000, 1000, 64)", &vec![1; 2000 * 1000 * 64]));
    let args = [
        "infer",
        "n.bundle",
        "--inputs",
        "x.npy",
        "--outputs",
        "o.npy",
    ];
    let child = folder
        .command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(250));
    kill(
        Pid::from_raw(i32::try_from(child.id()).unwrap()),
        Signal::SIGINT,
    )
    .unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    ended.check(130, "interrupted; nothing half-written was left");
    assert_eq!(folder.names(), ["n.bundle", "x.npy"]);
}
