//! How long a driver waits, and what it met.

use std::time::Duration;

/// How long to wait and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The silence after which an answer is given up. Longer than any pause of the hardware inside an answer.
    pub silence: Duration,
    /// The silence after which nothing more of a failed attempt is to come.
    pub settle: Duration,
    /// The most time an attempt may take, however many bytes come.
    pub attempt: Duration,
    /// Attempts for each request.
    pub attempts: u32,
}

impl Patience {
    /// For a board at a serial port.
    pub const BOARD: Patience = Patience {
        silence: Duration::from_millis(1000),
        settle: Duration::from_millis(50),
        attempt: Duration::from_secs(30),
        attempts: 5,
    };

    /// For a simulation, which is slow and makes no noise.
    pub const SIMULATION: Patience = Patience {
        silence: Duration::from_secs(60),
        settle: Duration::from_millis(1),
        attempt: Duration::from_secs(600),
        attempts: 2,
    };

    /// For an event-driven simulator, which takes minutes where Verilator takes a second.
    pub const SLOW_SIMULATION: Patience = Patience {
        silence: Duration::from_secs(900),
        settle: Duration::from_millis(1),
        attempt: Duration::from_secs(900),
        attempts: 2,
    };
}

/// What happened on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub requests: u64,
    pub retries: u64,
    /// Response frames whose CRC did not hold, and requests that the device called damaged.
    pub crc_errors: u64,
    /// Bytes received that belonged to no response.
    pub skipped_bytes: u64,
}
