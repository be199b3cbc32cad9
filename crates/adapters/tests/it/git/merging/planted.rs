//! Hooks and settings that were put there to run on the host, where branches are brought together.

use std::fs;

use ports::git::{Forwarded, Merging as _, Resolution};

use super::super::work::planted::plant;
use super::{Bench, at};

#[tokio::test]
async fn nothing_that_a_repository_has_planted_is_run() {
    // Filters have to be refused elsewhere: what is planted here names everything else.
    let attributes = b"* diff=evil merge=evil\n";
    let bench = Bench::with(&[("a.txt", b"0\n"), ("b.txt", b"0\n"), (".gitattributes", attributes)]);
    let head = bench.side(&[("a.txt", Some("1\n"))]);
    let (clean, not) = (bench.side(&[("c.txt", Some("1\n"))]), bench.side(&[("a.txt", Some("2\n"))]));
    let git_dir = bench.repository.path().join(".git");
    let proof = plant(&git_dir);
    let mut config = fs::read_to_string(git_dir.join("config")).unwrap();
    config.push_str("[diff \"evil\"]\n\tcommand = ");
    config.push_str(&format!("\"{}\"\n[submodule]\n\trecurse = true\n", git_dir.join("evil").display()));
    fs::write(git_dir.join("config"), config).unwrap();

    let git = &bench.desk.git;
    git.fits(&bench.url, head, &[clean, not]).await.unwrap();
    git.conflict(&bench.url, head, not, 9, 1000).await.unwrap();
    let merge = at(bench.join(head, clean).await);
    bench.join_with(head, not, &[("a.txt", Resolution::Ours)]).await.unwrap();
    git.holds(&bench.url, merge, &[head, clean]).await.unwrap();
    let refused = bench.forward(bench.base, merge).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("working_copy_filtered"));
    bench.repository.git(&["config", "--remove-section", "filter.evil"]);
    let left = fs::read_to_string(git_dir.join("config")).unwrap();
    assert!(!left.contains("filter") && left.contains("hooksPath"), "{left}");
    // Looked at anew, or its content would not be compared.
    bench.repository.write("b.txt", b"0\n");
    assert_eq!(bench.forward(bench.base, merge).await, Ok(Forwarded::Moved));
    assert_eq!(fs::read_to_string(bench.repository.path().join("c.txt")).unwrap(), "1\n");
    assert!(!proof.exists(), "{}", fs::read_to_string(&proof).unwrap());

    // It does run where nothing is fenced: what was planted could have been found.
    bench.repository.git(&["reset", "--quiet", "--hard", bench.base.as_str()]);
    let _ = fs::remove_file(&proof);
    let pushed = format!("{merge}:refs/heads/main");
    super::git(&bench.desk.keep(), &["push", "--quiet", bench.repository.path().to_str().unwrap(), &pushed]);
    let ran = fs::read_to_string(&proof).unwrap();
    for hook in ["pre-receive", "reference-transaction", "post-update", "push-to-checkout"] {
        assert!(ran.contains(hook), "{hook} in {ran}");
    }
}
