//! Learning as a user meets it: what is learned, resumed, exported, streamed, and what is refused.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{Coding, Dataset, Saved};
use spikeforge_sim::plasticity::LearningReference;
use spikeforge_sim::{Device, Reference};

use crate::program::{npy, Ended, Folder};
use crate::terminal::terminal;

const NET: [&str; 7] = ["learn", "--shape", "64-64-10", "--dataset", "digits", "--shuffle", "3"];

/// Those of a start: a course ends with lower ones.
const RATES: &str = "shift=8,readout-shift=6";

fn learn(folder: &Folder, more: &[&str]) -> Ended {
    folder.run(&[&NET, more].concat())
}

#[test]
fn digits_are_learned() {
    let folder = Folder::new();
    let args = ["learn", "--shape", "64-128-10", "--dataset", "digits", "--epochs", "20", "--shuffle", "1"];
    let ended = folder.run(&[&args[..], &["--json", "--curve", "c.csv"]].concat());
    let report = ended.done().json();
    // 91.67 % on the last 360 of the set, whose writers are not those of the first 1437.
    assert!(report["test_accuracy"].as_f64().unwrap() > 0.91, "{report}");
    let curve = std::fs::read_to_string(folder.path("c.csv")).unwrap();
    assert_eq!(curve.lines().count(), 21);
    assert!(std::fs::read_to_string(folder.path("c.svg")).unwrap().starts_with("<svg"));
}

#[test]
fn an_interrupted_course_goes_on_to_the_same_bits() {
    let folder = Folder::new();
    learn(&folder, &["--epochs", "40", "--checkpoint", "whole"]).done();
    let args = [&NET[..], &["--epochs", "40", "--checkpoint", "part", "--eval-every", "1437"]].concat();
    let child = folder.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(150));
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    // A machine fast enough to be done by then has nothing to resume, but is to end with the same.
    if ended.exit == Some(130) {
        let n_seen = Saved::read(&folder.path("part")).unwrap().progress.n_presented;
        assert!(n_seen < 40 * 1437, "{n_seen}");
        let args = ["learn", "--shape", "64-64-10", "--dataset", "digits", "--resume", "part", "--checkpoint", "part"];
        folder.run(&args).done();
    }
    let [whole, part] = ["whole", "part"].map(|name| std::fs::read(folder.path(name)).unwrap());
    assert!(whole == part, "the resumed course came to other bits");
}

#[test]
fn a_killed_course_leaves_a_whole_checkpoint() {
    let folder = Folder::new();
    let args = [&NET[..], &["--epochs", "500", "--checkpoint", "c", "--checkpoint-every", "20"]].concat();
    for wait in [120, 190, 260] {
        let mut child = folder.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !folder.path("c").exists() {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = Saved::read(&folder.path("c")).unwrap();
        assert_eq!(saved.progress.n_presented % 20, 0);
    }
}

#[test]
fn an_altered_checkpoint_is_refused() {
    let folder = Folder::new();
    learn(&folder, &["--limit", "50", "--checkpoint", "c"]).done();
    let bytes = std::fs::read(folder.path("c")).unwrap();
    for at in (0..bytes.len()).step_by(bytes.len() / 60) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        folder.file("a", &altered).file("cut", &bytes[..at]);
        assert!(Saved::read(&folder.path("a")).is_err(), "a bit of byte {at}");
        assert!(Saved::read(&folder.path("cut")).is_err(), "cut to {at} bytes");
    }
    folder.run(&["learn", "--dataset", "digits", "--resume", "a"]).check(4, "was altered or cut short");
    folder.run(&["learn", "--dataset", "cancer", "--resume", "c"]).check(4, "the samples have 60 features");
    folder.run(&["learn", "--dataset", "digits", "--resume", "c"]).check(4, "learned from other samples");
    folder
        .run(&["learn", "--shape", "64-32-10", "--dataset", "digits", "--resume", "c"])
        .check(2, "the checkpoint is of another net: the shape is 64-64-10 there, 64-32-10 was asked for");
    folder.run(&["learn", "--dataset", "digits", "--rule", "drtp", "--resume", "c"]).check(2, "the rule is sign-symmetric there");
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let folder = Folder::with_bundle();
    folder.file("x.npy", &npy("(3, 64)", &[100; 192]));
    folder.file("y.npy", &npy("(3,)", &[0, 1, 10])).file("few.npy", &npy("(2,)", &[0, 1]));
    let of = |labels: &str| {
        folder.run(&["learn", "--shape", "64-8-10", "--inputs", "x.npy", "--labels", labels])
    };
    of("y.npy").check(4, "label 2 is 10, the network tells the classes 0 to 9 apart");
    of("few.npy").check(4, "there are 2 labels for 3 samples");
    learn(&folder, &["--rule", "backprop"]).check(2, "the rules are sign-symmetric, random-feedback");
    learn(&folder, &["--set", "speed=3"]).check(2, "\"speed=3\" is no setting");
    learn(&folder, &["--set", "shift=40"]).check(2, "register latent_shift of layer 0 is 40, it may be 0 to 16");
    folder
        .run(&["learn", "n.bundle", "--rule", "symba", "--dataset", "digits"])
        .check(3, "symba shows labels on input lines that this bundle was not built with");
    folder.run(&["learn", "--dataset", "digits"]).check(2, "say what learns");
    folder.run(&["learn", "--shape", "64-10", "--dataset", "digits"]).check(2, "is no shape");
}

