//! A process as a link: what it says, and how it dies.

use std::process::Command;
use std::time::{Duration, Instant};

use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::{Tap, Tapped};
use spikeforge_runtime::link::{Link, LinkError};

const SECOND: Duration = Duration::from_secs(5);

fn shell(script: &str) -> ProcessLink {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    ProcessLink::spawn(command).unwrap()
}

fn receive(link: &mut ProcessLink) -> Result<Vec<u8>, LinkError> {
    let mut buffer = [0; 16];
    let n = link.receive(&mut buffer, SECOND)?;
    Ok(buffer[..n].to_vec())
}

#[test]
fn bytes_taps_and_cycles_are_told_apart() {
    let tap = r"\001\000\000\200\002\000\000\000\375\377\377\377\004\000\000\000";
    let mut link = shell(&format!(
        r"printf 'T\020\000\000\000{tap}C\010\000\000\000\011\000\000\000\000\000\000\000H\003\000\000\000abc'; read line"
    ));
    assert_eq!(receive(&mut link).unwrap(), b"abc");
    assert_eq!(link.cycles(), 9);
    assert_eq!(
        link.take_taps(),
        [Tap {
            layer: 1,
            neuron: 2,
            membrane: -3,
            fired: true,
            cycle: 4
        }]
    );
    assert_eq!(link.take_taps(), []);
}

#[test]
fn what_is_sent_arrives() {
    let mut link = shell(r"read line; printf 'H\004\000\000\000%s' $line; read line");
    link.send(b"abcd\n").unwrap();
    assert_eq!(receive(&mut link).unwrap(), b"abcd");
}

#[test]
fn a_process_that_dies_is_named_with_its_last_words_and_status() {
    let mut link = shell("echo no image.hex here >&2; exit 3");
    let error = receive(&mut link).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the simulation sh ended (exit status: 3), saying: no image.hex here"
    );
    let mut link = shell("kill -9 $$");
    let error = receive(&mut link).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the simulation sh ended (signal: 9 (SIGKILL)), saying nothing"
    );
}

#[test]
fn what_is_no_chunk_is_named() {
    let mut link = shell("printf 'Hello, I am another program'");
    assert!(matches!(
        receive(&mut link),
        Err(LinkError::ProcessEnded { .. })
    ));
    let mut link = shell(r"printf 'X\000\000\000\000'; sleep 5");
    assert!(matches!(
        receive(&mut link),
        Err(LinkError::UnknownChunk { kind: b'X', .. })
    ));
}

#[test]
fn a_process_that_stands_still_holds_nothing_up() {
    let start = Instant::now();
    let mut link = shell("sleep 60");
    // More than a pipe holds.
    link.send(&vec![0; 1 << 20]).unwrap();
    assert_eq!(
        link.receive(&mut [0; 4], Duration::from_millis(50))
            .unwrap(),
        0
    );
    drop(link);
    assert!(start.elapsed() < SECOND);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let error = ProcessLink::spawn(Command::new("no-such-simulation")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the simulation no-such-simulation cannot be started: "),
        "{error}"
    );
}
