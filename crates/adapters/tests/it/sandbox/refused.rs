//! What does not start: nothing of it runs then.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use adapters::sandbox::LocalSandboxes;
use ports::sandbox::{Level, Mount, Plan, SandboxError, Sandboxes as _};

use super::lab::{Lab, houses, isolated, options};

#[tokio::test]
async fn plans_that_nobody_can_carry_out() {
    type Change = fn(&mut Plan);
    let changes: [(&str, Change); 14] = [
        ("is no name", |plan| plan.name = "../up".into()),
        ("is no name", |plan| plan.name = String::new()),
        ("is no name", |plan| plan.name = "x".repeat(61)),
        ("no program", |plan| plan.command.clear()),
        ("a zero", |plan| plan.command.push("a\0b".into())),
        ("a zero", |plan| plan.environment.push(("A".into(), "a\0b".into()))),
        ("name of a variable", |plan| plan.environment.push(("A=B".into(), "c".into()))),
        ("workspace", |plan| plan.workspace.push("not-there")),
        ("workspace", |plan| plan.workspace = "/".into()),
        ("below the workspace", |plan| plan.protected = vec!["../up".into()]),
        ("below the workspace", |plan| plan.protected = vec!["/etc".into()]),
        ("does not exist", |plan| plan.mounts = vec![mount("/not-there", "/not-there")]),
        ("no place", |plan| plan.mounts = vec![mount("/usr", "/workspace/usr")]),
        ("no socket", |plan| plan.sockets = vec![mount("/usr", "/usr")]),
    ];
    for lab in houses().await {
        for (says, change) in changes {
            let mut plan = lab.plan("touch ran");
            let workspace = plan.workspace.clone();
            change(&mut plan);
            let error = lab.refusal(&plan).await;
            assert!(
                matches!(&error, SandboxError::BadPlan(why) if why.contains(says)),
                "{}: {error}",
                lab.level
            );
            assert_eq!(fs::read_dir(workspace).unwrap().count(), 0);
        }
    }
}

fn mount(from: &str, to: &str) -> Mount {
    Mount { from: from.into(), to: to.into() }
}

/// Whoever wrote the workspace before would have the host show any of its files.
#[tokio::test]
async fn a_link_is_not_protected() {
    for lab in isolated().await {
        let secret = lab.path().join("secret");
        fs::create_dir_all(secret.join("inner")).unwrap();
        let links = [(".git/config", ".git/config"), (".git", ".git/inner"), ("a", "a")];
        for (link, protected) in links {
            let mut plan = lab.plan("touch ran");
            let link = plan.workspace.join(link);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(&secret, &link).unwrap();
            plan.protected = vec![protected.into()];
            let error = lab.refusal(&plan).await;
            assert!(
                matches!(&error, SandboxError::BadPlan(why) if why.contains("cannot be protected")),
                "{error}"
            );
            assert!(!plan.workspace.join("ran").exists());
        }
    }
}

#[tokio::test]
async fn what_is_weaker_than_asked_for() {
    for lab in houses().await {
        let Some(more) = [Level::User, Level::Full].into_iter().find(|level| *level > lab.level) else {
            continue;
        };
        let mut plan = lab.plan("touch ran");
        plan.at_least = more;
        let error = lab.refusal(&plan).await;
        let SandboxError::TooWeak { wanted, best, why } = &error else { panic!("{error}") };
        assert_eq!((*wanted, *best, why.is_empty()), (more, lab.level, false));
        assert!(!plan.workspace.join("ran").exists());
    }
}

#[tokio::test]
async fn without_bubblewrap_nothing_runs() {
    for program in ["no-such-bubblewrap", "/usr/bin/env"] {
        let lab = Lab::process();
        let plan = lab.plan("touch ran");
        let mut options = options(&lab.path().join("state"));
        options.bubblewrap = program.into();
        let error = LocalSandboxes::new(options).start(&plan).await.err().unwrap();
        assert!(
            matches!(&error, SandboxError::Unavailable { remedy, .. } if remedy.contains("apt")),
            "{error}"
        );
        assert!(!plan.workspace.join("ran").exists());
    }
}

/// A layer that fails: bubblewrap that cannot mount, a guard that is none, a filter that is not taken.
#[tokio::test]
async fn a_layer_that_cannot_be_applied_is_a_start_that_fails() {
    if isolated().await.is_empty() {
        return;
    }
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|directory| directory.join("bwrap"))
        .find(|path| path.is_file())
        .unwrap();
    let fakes = [
        // It says that all is well, and leaves a layer out: the shell is told of no program then.
        ("exit 0", "without a word"),
        ("echo 'bwrap: no namespaces here' >&2; exit 1", "no namespaces here"),
        (&*format!("exec {} --ro-bind /not-there /x \"$@\"", real.display()), "/not-there"),
        (&*format!("exec {} --add-seccomp-fd 9 \"$@\" 9</dev/null", real.display()), "seccomp"),
    ];
    for (line, says) in fakes {
        let lab = Lab::process();
        let fake = lab.path().join("bwrap");
        fs::write(
            &fake,
            format!("#!/bin/sh\n[ \"$1\" = --version ] && {{ echo bubblewrap 0.8.0; exit; }}\n{line}\n"),
        )
        .unwrap();
        fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut options = options(&lab.path().join("state"));
        options.bubblewrap = fake;
        let plan = lab.plan("touch ran");
        let error = LocalSandboxes::new(options).start(&plan).await.err().unwrap();
        assert!(error.to_string().contains(says), "{line}: {error}");
        assert!(!plan.workspace.join("ran").exists());
    }
}

#[tokio::test]
async fn what_cannot_be_reached_is_named() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for lab in houses().await {
        let closed = lab.path().join("closed");
        fs::create_dir_all(closed.join("workspace")).unwrap();
        fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let mut plan = lab.plan("touch ran");
        plan.workspace = closed.join("workspace");
        let error = lab.refusal(&plan).await;
        assert!(error.to_string().contains(closed.to_str().unwrap()), "{error}");
    }
}

/// As root it gives the workspace to the account that works there, and nothing else.
#[tokio::test]
async fn a_workspace_is_given_and_what_it_leads_to_is_not() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let owner = |path: &PathBuf| std::os::unix::fs::MetadataExt::uid(&fs::symlink_metadata(path).unwrap());
    for lab in houses().await {
        let plan = lab.plan("cat deep/er/file; echo more >> deep/er/file");
        let outside = lab.path().join("outside-file");
        fs::write(&outside, "outside").unwrap();
        let deep = plan.workspace.join("deep/er");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), "text\n").unwrap();
        symlink(&outside, deep.join("link")).unwrap();
        fs::hard_link(&outside, deep.join("hard")).unwrap();
        let _socket = UnixListener::bind(deep.join("socket")).unwrap();
        let said = lab.run(&plan).await;
        assert_eq!(said.out, "text\n", "{}: {said:?}", lab.level);
        assert_eq!(fs::read_to_string(deep.join("file")).unwrap(), "text\nmore\n");
        assert_ne!(owner(&deep.join("link")), 0);
        assert_eq!((owner(&outside), owner(&deep.join("hard"))), (0, 0), "{}", lab.level);
    }
}
