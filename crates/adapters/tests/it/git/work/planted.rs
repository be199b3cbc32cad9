//! Hooks and settings that were put there to run on the host.

use std::fs;
use std::path::{Path, PathBuf};

use ports::git::Workspaces as _;

use super::super::executable;
use super::{Desk, Repository, branch};

const HOOKS: &[&str] = &[
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-push",
    "pre-auto-gc",
    "post-checkout",
    "post-index-change",
    "post-rewrite",
    "pre-commit",
    "commit-msg",
];
const SETTINGS: &[&str] = &[
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "uploadpack.packObjectsHook",
    "gpg.program",
    "diff.external",
    "diff.evil.textconv",
    "merge.evil.driver",
    "filter.evil.smudge",
    "filter.evil.clean",
    "filter.evil.process",
    "alias.upload-pack",
    "alias.receive-pack",
];

/// Plants all of it below this git directory; the file that is written once anything of it runs.
pub(in crate::git) fn plant(git_dir: &Path) -> PathBuf {
    let proof = git_dir.join("proof");
    let script = git_dir.join("evil");
    fs::write(&script, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", proof.display())).unwrap();
    executable(&script);
    fs::create_dir_all(git_dir.join("hooks")).unwrap();
    for hook in HOOKS {
        fs::copy(&script, git_dir.join("hooks").join(hook)).unwrap();
    }
    let mut config = fs::read_to_string(git_dir.join("config")).unwrap();
    for setting in SETTINGS {
        let (section, name) = setting.rsplit_once('.').unwrap();
        let section = section.split_once('.').map_or(section.to_owned(), |(a, b)| format!("{a} \"{b}\""));
        config.push_str(&format!("[{section}]\n\t{name} = \"{}\"\n", script.display()));
    }
    let hooks = git_dir.join("hooks");
    config.push_str(&format!("[core]\n\thooksPath = \"{}\"\n", hooks.display()));
    config.push_str("[receive]\n\tdenyCurrentBranch = updateInstead\n\tautogc = true\n[gc]\n\tauto = 1\n");
    fs::write(git_dir.join("config"), config).unwrap();
    proof
}

#[tokio::test]
async fn nothing_that_a_repository_or_a_run_has_planted_is_run() {
    let attributes = b"* filter=evil diff=evil merge=evil\n";
    let repository = Repository::with(&[("a.txt", b"a\n"), (".gitattributes", attributes)]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let elsewhere = Repository::with(&[("b", b"b")]);
    let alternates = repository.path().join(".git/objects/info/alternates");
    fs::write(alternates, elsewhere.path().join(".git/objects").to_str().unwrap()).unwrap();
    let in_the_repository = plant(&repository.path().join(".git"));

    let workspace = desk.clone(&url, head, "run").await;
    workspace.write("b.txt", "b\n");
    let (_, file) = workspace.result();
    let in_the_workspace = plant(&workspace.directory.join(".git"));
    let kept = desk.keep_result(&url, head, &file, "run", 1).await.unwrap();
    let other = desk.run(&url, head, "other", &[("c.txt", "c\n")]).await;
    desk.git.base(&url, &[kept, other]).await.unwrap();
    desk.git.changes(&url, head, kept, 9).await.unwrap();
    desk.git.publish(&url, &branch("omoi/work"), kept).await.unwrap();
    desk.check_out(&url, kept, Some((head, &["a.txt".to_owned()])), "files").await.unwrap();
    for proof in [&in_the_repository, &in_the_workspace] {
        assert!(!proof.exists(), "{}", fs::read_to_string(proof).unwrap());
    }

    // It does run where nothing is fenced: what was planted could have been found.
    let keep = desk.keep();
    let pushed = format!("{kept}:refs/heads/unfenced");
    super::git(&keep, &["push", "--quiet", repository.path().to_str().unwrap(), &pushed]);
    let ran = fs::read_to_string(in_the_repository).unwrap();
    for hook in ["pre-receive", "reference-transaction", "post-update", "evil"] {
        assert!(ran.contains(hook), "{hook} in {ran}");
    }
}
