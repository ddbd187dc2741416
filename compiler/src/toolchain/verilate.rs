//! [`SimulationSources`] and a main program in C++ -> an executable, built once.
//!
//! Builds are kept in `<cache>/<key>/`, where the key is a hash of all sources, memory files,
//! flags and the version of Verilator. A build is made beside and renamed into place.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::plan::strings;
use super::sources::literal_name;
use super::{
    doctor, runtime, Command, Generation, Progress, Runner, SimulationSources, Tool, ToolError,
    Tools,
};

const EXECUTABLE: &str = "simulation";
const HARNESS: &str = "harness.cpp";

/// How an executable is built.
#[derive(Debug, Clone)]
pub struct VerilateOptions {
    /// Where builds are kept.
    pub cache: PathBuf,
    /// Waveforms in FST, with `SPIKEFORGE_TRACE` defined for the main program; a simulation that
    /// can trace is slower even when it does not.
    pub trace: bool,
    /// Waveforms are of the top module's own signals alone, those that a tool has named among them.
    pub trace_top_only: bool,
    /// Unwritten state can be random at the start (`+verilator+rand+reset+2`, `+verilator+seed+N`
    /// when run), which finds missing resets.
    pub random_start: bool,
    /// The compiler does not optimize: a few thousand cycles take less time than that would.
    pub short_run: bool,
}

impl VerilateOptions {
    /// Builds are kept in `$SPIKEFORGE_CACHE`, or `spikeforge` of the user's cache folder.
    pub fn from_environment() -> VerilateOptions {
        let variable = |name: &str| env::var_os(name).map(PathBuf::from);
        let of_user =
            || variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
        let cache = variable("SPIKEFORGE_CACHE").or_else(|| Some(of_user()?.join("spikeforge")));
        VerilateOptions {
            cache: cache.unwrap_or_else(|| env::temp_dir().join("spikeforge")),
            trace: false,
            trace_top_only: false,
            random_start: false,
            short_run: false,
        }
    }

    /// The same for simulations of a few thousand cycles.
    pub fn for_short_runs() -> VerilateOptions {
        VerilateOptions { short_run: true, ..VerilateOptions::from_environment() }
    }
}

/// The executable of `sources` driven by `harness`, the text of a C++ file that includes
/// `V<top>.h`. Memory files are found wherever it is run.
pub fn verilate(
    sources: &SimulationSources,
    harness: &str,
    options: &VerilateOptions,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ToolError> {
    sources.check_memory_files()?;
    fs::create_dir_all(&options.cache).map_err(ToolError::io(&options.cache))?;
    let cache = options
        .cache
        .canonicalize()
        .map_err(ToolError::io(&options.cache))?;
    let verilator = tools.find(Tool::Verilator, Generation::Debian)?;
    let version = doctor::first_line(&verilator, "--version")?;
    let home = cache.join(key(sources, harness, options, &version));
    let build = Build {
        sources,
        harness,
        options,
        runtime: cache.join(runtime_name(options, &version)),
        home,
    };
    if !build.is_kept() {
        let beside = tempfile::Builder::new()
            .prefix("building-")
            .tempdir_in(&cache)
            .map_err(ToolError::io(&cache))?;
        build.compile(&mut Runner {
            tools,
            folder: beside.path(),
            progress,
        })?;
        build.put_in_place(beside)?;
    }
    Ok(build.home.join(EXECUTABLE))
}

struct Build<'a> {
    sources: &'a SimulationSources,
    harness: &'a str,
    options: &'a VerilateOptions,
    /// Where Verilator's own objects are kept.
    runtime: PathBuf,
    /// Where the build will stand.
    home: PathBuf,
}

