//! Boards in software at pseudo-terminals.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{channel, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::pty::{openpty, OpenptyResult};
use nix::unistd::ttyname;
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::link::Link;
use spikeforge_sim::Reference;

/// A new terminal: its master, its slave, which keeps it alive between two users, and its name.
pub fn terminal() -> (File, OwnedFd, String) {
    let OpenptyResult { master, slave } = openpty(None, None).unwrap();
    let name = ttyname(&slave).unwrap().to_string_lossy().into_owned();
    // The copies are closed in the programs that a test starts; what openpty gives is not.
    let [master, slave] = [master, slave].map(|end| end.try_clone().unwrap());
    (File::from(master), slave, name)
}

/// Serves a board at a new terminal until `n_bytes` came, then unplugs it. Returns the terminal's name.
pub fn plug_in(mut board: BoardModel<Reference>, n_bytes: u64) -> (String, JoinHandle<()>) {
    let (mut master, slave, name) = terminal();
    let mut n_left = n_bytes;
    let serving = thread::spawn(move || {
        let _slave = slave;
        let mut buffer = [0; 256];
        while n_left > 0 {
            let Ok(n) = master.read(&mut buffer) else {
                return;
            };
            n_left = n_left.saturating_sub(n as u64);
            board.send(&buffer[..n]).unwrap();
            while let Ok(n @ 1..) = board.receive(&mut buffer, Duration::ZERO) {
                master.write_all(&buffer[..n]).unwrap();
            }
        }
    });
    (name, serving)
}

/// Puts a link that answers when it likes, such as a simulated board, at a new terminal. Returns the terminal's name.
#[allow(dead_code, reason = "not every test binary has a board that takes its time")]
pub fn plug_in_link(mut board: impl Link + 'static) -> String {
    let (master, slave, name) = terminal();
    let (mut reading, mut writing) = (master.try_clone().unwrap(), master);
    let (sender, came) = channel();
    thread::spawn(move || {
        let _slave = slave;
        let mut buffer = [0; 256];
        while let Ok(n @ 1..) = reading.read(&mut buffer) {
            if sender.send(buffer[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        let mut buffer = [0; 256];
        loop {
            match came.try_recv() {
                Ok(bytes) => board.send(&bytes).unwrap(),
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            let n = board.receive(&mut buffer, Duration::from_millis(1)).unwrap();
            writing.write_all(&buffer[..n]).unwrap();
        }
    });
    name
}
