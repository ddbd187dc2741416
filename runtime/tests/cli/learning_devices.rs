//! A design that learns, as a user meets it: Verilated, and behind the serial port of a simulated board.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{Coding, Dataset, Saved};
use spikeforge_runtime::simulation::{Level, Simulator};

use crate::program::{npy, Ended, Folder};
use crate::terminal::plug_in_link;

const N: usize = 50;
const COURSE: [&str; 4] = ["--epochs", "4", "--shuffle", "3"];

/// A folder with a small design that learns, and 50 digits.
fn folder() -> Folder {
    folder_of("sign-symmetric,bits=6,threshold=8")
}

fn folder_of(rule: &str) -> Folder {
    let folder = Folder::new();
    let compile = ["compile", "--learn", rule, "--shape", "64-16-10", "--board", "ulx3s-25f"];
    folder.run(&[&compile[..], &["-o", "l.bundle"]].concat()).done();
    let digits = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().train;
    let labels: Vec<u8> = digits.labels()[..N].iter().map(|&label| u8::try_from(label).unwrap()).collect();
    folder.file("x.npy", &npy(&format!("({N}, 64)"), &digits.pixels()[..64 * N]));
    folder.file("y.npy", &npy(&format!("({N},)"), &labels));
    folder
}

fn args<'a>(device: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let learn = ["learn", "l.bundle", "--inputs", "x.npy", "--labels", "y.npy", "--device", device, "--json"];
    [&learn, more].concat()
}

fn saved(folder: &Folder, name: &str) -> Saved {
    Saved::read(&folder.path(name)).unwrap()
}

/// All that is learned is the same, whatever learned it.
fn check(folder: &Folder, [expected, got]: [&str; 2]) {
    let [expected, got] = [expected, got].map(|name| saved(folder, name));
    assert!(expected.checkpoint.n_samples == 4 * N as u64, "{}", expected.checkpoint.n_samples);
    assert!(expected.checkpoint == got.checkpoint, "other latents, readouts, registers or random numbers");
    let right = |saved: &Saved| saved.progress.curve.iter().map(|point| (point.train, point.learned)).collect::<Vec<_>>();
    assert_eq!(right(&expected), right(&got));
}

fn learn(folder: &Folder, device: &str, checkpoint: &str) -> Ended {
    folder.run(&args(device, &[&COURSE[..], &["--checkpoint", checkpoint]].concat()))
}

#[test]
fn the_verilated_design_learns_as_the_reference() {
    let folder = folder();
    learn(&folder, "reference", "r").done();
    let report = learn(&folder, "verilated", "v").done().json();
    check(&folder, ["r", "v"]);
    let [cost, most] = ["cost", "most_cost"].map(|name| report[name].as_f64().unwrap());
    assert!(1.0 < cost && cost < most && most <= 3.0, "{report}");
    let costs: Vec<f64> = saved(&folder, "v").progress.curve.iter().filter_map(|point| point.cost).collect();
    assert!(costs.len() == 4 && costs.iter().all(|&cost| 1.0 < cost && cost <= most), "{costs:?}");
    // What it was not built for is refused, before any tool runs.
    let refused = |more: &[&str]| folder.run(&args("verilated", more));
    refused(&["--rule", "drtp"]).check(3, "built for sign-symmetric; make another by `spikeforge compile --learn drtp`");
    refused(&["--latent-bits", "8"]).check(3, "with latents of 6 bits");
    refused(&["--timesteps", "9"]).check(8, "9 timesteps");
    folder.run(&["learn", "--shape", "64-16-10", "--dataset", "digits", "--device", "verilated"]).check(2, "name its bundle");
    folder.run(&["export", "l.bundle", "--checkpoint", "v", "-o", "learned.nir"]).done();
}

/// Of a rule that presents each sample twice, the average sample costs half an inference more all the same.
#[test]
fn learning_keeps_to_its_budget_of_cycles() {
    let folder = folder_of("forward-forward,threshold=8");
    let learn = |device: &str, checkpoint: &str, more: &[&str]| {
        let course = ["--rule", "forward-forward", "--epochs", "2", "--checkpoint", checkpoint];
        folder.run(&args(device, &[&course[..], more].concat())).done().json()
    };
    let (kept, free) = (learn("verilated", "v", &[]), learn("verilated", "f", &["--budget", "none"]));
    let facts = |report: &serde_json::Value| (report["cost"].as_f64().unwrap(), report["withheld"].as_u64().unwrap());
    let ((kept, withheld), (free, none_withheld)) = (facts(&kept), facts(&free));
    assert!(1.25 < kept && kept <= 1.5 && withheld == 75, "{kept}, {withheld}");
    assert!(2.0 < free && free <= 3.0 && none_withheld == 0, "{free}, {none_withheld}");
    learn("reference", "r", &[]);
    assert!(saved(&folder, "r").checkpoint == saved(&folder, "v").checkpoint, "the reference learned from other samples");
}

#[test]
fn an_interrupted_design_goes_on_to_the_same_bits() {
    let folder = folder();
    learn(&folder, "reference", "whole").done();
    let more = [&COURSE[..], &["--checkpoint", "part", "--checkpoint-every", "10"]].concat();
    let command = args("verilated", &more);
    let child = folder.command(&command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !folder.path("part").exists() {
        thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    let n_seen = saved(&folder, "part").progress.n_presented;
    assert!(ended.exit == Some(130) && (10..4 * N as u64).contains(&n_seen), "{n_seen} samples, {ended:?}");
    std::fs::copy(folder.path("part"), folder.path("other")).unwrap();
    for (device, checkpoint) in [("verilated", "part"), ("reference", "other")] {
        folder.run(&args(device, &["--resume", checkpoint, "--checkpoint", checkpoint])).done();
        check(&folder, ["whole", checkpoint]);
    }
}

/// The board has learned something else before, which the course does not go on from.
#[test]
fn a_board_at_a_serial_port_learns_as_the_reference() {
    let folder = folder();
    learn(&folder, "reference", "r").done();
    let compiled = Compiled::load(&folder.path("l.bundle")).unwrap();
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut |_| () };
    let port = plug_in_link(simulator.driver(&compiled, Level::Board).unwrap().into_link());
    folder.run(&args(&port, &["--limit", "5"])).done();
    learn(&folder, &port, "b").done();
    check(&folder, ["r", "b"]);
}
