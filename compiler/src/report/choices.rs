//! What neurons do where NIR leaves it open, in words.

use serde::Serialize;
use spikeforge_sim::{Fires, Reset};

use super::rows::short;
use crate::model::{FloatLayer, Semantics, Source, Values};

/// What the neurons do where NIR leaves it open, and who says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    pub name: String,
    pub value: String,
    pub source: String,
    /// The neuron nodes it holds for, where not for all.
    pub nodes: Vec<String>,
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

/// What enters, where it is no spikes.
pub(super) fn values(values: &Values) -> Option<Choice> {
    let (bits, scale) = (values.bits.value, values.scale.value);
    (bits > 1).then(|| Choice {
        name: "inputs".to_string(),
        value: format!("values of {bits} bits, 1 being worth {}", short(scale)),
        source: values.bits.source.to_string(),
        nodes: Vec::new(),
    })
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
            .filter(|layer| !layer.is_max_pool)
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

fn reset_text(reset: Reset) -> &'static str {
    match reset {
        Reset::None => "none",
        Reset::Zero => "zero",
        Reset::Subtract | Reset::SubtractAhead => "subtract",
    }
}

fn fires_text(fires: Fires) -> &'static str {
    match fires {
        Fires::Above => "above (>)",
        Fires::At => "at (>=)",
        Fires::Never => "never",
    }
}
