//! schemathesis in a virtual environment of its own, in the cache directory: pinned, each file checked against its
//! hash, installed once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Everything it needs, with hashes.
const REQUIREMENTS: &str = include_str!("../../schemathesis/requirements.txt");
const HOOKS: &str = "omoi_hooks";

/// The installed tool.
#[derive(Debug)]
pub(super) struct Tool {
    environment: PathBuf,
}

/// Installs it, unless these very requirements are installed.
pub(super) fn ready() -> anyhow::Result<Tool> {
    let environment = embedded::wheels::cache_dir().join("schemathesis");
    let installed = environment.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(Tool { environment });
    }
    eprintln!("== installing schemathesis into {}", environment.display());
    if environment.exists() {
        fs::remove_dir_all(&environment)?;
    }
    fs::create_dir_all(&environment)?;
    done(Command::new("python3").args(["-m", "venv"]).arg(&environment), "make a virtual environment")?;
    let wanted = environment.join("wanted.txt");
    fs::write(&wanted, REQUIREMENTS)?;
    let mut pip = Command::new(environment.join("bin/pip"));
    pip.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
    ]);
    done(pip.arg(&wanted), "install schemathesis with pip")?;
    // Written last: half an installation is none.
    fs::rename(&wanted, &installed)?;
    Ok(Tool { environment })
}

fn done(command: &mut Command, what: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot {what}; is Python 3 installed?"))?;
    if status.success() { Ok(()) } else { bail!("cannot {what}; see above") }
}

impl Tool {
    /// It, with our hooks.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(self.environment.join("bin/schemathesis"));
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis");
        command.arg("--config-file").arg(hooks.join("schemathesis.toml"));
        command.env("PYTHONPATH", hooks).env("SCHEMATHESIS_HOOKS", HOOKS).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}
