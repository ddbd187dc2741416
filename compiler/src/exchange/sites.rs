//! Which block RAM cells hold which part of each memory, found by the marks that they were synthesized with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::layout::Layout;
use super::memory::Memory;

/// A part of a memory in one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Of the netlist.
    pub cell: String,
    /// Where place and route put it; empty until then.
    pub place: String,
    pub layout: Layout,
    /// The memory file.
    pub memory: String,
    /// The part: words and bits from the first on.
    pub words: (usize, usize),
    pub bits: (usize, usize),
}

impl Site {
    /// The word and the bit of the memory, and the parameter and the bit in it that hold them.
    pub fn positions(&self) -> impl Iterator<Item = ((usize, usize), (usize, usize))> + '_ {
        let (words, bits) = (self.words.0..self.words.1, self.bits.0..self.bits.1);
        let at = |word: usize, bit: usize| self.layout.position(word - self.words.0, bit - self.bits.0);
        words.flat_map(move |word| bits.clone().map(move |bit| ((word, bit), at(word, bit))))
    }
}

/// A block RAM cell of the netlist.
struct Cell<'a> {
    name: &'a str,
    kind: &'a str,
    parameters: &'a Value,
}

/// The cells of a Yosys memory by the number that ends their names, under the rest of them.
type Groups<'a> = BTreeMap<&'a str, BTreeMap<usize, Cell<'a>>>;

/// Sites of all `marks` in the module `top` of a netlist that `write_json` wrote.
///
/// # Errors
/// Names the first memory whose bits are not all in block RAM cells.
pub fn find(netlist: &Value, top: &str, marks: &[Memory]) -> Result<Vec<Site>, String> {
    let groups = groups(&netlist["modules"][top]["cells"]);
    let mut sites = vec![];
    for memory in marks {
        // A memory with more ports than a block RAM stands there more than once.
        let found: Vec<Site> = groups.values().filter_map(|group| arranged(group, memory)).flatten().collect();
        if found.is_empty() {
            return Err(format!("{} is in no block RAM as it was written: the tools made something else of it", memory.file));
        }
        sites.extend(found);
    }
    Ok(sites)
}

fn groups(cells: &Value) -> Groups<'_> {
    let mut groups = Groups::new();
    for (name, cell) in cells.as_object().into_iter().flatten() {
        let kind = cell["type"].as_str().unwrap_or_default();
        if Layout::all(kind).is_empty() {
            continue;
        }
        if let Some((group, Ok(part))) = name.rsplit_once('.').map(|(group, part)| (group, part.parse())) {
            groups.entry(group).or_default().insert(part, Cell { name, kind, parameters: &cell["parameters"] });
        }
    }
    groups
}

/// The sites of `memory` in a group of cells that holds it and nothing else.
fn arranged(group: &BTreeMap<usize, Cell>, memory: &Memory) -> Option<Vec<Site>> {
    let first = group.values().next()?;
    for layout in Layout::all(first.kind) {
        let (deep, wide) = (memory.words.len().div_ceil(layout.depth()), memory.width.div_ceil(layout.width));
        if deep * wide != group.len() {
            continue;
        }
        // Parts of a word next to each other, or parts of a column.
        let orders: [&dyn Fn(usize) -> (usize, usize); 2] = [&|part| (part / wide, part % wide), &|part| (part % deep, part / deep)];
        for order in orders {
            let sites: Option<Vec<Site>> = group.iter().map(|(&part, cell)| site(cell, layout, memory, order(part))).collect();
            if sites.is_some() {
                return sites;
            }
        }
    }
    None
}

/// The cell as part (down, across) of `memory`, if it holds its marks.
fn site(cell: &Cell, layout: Layout, memory: &Memory, (down, across): (usize, usize)) -> Option<Site> {
    let part = |index: usize, size: usize, all: usize| (index * size, all.min((index + 1) * size));
    let site = Site {
        cell: cell.name.to_owned(),
        place: String::new(),
        layout,
        memory: memory.file.clone(),
        words: part(down, layout.depth(), memory.words.len()),
        bits: part(across, layout.width, memory.width),
    };
    let parameters: Vec<&[u8]> =
        (0..layout.n_parameters()).map(|index| cell.parameters[layout.parameter(index)].as_str().unwrap_or("").as_bytes()).collect();
    let holds = |((word, bit), (parameter, at)): ((usize, usize), (usize, usize))| {
        let text = parameters[parameter];
        let got = text.len().checked_sub(at + 1).map(|index| text[index]);
        got == Some(if memory.words[word][bit] { b'1' } else { b'0' })
    };
    let holds_all = site.positions().all(holds);
    holds_all.then_some(site)
}

/// Adds where place and route put each cell: the attribute or parameter `key` of the cell in its netlist of one module.
///
/// # Errors
/// Names the first cell that is not there.
pub fn place(sites: &mut [Site], placed: &Value, key: &str) -> Result<(), String> {
    let module = placed["modules"].as_object().and_then(|modules| modules.values().find(|module| module["cells"].as_object().is_some_and(|cells| !cells.is_empty())));
    let cells = module.map(|module| &module["cells"]);
    for site in sites {
        let cell = cells.map(|cells| if cells[&site.cell].is_null() { &cells[format!("{}_RAM", site.cell)] } else { &cells[&site.cell] });
        let place = cell.and_then(|cell| cell["attributes"][key].as_str().or(cell["parameters"][key].as_str()));
        site.place = place.ok_or_else(|| format!("{} has no {key}", site.cell))?.to_owned();
    }
    Ok(())
}
