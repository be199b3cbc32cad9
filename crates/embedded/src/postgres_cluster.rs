//! The files of the cluster: making it so that an interruption leaves nothing half-made, checking that it
//! is ours, and clearing what a killed predecessor left.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    DataDir, Error, Result,
    credentials::{self, Password},
    data_dir::sync_directory,
    guard::OnParentDeath,
    spawner::{self, Launch},
    text,
};

/// The major version of the pinned build; a cluster of another one is refused.
pub const MAJOR_VERSION: &str = "18";
/// The superuser of the cluster.
pub(crate) const ADMIN: &str = "omoi_admin";

pub(crate) const CLUSTER: &str = "postgres";
const UNFINISHED: &str = "postgres.unfinished-";
pub(crate) const PASSWORD_FILE: &str = "postgres.json";

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Secrets {
    admin: Password,
    app: Password,
}

/// The password kept for the product's own login, without taking the data directory.
pub(crate) fn kept_app_password(data_dir: &Path) -> Option<Password> {
    let secrets: Option<Secrets> = credentials::read(&data_dir.join(PASSWORD_FILE)).ok()?;
    secrets.map(|secrets| secrets.app)
}

/// A cluster that exists.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// Its directory.
    pub(crate) directory: PathBuf,
    /// The password of [`ADMIN`].
    pub(crate) password: Password,
    /// The password of the product's own login.
    pub(crate) app_password: Password,
}

/// The cluster of `data_dir`, made first when there is none.
pub(crate) async fn open_or_create(data_dir: &DataDir, binaries: &Path, guard_exe: &Path) -> Result<Cluster> {
    let directory = data_dir.home().join(CLUSTER);
    let password_file = data_dir.path().join(PASSWORD_FILE);
    if directory.exists() {
        check_version(&directory)?;
        let secrets: Option<Secrets> = credentials::read(&password_file)?;
        let Some(Secrets { admin: password, app: app_password }) = secrets else {
            return Err(Error::Damaged {
                file: password_file,
                problem: "is missing, and without it the cluster cannot be opened".to_owned(),
                remedy: "restore it from a backup of the data directory".to_owned(),
            });
        };
        return Ok(Cluster { directory, password, app_password });
    }
    // The password is kept before the cluster exists, so a cluster never exists without it.
    let secrets = Secrets { admin: Password::random(), app: Password::random() };
    credentials::write(&password_file, &secrets)?;
    create(data_dir, binaries, guard_exe, &secrets.admin, &directory).await?;
    Ok(Cluster { directory, password: secrets.admin, app_password: secrets.app })
}

/// Runs initdb beside the final place and moves the result there: a cluster is whole or not there.
async fn create(
    data_dir: &DataDir,
    binaries: &Path,
    guard_exe: &Path,
    password: &Password,
    directory: &Path,
) -> Result<()> {
    remove_unfinished(data_dir.home());
    // A new name each time: an initdb that was interrupted may still be cleaning up its own directory.
    let unfinished = data_dir.home().join(format!("{UNFINISHED}{}", hex::encode(rand::random::<[u8; 4]>())));
    data_dir.make_private(&unfinished)?;
    let password_file = data_dir.home().join("initdb.password");
    data_dir.write_private(&password_file, password.reveal())?;
    let log = data_dir.path().join("initdb.log");
    let result = run_initdb(&Launch {
        guard_exe: guard_exe.to_path_buf(),
        on_parent_death: OnParentDeath::Terminate,
        account: data_dir.account().cloned(),
        directory: data_dir.home().to_path_buf(),
        program: binaries.join("initdb"),
        arguments: [
            "--pgdata",
            &unfinished.display().to_string(),
            "--pwfile",
            &password_file.display().to_string(),
            "--username",
            ADMIN,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        ]
        .map(str::to_owned)
        .to_vec(),
        log,
    })
    .await;
    fs::remove_file(&password_file).map_err(Error::io("remove", &password_file))?;
    result?;
    fs::rename(&unfinished, directory).map_err(Error::io("make the cluster", directory))?;
    sync_directory(data_dir.home())
}

fn remove_unfinished(home: &Path) {
    let Ok(entries) = fs::read_dir(home) else { return };
    for entry in entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(UNFINISHED)) {
        // It costs room only; the next start that makes a cluster tries again.
        let _ = fs::remove_dir_all(entry.path());
    }
}

async fn run_initdb(launch: &Launch) -> Result<()> {
    let status = spawner::spawn(launch)?.ended().await;
    if status.success() {
        Ok(())
    } else {
        let said = text::tail(&launch.log, 8);
        Err(Error::Helper { program: "initdb", status: status.to_string(), said })
    }
}

fn check_version(cluster: &Path) -> Result<()> {
    let file = cluster.join("PG_VERSION");
    let found = fs::read_to_string(&file).map_err(Error::io("read", &file))?;
    let found = found.trim();
    if found == MAJOR_VERSION {
        Ok(())
    } else {
        Err(Error::VersionMismatch {
            cluster: cluster.to_path_buf(),
            found: found.to_owned(),
            expected: MAJOR_VERSION,
        })
    }
}

impl Cluster {
    /// A process that works in the cluster now: Postgres makes the cluster its working directory.
    pub(crate) fn worker(&self) -> Option<u32> {
        let processes = fs::read_dir("/proc").ok()?;
        processes.flatten().find_map(|process| {
            let pid: u32 = process.file_name().to_str()?.parse().ok()?;
            let directory = fs::read_link(process.path().join("cwd")).ok()?;
            (directory == self.directory && is_postgres(&process.path())).then_some(pid)
        })
    }

    /// Removes a pid file whose number now belongs to a stranger; Postgres would take that one for itself
    /// and never start. As long as any process works in the cluster the file stays.
    pub(crate) fn clear_stale_pid_file(&self) {
        let file = self.directory.join("postmaster.pid");
        let Some(pid) = text::pid_in(&file) else { return };
        let stranger = Path::new("/proc").join(pid.to_string()).exists();
        if stranger && self.worker().is_none() {
            tracing::warn!(pid, "removing the pid file of a Postgres that is gone");
            // When it cannot be removed, Postgres says so when it starts.
            let _ = fs::remove_file(&file);
        }
    }
}

fn is_postgres(process: &Path) -> bool {
    fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim() == "postgres")
}
