//! What the program sees: bubblewrap's arguments. Whatever is not named here does not exist inside.

use std::fs;
use std::path::{Path, PathBuf};

use children::confine::Argument;
use ports::sandbox::{Access, Plan, SandboxError, WORKSPACE};

use super::plan::{Found, text};

const HOME: &str = concat!("/home", "/agent");
/// User and group inside; outside it is whoever we are, or the account of root's children.
const ID: &str = "1000";
/// Programs and libraries of the system. Some are links to others, and stay links.
const SYSTEM: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// What of `/etc` programs need to run and to trust certificates. No key lies in any of these.
const SETTINGS: [&str; 13] = [
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/mime.types",
    "/etc/pki/ca-trust/extracted",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/terminfo",
];
/// What of it is ours: no name of an account or of another machine is to be read.
const OWN_SETTINGS: [(&str, &str); 4] = [
    (
        "/etc/passwd",
        concat!(
            "agent:x:1000:1000::/home",
            "/agent:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
        ),
    ),
    ("/etc/group", "agent:x:1000:\nnogroup:x:65534:\n"),
    ("/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"),
    ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n"),
];

/// All arguments of bubblewrap for this plan.
///
/// # Errors
/// When a path is no text.
pub(super) fn arguments(plan: &Plan, found: &Found, status: PathBuf) -> Result<Vec<Argument>, SandboxError> {
    let mut all: Vec<Argument> = Vec::new();
    let mut add = |words: &[&str]| all.extend(words.iter().map(|word| Argument::from(*word)));
    add(&[
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup",
    ]);
    add(&["--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]);
    add(&["--uid", ID, "--gid", ID, "--hostname", "sandbox"]);
    for path in SYSTEM {
        match fs::read_link(path) {
            Ok(link) => add(&["--symlink", text(&link)?, path]),
            Err(_) => add(&["--ro-bind-try", path, path]),
        }
    }
    for path in SETTINGS {
        add(&["--ro-bind-try", path, path]);
    }
    let size = plan.limits.scratch_bytes.max(1).to_string();
    add(&["--proc", "/proc", "--dev", "/dev"]);
    // Bubblewrap's own process inside has no filter of system calls, and the same user: nobody may write to its memory.
    add(&["--perms", "0000", "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"]);
    add(&["--perms", "1777", "--size", &size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
    add(&["--perms", "1777", "--size", &size, "--tmpfs", "/tmp", "--symlink", "/tmp", "/var/tmp"]);
    add(&["--perms", "0700", "--size", &size, "--tmpfs", HOME, "--dir", "/run"]);
    let bind = if plan.access == Access::Write { "--bind" } else { "--ro-bind" };
    add(&[bind, text(&found.workspace)?, WORKSPACE]);
    for (how, path) in held_in_place(&found.protected) {
        add(&[how, text(&found.workspace.join(&path))?, text(&Path::new(WORKSPACE).join(&path))?]);
    }
    for mount in plan.mounts.iter().chain(&plan.sockets) {
        add(&["--ro-bind", text(&mount.from)?, text(&mount.to)?]);
    }
    add(&["--clearenv", "--chdir", WORKSPACE]);
    let every =
        [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", HOME), ("TMPDIR", "/tmp"), ("LANG", "C.UTF-8")];
    for (name, value) in every {
        add(&["--setenv", name, value]);
    }
    for (name, value) in &plan.environment {
        add(&["--setenv", name, value]);
    }
    for (path, content) in OWN_SETTINGS {
        all.extend(["--perms".into(), "0444".into(), "--file".into()]);
        all.extend([Argument::Bytes(content.into()), path.into()]);
    }
    all.extend(["--json-status-fd".into(), Argument::Write(status)]);
    all.extend(["--add-seccomp-fd".into(), Argument::Bytes(super::filter::bytes())]);
    // The last: until here, places for mounts are made in it.
    all.extend(["--remount-ro".into(), "/".into()]);
    Ok(all)
}

/// Each protected path, and before it the directories above it. Those are mounted onto themselves: a directory that is no
/// mount could be moved away with what is protected in it, and another put in its place.
fn held_in_place(protected: &[PathBuf]) -> Vec<(&'static str, PathBuf)> {
    let mut held: Vec<(&str, PathBuf)> = Vec::new();
    for path in protected {
        let above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
        held.extend(above.map(|above| ("--bind", above.to_path_buf())));
        held.push(("--ro-bind", path.clone()));
    }
    // Shorter ones first, and of one path the mount that may be written first, so that none covers what it must not.
    held.sort_by_key(|(how, path)| (path.components().count(), path.clone(), *how));
    held.dedup();
    // What lies in a protected directory is protected with it, and stays so.
    let roots: Vec<&PathBuf> = protected.iter().collect();
    let inside = |path: &PathBuf| roots.iter().any(|root| path != *root && path.starts_with(root));
    held.iter().filter(|(_, path)| !inside(path)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(protected: &[&str]) -> Vec<(&'static str, String)> {
        let protected: Vec<PathBuf> = protected.iter().map(PathBuf::from).collect();
        held_in_place(&protected).into_iter().map(|(how, path)| (how, path.display().to_string())).collect()
    }

    #[test]
    fn the_directories_above_what_is_protected_are_held_first() {
        assert_eq!(
            held(&[".git/config", ".git/hooks", "a/b/c"]),
            [
                ("--bind", ".git".to_owned()),
                ("--bind", "a".to_owned()),
                ("--ro-bind", ".git/config".to_owned()),
                ("--ro-bind", ".git/hooks".to_owned()),
                ("--bind", "a/b".to_owned()),
                ("--ro-bind", "a/b/c".to_owned()),
            ]
        );
    }

    #[test]
    fn nothing_in_a_protected_directory_is_mounted_again() {
        assert_eq!(
            held(&[".git", ".git/hooks"]),
            [("--bind", ".git".to_owned()), ("--ro-bind", ".git".to_owned())]
        );
    }
}
