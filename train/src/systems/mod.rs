//! The training systems, one a file, each with its equations and their source.

mod bptt;
pub mod conv_lstm;
pub mod conversion;
mod forward_forward;
pub mod forward_gradient;
mod hidden;
mod local;
pub mod membrane_backprop;

use std::str::FromStr;

use crate::shape::NetShape;
use crate::system::{Options, System, SystemName};
use crate::TrainError;

pub(crate) fn build(options: &Options, shape: &NetShape, n_classes: usize) -> Result<Box<dyn System>, TrainError> {
    Ok(match SystemName::from_str(&options.system)? {
        system if system.is_bptt() => Box::new(bptt::Bptt::new(options, shape)?),
        SystemName::ConvLstm => Box::new(conv_lstm::ConvLstm::new(options, shape, n_classes)?),
        SystemName::Conversion => Box::new(conversion::Conversion::new(options, shape, n_classes)?),
        SystemName::ForwardGradient => Box::new(forward_gradient::ForwardGradient::new(forward_gradient::Pass::Forward, options, shape)?),
        SystemName::BackwardGradient => Box::new(forward_gradient::ForwardGradient::new(forward_gradient::Pass::Backward, options, shape)?),
        SystemName::ForwardForward => Box::new(forward_forward::ForwardForward::new(options, shape, n_classes)?),
        SystemName::MembraneBackprop => Box::new(membrane_backprop::MembraneBackprop::new(options, shape, n_classes)?),
        rule => Box::new(local::Local::new(rule, options, shape, n_classes)?),
    })
}
