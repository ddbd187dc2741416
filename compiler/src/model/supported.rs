//! Which nodes can be compiled, and what to do about those that cannot.

use super::error::ModelError;
use super::node::NodeKind;
use super::{Model, Node};

/// The widest weights that the hardware has a crossbar for; 1 is {-1, +1}, 2 has {-1, 0, +1}.
pub(super) const MOST_WEIGHT_BITS: u32 = 8;

/// Refuses the first node that no hardware exists for.
pub(super) fn check(model: &Model) -> Result<(), ModelError> {
    for node in &model.nodes {
        if let Some(hint) = refusal(node) {
            let kind = node.kind.type_name().to_string();
            return Err(ModelError::UnsupportedNode {
                node: node.name.clone(),
                kind,
                hint,
            });
        }
    }
    Ok(())
}

/// Why a node cannot be compiled and what would help, or `None` if it can.
pub fn refusal(node: &Node) -> Option<&'static str> {
    match &node.kind {
        NodeKind::Other { .. } | NodeKind::Pass => {
            Some("only Input, Output, Linear, Affine, Conv1d, Conv2d, SumPool2d, AvgPool2d, MaxPool2d, LIF, IF, LI, CubaLIF, Threshold, Scale, ScaleByTimestep, ScaleByCount and Flatten are; replace it in the model")
        }
        _ => None,
    }
}
