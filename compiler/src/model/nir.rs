//! NIR as HDF5: `/version` and `/node`, a group that is a graph. Files of nir 0.1 to 1.0 differ only in what they omit.
//!
//! ```text
//! /node                 type = "NIRGraph", nodes/, edges (n, 2), metadata/
//! /node/nodes/<name>    type = "LIF", "Affine", ...; one dataset a parameter; metadata/
//! ```

use super::container::Folder;
use super::error::FileFault;
use super::fault::printable;
use super::nir_node::read_kind;
use super::node::{Metadata, NodeKind, Value};

/// No board has room for as many layers; some steps take the square of it.
const MAX_NODES: usize = 1024;
pub(super) const MAX_EDGES: usize = 4096;
const MAX_DEPTH: usize = 8;

/// A graph as it stands in the file. Nothing is known yet about whether it makes sense.
#[derive(Debug, Default)]
pub(super) struct FileGraph {
    pub version: Option<String>,
    pub metadata: Metadata,
    pub nodes: Vec<FileNode>,
    pub edges: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct FileNode {
    pub name: String,
    pub metadata: Metadata,
    pub content: Content,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // a model has few nodes
pub(super) enum Content {
    Node(NodeKind),
    Graph(FileGraph),
}

/// The graph of a file, from its root group.
pub(super) fn read_file(root: &Folder<'_>) -> Result<FileGraph, FileFault> {
    if !root.has_folder("node")? {
        let (folders, datasets) = root.names()?;
        let names: Vec<String> = folders
            .into_iter()
            .chain(datasets)
            .map(|name| root.place(&name))
            .take(5)
            .collect();
        let found = if names.is_empty() {
            "an empty root".to_string()
        } else {
            names.join(", ")
        };
        return Err(FileFault::NotNir { found });
    }
    let mut n_nodes = 0;
    let node = root.folder("node")?;
    let version = optional_text(root, "version")?;
    let graph = match read_text(&node, "type")?.as_str() {
        "NIRGraph" => read_graph(&node, 0, &mut n_nodes)?,
        _ => single_node(&node)?,
    };
    Ok(FileGraph { version, ..graph })
}

/// A file may hold one node without a graph around it.
fn single_node(node: &Folder<'_>) -> Result<FileGraph, FileFault> {
    let content = Content::Node(read_kind(node)?);
    let nodes = vec![FileNode {
        name: "node".to_string(),
        metadata: read_metadata(node)?,
        content,
    }];
    Ok(FileGraph {
        nodes,
        ..FileGraph::default()
    })
}

fn read_graph(
    graph: &Folder<'_>,
    depth: usize,
    n_nodes: &mut usize,
) -> Result<FileGraph, FileFault> {
    if depth == MAX_DEPTH {
        return Err(FileFault::TooDeep {
            place: graph.place(""),
            depth,
        });
    }
    let list = graph.folder("nodes")?;
    let (names, _) = list.names()?;
    *n_nodes += names.len();
    if *n_nodes > MAX_NODES {
        return Err(FileFault::TooManyNodes {
            place: graph.place("nodes"),
            got: *n_nodes,
            limit: MAX_NODES,
        });
    }
    let mut nodes = Vec::new();
    for name in names {
        let folder = list.folder(&name)?;
        let content = match read_text(&folder, "type")?.as_str() {
            "NIRGraph" => Content::Graph(read_graph(&folder, depth + 1, n_nodes)?),
            _ => Content::Node(read_kind(&folder)?),
        };
        nodes.push(FileNode {
            metadata: read_metadata(&folder)?,
            content,
            name: printable(&name),
        });
    }
    Ok(FileGraph {
        version: None,
        metadata: read_metadata(graph)?,
        nodes,
        edges: read_edges(graph)?,
    })
}

fn read_edges(graph: &Folder<'_>) -> Result<Vec<(String, String)>, FileFault> {
    if !graph.has_dataset("edges")? {
        return Err(FileFault::Missing {
            place: graph.place("edges"),
        });
    }
    if !graph.is_text("edges")? {
        // numpy writes an empty list of edges as floats of shape (0,).
        let shape: Vec<u64> = graph
            .numbers("edges")?
            .shape()
            .iter()
            .map(|&size| size as u64)
            .collect();
        let expected = "pairs of node names";
        return match shape.contains(&0) {
            true => Ok(Vec::new()),
            false => Err(FileFault::Shape {
                place: graph.place("edges"),
                shape,
                expected,
            }),
        };
    }
    let (shape, names) = graph.texts("edges")?;
    if shape.len() != 2 || shape[1] != 2 || shape[0] > MAX_EDGES {
        let shape = shape.iter().map(|&size| size as u64).collect();
        return Err(FileFault::Shape {
            place: graph.place("edges"),
            shape,
            expected: "(edges, 2), at most 4096 edges",
        });
    }
    Ok(names
        .chunks_exact(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect())
}

/// The scalars of a node's metadata. Arrays and groups have no meaning here and are left out.
fn read_metadata(node: &Folder<'_>) -> Result<Metadata, FileFault> {
    let mut metadata = Metadata::new();
    if !node.has_folder("metadata")? {
        return Ok(metadata);
    }
    let folder = node.folder("metadata")?;
    for name in folder.names()?.1 {
        if let Some(value) = read_value(&folder, &name)? {
            metadata.insert(name, value);
        }
    }
    Ok(metadata)
}

fn read_value(folder: &Folder<'_>, name: &str) -> Result<Option<Value>, FileFault> {
    if folder.is_text(name)? {
        let (_, texts) = folder.texts(name)?;
        return Ok(single(&texts).cloned().map(Value::Text));
    }
    let numbers = match folder.numbers(name) {
        Err(FileFault::ElementType { .. }) => return Ok(None),
        numbers => numbers?,
    };
    let Some(&number) = single(numbers.as_slice().unwrap_or_default()) else {
        return Ok(None);
    };
    Ok(Some(if folder.is_flag(name)? {
        Value::Flag(number != 0.0)
    } else {
        Value::Number(number)
    }))
}

fn single<T>(values: &[T]) -> Option<&T> {
    match values {
        [value] => Some(value),
        _ => None,
    }
}

fn optional_text(folder: &Folder<'_>, name: &str) -> Result<Option<String>, FileFault> {
    match folder.has_dataset(name)? {
        true => read_text(folder, name).map(Some),
        false => Ok(None),
    }
}

/// One string.
pub(super) fn read_text(folder: &Folder<'_>, name: &str) -> Result<String, FileFault> {
    let (shape, texts) = folder.texts(name)?;
    single(&texts).cloned().ok_or_else(|| FileFault::Shape {
        place: folder.place(name),
        shape: shape.iter().map(|&size| size as u64).collect(),
        expected: "one string",
    })
}
