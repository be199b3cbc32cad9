//! Which bubblewrap there is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use ports::sandbox::SandboxError;
use tokio::process::Command;

/// The first that can keep a program from making user namespaces of its own (`--disable-userns`).
const OLDEST: (u32, u32) = (0, 8);

const REMEDY: &str = "install bubblewrap 0.8 or later (Debian and Ubuntu: `apt install bubblewrap`)";

/// The program, by its whole path: what is put before it in `PATH` later changes nothing.
///
/// # Errors
/// When there is none, or one that is too old.
pub(super) async fn find(name: &Path) -> Result<PathBuf, SandboxError> {
    let program = if name.is_absolute() { Some(name.to_path_buf()) } else { in_path(name) };
    let program = program.filter(|program| program.is_file()).ok_or_else(|| SandboxError::Unavailable {
        what: format!("there is no {}", name.display()),
        remedy: REMEDY.to_owned(),
    })?;
    let mut command = Command::new(&program);
    command.arg("--version").env_clear().stdin(Stdio::null()).kill_on_drop(true);
    let said = command.output().await.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_else(|e| e.to_string());
    if version(&said).is_none_or(|version| version < OLDEST) {
        let what = format!("{} is not bubblewrap 0.8 or later: it says `{}`", program.display(), said.trim());
        return Err(SandboxError::Unavailable { what, remedy: REMEDY.to_owned() });
    }
    Ok(program)
}

fn in_path(name: &Path) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // Relative ones mean another program in every directory.
    let directories = env::split_paths(&path).filter(|directory| directory.is_absolute());
    directories.map(|directory| directory.join(name)).find(|program| program.is_file())
}

fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix("bubblewrap ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_and_nothing_else() {
        assert_eq!(version("bubblewrap 0.8.0\n"), Some((0, 8)));
        assert_eq!(version("bubblewrap 0.11.0"), Some((0, 11)));
        assert_eq!(version("bwrap: unknown option --version"), None);
        assert_eq!(version("bubblewrap x"), None);
    }
}
