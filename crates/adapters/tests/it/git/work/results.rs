//! The worker's part, inside: however an agent leaves its workspace, its work comes out.

use std::fs;

use ports::git::{CommitHash, Made};

use super::super::executable;
use super::{Desk, Repository, Workspace};

/// What an agent does to its workspace; what comes of it is kept, and holds `work`.
async fn comes_out(what: &str, agent: impl FnOnce(&Workspace)) -> (Desk, Repository, Workspace, CommitHash) {
    let repository = Repository::with(&[("a", b"0")]);
    repository.commit(&[("a", b"1"), (".gitignore", b"target/\n")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let workspace = desk.clone(&url, head, "run").await;
    agent(&workspace);
    let (made, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "run", 1).await;
    let Ok(kept) = kept else { panic!("{what}: {kept:?}") };
    assert_eq!(made, Made::Commit(kept), "{what}");
    let files = desk.check_out(&url, kept, None, "files").await.unwrap();
    assert_eq!(fs::read_to_string(files.join("work")).unwrap(), "work", "{what}");
    (desk, repository, workspace, kept)
}

fn work(workspace: &Workspace) {
    workspace.write("work", "work");
}

fn commit(workspace: &Workspace, more: &[&str]) {
    work(workspace);
    workspace.git(&["add", "--all"]);
    workspace.git(&[&["commit", "--quiet", "--message=mine"], more].concat());
}

#[tokio::test]
async fn wherever_the_agent_has_left_its_work() {
    comes_out("not committed", work).await;
    comes_out("staged", |workspace| {
        work(workspace);
        workspace.git(&["add", "work"]);
    })
    .await;
    comes_out("committed", |workspace| commit(workspace, &[])).await;
    comes_out("on another branch", |workspace| {
        workspace.git(&["checkout", "--quiet", "-b", "mine"]);
        commit(workspace, &[]);
    })
    .await;
    comes_out("on no branch", |workspace| {
        workspace.git(&["checkout", "--quiet", "--detach"]);
        commit(workspace, &[]);
    })
    .await;
    comes_out("in a conflict", |workspace| {
        workspace.git(&["checkout", "--quiet", "-b", "mine"]);
        workspace.write("a", "mine");
        commit(workspace, &[]);
        workspace.git(&["checkout", "--quiet", "omoi/work"]);
        workspace.write("a", "other");
        workspace.git(&["commit", "--quiet", "--all", "--message=other"]);
        let merged = super::plain(&workspace.directory).args(["merge", "mine"]).output().unwrap();
        assert!(!merged.status.success());
    })
    .await;
}

#[tokio::test]
async fn a_history_that_was_rewritten_is_put_on_the_base() {
    for (what, agent) in [
        ("amended", (|workspace| commit(workspace, &["--amend"])) as fn(&Workspace)),
        ("reset", |workspace| {
            workspace.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
            commit(workspace, &[]);
        }),
        ("orphan", |workspace| {
            workspace.git(&["checkout", "--quiet", "--orphan", "mine"]);
            commit(workspace, &[]);
        }),
        ("orphan without a commit", |workspace| {
            workspace.git(&["checkout", "--quiet", "--orphan", "mine"]);
            work(workspace);
        }),
    ] {
        let (_desk, repository, workspace, kept) = comes_out(what, agent).await;
        let parents = repository.said(&["log", "-1", "--format=%P", kept.as_str()]);
        let mine = workspace.git(&["rev-parse", "HEAD"]);
        assert_eq!(parents, format!("{} {mine}", workspace.base), "{what}");
    }
}

#[tokio::test]
async fn whatever_the_agent_has_configured() {
    comes_out("hooks that refuse", |workspace| {
        for hook in ["pre-commit", "commit-msg", "prepare-commit-msg", "reference-transaction"] {
            let path = workspace.directory.join(".git/hooks").join(hook);
            fs::write(&path, "#!/bin/sh\nexit 1\n").unwrap();
            executable(&path);
        }
        work(workspace);
    })
    .await;
    comes_out("settings that ask", |workspace| {
        for (name, value) in [
            ("commit.gpgSign", "true"),
            ("gpg.program", "/bin/false"),
            ("core.editor", "/bin/false"),
            ("core.fsmonitor", "/bin/false"),
            ("commit.template", "/nonexistent"),
            ("diff.external", "/bin/false"),
            ("core.pager", "/bin/false"),
        ] {
            workspace.git(&["config", name, value]);
        }
        work(workspace);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_is_made_while_the_agent_goes_on() {
    let (desk, repository, workspace, first) = comes_out("first", work).await;
    workspace.write("target/large", "ignored");
    workspace.write("more", "more");
    let (made, file) = workspace.result();
    let second = desk.keep_result(&repository.url(), workspace.base, &file, "run", 2).await.unwrap();
    assert_eq!(made, Made::Commit(second));
    let between = repository.said(&["diff", "--name-only", first.as_str(), second.as_str()]);
    assert_eq!(between, "more");
    let (again, _) = workspace.result();
    assert_eq!(again, made, "nothing was done since");
}

#[tokio::test]
async fn work_that_was_taken_back_is_nothing() {
    let (_desk, _repository, workspace, _) = comes_out("first", work).await;
    workspace.git(&["reset", "--quiet", "--hard", workspace.base.as_str()]);
    assert_eq!(workspace.result().0, Made::Nothing);
}
