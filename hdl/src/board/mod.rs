//! What stands around the accelerator on a board: UART, clock, the top with its pins.

pub mod synchronizer;
pub mod system_clock;
pub mod top;
pub mod uart_rx;
pub mod uart_tx;
