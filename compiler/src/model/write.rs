//! A model as the bytes of a .nir file, which [`Model::read_nir`] and every framework read.

use std::collections::BTreeMap;

use ndarray::ArrayD;

use super::hdf5::{self, Item};
use super::node::{Conv, Lif, NodeKind, Padding, Pool};
use super::{Model, ModelError, Node, Value};

impl Model {
    /// The file of a chain of the nodes that can be compiled: Input, Output, Linear, Affine, Conv1d, Conv2d, pools,
    /// Flatten, ScaleByTimestep, LIF, IF and LI.
    ///
    /// # Errors
    /// [`ModelError::NotWritten`] for a node of another type.
    pub fn nir_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let nodes = self.nodes.iter().map(|node| Ok((node.name.clone(), written(self, node)?)));
        let nodes = nodes.collect::<Result<Vec<_>, ModelError>>()?;
        let ends = |edge: &super::Edge| [self.nodes[edge.from].name.clone(), self.nodes[edge.to].name.clone()];
        let edges: Vec<String> = self.edges.iter().flat_map(ends).collect();
        let shape = vec![edges.len() / 2, 2];
        let graph = Item::folder([
            ("type", Item::text("NIRGraph")),
            ("edges", Item::Texts { shape, values: edges }),
            ("nodes", Item::Folder(nodes)),
            ("metadata", metadata(&self.metadata)),
        ]);
        Ok(hdf5::file(&Item::folder([("version", Item::text("1.0")), ("node", graph)])))
    }
}

fn written(model: &Model, node: &Node) -> Result<Item, ModelError> {
    let mut parts = match &node.kind {
        NodeKind::Input { shape } | NodeKind::Output { shape } => vec![("shape", sizes(shape))],
        NodeKind::Linear(linear) => {
            let bias = linear.bias.iter().map(|bias| ("bias", numbers(bias)));
            [("weight", numbers(&linear.weight))].into_iter().chain(bias).collect()
        }
        NodeKind::Conv(conv) => conv_parts(model, node, conv),
        NodeKind::Pool(pool) => pool_parts(pool),
        NodeKind::Flatten { start_dim, end_dim } => {
            let dimension = |value: isize| Item::Integers { shape: vec![], values: vec![i64::try_from(value).unwrap_or(i64::MAX)] };
            vec![("start_dim", dimension(*start_dim)), ("end_dim", dimension(*end_dim)), ("input_type", source_shape(model, node))]
        }
        NodeKind::ScaleBy(by) => {
            let shift = by.count_shift.map(|shift| ("shift", Item::Integers { shape: vec![], values: vec![i64::from(shift)] }));
            [("scale", numbers(&by.scale)), ("bias", numbers(&by.bias))].into_iter().chain(shift).collect()
        }
        NodeKind::Lif(lif) => lif_parts(lif),
        NodeKind::Li(li) => vec![("tau", numbers(&li.tau)), ("r", numbers(&li.r)), ("v_leak", numbers(&li.v_leak))],
        NodeKind::If(neuron) => vec![("r", numbers(&neuron.r)), ("v_threshold", numbers(&neuron.v_threshold))],
        other => {
            let kind = other.type_name().to_owned();
            return Err(ModelError::NotWritten { node: node.name.clone(), kind });
        }
    };
    parts.push(("type", Item::text(node.kind.type_name())));
    if !node.metadata.is_empty() {
        parts.push(("metadata", metadata(&node.metadata)));
    }
    Ok(Item::folder(parts))
}

fn conv_parts(model: &Model, node: &Node, conv: &Conv) -> Vec<(&'static str, Item)> {
    let padding = match &conv.padding {
        Padding::Same => Item::text("same"),
        Padding::Each(each) => sizes(each),
    };
    let mut parts = vec![
        ("weight", numbers(&conv.weight)),
        ("stride", sizes(&conv.stride)),
        ("padding", padding),
        ("dilation", sizes(&conv.dilation)),
        ("groups", Item::Integers { shape: vec![], values: vec![whole(conv.groups)] }),
        ("input_shape", source_frame(model, node)),
    ];
    parts.extend(conv.bias.iter().map(|bias| ("bias", numbers(bias))));
    parts
}

fn pool_parts(pool: &Pool) -> Vec<(&'static str, Item)> {
    vec![("kernel_size", sizes(&pool.kernel)), ("stride", sizes(&pool.stride)), ("padding", sizes(&pool.padding))]
}

fn lif_parts(lif: &Lif) -> Vec<(&'static str, Item)> {
    vec![
        ("tau", numbers(&lif.tau)),
        ("r", numbers(&lif.r)),
        ("v_leak", numbers(&lif.v_leak)),
        ("v_threshold", numbers(&lif.v_threshold)),
    ]
}

fn source(model: &Model, node: &Node) -> Vec<usize> {
    let index = model.nodes.iter().position(|other| other.name == node.name).unwrap_or(0);
    let source = model.sources(index).next();
    source.and_then(|source| model.nodes[source].shape.clone()).unwrap_or_default()
}

fn source_shape(model: &Model, node: &Node) -> Item {
    sizes(&source(model, node))
}

/// Height and width of what a convolution takes.
fn source_frame(model: &Model, node: &Node) -> Item {
    sizes(source(model, node).get(1..).unwrap_or_default())
}

fn numbers(array: &ArrayD<f64>) -> Item {
    Item::Numbers { shape: array.shape().to_vec(), values: array.iter().copied().collect() }
}

fn sizes(sizes: &[usize]) -> Item {
    Item::Integers { shape: vec![sizes.len()], values: sizes.iter().copied().map(whole).collect() }
}

fn whole(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn metadata(metadata: &BTreeMap<String, Value>) -> Item {
    let item = |value: &Value| match value {
        Value::Text(text) => Item::text(text),
        Value::Number(number) => Item::number(*number),
        // Readers of NIR know no flags but those of h5py, whose enumerations these texts spare.
        Value::Flag(flag) => Item::text(if *flag { "true" } else { "false" }),
    };
    Item::Folder(metadata.iter().map(|(name, value)| (name.clone(), item(value))).collect())
}
