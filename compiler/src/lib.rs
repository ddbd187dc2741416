

pub mod board;
