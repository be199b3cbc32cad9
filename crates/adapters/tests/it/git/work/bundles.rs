//! Bundles of runs that do not mean well.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use ports::git::{CommitHash, GitError, RESULT_REF, RepositoryUrl, WorkError, Workspaces as _};

use super::{Desk, Repository, Workspace};

/// A run on a repository with two commits; it began at the second.
struct Story {
    desk: Desk,
    repository: Repository,
    workspace: Workspace,
    url: RepositoryUrl,
    before: CommitHash,
    base: CommitHash,
}

impl Story {
    async fn begin(desk: Desk) -> Self {
        let repository = Repository::with(&[("a", b"0")]);
        let before = repository.head();
        let base = repository.commit(&[("a", b"1")]);
        let url = repository.url();
        let workspace = desk.clone(&url, base, "run").await;
        Self { desk, repository, workspace, url, before, base }
    }

    async fn keep(&self, file: &Path) -> Result<CommitHash, GitError> {
        self.desk.keep_result(&self.url, self.base, file, "run", 1).await
    }

    /// It is refused, with this code, and nothing of it is anywhere.
    async fn refuse(&self, file: &Path, code: &str) {
        let refused = self.keep(file).await;
        assert_eq!(refused.as_ref().map_err(GitError::code), Err(code), "{refused:?}");
        let said = refused.unwrap_err().to_string();
        println!("  {said}");
        assert!(said.contains("let it "), "what is to be done? {said}");
        let keep = self.desk.keep();
        assert!(!keep.join("incoming").exists());
        assert_eq!(super::git(&keep, &["for-each-ref", "refs/omoi/runs", "refs/heads"]), "");
        assert_eq!(super::git(&keep, &["count-objects", "-v"]).lines().next(), Some("count: 0"));
        assert_eq!(
            fs::read_dir(keep.join("objects/pack")).unwrap().count(),
            3,
            "a pack, and what belongs to it"
        );
        assert_eq!(self.repository.said(&["for-each-ref", "refs/omoi"]), "");
    }

    fn commit(&self, tree: &str, parent: CommitHash) -> String {
        self.workspace.git(&["commit-tree", "-p", parent.as_str(), "-m", "x", tree])
    }

    /// A bundle of what `arguments` name.
    fn bundle(&self, arguments: &[&str]) -> PathBuf {
        let file = self.workspace.directory.with_extension("bundle");
        self.workspace.git(&[&["bundle", "create", "--quiet", file.to_str().unwrap()], arguments].concat());
        file
    }

    /// One whose result is this commit.
    fn bundle_of(&self, commit: &str) -> PathBuf {
        self.workspace.git(&["update-ref", RESULT_REF, commit]);
        self.bundle(&[&format!("{}..{RESULT_REF}", self.base)])
    }

    fn edited(&self, edit: impl FnOnce(Vec<u8>) -> Vec<u8>) -> PathBuf {
        self.workspace.write("b", "1");
        let (_, file) = self.workspace.result();
        fs::write(&file, edit(fs::read(&file).unwrap())).unwrap();
        file
    }
}

#[tokio::test]
async fn exactly_one_ref_is_taken_and_it_is_the_result() {
    let story = Story::begin(Desk::new()).await;
    story.workspace.write("b", "1");
    story.workspace.result();
    story.workspace.git(&["branch", "omoi/other", RESULT_REF]);
    let not_base = format!("^{}", story.base);
    for refs in [
        vec!["refs/heads/omoi/other"],
        vec!["HEAD"],
        vec![RESULT_REF, "refs/heads/omoi/other"],
        vec![RESULT_REF, "HEAD"],
    ] {
        story.refuse(&story.bundle(&[&refs[..], &[&not_base]].concat()), "result_broken").await;
    }
    // A tag is another name for it that could say anything.
    story.workspace.git(&["tag", "-a", "-m", "x", "v1", RESULT_REF]);
    let tag = story.workspace.git(&["rev-parse", "v1"]);
    fs::write(story.workspace.directory.join(".git").join(RESULT_REF), format!("{tag}\n")).unwrap();
    story.refuse(&story.bundle(&[RESULT_REF, &not_base]), "result_broken").await;
}

