//! The training systems, one a file, each with its equations and their source.

mod bptt;

use std::str::FromStr;

use crate::shape::NetShape;
use crate::system::{Options, System, SystemName};
use crate::TrainError;

pub(crate) fn build(options: &Options, shape: &NetShape) -> Result<Box<dyn System>, TrainError> {
    Ok(match SystemName::from_str(&options.system)? {
        SystemName::Bptt => Box::new(bptt::Bptt::new(options, shape)?),
    })
}
