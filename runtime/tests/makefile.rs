//! The commands that the Makefile gives a user, run as they stand there, on a few images.

use std::path::Path;
use std::process::Command;

#[test]
fn cosim_full_runs_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let makefile = std::fs::read_to_string(root.join("Makefile")).expect("Makefile");
    let target = makefile.split("\ncosim-full:").nth(1).expect("the target").split("\n\n").next().expect("its lines");
    let commands: Vec<&str> = target.lines().filter_map(|line| line.trim().strip_prefix("$(SPIKEFORGE) ")).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("demo.bundle").display().to_string();
    for command in commands {
        let command = command.replace("demo.bundle", &bundle);
        let limit: &[&str] = if command.starts_with("cosim") { &["--limit", "20"] } else { &[] };
        let output = Command::new(env!("CARGO_BIN_EXE_spikeforge"))
            .args(command.split(' '))
            .args(limit)
            .current_dir(&root)
            .output()
            .expect("the program");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
