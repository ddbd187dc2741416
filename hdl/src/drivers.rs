//! One driver a signal, where rust-hdl prints one `always` block a module.
//!
//! ```text
//! always @(*) begin            assign b = a;
//!     b = a;                   always @(*) begin
//!     c = zero;           ->       c = zero;
//!     if (b) begin                 if (b) begin
//!         c = one;                     c = one;
//!     end                          end
//! end                          end
//! ```
//!
//! A simulator takes a block that reads x and writes y for a path from x to y, and finds loops through the
//! host port's handshakes that are not there. It is exact as long as nothing reads a signal that the block
//! assigns again further down; such a block is refused.

use std::collections::{BTreeMap, HashMap, HashSet};

/// Marks rust-hdl's generated block; hand-written leaves carry another comment and stay as they are.
const GENERATED: &str = "// Update code";

#[derive(Debug)]
enum Statement {
    Assign { target: String, value: String },
    If { condition: String, then: Vec<Statement>, otherwise: Vec<Statement> },
}

/// Every generated block of `verilog` split; `Err` names a signal that is read before its last assignment.
pub fn one_driver_a_signal(verilog: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut module = String::new();
    for line in verilog.lines() {
        module += line;
        module.push('\n');
        if line.trim_start().starts_with("endmodule") {
            text += &split_module(&module)?;
            module.clear();
        }
    }
    Ok(text + &module)
}

fn split_module(module: &str) -> Result<String, String> {
    let lines: Vec<&str> = module.lines().collect();
    let Some(marker) = lines.iter().position(|line| line.trim() == GENERATED) else {
        return Ok(module.into());
    };
    let mut rest = lines[marker + 2..].iter().copied();
    let block = statements(&mut rest);
    check_order(&block)?;
    let mut targets = vec![];
    collect_targets(&block, &mut targets);
    let drivers: Vec<Driver> = targets.iter().map(|target| Driver::of(target, &block)).collect();
    let assigned: HashSet<&str> = drivers.iter().filter(|d| d.is_plain()).map(|d| d.target).collect();
    let mut text: String = lines[..marker].iter().map(|line| declaration(line, &assigned) + "\n").collect();
    drivers.iter().for_each(|driver| text += &driver.verilog());
    rest.for_each(|line| text += &format!("{line}\n"));
    Ok(text)
}

/// Statements up to the closing `end`, which is consumed.
fn statements<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<Statement> {
    let mut block = vec![];
    while let Some(line) = lines.next().map(str::trim) {
        if let Some(condition) = line.strip_prefix("if (").and_then(|rest| rest.strip_suffix(") begin")) {
            block.push(Statement::If { condition: condition.into(), then: statements(lines), otherwise: vec![] });
        } else if line == "else begin" {
            let branch = statements(lines);
            if let Some(Statement::If { otherwise, .. }) = block.last_mut() {
                *otherwise = branch;
            }
        } else if line == "end" {
            break;
        } else if let Some((target, value)) = line.strip_suffix(';').and_then(|line| line.split_once(" = ")) {
            block.push(Statement::Assign { target: target.into(), value: value.into() });
        }
    }
    block
}

fn collect_targets(block: &[Statement], targets: &mut Vec<String>) {
    for statement in block {
        match statement {
            Statement::Assign { target, .. } if !targets.contains(target) => targets.push(target.clone()),
            Statement::Assign { .. } => {}
            Statement::If { then, otherwise, .. } => {
                collect_targets(then, targets);
                collect_targets(otherwise, targets);
            }
        }
    }
}

/// No signal may be read, for another target, before the block's last assignment to it.
fn check_order(block: &[Statement]) -> Result<(), String> {
    let mut events = Events::default();
    events.visit(block, &[]);
    for (signal, read) in &events.first_read_by_another {
        if events.last_write.get(signal).is_some_and(|write| write > read) {
            return Err(signal.clone());
        }
    }
    Ok(())
}

#[derive(Default)]
struct Events {
    time: usize,
    first_read_by_another: BTreeMap<String, usize>,
    last_write: HashMap<String, usize>,
}

impl Events {
    fn visit(&mut self, block: &[Statement], conditions: &[&str]) {
        for statement in block {
            match statement {
                Statement::Assign { target, value } => self.assign(target, value, conditions),
                Statement::If { condition, then, otherwise } => {
                    let mut inner = conditions.to_vec();
                    inner.push(condition);
                    self.visit(then, &inner);
                    self.visit(otherwise, &inner);
                }
            }
        }
    }

    fn assign(&mut self, target: &str, value: &str, conditions: &[&str]) {
        self.time += 1;
        for name in conditions.iter().chain([&value]).flat_map(|text| names(text)).filter(|name| *name != target) {
            self.first_read_by_another.entry(name.into()).or_insert(self.time);
        }
        self.last_write.insert(target.into(), self.time);
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}

/// The statements that assign one signal.
struct Driver<'a> {
    target: &'a str,
    body: String,
    plain: Option<&'a str>,
}

impl<'a> Driver<'a> {
    fn of(target: &'a str, block: &'a [Statement]) -> Self {
        let mut body = String::new();
        print_for(target, block, 2, &mut body);
        let plain = match block.iter().filter(|statement| assigns(statement, target)).collect::<Vec<_>>()[..] {
            [Statement::Assign { value, .. }] => Some(value.as_str()),
            _ => None,
        };
        Driver { target, body, plain }
    }

    fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    fn verilog(&self) -> String {
        match self.plain {
            Some(value) => format!("    assign {} = {value};\n", self.target),
            None => format!("    always @(*) begin\n{}    end\n", self.body),
        }
    }
}

fn assigns(statement: &Statement, wanted: &str) -> bool {
    match statement {
        Statement::Assign { target, .. } => target == wanted,
        Statement::If { then, otherwise, .. } => then.iter().chain(otherwise).any(|inner| assigns(inner, wanted)),
    }
}

fn print_for(target: &str, block: &[Statement], depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    for statement in block.iter().filter(|statement| assigns(statement, target)) {
        match statement {
            Statement::Assign { value, .. } => *text += &format!("{indent}{target} = {value};\n"),
            Statement::If { condition, then, otherwise } => {
                *text += &format!("{indent}if ({condition}) begin\n");
                print_for(target, then, depth + 1, text);
                if otherwise.iter().any(|inner| assigns(inner, target)) {
                    *text += &format!("{indent}end else begin\n");
                    print_for(target, otherwise, depth + 1, text);
                }
                *text += &format!("{indent}end\n");
            }
        }
    }
}

/// `reg x;` becomes `wire x;` where an `assign` drives it.
fn declaration(line: &str, assigned: &HashSet<&str>) -> String {
    let name = line.trim_end().strip_suffix(';').and_then(|rest| rest.rsplit(' ').next());
    match name {
        Some(name) if assigned.contains(name) => line.replacen("reg ", "wire ", 1),
        _ => line.into(),
    }
}
