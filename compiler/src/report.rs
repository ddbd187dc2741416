//! What is in a model and what would become of it: the content of `spikeforge check`.

mod choices;
mod fit;
mod rows;
mod table;

use serde::Serialize;

use crate::board::Board;
use crate::model::{Model, Semantics};
use crate::options::NeuronOptions;
use crate::quantize::{quantize, LayerRounding, Quantized};

pub use choices::Choice;
pub use fit::Fit;
pub use rows::{LayerRow, NodeRow};
use table::Table;

/// A model under the options that it would be compiled with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckReport {
    pub model: String,
    pub nir_version: Option<String>,
    pub can_be_compiled: bool,
    pub nodes: Vec<NodeRow>,
    pub semantics: Vec<Choice>,
    /// Empty when the model cannot be compiled.
    pub layers: Vec<LayerRow>,
    pub roundings: Vec<LayerRounding>,
    /// Of the board that was asked about, where it has room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    pub warnings: Vec<String>,
    /// Why it cannot be compiled and what to do about it.
    pub problems: Vec<String>,
}

/// Reads a model as the compiler would, and keeps what would stop it as a problem of the report.
pub fn check(model: &Model, options: &NeuronOptions) -> CheckReport {
    checked(model, options).0
}

/// The same for a board, which must have room for it too.
pub fn check_on(board: &Board, model: &Model, options: &NeuronOptions) -> CheckReport {
    match checked(model, options) {
        (report, Some(quantized)) => report.fitted(&quantized.network, board),
        (report, None) => report,
    }
}

fn checked(model: &Model, options: &NeuronOptions) -> (CheckReport, Option<Quantized>) {
    let mut problems = Vec::new();
    let quantized = quantize(model, options)
        .map_err(|error| problems.push(error.to_string()))
        .ok();
    for refusal in rows::refusals(model) {
        if !problems.contains(&refusal) {
            problems.push(refusal);
        }
    }
    let semantics = model.semantics(options).unwrap_or_default();
    let floats = quantized.as_ref().and_then(|_| model.layers(options).ok());
    let mut chosen = choices_of(model, &semantics);
    chosen.extend(model.values(options).ok().as_ref().and_then(choices::values));
    chosen.extend(
        floats
            .iter()
            .flat_map(|floats| choices::decays(&floats.layers)),
    );
    let (roundings, warnings) = match &quantized {
        Some(Quantized {
            roundings,
            warnings,
            ..
        }) => (roundings.clone(), warnings.clone()),
        None => Default::default(),
    };
    let report = CheckReport {
        model: model.origin.clone(),
        nir_version: model.nir_version.clone(),
        can_be_compiled: quantized.is_some(),
        nodes: model
            .nodes
            .iter()
            .map(|node| NodeRow::of(model, node))
            .collect(),
        semantics: chosen,
        layers: quantized
            .iter()
            .flat_map(|quantized| &quantized.network.layers)
            .map(LayerRow::of)
            .collect(),
        roundings,
        fit: None,
        warnings: warnings.iter().map(ToString::to_string).collect(),
        problems,
    };
    (report, quantized)
}

fn choices_of(model: &Model, semantics: &[(usize, Semantics)]) -> Vec<Choice> {
    let named: Vec<(&str, &Semantics)> = semantics
        .iter()
        .map(|(node, semantics)| (model.nodes[*node].name.as_str(), semantics))
        .collect();
    choices::choices(&named)
}

impl std::fmt::Display for CheckReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let version = self
            .nir_version
            .as_ref()
            .map_or(String::new(), |version| format!(" (nir {version})"));
        let verdict = if self.can_be_compiled {
            "can be compiled"
        } else {
            "cannot be compiled"
        };
        writeln!(formatter, "{}{version} {verdict}", self.model)?;
        let nodes = self.nodes.iter().map(NodeRow::cells);
        write!(
            formatter,
            "\n{}",
            Table::new(["node", "type", "shape", "content"], nodes)
        )?;
        if !self.semantics.is_empty() {
            let choices = self.semantics.iter().map(Choice::cells);
            write!(
                formatter,
                "\n{}",
                Table::new(["neurons", "value", "from"], choices)
            )?;
        }
        if !self.layers.is_empty() {
            let layers = self.layers.iter().map(LayerRow::cells);
            let columns = [
                "layer",
                "inputs",
                "neurons",
                "fraction bits",
                "beta bits",
                "membrane bits",
            ];
            write!(formatter, "\n{}", Table::new(columns, layers))?;
            let roundings = self.roundings.iter().map(rows::rounding_cells);
            let columns = [
                "rounding",
                "weight scale",
                "threshold",
                "bias",
                "decay",
                "membrane",
            ];
            write!(formatter, "\n{}", Table::new(columns, roundings))?;
        }
        if let Some(fit) = &self.fit {
            let columns = ["board", "lanes x beat", "cycles a timestep", "logic cells", "block RAMs"];
            write!(formatter, "\n{}", Table::new(columns, std::iter::once(fit.cells())))?;
        }
        for warning in &self.warnings {
            write!(formatter, "\nwarning: {warning}\n")?;
        }
        for problem in &self.problems {
            write!(formatter, "\nproblem: {problem}\n")?;
        }
        Ok(())
    }
}
