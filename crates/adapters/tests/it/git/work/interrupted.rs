//! Ended in the middle, repeated, and at the same time.

use std::fs;

use futures::future::join_all;
use ports::git::{Base, Workspaces as _};

use super::{Desk, Repository, branch};

#[tokio::test]
async fn what_a_killed_git_has_left_is_in_nobodys_way() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let first = desk.run(&url, head, "first", &[("b", "1")]).await;
    let keep = desk.keep();
    let later = repository.commit(&[("a", b"1")]);
    let locks = [
        format!("refs/omoi/known/{later}.lock"),
        "refs/omoi/runs/second/1.lock".to_owned(),
        "refs/heads/omoi/x.lock".to_owned(),
        "packed-refs.lock".to_owned(),
        "shallow.lock".to_owned(),
    ];
    let plant = || {
        for lock in &locks {
            fs::create_dir_all(keep.join(lock).parent().unwrap()).unwrap();
            fs::write(keep.join(lock), "").unwrap();
        }
        fs::create_dir_all(keep.join("incoming/pack")).unwrap();
        fs::write(keep.join("incoming/pack/tmp_pack_1"), "half").unwrap();
        fs::write(keep.join("objects/pack/tmp_pack_1"), "half").unwrap();
        for part in [".second.part", ".files.part"] {
            fs::create_dir_all(desk.home.path().join(part).join(".git/objects")).unwrap();
            fs::write(desk.home.path().join(part).join("half"), "half").unwrap();
        }
    };
    plant();
    let second = desk.run(&url, later, "second", &[("c", "1")]).await;
    assert!(!desk.home.path().join("second/half").exists());
    plant();
    desk.git.publish(&url, &branch("omoi/x"), second).await.unwrap();
    plant();
    assert!(matches!(desk.git.base(&url, &[first, second]).await, Ok(Base::At(_))));
    let files = desk.check_out(&url, second, None, "files").await.unwrap();
    assert_eq!(fs::read_dir(files).unwrap().count(), 2);

    // One that was ended while its keep was made.
    let other = Desk::new();
    let part =
        other.home.path().join("keep").join(format!(".{}.part", keep.file_name().unwrap().to_str().unwrap()));
    fs::create_dir_all(part.join("objects")).unwrap();
    fs::write(part.join("HEAD"), "").unwrap();
    assert_eq!(other.git.base(&url, &[head, later]).await, Ok(Base::At(later)));
}

#[tokio::test]
async fn many_packs_become_few_and_nothing_is_lost() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let first = desk.run(&url, head, "first", &[("b", "1")]).await;
    let keep = desk.keep();
    let packs = || {
        let files = fs::read_dir(keep.join("objects/pack")).unwrap().map(|file| file.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|end| end == "pack")).count()
    };
    for n in 0..60 {
        let blob = super::fed(&keep, &["hash-object", "-w", "--stdin"], format!("{n}").as_bytes());
        super::fed(&keep, &["pack-objects", "--quiet", "objects/pack/pack"], blob.as_bytes());
    }
    assert!(packs() > 60);
    let second = desk.run(&url, head, "second", &[("c", "1")]).await;
    assert!(packs() < 10, "{}", packs());
    assert!(matches!(desk.git.base(&url, &[first, second]).await, Ok(Base::At(_))));
    assert_eq!(desk.clone(&url, first, "again").await.read("b"), "1");
    super::git(&keep, &["fsck", "--strict"]);
}

#[tokio::test]
async fn what_was_fetched_by_half_is_fetched_again() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url) = (Desk::new(), repository.url());
    desk.clone(&url, repository.head(), "first").await;
    repository.commit(&[("a", b"1")]);
    let head = repository.commit(&[("a", b"2")]);
    // The commit came, and git was killed before what it stands on did.
    let objects = repository.path().join(".git/objects");
    for name in [head.to_string(), repository.said(&["rev-parse", "HEAD^{tree}"])] {
        let (from, to) = (objects.join(&name[..2]), desk.keep().join("objects").join(&name[..2]));
        fs::create_dir_all(&to).unwrap();
        fs::copy(from.join(&name[2..]), to.join(&name[2..])).unwrap();
    }
    let workspace = desk.clone(&url, head, "second").await;
    assert_eq!(workspace.git(&["rev-list", "--count", "HEAD"]), "3");
    workspace.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn many_at_once_wait_for_each_other() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    // Another server on the same directory, which holds other locks in its memory.
    let keep = desk.home.path().join("keep");
    let other = Desk::with(|options| options.keep = keep.clone());
    let names: Vec<String> = (0..6).map(|n| format!("run-{n}")).collect();
    let kept = join_all(names.iter().enumerate().map(|(n, name)| {
        let desk = if n % 2 == 0 { &desk } else { &other };
        let url = &url;
        async move { desk.run(url, head, name, &[(name.as_str(), "1")]).await }
    }))
    .await;
    for (name, commit) in names.iter().zip(&kept) {
        assert_eq!(repository.said(&["rev-parse", &format!("refs/omoi/runs/{name}/1")]), commit.as_str());
    }
    let merged = join_all([&desk, &other].map(|desk| desk.git.base(&url, &kept))).await;
    assert_eq!(merged[0], merged[1]);
    let Ok(Base::At(merged)) = merged[0] else { panic!("{merged:?}") };
    let x = branch("omoi/x");
    for done in join_all([&desk, &other].map(|desk| desk.git.publish(&url, &x, merged))).await {
        done.unwrap();
    }
    super::git(&desk.keep(), &["fsck", "--strict"]);

    // The same call twice: one has made it.
    let both = join_all((0..2).map(|_| desk.try_clone(&url, head, "same"))).await;
    assert_eq!(
        both.iter().filter(|made| made.is_ok()).count(),
        1,
        "{:?}",
        both.iter().map(|b| b.as_ref().err()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing_in_the_way_of_the_next() {
    let repository = Repository::with(&[("a", b"0"), ("noise", &super::noise(3_000_000))]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let mut dropped = 0;
    for n in 0..20 {
        let name = format!("run-{n}");
        let within = std::time::Duration::from_millis(5 * n);
        match tokio::time::timeout(within, desk.try_clone(&url, head, &name)).await {
            Ok(made) => drop(made.unwrap()),
            Err(_) => dropped += 1,
        }
        if dropped > 0 && desk.home.path().join(&name).exists() {
            break;
        }
    }
    assert!(dropped > 0);
    desk.run(&url, head, "last", &[("b", "1")]).await;
    super::git(&desk.keep(), &["fsck", "--strict"]);
}
