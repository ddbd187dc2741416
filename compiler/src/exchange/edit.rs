//! Other contents in the files of a routed design and in its netlist: each bit is seen as its mark before it is replaced.

use std::collections::BTreeMap;

use super::memory::Memory;
use super::sites::Site;

/// What is taken out and what is put in, by memory file.
pub struct Change<'a> {
    pub sites: &'a [Site],
    pub marks: &'a [Memory],
    pub contents: &'a [Memory],
}

/// The parameters of one cell: bits as `0`, `1` or `x`, the most significant first.
type Parameters = Vec<Vec<u8>>;

impl Change<'_> {
    /// Replaces the bits of `site`.
    fn apply(&self, site: &Site, parameters: &mut Parameters) -> Result<(), String> {
        let of = |memories: &[Memory]| memories.iter().position(|memory| memory.file == site.memory);
        let (Some(marks), Some(contents)) = (of(self.marks), of(self.contents)) else {
            return Err(format!("there are no contents for {}", site.memory));
        };
        let (marks, contents) = (&self.marks[marks], &self.contents[contents]);
        for ((word, bit), (parameter, at)) in site.positions() {
            // The sites are a file: they may say what there is not.
            let digit = |memory: &Memory| Some(if *memory.words.get(word)?.get(bit)? { b'1' } else { b'0' });
            let place = parameters.get_mut(parameter).and_then(|bits| bits.iter_mut().nth_back(at));
            match (place, digit(marks), digit(contents)) {
                (Some(place), Some(mark), Some(content)) if *place == mark => *place = content,
                _ => return Err(format!("{}, word {word}, bit {bit} of {} is not the mark that was put there", site.cell, site.memory)),
            }
        }
        Ok(())
    }

    /// In the text file that `icepack` takes: `.ram_data X Y`, then sixteen lines of 64 hexadecimal digits.
    pub fn ice40(&self, routed: &str) -> Result<String, String> {
        let mut lines: Vec<String> = routed.lines().map(str::to_owned).collect();
        let tile = |(index, line): (usize, &String)| Some((line.strip_prefix(".ram_data ")?.to_owned(), index + 1));
        let tiles: BTreeMap<String, usize> = lines.iter().enumerate().filter_map(tile).collect();
        for site in self.sites {
            // X6/Y29/ram
            let numbers: Vec<&str> = site.place.split('/').filter_map(|part| part.strip_prefix(['X', 'Y'])).collect();
            let first = *tiles.get(&numbers.join(" ")).ok_or_else(|| format!("there is no RAM at {}", site.place))?;
            let block = lines.get_mut(first..first + site.layout.n_parameters());
            let block = block.ok_or_else(|| format!("the RAM at {} is cut off", site.place))?;
            let read: Option<Parameters> = block.iter().map(|line| bits_of_hex(line)).collect();
            let mut parameters = read.ok_or_else(|| format!("the RAM at {} has a line of no hexadecimal digits", site.place))?;
            self.apply(site, &mut parameters)?;
            block.iter_mut().zip(&parameters).for_each(|(line, bits)| *line = hex_of_bits(bits));
        }
        Ok(lines.join("\n") + "\n")
    }

    /// In the text file that `ecppack` takes: `.bram_init N`, then 2048 words of nine bits, the two of an 18-bit word in turn.
    pub fn ecp5(&self, routed: &str) -> Result<String, String> {
        let (head, blocks) = match routed.find(".bram_init ") {
            Some(at) => routed.split_at(at),
            None => return Err("there is no .bram_init".to_owned()),
        };
        let mut filled = head.to_owned();
        let mut left: BTreeMap<usize, &Site> = BTreeMap::new();
        for site in self.sites {
            let number = usize::from_str_radix(&site.place, 2).map_err(|_| format!("{} is no number of a RAM", site.place))?;
            left.insert(number, site);
        }
        for block in blocks.split_inclusive("\n\n") {
            let number = block.strip_prefix(".bram_init ").and_then(|rest| rest.lines().next()?.trim().parse().ok());
            match number.and_then(|number: usize| left.remove(&number)) {
                None => filled.push_str(block),
                Some(site) => filled.push_str(&self.ecp5_block(site, block)?),
            }
        }
        match left.into_values().next() {
            None => Ok(filled),
            Some(site) => Err(format!("there is no RAM {} for {}", site.place, site.cell)),
        }
    }

    fn ecp5_block(&self, site: &Site, block: &str) -> Result<String, String> {
        let (title, words) = block.split_once('\n').unwrap_or((block, ""));
        let words: Option<Vec<u16>> = words.split_whitespace().map(|word| u16::from_str_radix(word, 16).ok()).collect();
        let words = words.filter(|words| words.len() == 2048).ok_or_else(|| format!("{title} is not of 2048 hexadecimal words"))?;
        let of_word = |pair: &[u16]| u32::from(pair[0]) | u32::from(pair[1]) << 9;
        let parameter = |words: &[u16]| words.chunks(2).rev().flat_map(|pair| format!("{:020b}", of_word(pair)).into_bytes()).collect();
        let mut parameters: Parameters = words.chunks(32).map(parameter).collect();
        self.apply(site, &mut parameters)?;
        let number = |bits: &[u8]| bits.iter().fold(0_u16, |value, &bit| value << 1 | u16::from(bit == b'1'));
        let halves = |bits: &'_ Vec<u8>| -> Vec<u16> {
            bits.chunks(20).rev().flat_map(|word| [number(&word[11..20]), number(&word[2..11])]).collect()
        };
        let back: Vec<String> = parameters.iter().flat_map(halves).map(|nine| format!("{nine:03x}")).collect();
        let lines: Vec<String> = back.chunks(8).map(|eight| eight.join(" ")).collect();
        Ok(format!("{title}\n{}\n\n", lines.join("\n")))
    }

    /// In the netlist that place and route writes, which `gowin_pack` takes.
    pub fn gowin(&self, routed: &str) -> Result<String, String> {
        let mut netlist: serde_json::Value = serde_json::from_str(routed).map_err(|error| error.to_string())?;
        let modules = netlist["modules"].as_object_mut().ok_or("the netlist has no modules")?;
        let module = modules.values_mut().find(|module| !module["cells"].is_null()).ok_or("the netlist has no cells")?;
        for site in self.sites {
            let cell = module["cells"].get_mut(&site.cell).ok_or_else(|| format!("the netlist has no cell {}", site.cell))?;
            let names: Vec<String> = (0..site.layout.n_parameters()).map(|index| site.layout.parameter(index)).collect();
            let mut parameters: Parameters = names.iter().map(|name| cell["parameters"][name].as_str().unwrap_or("").into()).collect();
            self.apply(site, &mut parameters)?;
            for (name, bits) in names.iter().zip(&parameters).filter(|(_, bits)| !bits.is_empty()) {
                cell["parameters"][name] = String::from_utf8_lossy(bits).into();
            }
        }
        serde_json::to_string(&netlist).map_err(|error| error.to_string())
    }

    /// In the Verilog netlist that Yosys wrote: parameters first, then the name of the cell.
    pub fn netlist(&self, verilog: &str) -> Result<String, String> {
        let mut lines: Vec<String> = verilog.lines().map(str::to_owned).collect();
        let mut sites: BTreeMap<&str, &Site> = self.sites.iter().map(|site| (site.cell.as_str(), site)).collect();
        let mut opened = 0;
        for index in 0..lines.len() {
            if lines[index].ends_with("#(") {
                opened = index;
            }
            let name = lines[index].strip_prefix("  ) ").and_then(|rest| rest.strip_suffix("("));
            let name = name.map(|name| name.trim().trim_start_matches('\\'));
            if let Some(site) = name.and_then(|name| sites.remove(name)) {
                self.apply_to_lines(site, &mut lines[opened..index])?;
            }
        }
        match sites.keys().next() {
            None => Ok(lines.join("\n") + "\n"),
            Some(cell) => Err(format!("the netlist has no cell {cell}")),
        }
    }

    /// `    .INIT_0(256'h...),`
    fn apply_to_lines(&self, site: &Site, lines: &mut [String]) -> Result<(), String> {
        let start = |index| format!("    .{}(", site.layout.parameter(index));
        let starts: Vec<String> = (0..site.layout.n_parameters()).map(start).collect();
        let place = |start: &String| lines.iter().position(|line| line.starts_with(start));
        let places: Vec<Option<usize>> = starts.iter().map(place).collect();
        let read = |place: &Option<usize>| place.map_or(Some(vec![]), |line| bits_of_verilog(&lines[line]));
        let read: Option<Parameters> = places.iter().map(read).collect();
        let mut parameters = read.ok_or_else(|| format!("{} has a parameter that is no number", site.cell))?;
        self.apply(site, &mut parameters)?;
        for ((start, place), bits) in starts.iter().zip(&places).zip(&parameters) {
            if let Some(line) = place {
                let end = if lines[*line].ends_with(',') { "," } else { "" };
                lines[*line] = format!("{start}{}'b{}){end}", bits.len(), String::from_utf8_lossy(bits));
            }
        }
        Ok(())
    }
}

