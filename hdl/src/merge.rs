//! One Verilog module for each distinct block, where rust-hdl prints one an instance.
//!
//! Modules arrive named by their path (`top$stages$0$crossbar`). From the deepest up, two modules with the
//! same text become one, named after its place in the design without instance numbers.

use std::collections::{HashMap, HashSet};

/// `verilog` with equal modules merged, and the module `top` renamed to `top_name`.
pub fn merge_equal_modules(verilog: &str, top_name: &str) -> String {
    let mut modules = split_modules(verilog);
    modules.sort_by_key(|module| std::cmp::Reverse(module.path.matches('$').count()));
    let paths: HashSet<String> = modules.iter().map(|module| module.path.clone()).collect();
    let mut merged = Merged::new(top_name);
    for module in modules {
        merged.add(module, &paths);
    }
    merged.text
}

struct Module {
    path: String,
    /// From the port list to before `endmodule`.
    body: String,
}

fn split_modules(verilog: &str) -> Vec<Module> {
    let mut modules: Vec<Module> = vec![];
    let mut inside = false;
    for line in verilog.lines().map(str::trim_end) {
        if let Some((path, ports)) = line.strip_prefix("module ").and_then(|rest| rest.split_once('(')) {
            modules.push(Module { path: path.into(), body: format!("({ports}\n") });
            inside = true;
        } else if line.trim_start().starts_with("endmodule") {
            inside = false;
        } else if let Some(module) = modules.last_mut().filter(|_| inside && !line.is_empty()) {
            module.body += line;
            module.body.push('\n');
        }
    }
    modules
}

struct Merged {
    top_name: String,
    text: String,
    /// Path of each module to the name that stands for it.
    names: HashMap<String, String>,
    by_body: HashMap<String, String>,
    taken: HashMap<String, usize>,
    given: HashSet<String>,
}

impl Merged {
    fn new(top_name: &str) -> Self {
        Merged {
            top_name: top_name.into(),
            text: String::new(),
            names: HashMap::new(),
            by_body: HashMap::new(),
            taken: HashMap::new(),
            given: HashSet::new(),
        }
    }

    fn add(&mut self, module: Module, paths: &HashSet<String>) {
        let body: String = module.body.lines().map(|line| self.renamed(line, paths) + "\n").collect();
        let name = match self.by_body.get(&body) {
            Some(name) => name.clone(),
            None => {
                let name = self.fresh_name(&module.path);
                self.text += &format!("module {name}{body}endmodule\n\n");
                self.by_body.insert(body, name.clone());
                name
            }
        };
        self.names.insert(module.path, name);
    }

    /// An instantiation line, `path instance(`, with the name of the merged module.
    fn renamed(&self, line: &str, paths: &HashSet<String>) -> String {
        let text = line.trim_start();
        match text.split_once(' ') {
            Some((path, rest)) if paths.contains(path) && rest.ends_with('(') => {
                let name = self.names.get(path).map_or(path, String::as_str);
                format!("{}{name} {rest}", &line[..line.len() - text.len()])
            }
            _ => line.into(),
        }
    }

    fn fresh_name(&mut self, path: &str) -> String {
        if path == "top" {
            return self.top_name.clone();
        }
        let parts: Vec<&str> = path.split('$').skip(1).filter(|part| part.parse::<u32>().is_err()).collect();
        let stem = parts[parts.len().saturating_sub(2)..].join("_");
        // A register `x_2` beside a second block `x` would have its name.
        loop {
            let count = self.taken.entry(stem.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { format!("sf_{stem}") } else { format!("sf_{stem}_{count}") };
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }
}
