//! What the tree keeps to, where no compiler would say it.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

/// Every Rust file of the workspace with its text.
fn rust_files() -> Vec<(PathBuf, String)> {
    let mut files = vec![];
    for folder in ["sim", "hdl", "compiler", "runtime", "train", "bench"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 100, "only {} files were found", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push((path.clone(), fs::read_to_string(&path).expect("a source file")));
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut faults = vec![];
    for (path, text) in rust_files() {
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > 500 {
            faults.push(format!("{}: {} lines, at most 500", path.display(), lines.len()));
        }
        faults.extend(long_functions(&lines).into_iter().map(|(line, n)| format!("{}:{line}: a function of {n} lines, at most 70, or 125 of wiring", path.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Line and length of each function of more than 70 lines: from `fn` to a brace at the same indentation. A block's wiring,
/// which rust-hdl wants in one function, may have 125.
fn long_functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut long = vec![];
    let mut open: Option<(usize, usize)> = None;
    for (index, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn "].iter().any(|start| line.trim_start().starts_with(start));
        match open {
            None if is_function => open = Some((index, indent)),
            Some((start, depth)) if indent == depth && line.trim_end().ends_with('}') && line.trim() == "}" => {
                let is_wiring = start > 0 && lines[start - 1].trim() == "#[hdl_gen]";
                if index - start >= if is_wiring { 125 } else { 70 } {
                    long.push((start + 1, index - start + 1));
                }
                open = None;
            }
            _ => {}
        }
    }
    long
}

#[test]
fn a_long_function_would_be_found() {
    let text = format!("fn long() {{\n{}}}\nfn short() {{\n}}\n", "    x();\n".repeat(80));
    assert_eq!(long_functions(&text.lines().collect::<Vec<_>>()), [(1, 82)]);
    let wiring = format!("#[hdl_gen]\n{text}");
    assert_eq!(long_functions(&wiring.lines().collect::<Vec<_>>()), []);
}

#[test]
fn the_reference_converts_by_name_only() {
    for (path, text) in rust_files().into_iter().filter(|(path, _)| path.starts_with(root().join("sim/src"))) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let casts = ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64"];
            let cast = casts.iter().find(|kind| line.contains(&format!(" as {kind}")));
            assert!(cast.is_none(), "{}:{}: `as` in the reference: {line}", path.display(), number + 1);
        }
    }
}

#[test]
fn every_command_of_the_readme_is_there() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let makefile = fs::read_to_string(root().join("Makefile")).expect("Makefile");
    let mut n_targets = 0;
    for target in readme.split("make ").skip(1).filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).next()) {
        if ["demo", "test", "cosim-full", "test-boards", "bench"].contains(&target) {
            n_targets += 1;
            assert!(makefile.contains(&format!("\n{target}:")), "the README names `make {target}`, the Makefile has none");
        }
    }
    assert!(n_targets >= 2, "the README names no make target");
    for test in readme.split("--test ").skip(1).filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()) {
        let there = ["sim", "hdl", "compiler", "runtime", "train", "bench"].iter().any(|package| {
            let tests = root().join(package).join("tests");
            tests.join(format!("{test}.rs")).exists() || tests.join(test).join("main.rs").exists()
        });
        assert!(there, "the README names the test {test}, which no package has");
    }
}
