//! The rows of the report's tables.

use serde::Serialize;
use spikeforge_sim::{Fires, Layer, Reset};

use crate::model::{
    describe_weights, refusal, shape_text, FloatLayer, Model, Node, Semantics, Source,
};
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

/// What the neurons do where NIR leaves it open, and who says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    pub name: String,
    pub value: String,
    pub source: String,
    /// The neuron nodes it holds for, where not for all.
    pub nodes: Vec<String>,
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

/// A row for each thing that is chosen, or several where neuron nodes differ.
pub(super) fn choices(semantics: &[(&str, &Semantics)]) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut add = |name: &str, of: &dyn Fn(&Semantics) -> (String, Source)| {
        choices.extend(grouped(
            name,
            semantics
                .iter()
                .map(|(node, semantics)| (*node, of(semantics))),
        ));
    };
    add("reset", &|semantics| {
        (
            reset_text(semantics.reset.value).to_string(),
            semantics.reset.source,
        )
    });
    add("reset-delay", &|semantics| {
        let text = if semantics.reset_delay.value {
            "on (one timestep late)"
        } else {
            "off (at once)"
        };
        (text.to_string(), semantics.reset_delay.source)
    });
    add("fires", &|semantics| {
        (
            fires_text(semantics.fires.value).to_string(),
            semantics.fires.source,
        )
    });
    add("dt", &|semantics| {
        (format!("{} s", semantics.dt.value), semantics.dt.source)
    });
    choices
}

/// The decay of the layers.
pub(super) fn decays(layers: &[FloatLayer]) -> Vec<Choice> {
    let decay = |layer: &FloatLayer| {
        let beta = &layer.neurons.beta;
        let (low, high) = beta.iter().fold((1.0f64, 0.0f64), |(low, high), &beta| {
            (low.min(beta), high.max(beta))
        });
        let snapped = layer
            .neurons
            .unsnapped
            .map_or(String::new(), |raw| format!(" ({raw:.10} in the file)"));
        let text = if low == high {
            format!("{}{snapped}", short(low))
        } else {
            format!("{} to {}", short(low), short(high))
        };
        (text, layer.neurons.decay_source)
    };
    grouped(
        "decay",
        layers
            .iter()
            .map(|layer| (layer.neuron_name.as_str(), decay(layer))),
    )
}

/// One row for each different value and source, the nodes named where there are several.
fn grouped<'a>(
    name: &str,
    values: impl Iterator<Item = (&'a str, (String, Source))>,
) -> Vec<Choice> {
    let mut rows: Vec<Choice> = Vec::new();
    for (node, (value, source)) in values {
        let source = source.to_string();
        match rows
            .iter_mut()
            .find(|row| row.value == value && row.source == source)
        {
            Some(row) => row.nodes.push(node.to_string()),
            None => rows.push(Choice {
                name: name.to_string(),
                value,
                source,
                nodes: vec![node.to_string()],
            }),
        }
    }
    if let [only] = &mut rows[..] {
        only.nodes.clear();
    }
    rows
}

impl Choice {
    pub(super) fn cells(&self) -> [String; 3] {
        let name = match self.nodes.is_empty() {
            true => self.name.clone(),
            false => format!("{} of {}", self.name, self.nodes.join(", ")),
        };
        [name, self.value.clone(), self.source.clone()]
    }
}

impl LayerRow {
    pub(super) fn of(layer: &Layer) -> LayerRow {
        LayerRow {
            name: layer.name.clone(),
            inputs: layer.weights.n_inputs(),
            neurons: layer.weights.n_neurons(),
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
fn short(value: f64) -> String {
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

fn reset_text(reset: Reset) -> &'static str {
    match reset {
        Reset::None => "none",
        Reset::Zero => "zero",
        Reset::Subtract => "subtract",
    }
}

fn fires_text(fires: Fires) -> &'static str {
    match fires {
        Fires::Above => "above (>)",
        Fires::At => "at (>=)",
    }
}
