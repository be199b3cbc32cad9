//! Letters as files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapters::mail::{Kept, KeptLetter, Outbox, Sender, Unreadable};
use kernel::Uuid;
use ports::mail::{Letter, MailError, Mailer as _};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::{ID, letter};

fn outbox() -> (TempDir, PathBuf, Outbox) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("outbox");
    let outbox = Outbox::open(&dir, Sender::parse("OmoiOS <omoi@example.org>").unwrap()).unwrap();
    (home, dir, outbox)
}

fn files(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != ".lock").collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn read(kept: &Kept) -> &KeptLetter {
    let Kept::Letter(letter) = kept else { panic!("{kept:?}") };
    letter
}

#[tokio::test]
async fn a_letter_is_one_file_that_only_its_owner_reads() {
    let (_home, dir, outbox) = outbox();
    outbox.send(ID, &letter("Follow https://a.example/?t=1\n")).await.unwrap();

    let [file] = &files(&dir)[..] else { panic!("{:?}", files(&dir)) };
    let millis: u64 = file.strip_suffix(&format!("-{ID}.eml")).unwrap().parse().unwrap();
    assert!(millis > 1_700_000_000_000, "{file}");
    let text = fs::read_to_string(dir.join(file)).unwrap();
    assert!(text.contains(&format!("Message-ID: <{ID}@example.org>\r\n")), "{text}");
    assert!(text.ends_with("\r\n\r\nFollow https://a.example/?t=1\r\n"), "{text}");
    assert_eq!((mode(&dir), mode(&dir.join(file)), mode(&dir.join(".lock"))), (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn a_letter_that_is_sent_again_stays_one_file() {
    let (_home, dir, outbox) = outbox();
    outbox.send(ID, &letter("first")).await.unwrap();
    let before = files(&dir);
    outbox.send(ID, &letter("again")).await.unwrap();
    assert_eq!(files(&dir), before);
    assert_eq!(read(&outbox.letters().unwrap()[0]).letter.text().expose_secret(), "first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_letter_that_many_send_at_once_stays_one_file() {
    let (_home, dir, outbox) = outbox();
    let outbox = Arc::new(outbox);
    let senders: Vec<_> = (0..16)
        .map(|_| {
            let outbox = outbox.clone();
            tokio::spawn(async move { outbox.send(ID, &letter("Hello")).await })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap().unwrap();
    }
    assert_eq!(files(&dir).len(), 1, "{:?}", files(&dir));
}

#[tokio::test]
async fn letters_are_read_back_newest_first() {
    let (_home, _dir, outbox) = outbox();
    let long = "ü".repeat(2_000);
    let texts = ["", "Hallo Ädä\n\n.\nFrom me\n", "=3D https://a.example/?t=1", &long];
    for (n, text) in texts.iter().enumerate() {
        let letter = Letter::new("ädä@example.net", format!("Grüße {n} 思い"), &(*text).into()).unwrap();
        outbox.send(Uuid::from_u128(n as u128), &letter).await.unwrap();
    }
    let kept = outbox.letters().unwrap();
    let kept: Vec<_> = kept.iter().map(read).collect();
    assert!(kept.is_sorted_by(|a, b| (a.when, a.id) > (b.when, b.id)), "{kept:?}");
    for (n, text) in texts.iter().enumerate() {
        let found = kept.iter().find(|kept| kept.id == Uuid::from_u128(n as u128)).unwrap();
        assert_eq!(found.letter.to(), "ädä@example.net");
        assert_eq!(found.letter.subject(), format!("Grüße {n} 思い"));
        assert_eq!(found.letter.text().expose_secret(), *text);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_shown_and_hides_nothing() {
    let (_home, dir, outbox) = outbox();
    outbox.send(ID, &letter("Hello")).await.unwrap();
    let name = |millis: u64, n: u128| format!("{millis}-{}.eml", Uuid::from_u128(n));
    fs::write(dir.join("note.txt"), "mine").unwrap();
    fs::write(dir.join(name(1, 1)), [0xff, 0xfe]).unwrap();
    fs::create_dir(dir.join(name(2, 2))).unwrap();
    std::os::unix::fs::symlink("nowhere", dir.join(name(u64::MAX, 3))).unwrap();
    fs::write(dir.join(format!(".{}.tmp", Uuid::nil())), "half a let").unwrap();

    let kept = outbox.letters().unwrap();
    let shown: Vec<_> = kept
        .iter()
        .map(|kept| match kept {
            Kept::Letter(kept) => (kept.id.to_string(), "letter"),
            Kept::Unreadable { file, why: Unreadable::Name } => (file.clone(), "name"),
            Kept::Unreadable { file, why: Unreadable::NotAFile } => (file.clone(), "no file"),
            Kept::Unreadable { file, why: Unreadable::Io(_) } => (file.clone(), "closed"),
            Kept::Unreadable { file, why: Unreadable::Content } => (file.clone(), "content"),
        })
        .collect();
    let expected = [
        (name(u64::MAX, 3), "no file"),
        (ID.to_string(), "letter"),
        (name(2, 2), "no file"),
        (name(1, 1), "content"),
        ("note.txt".to_owned(), "name"),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn what_a_crash_left_half_written_does_not_stop_the_letter() {
    let (_home, dir, outbox) = outbox();
    fs::write(dir.join(format!(".{ID}.tmp")), "half a let").unwrap();
    outbox.send(ID, &letter("Hello")).await.unwrap();
    assert_eq!(files(&dir).len(), 1, "{:?}", files(&dir));
    assert_eq!(read(&outbox.letters().unwrap()[0]).letter.text().expose_secret(), "Hello");
}

#[tokio::test]
async fn an_outbox_that_others_could_read_is_closed_and_one_that_is_gone_is_made() {
    let (_home, dir, outbox) = outbox();
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    outbox.send(ID, &letter("Hello")).await.unwrap();
    assert_eq!(mode(&dir), 0o700);

    fs::remove_dir_all(&dir).unwrap();
    outbox.send(ID, &letter("Hello")).await.unwrap();
    assert_eq!((files(&dir).len(), mode(&dir)), (1, 0o700));
}

#[tokio::test]
async fn a_file_where_the_outbox_was_calls_for_an_operator() {
    let (_home, dir, outbox) = outbox();
    fs::remove_dir_all(&dir).unwrap();
    fs::write(&dir, "in the way").unwrap();
    let error = outbox.send(ID, &letter("Hello")).await.unwrap_err();
    assert!(matches!(error, MailError::Misconfigured { .. }), "{error:?}");
    assert!(!error.to_string().contains("ada"), "{error}");
    assert!(outbox.letters().is_err());
}

#[tokio::test]
async fn nothing_of_a_letter_is_printed_with_its_place() {
    let (_home, _dir, outbox) = outbox();
    outbox.send(ID, &letter("token-1")).await.unwrap();
    let printed = format!("{outbox:?} {:?}", outbox.letters().unwrap());
    assert!(printed.contains(&ID.to_string()), "{printed}");
    assert!(!printed.contains("token-1") && !printed.contains("ada@"), "{printed}");
}