#[tokio::test]
async fn what_does_not_build_on_the_base_is_not_taken() {
    let story = Story::begin(Desk::new()).await;
    let tree = story.workspace.git(&["rev-parse", "HEAD^{tree}"]);
    let beside = story.commit(&tree, story.before);
    story.refuse(&story.bundle_of(&beside), "result_not_built_on_base").await;
    let orphan = story.workspace.git(&["commit-tree", "-m", "x", &tree]);
    story.refuse(&story.bundle_of(&orphan), "result_not_built_on_base").await;
    // Commits of others that it may only have heard of.
    let other = Repository::with(&[("c", b"c")]);
    let stranger = other.head().to_string();
    let object =
        format!("tree {tree}\nparent {stranger}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n");
    let lying = story.workspace.written("commit", object.as_bytes());
    fs::write(story.workspace.directory.join(".git/shallow"), format!("{lying}\n")).unwrap();
    story.refuse(&story.bundle_of(&lying), "result_broken").await;
}

#[tokio::test]
async fn a_bundle_that_is_damaged_is_not_taken() {
    let story = Story::begin(Desk::new()).await;
    for (what, edit) in [
        ("nothing", (|_| Vec::new()) as fn(Vec<u8>) -> Vec<u8>),
        ("garbage", |_| vec![b'x'; 5_000_000]),
        ("no pack", |bytes| bytes[..bytes.windows(4).position(|four| four == b"PACK").unwrap()].to_vec()),
        ("half a pack", |bytes| bytes[..bytes.len() - 30].to_vec()),
        ("another bit", |mut bytes| {
            let at = bytes.len() - 40;
            bytes[at] ^= 1;
            bytes
        }),
        ("another result", |bytes| {
            let text = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            let (head, rest) = bytes.split_at(text);
            let at = rest.windows(RESULT_REF.len()).position(|part| part == RESULT_REF.as_bytes()).unwrap();
            let rest = [&rest[..at - 41], &b"0123456789012345678901234567890123456789"[..], &rest[at - 1..]]
                .concat();
            [head, &rest].concat()
        }),
        ("a filter", |bytes| {
            let rest = bytes.strip_prefix(b"# v2 git bundle\n").unwrap();
            [&b"# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n"[..], rest].concat()
        }),
        ("a head without an end", |_| [&b"# v2 git bundle\n"[..], &b"-x\n".repeat(1 << 20)].concat()),
    ] {
        println!("{what}");
        story.refuse(&story.edited(edit), "result_broken").await;
    }
    // As it was made, it is fine.
    story.keep(&story.edited(|bytes| bytes)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_none_is_not_opened() {
    let story = Story::begin(Desk::new()).await;
    let good = story.edited(|bytes| bytes);
    let place = story.desk.home.path().join("strange");
    symlink(&good, &place).unwrap();
    story.refuse(&place, "result_broken").await;
    fs::remove_file(&place).unwrap();
    // Whoever opens it waits for a writer, and there is none.
    assert!(std::process::Command::new("mkfifo").arg(&place).status().unwrap().success());
    story.refuse(&place, "result_broken").await;
    for other in ["/dev/zero", "/", "/nonexistent"] {
        story.refuse(Path::new(other), "result_broken").await;
    }
}

#[tokio::test]
async fn trees_that_lead_out_are_not_taken() {
    let story = Story::begin(Desk::new()).await;
    let blob = story.workspace.written("blob", b"evil");
    let tree = |mode: &str, name: &str, object: &str| {
        let digits =
            (0..object.len()).step_by(2).map(|at| u8::from_str_radix(&object[at..at + 2], 16).unwrap());
        let entry = [format!("{mode} {name}\0").into_bytes(), digits.collect()].concat();
        story.workspace.written("tree", &entry)
    };
    for name in
        ["..", ".", ".git", ".GIT", ".git ", "git~1", "../../etc/cron.d/x", "a/../../x", ".g\u{200c}it"]
    {
        println!("{name:?}");
        let evil = story.commit(&tree("100644", name, &blob), story.base);
        story.refuse(&story.bundle_of(&evil), "result_broken").await;
        let below = tree("40000", "fine", &tree("40000", name, &tree("100644", "config", &blob)));
        story.refuse(&story.bundle_of(&story.commit(&below, story.base)), "result_broken").await;
    }
    // A link in the place of a file that git reads, and one that clones run.
    let link = tree("120000", ".gitmodules", &blob);
    story.refuse(&story.bundle_of(&story.commit(&link, story.base)), "result_broken").await;
    let modules =
        story.workspace.written("blob", b"[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=evil\n");
    let modules = tree("100644", ".gitmodules", &modules);
    story.refuse(&story.bundle_of(&story.commit(&modules, story.base)), "result_broken").await;
}

#[tokio::test]
async fn what_is_too_large_is_not_taken() {
    let story = Story::begin(Desk::with(|options| {
        options.max_result_bytes = 100_000;
        options.max_files_bytes = 10_000_000;
    }))
    .await;
    fs::write(story.workspace.directory.join("noise"), super::noise(300_000)).unwrap();
    let (_, file) = story.workspace.result();
    let refused = story.keep(&file).await;
    assert_eq!(refused, Err(WorkError::ResultTooLarge { max_bytes: 100_000 }.into()));
    story.refuse(&file, "result_too_large").await;

    // Small as a bundle, and large as files: it is kept, and not checked out.
    let bomb = story.desk.clone(&story.url, story.base, "bomb").await;
    fs::write(bomb.directory.join("zeros"), vec![0; 40_000_000]).unwrap();
    let (_, file) = bomb.result();
    assert!(fs::metadata(&file).unwrap().len() < 100_000);
    let commit = story.keep(&file).await.unwrap();
    let refused = story.desk.check_out(&story.url, commit, None, "files").await;
    assert_eq!(
        refused,
        Err(WorkError::FilesTooLarge { commit, max_files: 1_000_000, max_bytes: 10_000_000 }.into())
    );
    assert!(!story.desk.home.path().join("files").exists());
}

#[tokio::test]
async fn a_few_trees_that_stand_for_more_files_than_there_is_room_for_harm_nobody() {
    let story = Story::begin(Desk::new()).await;
    let directory = &story.workspace.directory;
    let mut tree = format!("100644 blob {}", story.workspace.written("blob", b"x"));
    for _ in 0..10 {
        let entries: String = (0..10).map(|n| format!("{tree}\t{n}\n")).collect();
        tree = format!("040000 tree {}", super::fed(directory, &["mktree"], entries.as_bytes()));
    }
    let tree = tree.rsplit(' ').next().unwrap();
    let bomb = story.keep(&story.bundle_of(&story.commit(tree, story.base))).await.unwrap();
    let too_large = |error: GitError| error.code();
    let cloned = story.desk.try_clone(&story.url, bomb, "clone").await;
    assert_eq!(cloned.map(|_| ()).map_err(too_large), Err("files_too_large"));
    let changes = story.desk.git.changes(&story.url, story.base, bomb, 10).await;
    assert_eq!(changes.map_err(too_large), Err("files_too_large"));
    let written = story.desk.check_out(&story.url, bomb, None, "files").await;
    assert_eq!(written.map_err(too_large), Err("files_too_large"));
    let written =
        story.desk.check_out(&story.url, story.base, Some((bomb, &["1".to_owned()])), "files").await;
    assert_eq!(written.map_err(too_large), Err("files_too_large"));
}

#[tokio::test]
async fn a_snapshot_never_changes() {
    let story = Story::begin(Desk::new()).await;
    story.workspace.write("b", "1");
    let (_, file) = story.workspace.result();
    let first = story.keep(&file).await.unwrap();
    assert_eq!(story.keep(&file).await, Ok(first));
    story.workspace.write("b", "2");
    let (_, file) = story.workspace.result();
    let another = Err(WorkError::AnotherIsKept { n: 1, commit: first }.into());
    assert_eq!(story.keep(&file).await, another);
    let second = story.desk.keep_result(&story.url, story.base, &file, "run", 2).await.unwrap();
    let refs = ["refs/omoi/runs/run/1", "refs/omoi/runs/run/2"]
        .map(|name| story.repository.said(&["rev-parse", name]));
    assert_eq!(refs, [first.to_string(), second.to_string()]);
    // Also when only the repository knows of it.
    let other = Desk::new();
    assert_eq!(other.keep_result(&story.url, story.base, &file, "run", 1).await, another);

    for (run, n) in [
        ("", 1),
        ("../x", 1),
        ("a/b", 1),
        ("-x", 1),
        ("a b", 1),
        ("a\n", 1),
        (&"a".repeat(65), 1),
        ("run", 0),
    ] {
        let refused = story.desk.keep_result(&story.url, story.base, &file, run, n).await;
        assert_eq!(refused, Err(WorkError::NoRun.into()), "{run:?}");
    }
}