impl Build<'_> {
    /// There, with every memory file that the executable will read.
    fn is_kept(&self) -> bool {
        let is_same = |(name, text): &(String, String)| {
            fs::read_to_string(self.home.join(name)).is_ok_and(|kept| kept == *text)
        };
        self.home.join(EXECUTABLE).is_file()
            && self
                .sources
                .files
                .iter()
                .filter(|(name, _)| !name.ends_with(".v"))
                .all(is_same)
    }

    /// Verilator and the C++ compiler, in the runner's folder.
    fn compile(&self, runner: &mut Runner<'_>) -> Result<(), ToolError> {
        let placed = |(name, text): &(String, String)| match name.ends_with(".v") {
            true => (name.clone(), with_placed_memories(text, &self.home)),
            false => (name.clone(), text.clone()),
        };
        let mut files: Vec<_> = self.sources.files.iter().map(placed).collect();
        files.push((HARNESS.to_owned(), self.harness.to_owned()));
        runner.write(&files)?;
        let objects = runner.folder.join("obj");
        runner
            .run(&verilator(self.sources, self.options))
            .map_err(|error| self.with_kept_log(error))?;
        runtime::lend(&objects, &self.runtime)?;
        runner
            .run(&make(&self.sources.top, self.options))
            .map_err(|error| self.with_kept_log(error))?;
        runtime::keep(&objects, &self.runtime)?;
        let built = objects.join(EXECUTABLE);
        fs::rename(&built, runner.folder.join(EXECUTABLE)).map_err(ToolError::io(&built))?;
        fs::remove_dir_all(&objects).map_err(ToolError::io(&objects))
    }

    /// Another process may have put the same build there meanwhile; then that one is as good.
    fn put_in_place(&self, beside: tempfile::TempDir) -> Result<(), ToolError> {
        if self.home.exists() && !self.is_kept() {
            fs::remove_dir_all(&self.home).map_err(ToolError::io(&self.home))?;
        }
        match fs::rename(beside.path(), &self.home) {
            Err(_) if self.is_kept() => Ok(()),
            renamed => renamed.map_err(ToolError::io(&self.home)),
        }
    }

    /// The folder of a failed build goes away, its log stays beside where the build would have stood.
    fn with_kept_log(&self, error: ToolError) -> ToolError {
        match error {
            ToolError::Failed {
                command,
                log,
                first_error,
            } => {
                let kept = self.home.with_extension("log");
                let log = fs::copy(&log, &kept).map_or(log, |_| kept);
                ToolError::Failed {
                    command,
                    log,
                    first_error,
                }
            }
            other => other,
        }
    }
}

/// Verilog -> C++.
fn verilator(sources: &SimulationSources, options: &VerilateOptions) -> Command {
    let mut args = strings(&["--cc", "--exe", "-O3", "--Mdir", "obj", "-o", EXECUTABLE]);
    args.extend(strings(&[
        "--top-module",
        &sources.top,
        "--x-assign",
        "fast",
        "--noassert",
    ]));
    args.extend(strings(&[
        "--x-initial",
        if options.random_start {
            "unique"
        } else {
            "fast"
        },
    ]));
    if options.trace {
        args.extend(strings(&["--trace-fst", "-CFLAGS", "-DSPIKEFORGE_TRACE"]));
    }
    if options.trace_top_only {
        args.extend(strings(&["--trace-depth", "1", "--trace-underscore"]));
    }
    args.extend(sources.defines.iter().map(|define| format!("-D{define}")));
    args.extend(sources.flags.iter().cloned());
    args.extend(sources.verilog().map(str::to_owned));
    args.push(HARNESS.to_owned());
    Command {
        tool: Tool::Verilator,
        generation: Generation::Debian,
        args,
        log: "verilator.log".to_owned(),
        stdout: None,
        produces: vec![format!("obj/V{}.mk", sources.top)],
    }
}

/// C++ -> executable. 5.006 compiles for size unless told otherwise, at a quarter of the speed;
/// code that runs once is not worth the compiler's time.
fn make(top: &str, options: &VerilateOptions) -> Command {
    let makefile = format!("V{top}.mk");
    Command {
        tool: Tool::Make,
        generation: Generation::Debian,
        args: strings(&[
            "-C",
            "obj",
            "-f",
            &makefile,
            "-j",
            "2",
            if options.short_run { "OPT_FAST=-O0" } else { "OPT_FAST=-O2" },
            "OPT_GLOBAL=-O2",
            "OPT_SLOW=-O0",
        ]),
        log: "make.log".to_owned(),
        stdout: None,
        produces: vec![format!("obj/{EXECUTABLE}")],
    }
}

/// `$readmemh("x.hex"` reads from the folder in which the simulation is run; this names the kept file.
fn with_placed_memories(text: &str, home: &Path) -> String {
    let mut parts = text.split("$readmem");
    let mut placed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        placed.push_str("$readmem");
        match literal_name(part) {
            Some(_) => placed.push_str(&part.replacen('"', &format!("\"{}/", home.display()), 1)),
            None => placed.push_str(part),
        }
    }
    placed
}

fn key(
    sources: &SimulationSources,
    harness: &str,
    options: &VerilateOptions,
    version: &str,
) -> String {
    let mut hash = Sha256::new();
    // Each part with its length, so that no two lists of parts read the same.
    let mut part = |text: &str| {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(version);
    part(harness);
    sources.files.iter().for_each(|(name, text)| {
        part(name);
        part(text);
    });
    verilator(sources, options)
        .args
        .iter()
        .chain(&make(&sources.top, options).args)
        .for_each(|argument| part(argument));
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Verilator's own objects differ by its version and by tracing only.
fn runtime_name(options: &VerilateOptions, version: &str) -> String {
    let word = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    let version: String = version.chars().map(word).collect();
    format!(
        "runtime-{version}{}",
        if options.trace { "-trace" } else { "" }
    )
}
