//! With the feature `verilated`: compiles the Verilated design in the folder `SPIKEFORGE_VERILATED` into this crate.

fn main() {
    println!("cargo:rerun-if-env-changed=SPIKEFORGE_VERILATED");
    #[cfg(feature = "verilated")]
    model::compile();
}

#[cfg(feature = "verilated")]
mod model {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    pub fn compile() {
        let folder = std::env::var_os("SPIKEFORGE_VERILATED").map(PathBuf::from);
        let Some(folder) = folder.filter(|folder| folder.join("accelerator.cpp").is_file()) else {
            panic!("the feature verilated needs the folder of a Verilated design in SPIKEFORGE_VERILATED; scripts/verilated.sh makes one and builds with it");
        };
        println!("cargo:rerun-if-changed={}", folder.display());
        println!("cargo:rerun-if-changed=src/verilated");
        let sources = sources(&folder);
        let traces = sources.iter().any(|path| path.to_string_lossy().contains("__Trace"));
        let mut build = cc::Build::new();
        // Verilator's own headers and the code it writes warn; -Os, its default, simulates at a quarter of the speed.
        build.cpp(true).std("gnu++17").opt_level(2).warnings(false).include(&folder).include(include());
        build.include(include().join("vltstd")).define("SPIKEFORGE_IN_PROCESS", None);
        if traces {
            build.define("SPIKEFORGE_TRACE", None).define("VM_TRACE", "1");
        }
        build.files(sources).file("src/verilated/session.cpp").compile("spikeforge_verilated");
    }

    /// What Verilator wrote.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let paths = entries.flatten().map(|entry| entry.path());
        let mut sources: Vec<PathBuf> =
            paths.filter(|path| path.extension().is_some_and(|ext| ext == "cpp") && !path.ends_with("accelerator.cpp")).collect();
        sources.sort();
        sources
    }

    /// Of Verilator's runtime.
    fn include() -> PathBuf {
        let output = Command::new("verilator").args(["--getenv", "VERILATOR_ROOT"]).output();
        let output = output.unwrap_or_else(|error| panic!("verilator: {error}; apt-get install verilator"));
        Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("include")
    }
}