#[test]
fn what_was_learned_compiles_to_the_same_spikes() {
    let folder = Folder::new();
    learn(&folder, &["--epochs", "3", "--checkpoint", "c"]).done();
    folder.run(&["export", "--checkpoint", "c", "-o", "learned.nir"]).done();
    let compile = ["compile", "learned.nir", "--fraction-bits", "0", "--beta-bits", "3", "--board", "ulx3s-25f"];
    folder.run(&[&compile[..], &["-o", "l.bundle"]].concat()).done();
    let compiled = Compiled::load(&folder.path("l.bundle")).unwrap().network;
    let learner = LearningReference::resume(Saved::read(&folder.path("c")).unwrap().checkpoint).unwrap();
    let learned = learner.forward();
    assert_eq!(compiled.layers[0].weights, learned.layers[0].weights);
    let samples = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().test;
    let mut devices = [Reference::new(&compiled), Reference::new(&learned)];
    let mut n_spikes = 0;
    for sample in 0..samples.len() {
        let train = samples.train(sample);
        let [got, expected] = devices.each_mut().map(|device| device.run(&train).unwrap());
        assert_eq!(got, expected, "sample {sample}");
        n_spikes += got.iter().map(|spikes| spikes.count_ones()).sum::<usize>();
    }
    assert!(n_spikes > 10_000, "{n_spikes}");
    // And back: the bundle's weights are where a course may start.
    folder.run(&["export", "l.bundle", "--checkpoint", "c", "-o", "x.nir"]).check(3, "nothing is left to learn");
}

#[test]
fn a_stream_is_learned_as_it_comes() {
    let folder = Folder::new();
    let samples = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().train;
    let record = |i: usize| {
        let label = u8::try_from(samples.labels()[i]).unwrap();
        [&[label], &samples.pixels()[64 * i..64 * (i + 1)]].concat()
    };
    let mut records: Vec<u8> = (0..40).flat_map(record).collect();
    records.push(255);
    records.extend(&samples.pixels()[..64]);
    folder.file("s", &records).file("cut", &records[..100]).file("wrong", &[10; 65]);
    let stream = |from: &str| {
        folder.run(&["learn", "--shape", "64-64-10", "--stream", from, "--checkpoint", "c"])
    };
    let ended = stream("s");
    ended.done();
    assert_eq!(ended.stdout.lines().count(), 41);
    assert!(ended.stdout.lines().last().unwrap().ends_with("label - kept"), "{}", ended.stdout);
    // The same samples in their order, as a course of them.
    let course = ["learn", "--shape", "64-64-10", "--dataset", "digits", "--limit", "40", "--halvings", "1"];
    folder.run(&[&course[..], &["--checkpoint", "d"]].concat()).done();
    let [streamed, taught] = ["c", "d"].map(|name| Saved::read(&folder.path(name)).unwrap().checkpoint);
    assert!(streamed == taught, "the stream came to other bits");
    stream("cut").check(4, "the stream ended within record 2: 35 of 65 bytes came");
    stream("wrong").check(4, "label 0 is 10");
}

/// The labels are control characters to a terminal that is not set to bytes as they are.
#[test]
fn a_serial_port_is_learned_from_until_the_interrupt() {
    let folder = Folder::new();
    let samples = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().train;
    let (mut sender, _slave, port) = terminal();
    let args = ["learn", "--shape", "64-64-10", "--stream", &port, "--checkpoint", "c"];
    let mut child = folder.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut said, mut told) = (String::new(), String::new());
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("listening at "), "{said}");
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for (label, pixels) in samples.labels().iter().zip(samples.pixels().chunks(64)).take(40) {
        sender.write_all(&[&[u8::try_from(*label).unwrap()], pixels].concat()).unwrap();
        answers.read_line(&mut told).unwrap();
    }
    assert!(told.lines().count() == 40 && told.contains("\n40 class "), "{told}");
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let course = ["learn", "--shape", "64-64-10", "--dataset", "digits", "--limit", "40", "--halvings", "1"];
    folder.run(&[&course[..], &["--checkpoint", "d"]].concat()).done();
    let [streamed, taught] = ["c", "d"].map(|name| Saved::read(&folder.path(name)).unwrap().checkpoint);
    assert!(streamed == taught, "the stream came to other bits");
}

#[test]
fn a_shifted_world_is_adapted_to() {
    let folder = Folder::new();
    learn(&folder, &["--epochs", "10", "--checkpoint", "c"]).done();
    folder.run(&["shift", "--dataset", "digits", "--shift", "rename", "-o", "turned"]).done();
    let files = ["train", "test"].map(|part| {
        ["images-idx3", "labels-idx1"].map(|what| format!("turned/{part}-{what}-ubyte"))
    });
    let [[images, labels], [test_images, test_labels]] = &files;
    let args = ["learn", "--from", "c", "--inputs", images, "--labels", labels];
    let tests = ["--test-inputs", test_images, "--test-labels", test_labels, "--set", RATES, "--json"];
    let report = folder.run(&[&args[..], &tests].concat()).done().json();
    assert!(report["test_accuracy"].as_f64().unwrap() > 0.7, "{report}");
    let adapt = ["adapt", "--checkpoint", "c", "--dataset", "digits", "--shift", "rename", "--after", "0,1000"];
    let report = folder.run(&[&adapt[..], &["--set", RATES, "--json"]].concat()).done().json();
    let [before, after] = [0, 1].map(|row| report[0]["rows"][row].clone());
    let [before, after, old] = [&before["new_domain"], &after["new_domain"], &before["old_domain"]].map(|x| x.as_f64().unwrap());
    assert!(before < 0.2 && after > 0.7 && old > 0.85, "{report}");
}
