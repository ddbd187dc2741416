//! The option of a budget: percent, or none.

use std::fmt;
use std::str::FromStr;

/// Percent of an inference that learning may take a sample, on average.
#[derive(Clone, Copy, Debug)]
pub struct Allowance(pub Option<u32>);

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Allowance(None)),
            _ => text.parse().map(Some).map(Allowance).map_err(|_| "a whole number of percent, as 50, or none".to_owned()),
        }
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.0 {
            Some(percent) => write!(f, "{percent}"),
            None => f.write_str("none"),
        }
    }
}
