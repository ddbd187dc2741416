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
use spikeforge_sim::{argmax, Device, LayerId, Reference};

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
    // By a rule that presents samples twice, so that the budget of learning is part of what goes on.
    let course = [&NET[..], &["--rule", "symba", "--epochs", "40", "--eval-every", "1437"]].concat();
    folder.run(&[&course[..], &["--checkpoint", "whole"]].concat()).done();
    let args = [&course[..], &["--checkpoint", "part"]].concat();
    let child = folder.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(150));
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    // A machine fast enough to be done by then has nothing to resume, but is to end with the same.
    if ended.exit == Some(130) {
        let n_seen = Saved::read(&folder.path("part")).unwrap().progress.n_presented;
        assert!(n_seen < 40 * 1437, "{n_seen}");
        let args = ["learn", "--shape", "64-64-10", "--dataset", "digits", "--rule", "symba", "--eval-every", "1437", "--resume", "part", "--checkpoint", "part"];
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
    let older = [b"spikeforge checkpoint 1", &bytes[b"spikeforge checkpoint 2".len()..]].concat();
    folder.file("older", &older).run(&["learn", "--dataset", "digits", "--resume", "older"]).check(4, "has checkpoint format 1");
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
    learn(&folder, &["--budget", "much"]).check(2, "a whole number of percent, as 50, or none");
    learn(&folder, &["--budget", "50", "--resume", "c"]).check(2, "cannot be used with");
    learn(&folder, &["--set", "shift=40"]).check(2, "register latent_shift of layer 0 is 40, it may be 0 to 16");
    folder
        .run(&["learn", "n.bundle", "--rule", "symba", "--dataset", "digits"])
        .check(3, "symba shows labels on input lines that this bundle was not built with");
    folder.run(&["learn", "--dataset", "digits"]).check(2, "say what learns");
    folder.run(&["learn", "--shape", "64-10", "--dataset", "digits"]).check(2, "is no shape");
}

/// Sample by sample, what the exported network's greatest membrane says is what the learner says; and what was exported is where
/// a course may start, readout and all.
#[test]
fn what_was_learned_compiles_to_the_same_classes() {
    let folder = Folder::new();
    let kinds: [&[&str]; 4] = [&[], &["--binary-readout"], &["--rule", "symba"], &["--rule", "stdp"]];
    for (index, kind) in kinds.into_iter().enumerate() {
        let (file, bundle) = (format!("learned{index}.nir"), format!("l{index}.bundle"));
        learn(&folder, &[kind, &["--epochs", "2", "--checkpoint", "c"]].concat()).done();
        folder.run(&["export", "--checkpoint", "c", "-o", &file]).done();
        let compile = ["compile", &file, "--fraction-bits", "0", "--beta-bits", "3", "--board", "ulx3s-25f"];
        folder.run(&[&compile[..], &["-o", &bundle]].concat()).done();
        let compiled = Compiled::load(&folder.path(&bundle)).unwrap().network;
        let mut learner = LearningReference::resume(Saved::read(&folder.path("c")).unwrap().checkpoint).unwrap();
        let samples = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().test;
        let (mut exported, mut n_right) = (Reference::new(&compiled), 0);
        for sample in 0..samples.len() {
            let train = samples.train(sample);
            exported.run(&train).unwrap();
            let scores = exported.state(LayerId(1)).unwrap().membranes;
            let outcome = learner.present(&train, None).unwrap();
            assert_eq!((&scores, argmax(&scores)), (outcome.scores.last().unwrap(), outcome.class), "{kind:?}, sample {sample}");
            n_right += usize::from(outcome.class == samples.labels()[sample]);
        }
        assert!(2 * n_right > samples.len(), "{kind:?} learned next to nothing: {n_right}");
        if kind.is_empty() {
            folder.run(&["learn", &bundle, "--dataset", "digits", "--limit", "1", "--set", "learn=0,readout-learn=0", "--checkpoint", "again"]).done();
            let again = LearningReference::resume(Saved::read(&folder.path("again")).unwrap().checkpoint).unwrap();
            assert_eq!(again.memories()[0].readout.values(), learner.memories()[0].readout.values());
        }
    }
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
    // From a file and from a design that learns, which tell what the checkpoint tells; an old sample after every two keeps more.
    let neurons = ["--fraction-bits", "0", "--beta-bits", "3"];
    folder.run(&["export", "--checkpoint", "c", "-o", "c.nir"]).done();
    let compile = ["compile", "--checkpoint", "c", "--board", "ulx3s-85f", "-o", "c.bundle", "--learn"];
    folder.run(&[&compile[..], &["drtp"]].concat()).check(2, "say --learn sign-symmetric");
    folder.run(&[&compile[..], &["sign-symmetric,lanes=0"]].concat()).check(2, "does not know \"lanes=0\"");
    folder.run(&[&compile[..], &["sign-symmetric"]].concat()).done();
    let from = |model: &str, more: &[&str]| {
        let adapt = ["adapt", model, "--dataset", "digits", "--shift", "rename", "--json"];
        folder.run(&[&adapt[..], &neurons, more].concat()).done().json()[0]["rows"].clone()
    };
    assert_eq!(from("c.bundle", &["--after", "0,1000", "--set", RATES]), report[0]["rows"]);
    let start = report[0]["rows"][0].clone();
    let [rows, guarded] = [&[][..], &["--replay", "2"]].map(|guard| from("c.nir", &[&["--after", "0,1000"], guard].concat()));
    assert_eq!([&rows[0], &guarded[0]], [&start, &start]);
    let [kept, old] = [&guarded, &rows].map(|rows| rows[1]["old_domain"].as_f64().unwrap());
    assert!(rows[1]["new_domain"].as_f64().unwrap() > 0.7 && kept > old, "{rows} {guarded}");
}