/// `67af` -> `0110011110101111`; an x is four.
fn bits_of_hex(digits: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::with_capacity(4 * digits.len());
    for digit in digits.chars() {
        match digit {
            'x' => bits.extend(*b"xxxx"),
            _ => bits.extend(format!("{:04b}", digit.to_digit(16)?).bytes()),
        }
    }
    Some(bits)
}

fn hex_of_bits(bits: &[u8]) -> String {
    let digit = |four: &[u8]| four.iter().fold(0, |value, &bit| value << 1 | u32::from(bit == b'1'));
    bits.chunks(4).filter_map(|four| char::from_digit(digit(four), 16)).collect()
}

/// The number of `    .INIT_0(256'h0f),`, as many bits as it says.
fn bits_of_verilog(line: &str) -> Option<Vec<u8>> {
    let number = line.split_once('(')?.1.split(')').next()?;
    let (size, digits) = number.split_once('\'')?;
    let (base, digits) = digits.split_at_checked(1)?;
    let bits = match base {
        "h" => bits_of_hex(digits)?,
        "b" => digits.bytes().collect(),
        _ => return None,
    };
    let size: usize = size.parse().ok()?;
    let missing = size.saturating_sub(bits.len());
    let filled: Vec<u8> = std::iter::repeat_n(b'0', missing).chain(bits).collect();
    Some(filled[filled.len() - size..].to_vec())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
