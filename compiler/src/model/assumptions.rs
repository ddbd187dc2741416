//! Warnings about what the file does not say and was therefore assumed.

use spikeforge_sim::{Fires, Reset};

use super::framework::Framework;
use super::layer::FloatLayer;
use super::node::NodeKind;
use super::semantics::{Semantics, Source};
use super::warning::Warning;
use super::Model;

/// One warning for each kind of assumption, whatever the number of layers.
pub(super) fn warn(model: &Model, layers: &[FloatLayer]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let resetting = layers.iter().filter(|layer| has_reset(model, layer));
    if let Some(warning) = resetting
        .clone()
        .find_map(|layer| assumed(&layer.semantics))
    {
        warnings.push(warning);
    }
    let decays = layers
        .iter()
        .filter(|layer| is_leaky(model, layer) && layer.neurons.decay_source == Source::File);
    let mut by_dt = decays.filter(|layer| layer.neurons.beta.iter().any(|&beta| beta != 1.0));
    if let Some(layer) = by_dt.find(|layer| layer.semantics.dt.source == Source::Default) {
        warnings.push(Warning::AssumedDt {
            dt: layer.semantics.dt.value,
        });
    }
    warnings.extend(resetting.filter_map(quirk));
    warnings
}

/// The reset, delay and comparison that no option and no metadata settles.
fn assumed(semantics: &Semantics) -> Option<Warning> {
    let mut choices = Vec::new();
    let mut options = Vec::new();
    let mut add = |source: Source, choice: String, option: &'static str| {
        let is_asked = semantics.framework.is_some_and(|framework| framework.source == Source::Option);
        if matches!(source, Source::Framework(_) if !is_asked) || source == Source::Default {
            choices.push(choice);
            options.push(option);
        }
    };
    add(
        semantics.reset.source,
        format!("reset {}", reset_word(semantics.reset.value)),
        "--reset zero|subtract|none",
    );
    let delay = if semantics.reset_delay.value {
        "one timestep late"
    } else {
        "at once"
    };
    add(
        semantics.reset_delay.source,
        delay.to_string(),
        "--reset-delay on|off",
    );
    add(
        semantics.fires.source,
        fires_words(semantics.fires.value).to_string(),
        "--fires above|at",
    );
    if choices.is_empty() {
        return None;
    }
    let (choices, options) = (choices.join(", "), options.join(" "));
    Some(match semantics.framework {
        Some(framework) => {
            let evidence = match framework.source {
                Source::File => "r = tau / dt with dt = 0.0001",
                _ => "metadata",
            };
            Warning::AssumedFramework {
                framework: framework.value,
                evidence,
                choices,
                options,
            }
        }
        None => Warning::AssumedNir { choices, options },
    })
}

/// Where a framework's neuron is known to differ from the one here.
fn quirk(layer: &FloatLayer) -> Option<Warning> {
    let (semantics, node) = (&layer.semantics, layer.neuron_name.clone());
    match semantics.framework?.value {
        Framework::Sinabs => Some(Warning::MultiSpike { node }),
        _ => None,
    }
}

pub(crate) fn reset_word(reset: Reset) -> &'static str {
    match reset {
        Reset::None => "none",
        Reset::Zero => "zero",
        Reset::Subtract | Reset::SubtractAhead => "subtract",
    }
}

pub(crate) fn fires_words(fires: Fires) -> &'static str {
    match fires {
        Fires::Above => "above the threshold",
        Fires::At => "at or above the threshold",
        Fires::Never => "never",
    }
}

fn has_reset(model: &Model, layer: &FloatLayer) -> bool {
    !kind_is(model, layer, |kind| {
        matches!(kind, NodeKind::Threshold { .. } | NodeKind::Li(_) | NodeKind::Pool(_))
    })
}

fn is_leaky(model: &Model, layer: &FloatLayer) -> bool {
    kind_is(model, layer, |kind| matches!(kind, NodeKind::Lif(_) | NodeKind::Li(_) | NodeKind::CubaLif(_)))
}

fn kind_is(model: &Model, layer: &FloatLayer, is: impl Fn(&NodeKind) -> bool) -> bool {
    model
        .nodes
        .iter()
        .any(|node| node.name == layer.neuron_name && is(&node.kind))
}
