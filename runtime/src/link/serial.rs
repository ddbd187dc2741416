//! The serial port of a board.

use std::io;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use serialport::{ClearBuffer, DataBits, ErrorKind, FlowControl, Parity, SerialPort, StopBits};

use super::{Link, LinkError};

/// How much longer than its baud rate says a port may take to send, before it is called stuck.
const SEND_TIMEOUT: Duration = Duration::from_secs(2);

/// A serial port: 8 data bits, no parity, one stop bit, no flow control.
///
/// A terminal that is full blocks the one who writes to it, whatever its timeout, so a thread of its own writes.
pub struct SerialLink {
    port: Box<dyn SerialPort>,
    name: String,
    baud_hz: u32,
    to_write: Sender<Vec<u8>>,
    written: Receiver<io::Result<()>>,
}

impl SerialLink {
    /// Opens the port called `name` at `baud_hz` and drops what it had received before.
    ///
    /// # Errors
    /// The `LinkError`s about ports: which port, what is wrong with it, what to do.
    pub fn open(name: &str, baud_hz: u32) -> Result<Self, LinkError> {
        let refused = |error| open_error(name, &error);
        let port = serialport::new(name, baud_hz)
            .data_bits(DataBits::Eight)
            .parity(Parity::None)
            .stop_bits(StopBits::One)
            .flow_control(FlowControl::None)
            .timeout(SEND_TIMEOUT)
            .open()
            .map_err(refused)?;
        port.clear(ClearBuffer::Input).map_err(refused)?;
        let mut writing = port.try_clone().map_err(refused)?;
        let (to_write, queue) = channel::<Vec<u8>>();
        let (report, written) = channel();
        thread::spawn(move || {
            for bytes in queue {
                if report.send(writing.write_all(&bytes)).is_err() {
                    return;
                }
            }
        });
        Ok(SerialLink {
            port,
            name: name.to_owned(),
            baud_hz,
            to_write,
            written,
        })
    }

    fn failed(&self, source: io::Error) -> LinkError {
        let port = self.name.clone();
        // EIO and ENXIO: what a terminal says once the device behind it is gone.
        match (source.kind(), source.raw_os_error()) {
            (
                io::ErrorKind::BrokenPipe | io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof,
                _,
            )
            | (_, Some(5 | 6)) => LinkError::Unplugged { port },
            (io::ErrorKind::TimedOut, _) => LinkError::SendTimedOut {
                port,
                waited: SEND_TIMEOUT,
            },
            _ => LinkError::Port { port, source },
        }
    }
}

impl Link for SerialLink {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let unplugged = || LinkError::Unplugged {
            port: self.name.clone(),
        };
        let on_the_line = Duration::from_secs(10 * bytes.len() as u64) / self.baud_hz.max(1);
        let waited = SEND_TIMEOUT + 2 * on_the_line;
        self.to_write
            .send(bytes.to_vec())
            .map_err(|_| unplugged())?;
        match self.written.recv_timeout(waited) {
            Ok(result) => result.map_err(|error| self.failed(error)),
            Err(RecvTimeoutError::Timeout) => Err(LinkError::SendTimedOut {
                port: self.name.clone(),
                waited,
            }),
            Err(RecvTimeoutError::Disconnected) => Err(unplugged()),
        }
    }

    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        self.port
            .set_timeout(timeout)
            .map_err(|error| self.failed(error.into()))?;
        match self.port.read(buffer) {
            // A terminal that is readable and empty has lost its other end.
            Ok(0) if !buffer.is_empty() => Err(LinkError::Unplugged {
                port: self.name.clone(),
            }),
            Ok(n) => Ok(n),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
                ) =>
            {
                Ok(0)
            }
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// The names of the serial ports of this machine.
pub fn ports() -> Vec<String> {
    serialport::available_ports()
        .unwrap_or_default()
        .into_iter()
        .map(|port| port.port_name)
        .collect()
}

fn open_error(name: &str, error: &serialport::Error) -> LinkError {
    let port = name.to_owned();
    match error.kind {
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => LinkError::NoPermission { port },
        ErrorKind::Io(io::ErrorKind::ResourceBusy) => LinkError::PortBusy { port },
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) => {
            match std::fs::metadata(name) {
                Err(_) => LinkError::NoSuchPort {
                    port,
                    present: ports(),
                },
                Ok(_) => LinkError::PortBusy { port },
            }
        }
        _ => LinkError::PortSetup {
            port,
            reason: error.description.clone(),
        },
    }
}
