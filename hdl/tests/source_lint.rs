//! No form that rust-hdl prints with another meaning than it simulates, in any `#[hdl_gen]` function:
//! casts, slices and bit replacement; integer literals (printed 32 bits wide); two different operators at one level
//! (printed without parentheses).

use std::fs;
use std::path::{Path, PathBuf};

const FORBIDDEN: [&str; 8] =
    ["bit_cast", "bits(", "signed_cast", "get_bits", "replace_bit", "set_bit", ".xor()", "to_signed_bits"];
const OPERATORS: [&str; 14] = ["&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "<", ">", "&", "|", "+", "-"];

#[test]
fn generated_blocks_use_only_safe_forms() {
    let mut n_functions = 0;
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for function in text.split("    #[hdl_gen]\n").skip(1) {
            n_functions += 1;
            let body = function.split("\n    }\n").next().unwrap();
            for line in body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("fn ")) {
                let found = fault(line);
                assert!(found.is_none(), "{}: {}: {line}", file.display(), found.unwrap());
            }
        }
    }
    assert!(n_functions > 10, "only {n_functions} generated functions were found: the search is broken");
}

/// A field of a block becomes a name in the Verilog, as it is: words that SystemVerilog (IEEE 1800-2017, annex B) keeps break
/// there. The words are in a file of their own.
#[test]
fn no_field_is_a_keyword() {
    let mut n_fields = 0;
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for block in text.split("#[derive(LogicBlock)]\n").skip(1) {
            for name in fields(block.split("\n}").next().unwrap()) {
                n_fields += 1;
                assert!(!is_keyword(name), "{}: {name} is a keyword of SystemVerilog", file.display());
            }
        }
    }
    assert!(n_fields > 500, "only {n_fields} fields were found: the search is broken");
    assert_eq!(fields("struct A {\n    pub table: Bus<In>,\n    // wire: no\n    end: Flag,\n    _case: u32,").collect::<Vec<_>>(), ["table", "end"]);
    assert!(is_keyword("table") && is_keyword("parameter") && !is_keyword("tables"));
}

/// The names of a struct's fields that become signals or instances.
fn fields(block: &str) -> impl Iterator<Item = &str> {
    let lines = block.lines().skip(1).map(str::trim).filter(|line| !line.starts_with("//"));
    let both = lines.filter_map(|line| line.trim_start_matches("pub ").split_once(": "));
    // Those of a vector are numbered.
    let names = both.filter(|(_, of)| !of.starts_with("Vec<")).map(|(name, _)| name);
    names.filter(|name| !name.starts_with('_') && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

fn is_keyword(name: &str) -> bool {
    include_str!("keywords.txt").split_whitespace().any(|word| word == name)
}

#[test]
fn each_unsafe_form_is_found() {
    for bad in [
        "self.x.next = bit_cast::<4, 8>(self.y.val());",
        "self.x.next = self.y.val() + 1;",
        "self.x.next = self.a.val() & self.b.val() == self.c.val();",
        "if self.a.val() | self.b.val() > self.c.val() {",
        "self.x.next = self.a.val().replace_bit(self.i.val().index(), true);",
    ] {
        assert!(fault(bad).is_some(), "{bad}");
    }
    for good in ["for i in 0..self.lanes.len() {", "self.x.next = (self.a.val() == self.b.val()) && self.c.val();", "self.v[i - 1].x.next = self.stages[0].y.val();"] {
        assert_eq!(fault(good), None, "{good}");
    }
}

fn fault(line: &str) -> Option<String> {
    if let Some(form) = FORBIDDEN.iter().find(|form| line.contains(**form)) {
        return Some(format!("{form} is printed with another width"));
    }
    if line.starts_with("for ") {
        return None;
    }
    let expression = without_indices(line);
    if has_integer_literal(&expression) {
        return Some("an integer literal is printed 32 bits wide; use a Fixed".into());
    }
    mixed_operators(&expression).map(|(a, b)| format!("{a} and {b} at one level lose their order; add parentheses"))
}

/// `a[i - 1].b` -> `a.b`: an index is resolved before printing.
fn without_indices(line: &str) -> String {
    let mut depth = 0;
    line.chars()
        .filter(|c| {
            depth += i32::from(*c == '[');
            let keep = depth == 0;
            depth -= i32::from(*c == ']');
            keep
        })
        .collect()
}

fn has_integer_literal(expression: &str) -> bool {
    let words = expression.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.into_iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Two different binary operators in one pair of parentheses, or outside all.
fn mixed_operators(expression: &str) -> Option<(&'static str, &'static str)> {
    let mut levels: Vec<Option<&'static str>> = vec![None];
    let mut rest = expression.split_once(" = ").map_or(expression, |(_, value)| value);
    while let Some(first) = rest.chars().next() {
        let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(&format!(" {operator} ")));
        match (first, operator) {
            ('(', _) => levels.push(None),
            (')', _) => drop(levels.pop()),
            (_, Some(operator)) => {
                let level = levels.last_mut()?;
                if let Some(before) = level.filter(|before| *before != operator) {
                    return Some((before, operator));
                }
                *level = Some(operator);
            }
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    None
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).chain(folders.iter().flat_map(|f| rust_files(f))).collect()
}
