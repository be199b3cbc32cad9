//! A plan, checked and made real: what does not exist, or leads out of the workspace, is refused before anything starts.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, lchown};
use std::path::{Component, Path, PathBuf};

use children::account::Account;
use ports::sandbox::{Access, Plan, SandboxError, WORKSPACE};
use rustix::fs::{Mode, OFlags, ResolveFlags};

/// Names longer than this do not fit where they become part of others.
const LONGEST_NAME: usize = 60;

/// What a plan names of the host, found.
#[derive(Debug)]
pub(super) struct Found {
    /// The workspace, without links in its path.
    pub(super) workspace: PathBuf,
    /// Below it: what may not be written, without what does not exist.
    pub(super) protected: Vec<PathBuf>,
}

/// # Errors
/// [`SandboxError::BadPlan`].
pub(super) fn check(plan: &Plan) -> Result<Found, SandboxError> {
    let name_is_fine = (1..=LONGEST_NAME).contains(&plan.name.len())
        && plan.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !name_is_fine {
        return Err(bad(format!(
            "`{}` is no name: letters, digits and hyphens, at most {LONGEST_NAME}",
            plan.name
        )));
    }
    if plan.command.is_empty() {
        return Err(bad("there is no program to run"));
    }
    let variables = plan.environment.iter().flat_map(|(name, value)| [name, value]);
    if plan.command.iter().chain(variables).any(|text| text.contains('\0')) {
        return Err(bad("an argument or a variable has a zero in it"));
    }
    if let Some((name, _)) = plan.environment.iter().find(|(name, _)| name.is_empty() || name.contains('=')) {
        return Err(bad(format!("`{name}` cannot be the name of a variable")));
    }
    let workspace = real_directory(&plan.workspace)?;
    for mount in plan.mounts.iter().chain(&plan.sockets) {
        if !plainly_absolute(&mount.to) || mount.to.starts_with(WORKSPACE) {
            return Err(bad(format!("{} is no place for a mount", mount.to.display())));
        }
        text(&mount.from)?;
        if !mount.from.is_absolute() || !mount.from.exists() {
            return Err(bad(format!("{} does not exist", mount.from.display())));
        }
    }
    for socket in &plan.sockets {
        if !fs::metadata(&socket.from).is_ok_and(|found| found.file_type().is_socket()) {
            return Err(bad(format!("{} is no socket", socket.from.display())));
        }
    }
    let protected = match plan.access {
        Access::Read => Vec::new(),
        Access::Write => protected(&workspace, &plan.protected)?,
    };
    Ok(Found { workspace, protected })
}

/// A path as the text that our files and bubblewrap's arguments are.
///
/// # Errors
/// When it is none.
pub(super) fn text(path: &Path) -> Result<&str, SandboxError> {
    path.to_str().ok_or_else(|| bad(format!("{} is not UTF-8", path.display())))
}

fn bad(what: impl Into<String>) -> SandboxError {
    SandboxError::BadPlan(what.into())
}

fn real_directory(path: &Path) -> Result<PathBuf, SandboxError> {
    let real = fs::canonicalize(path).map_err(|e| bad(format!("the workspace {}: {e}", path.display())))?;
    if !path.is_absolute() || !real.is_dir() || real.parent().is_none() {
        return Err(bad(format!("{} cannot be a workspace", path.display())));
    }
    text(&real)?;
    Ok(real)
}

fn plainly_absolute(path: &Path) -> bool {
    let mut parts = path.components();
    parts.next() == Some(Component::RootDir)
        && path.to_str().is_some()
        && path.parent().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// A link in the place of a protected file would have the host bind what it leads to: whoever wrote the workspace before could
/// read any file that way.
fn protected(workspace: &Path, wanted: &[PathBuf]) -> Result<Vec<PathBuf>, SandboxError> {
    let root = rustix::fs::open(workspace, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|e| bad(format!("the workspace {}: {e}", workspace.display())))?;
    let mut found = Vec::new();
    for path in wanted {
        let below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !below || path.as_os_str().is_empty() {
            return Err(bad(format!("{} is not below the workspace", path.display())));
        }
        text(path)?;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&root, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), beneath) {
            Ok(_) => found.push(path.clone()),
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {}
            Err(e) => {
                return Err(bad(format!("{} in the workspace cannot be protected: {e}", path.display())));
            }
        }
    }
    Ok(found)
}

/// Gives a workspace and all that is in it to an account. Links are given themselves, not what they lead to; other file
/// systems are left alone.
///
/// # Errors
/// When something of it cannot be given.
pub(super) fn give(workspace: &Path, account: &Account) -> io::Result<()> {
    let device = fs::symlink_metadata(workspace)?.dev();
    let mut left = vec![workspace.to_path_buf()];
    while let Some(path) = left.pop() {
        let found = match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            found => found?,
        };
        if found.dev() != device {
            continue;
        }
        // A file with another name elsewhere is that other file too: whoever could write here may have linked it here.
        let shared = !found.is_dir() && found.nlink() > 1 && found.uid() != account.uid;
        if (found.uid(), found.gid()) != (account.uid, account.gid) && !shared {
            lchown(&path, Some(account.uid), Some(account.gid))?;
        }
        if found.is_dir() {
            left.extend(fs::read_dir(&path)?.filter_map(|entry| Some(entry.ok()?.path())));
        }
    }
    Ok(())
}
