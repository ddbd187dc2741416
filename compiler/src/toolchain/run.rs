//! Runs commands of a plan: the one place where a tool is started.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Command, ToolError, Tools};

/// What a long run is doing, for the user's eyes.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    Started { command: String },
    Finished { command: String, took: Duration },
}

/// Where commands run, and who hears of it.
pub struct Runner<'a> {
    pub tools: &'a Tools,
    pub folder: &'a Path,
    pub progress: &'a mut dyn FnMut(Progress),
}

impl Runner<'_> {
    /// Writes text files into the folder, which is made if need be.
    pub fn write(&self, files: &[(String, String)]) -> Result<(), ToolError> {
        fs::create_dir_all(self.folder).map_err(ToolError::io(self.folder))?;
        for (name, text) in files {
            if Path::new(name)
                .file_name()
                .is_none_or(|plain| plain != name.as_str())
            {
                return Err(ToolError::FileName(name.into()));
            }
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(ToolError::io(&path))?;
        }
        Ok(())
    }

    /// Runs one command: exit status, log and every promised file are checked.
    pub fn run(&mut self, command: &Command) -> Result<(), ToolError> {
        self.run_within(command, Duration::MAX)
    }

    /// The same; a command that takes longer is ended, which is an error of its own.
    pub fn run_within(&mut self, command: &Command, limit: Duration) -> Result<(), ToolError> {
        let started = Instant::now();
        (self.progress)(Progress::Started {
            command: command.to_string(),
        });
        let log = run_within(command, limit, self.tools, self.folder)?;
        if let Some(file) = command
            .produces
            .iter()
            .find(|file| !is_written(&self.folder.join(file)))
        {
            return Err(ToolError::NoOutput {
                command: command.to_string(),
                file: file.clone(),
                log,
            });
        }
        (self.progress)(Progress::Finished {
            command: command.to_string(),
            took: started.elapsed(),
        });
        Ok(())
    }
}

/// Runs `command` in `folder` and gives the path of its log. Files of an earlier run are removed first.
pub fn run(command: &Command, tools: &Tools, folder: &Path) -> Result<PathBuf, ToolError> {
    run_within(command, Duration::MAX, tools, folder)
}

fn run_within(command: &Command, limit: Duration, tools: &Tools, folder: &Path) -> Result<PathBuf, ToolError> {
    let program = tools.find(command.tool, command.generation)?;
    for stale in &command.produces {
        let path = folder.join(stale);
        if path.exists() {
            fs::remove_file(&path).map_err(ToolError::io(&path))?;
        }
    }
    let log = folder.join(&command.log);
    let errors = File::create(&log).map_err(ToolError::io(&log))?;
    let output = match &command.stdout {
        Some(file) => File::create(folder.join(file)),
        None => errors.try_clone(),
    }
    .map_err(ToolError::io(&log))?;
    let mut child = process::Command::new(&program)
        .args(&command.args)
        .current_dir(folder)
        .stdin(Stdio::null())
        // Started from a makefile, our make would wait for that one's job server.
        .env_remove("MAKEFLAGS")
        .env_remove("MFLAGS")
        // Errors are recognized by their English words.
        .env("LC_ALL", "C.UTF-8")
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|source| ToolError::Start {
            program: program.display().to_string(),
            source,
        })?;
    let Some(status) = wait(&mut child, limit).map_err(ToolError::io(&log))? else {
        return Err(ToolError::TookTooLong { command: command.to_string(), minutes: limit.as_secs() / 60, log });
    };
    if status.success() {
        return Ok(log);
    }
    let first_error = first_error(&log, &status.to_string());
    Err(ToolError::Failed {
        command: command.to_string(),
        log,
        first_error,
    })
}

/// How the program ended; `None` where it was ended as it took longer.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    if limit == Duration::MAX {
        return child.wait().map(Some);
    }
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill()?;
    child.wait().map(|_| None)
}

/// The first line that calls itself an error, or a warning that was fatal, or how and after what
/// the program ended.
fn first_error(log: &Path, status: &str) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_count = |line: &str| line.contains("Exiting due to");
    let is_error = |line: &&str| {
        ["ERROR", "%Error", "rror:"]
            .iter()
            .any(|word| line.contains(word))
            && !is_count(line)
    };
    let is_warning = |line: &&str| line.starts_with("%Warning");
    let told = lines().find(is_error).or_else(|| lines().find(is_warning));
    match (told, lines().next_back()) {
        (Some(line), _) => line.to_owned(),
        (None, Some(line)) => format!("{status}, after \"{line}\""),
        (None, None) => status.to_owned(),
    }
}

fn is_written(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() > 0)
}
