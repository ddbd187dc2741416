//! What is typed wrong is told before anything is done.

use crate::program::{npy, Folder};

#[test]
fn what_is_no_command_or_option() {
    let folder = Folder::new();
    folder.run(&[]).check(2, "Usage: spikeforge <COMMAND>");
    folder
        .run(&["comple"])
        .check(2, "similar subcommands exist: 'cosim', 'compile'");
    folder
        .run(&["compile", "x.nir", "-o", "y"])
        .check(2, "--board <NAME>");
    folder
        .run(&["check", "x.nir", "--reset", "zro"])
        .check(2, "[possible values: zero, subtract, none]");
    folder
        .run(&["check", "x.nir", "--reset-delay", "maybe"])
        .check(2, "[possible values: on, off]");
    folder
        .run(&["check", "x.nir", "--fires", "below"])
        .check(2, "[possible values: above, at]");
    folder
        .run(&["check", "x.nir", "--decay", "1.5"])
        .check(2, "--decay 1.5 is out of range");
    folder
        .run(&["check", "x.nir", "--dt", "-1"])
        .check(2, "--dt -1 is out of range");
    folder
        .run(&["check", "x.nir", "--fraction-bits", "99"])
        .check(2, "--fraction-bits 99 is out of range");
    folder
        .run(&["cosim", "b", "--inputs", "x", "--level", "gates"])
        .check(2, "[possible values: rtl, netlist, bitstream]");
}

#[test]
fn inputs_that_are_said_by_half() {
    let folder = Folder::with_bundle();
    folder
        .file("x.npy", &npy("(1, 1, 64)", &[0; 64]))
        .file("images", &[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8]);
    let infer =
        |more: &[&str]| folder.run(&[&["infer", "n.bundle", "--inputs", "x.npy"], more].concat());
    infer(&["--encode", "rate"]).check(2, "--timesteps <T>");
    infer(&["--timesteps", "8"]).check(2, "--encode");
    infer(&["--encode", "rate", "--timesteps", "0"]).check(2, "0 is not in 1..=100000");
    infer(&["--limit", "0"]).check(2, "0 is not in 1..");
    infer(&["--layer", "1"]).check(2, "--outputs <OUT.npy>");
    infer(&["--layer", "2", "--outputs", "o.npy"])
        .check(2, "there is no layer 2; the network has the layers 0 to 1");
    folder
        .run(&["infer", "n.bundle", "--inputs", "images"])
        .check(2, "say how they become spikes: --encode rate --timesteps T");
    folder
        .run(&["cosim", "n.bundle", "--inputs", "x.npy", "--trace", "x.vcd"])
        .check(2, "waveforms are FST");
    assert!(!folder.path("o.npy").exists());
}

#[test]
fn help_shows_examples_and_the_exit_statuses() {
    let ended = Folder::new().run(&["--help"]);
    ended.done();
    for part in [
        "spikeforge compile examples/",
        "Exit status:",
        "5 mismatch",
        "8 device or link",
    ] {
        assert!(ended.stdout.contains(part), "{ended:?}");
    }
    for command in [
        "check", "compile", "infer", "cosim", "build", "flash", "boards", "doctor", "demo",
    ] {
        Folder::new().run(&[command, "--help"]).done();
    }
}

#[test]
fn the_demo_outside_of_the_repository_says_what_it_needs() {
    // The program lies in the build folder, which may be inside the repository; a copy does not.
    let folder = Folder::new();
    let program = folder.command(&[]).get_program().to_owned();
    std::fs::copy(program, folder.path("spikeforge")).unwrap();
    let output = std::process::Command::new(folder.path("spikeforge"))
        .arg("demo")
        .current_dir(folder.path("."))
        .output()
        .unwrap();
    crate::program::Ended::of(output).check(4, "run the demo inside the repository");
}
