//! The rows of the report's tables.

use serde::Serialize;
use spikeforge_sim::Layer;

use crate::model::{describe_weights, refusal, shape_text, Model, Node};
use crate::quantize::{LayerRounding, WidthReason};

/// A node of the graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeRow {
    pub name: String,
    #[serde(rename = "type")]
    pub type_name: String,
    /// Of its output; none behind a node of unknown type.
    pub shape: Option<Vec<usize>>,
    pub content: String,
    pub is_supported: bool,
}

/// A layer as it would be compiled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerRow {
    pub name: String,
    pub inputs: usize,
    pub neurons: usize,
    pub fraction_bits: u32,
    pub beta_bits: u32,
    pub membrane_bits: u32,
}

impl NodeRow {
    pub(super) fn of(model: &Model, node: &Node) -> NodeRow {
        NodeRow {
            name: node.name.clone(),
            type_name: node.kind.type_name().to_string(),
            shape: node.shape.clone(),
            content: content(model, node),
            is_supported: refusal(node).is_none(),
        }
    }

    pub(super) fn cells(&self) -> [String; 4] {
        let shape = self
            .shape
            .as_ref()
            .map_or("?".to_string(), |shape| shape_text(shape));
        let mark = if self.is_supported {
            ""
        } else {
            "not supported; "
        };
        let content = format!("{mark}{}", self.content);
        [
            self.name.clone(),
            self.type_name.clone(),
            shape,
            content.trim_end_matches("; ").to_string(),
        ]
    }
}

/// The parameters of a node in short: kinds of weights, ranges of the rest. And edges that are not those of a chain.
fn content(model: &Model, node: &Node) -> String {
    let mut parts = Vec::new();
    for (name, array) in node.kind.parameters() {
        let (low, high) = array
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
                (value.min(low), value.max(high))
            });
        match name {
            "weight" => parts.push(describe_weights(array)),
            "v_leak" | "v_reset" | "bias" if low == 0.0 && high == 0.0 => {}
            _ if low == high => parts.push(format!("{name} {}", short(low))),
            _ => parts.push(format!("{name} {} to {}", short(low), short(high))),
        }
    }
    let here = model.nodes.iter().position(|other| other.name == node.name);
    let recurrent = model
        .edges
        .iter()
        .filter(|edge| edge.recurrent && Some(edge.from) == here);
    parts.extend(recurrent.map(|edge| format!("recurrent to {}", model.nodes[edge.to].name)));
    let is_late = |node: usize| model.edges.iter().any(|edge| edge.recurrent && edge.to == node);
    let into = model.edges.iter().filter(|edge| !edge.recurrent && Some(edge.to) == here && !is_late(edge.from));
    let names: Vec<&str> = into.map(|edge| model.nodes[edge.from].name.as_str()).collect();
    if names.len() > 1 {
        parts.push(format!("adds {}", names.join(", ")));
    }
    parts.join(", ")
}

/// A sentence for each node that cannot be compiled.
pub(super) fn refusals(model: &Model) -> impl Iterator<Item = String> + '_ {
    let refused = model
        .nodes
        .iter()
        .filter_map(|node| refusal(node).map(|hint| (node, hint)));
    refused.map(|(node, hint)| {
        let (node, kind) = (node.name.clone(), node.kind.type_name().to_string());
        crate::model::ModelError::UnsupportedNode { node, kind, hint }.to_string()
    })
}

impl LayerRow {
    pub(super) fn of(layer: &Layer) -> LayerRow {
        LayerRow {
            name: layer.name.clone(),
            inputs: layer.n_inputs(),
            neurons: layer.n_neurons(),
            fraction_bits: layer.neurons.fraction_bits,
            beta_bits: layer.neurons.beta_bits,
            membrane_bits: layer.neurons.membrane_bits,
        }
    }

    pub(super) fn cells(&self) -> [String; 6] {
        [
            self.name.clone(),
            self.inputs.to_string(),
            self.neurons.to_string(),
            self.fraction_bits.to_string(),
            self.beta_bits.to_string(),
            self.membrane_bits.to_string(),
        ]
    }
}

pub(super) fn rounding_cells(rounding: &LayerRounding) -> [String; 6] {
    let (low, high) = rounding.scale;
    let scale = if low == high {
        short(low)
    } else {
        format!("{} to {}", short(low), short(high))
    };
    let membrane = match rounding.membrane.reason {
        WidthReason::Proved => "cannot overflow".to_string(),
        WidthReason::Asked => "saturates, as asked".to_string(),
        WidthReason::Timesteps(n) => format!("holds {n} timesteps"),
    };
    let [threshold, bias, beta] =
        [&rounding.threshold, &rounding.bias, &rounding.beta].map(ToString::to_string);
    [
        rounding.layer.clone(),
        scale,
        threshold,
        bias,
        beta,
        membrane,
    ]
}

/// At most six digits, which is what float32 holds.
pub(super) fn short(value: f64) -> String {
    match value {
        0.0 => "0".to_string(),
        _ if value.is_infinite() || (1e-3..1e6).contains(&value.abs()) => {
            let text = format!("{value:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        }
        _ => {
            let text = format!("{value:.5e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            format!(
                "{}e{exponent}",
                digits.trim_end_matches('0').trim_end_matches('.')
            )
        }
    }
}
