//! Real agents for tests, in the cache directory: pinned, each package checked against the hash of its lock file, installed once.
//! Afterwards nothing outside is needed.

use std::ffi::OsString;

use anyhow::bail;

/// What tests find in their environment: where OpenCode is.
const OPENCODE: &str = "OMOI_TEST_OPENCODE";

/// The agents of the tests, by the variables that name them; none where the lock file has none for this system.
pub(crate) fn environment() -> anyhow::Result<Vec<(&'static str, OsString)>> {
    Ok(installed::opencode()?.map(|program| (OPENCODE, program.into())).into_iter().collect())
}

/// `cargo xtask agents`: installs it and says where it is.
pub(crate) fn run() -> anyhow::Result<()> {
    let Some(program) = installed::opencode()? else {
        bail!("there is none for this system; see crates/adapters/tests/opencode/README.md");
    };
    println!("{}", program.display());
    Ok(())
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod installed {
    pub(super) fn opencode() -> anyhow::Result<Option<std::path::PathBuf>> {
        Ok(None)
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod installed {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use anyhow::{Context as _, bail};

    /// The files that are installed from: name and content.
    const FILES: [(&str, &str); 3] = [
        ("package.json", include_str!("../../crates/adapters/tests/opencode/package.json")),
        ("package-lock.json", include_str!("../../crates/adapters/tests/opencode/package-lock.json")),
        (".npmrc", include_str!("../../crates/adapters/tests/opencode/.npmrc")),
    ];
    /// The version of it.
    const VERSION: &str = "1.18.33";
    /// The packages that hold the program, the better one first: it needs what not every processor has.
    const PACKAGES: [&str; 2] = ["opencode-linux-x64", "opencode-linux-x64-baseline"];

    /// The program. It is one large file; of what npm installs nothing else is kept.
    pub(super) fn opencode() -> anyhow::Result<Option<PathBuf>> {
        let agents = embedded::wheels::cache_dir().join("agents");
        let folder = agents.join(format!("opencode-{VERSION}"));
        let program = folder.join("opencode");
        let (_, lock) = FILES[1];
        if fs::read_to_string(folder.join("package-lock.json")).is_ok_and(|text| text == lock) {
            return Ok(Some(program));
        }
        eprintln!("== installing OpenCode {VERSION} into {}", folder.display());
        fs::create_dir_all(&agents)?;
        // Beside its place, and moved there whole: half an installation is none.
        let fresh = tempfile::tempdir_in(&agents)?;
        for (name, content) in FILES {
            fs::write(fresh.path().join(name), content)?;
        }
        npm_install(fresh.path())?;
        let found = first_that_runs(&fresh.path().join("node_modules"))?;
        fs::rename(found, fresh.path().join("opencode"))?;
        fs::remove_dir_all(fresh.path().join("node_modules"))?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::rename(fresh.path(), &folder).with_context(|| format!("moving it to {}", folder.display()))?;
        Ok(Some(program))
    }

    /// Not with `npm ci`: it refuses a lock file where a registry has no packages for other systems. No scripts: what is
    /// installed is a program, and npm has checked it.
    fn npm_install(folder: &Path) -> anyhow::Result<()> {
        let quietly = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        let status = Command::new("npm")
            .arg("install")
            .args(quietly)
            .current_dir(folder)
            .stdin(Stdio::null())
            // What it says belongs to whoever looks on, and not to what is printed.
            .stdout(Stdio::null())
            .status()
            .context("cannot run npm; is Node.js installed?")?;
        if status.success() { Ok(()) } else { bail!("cannot install OpenCode with npm; see above") }
    }

    fn first_that_runs(packages: &Path) -> anyhow::Result<PathBuf> {
        for package in PACKAGES {
            let program = packages.join(package).join("bin/opencode");
            // One that needs another processor is ended by a signal.
            let said = Command::new(&program).arg("--version").env("HOME", packages).output();
            if said.is_ok_and(|said| said.status.success() && said.stdout.trim_ascii() == VERSION.as_bytes())
            {
                return Ok(program);
            }
        }
        bail!("npm has installed no OpenCode {VERSION} that runs here")
    }
}
