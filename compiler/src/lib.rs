

pub mod board;
pub mod error;
pub mod model;
pub mod options;
pub mod quantize;
pub mod report;
pub mod toolchain;
