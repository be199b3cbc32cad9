//! Letters of an outbox, read back. A file that is none is shown as such: a letter that is missing without a word would be
//! looked for in the wrong place.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::path::Path;
use std::str::FromStr;
use std::{fmt, fs, io};

use kernel::{Timestamp, Uuid};
use mail_parser::MessageParser;
use ports::mail::Letter;

/// What one file of an outbox is.
#[derive(Debug)]
pub enum Kept {
    /// A letter.
    Letter(KeptLetter),
    /// Something else, or a letter that somebody changed.
    Unreadable {
        /// The name of the file.
        file: String,
        /// Why it is not read.
        why: Unreadable,
    },
}

/// A letter that was sent.
#[derive(Clone, Debug)]
pub struct KeptLetter {
    /// The id that it was sent under.
    pub id: Uuid,
    /// When it was sent, to the millisecond, by the clock of the node that sent it.
    pub when: Timestamp,
    /// The letter.
    pub letter: Letter,
}

/// Why a file is not read as a letter.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It was not written by an outbox.
    #[error("its name is not that of a letter: move it elsewhere")]
    Name,
    /// A directory, a link or a device.
    #[error("it is not a file: move it elsewhere")]
    NotAFile,
    /// The operating system does not give it out.
    #[error("it cannot be opened: run this as the user that the letters belong to")]
    Io(#[source] io::Error),
    /// It was cut short or changed.
    #[error("it is not a letter to one address with a subject and a text: open it with a mail program")]
    Content,
}

/// `<millis>-<id>.eml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) millis: u64,
    pub(super) id: Uuid,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}.eml", self.millis, self.id)
    }
}

impl FromStr for FileName {
    type Err = Unreadable;

    /// Only what [`FileName`] writes: two names of one letter would be two letters.
    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let parts = text.strip_suffix(".eml").and_then(|stem| stem.split_once('-'));
        let (millis, id) = parts.ok_or(Unreadable::Name)?;
        let (millis, id) = (millis.parse().ok(), Uuid::parse_str(id).ok());
        let name = millis.zip(id).map(|(millis, id)| Self { millis, id }).ok_or(Unreadable::Name)?;
        if name.to_string() == text { Ok(name) } else { Err(Unreadable::Name) }
    }
}

/// Whether `dir` has the letter.
pub(super) fn holds(dir: &Path, id: Uuid) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        if named(&entry?.file_name()).is_some_and(|name| name.id == id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All that lies in `dir`, newest first, then what has no time.
pub(super) fn all(dir: &Path) -> io::Result<Vec<Kept>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let file = entry?.file_name();
        if !is_our_own(&file) {
            files.push((named(&file), file));
        }
    }
    files.sort_by_cached_key(|(name, file)| (Reverse(name.map(|name| (name.millis, name.id))), file.clone()));
    Ok(files.into_iter().map(|(name, file)| kept(&dir.join(&file), &file, name)).collect())
}

fn kept(path: &Path, file: &OsStr, name: Option<FileName>) -> Kept {
    let read = name.ok_or(Unreadable::Name).and_then(|name| {
        let letter = read(path)?;
        let micros = i64::try_from(name.millis.saturating_mul(1_000)).map_err(|_| Unreadable::Name)?;
        Ok(KeptLetter { id: name.id, when: Timestamp::from_micros(micros), letter })
    });
    match read {
        Ok(letter) => Kept::Letter(letter),
        Err(why) => Kept::Unreadable { file: file.to_string_lossy().into_owned(), why },
    }
}

fn read(path: &Path) -> Result<Letter, Unreadable> {
    // Opening a pipe would wait for somebody to write into it.
    if !fs::symlink_metadata(path).map_err(Unreadable::Io)?.is_file() {
        return Err(Unreadable::NotAFile);
    }
    parse(&fs::read(path).map_err(Unreadable::Io)?).ok_or(Unreadable::Content)
}

fn parse(bytes: &[u8]) -> Option<Letter> {
    let message = MessageParser::default().parse(bytes)?;
    let to = message.to()?;
    let address = to.first()?.address()?;
    // A forged file must not show one recipient and hide another.
    if to.iter().count() != 1 || message.cc().is_some() || message.bcc().is_some() {
        return None;
    }
    let text = message.body_text(0)?.into_owned();
    Letter::new(address, message.subject()?, &text.into()).ok()
}

fn named(file: &OsStr) -> Option<FileName> {
    file.to_str()?.parse().ok()
}

/// The lock, and what is being written.
fn is_our_own(file: &OsStr) -> bool {
    file.to_str().is_some_and(|name| name == ".lock" || (name.starts_with('.') && name.ends_with(".tmp")))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x01890a5d_ac96_774b_8cce_b302099a8057);

    #[test]
    fn a_name_reads_back_and_has_one_form() {
        let name = FileName { millis: 1_795_000_000_123, id: ID };
        let text = "1795000000123-01890a5d-ac96-774b-8cce-b302099a8057.eml";
        assert_eq!(name.to_string(), text);
        assert_eq!(text.parse::<FileName>().unwrap(), name);
        for other in [
            "01795000000123-01890a5d-ac96-774b-8cce-b302099a8057.eml",
            "+1795000000123-01890a5d-ac96-774b-8cce-b302099a8057.eml",
            "1795000000123-01890A5D-ac96-774b-8cce-b302099a8057.eml",
            "1795000000123-01890a5dac96774b8cceb302099a8057.eml",
            "1795000000123-01890a5d-ac96-774b-8cce-b302099a8057.eml.bak",
            "1795000000123.eml",
            "letter.eml",
            "",
        ] {
            assert!(other.parse::<FileName>().is_err(), "{other}");
        }
    }

    #[test]
    fn what_any_mail_program_writes_is_read() {
        let letter = parse(
            b"To: Ada <ada@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?b?IGFuIEFkYQ==?=\r\n\
              MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
              Content-Transfer-Encoding: quoted-printable\r\n\r\nhttps://a.example/?t=3D1 =\r\n=C3=BC\r\n",
        )
        .unwrap();
        assert_eq!((letter.to(), letter.subject()), ("ada@example.org", "Grüße an Ada"));
        assert_eq!(letter.text().expose_secret(), "https://a.example/?t=1 ü\n");
    }

    #[test]
    fn what_is_not_one_letter_to_one_person_is_not_read() {
        for bytes in [
            &b""[..],
            b"\xff\xfe\x00",
            b"Subject: Hello\r\n\r\nHello",
            b"To: ada@example.org\r\n\r\nHello",
            b"To: ada@example.org, eve@example.org\r\nSubject: Hello\r\n\r\nHello",
            b"To: ada@example.org\r\nBcc: eve@example.org\r\nSubject: Hello\r\n\r\nHello",
            b"To: ada@example.org\r\nSubject: =?utf-8?q?a=0D=0Ab?=\r\n\r\nHello",
        ] {
            assert!(parse(bytes).is_none(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
