//! A letter as a message (RFC 5322).

use std::time::SystemTime;

use kernel::Uuid;
use lettre::address::Address;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, MessageBuilder};
use ports::mail::{Letter, MailError};
use secrecy::ExposeSecret as _;

use super::sender::Sender;

/// The recipient, as a server is told of them.
pub(super) fn recipient(letter: &Letter) -> Result<Address, MailError> {
    let address = letter.to().parse();
    address.map_err(|_| MailError::Never {
        reason: "the recipient's address is none that mail can go to".to_owned(),
    })
}

/// The bytes for a server: all ASCII, but for an address that is not, so that any server can take them.
pub(super) fn for_wire(sender: &Sender, id: Uuid, to: Address, letter: &Letter, at: SystemTime) -> Vec<u8> {
    finish(headers(sender, id, to, letter, at), Body::new(lines(letter)))
}

/// The bytes for a file: the text as it is, so that a person who opens it can follow a link in it.
pub(super) fn for_file(sender: &Sender, id: Uuid, to: Address, letter: &Letter, at: SystemTime) -> Vec<u8> {
    // Only a line of more than 998 bytes has no 8bit form.
    let body = Body::new_with_encoding(lines(letter), ContentTransferEncoding::EightBit)
        .unwrap_or_else(|_| Body::new(lines(letter)));
    finish(headers(sender, id, to, letter, at), body)
}

/// The library would put each CR in by moving all that follows: a long letter would take minutes.
fn lines(letter: &Letter) -> String {
    letter.text().expose_secret().replace('\n', "\r\n")
}

fn headers(sender: &Sender, id: Uuid, to: Address, letter: &Letter, at: SystemTime) -> MessageBuilder {
    // Without it, an absent reader's mail program answers to a sender that nobody reads (RFC 3834).
    let automatic =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    MessageBuilder::new()
        .message_id(Some(format!("<{id}@{}>", sender.domain())))
        .date(at)
        .from(sender.mailbox())
        .to(to.into())
        .subject(letter.subject())
        .raw_header(automatic)
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
}

fn finish(headers: MessageBuilder, body: Body) -> Vec<u8> {
    headers.body(body).expect("it has one sender and one recipient").formatted()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x01890a5d_ac96_774b_8cce_b302099a8057);

    fn letter(to: &str, subject: &str, text: &str) -> Letter {
        Letter::new(to, subject, &text.into()).unwrap()
    }

    fn both(letter: &Letter) -> [Vec<u8>; 2] {
        let sender = Sender::parse("OmoiOS <omoi@example.org>").unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        let to = recipient(letter).unwrap();
        [for_wire(&sender, ID, to.clone(), letter, at), for_file(&sender, ID, to, letter, at)]
    }

    #[test]
    fn a_message_says_whose_it_is_and_that_a_program_wrote_it() {
        let letter = letter("ada@example.net", "Reset your password", "Follow https://a.example/?t=1\n");
        let [wire, file] = both(&letter);
        assert_eq!(
            String::from_utf8(wire).unwrap(),
            "Message-ID: <01890a5d-ac96-774b-8cce-b302099a8057@example.org>\r\n\
             Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n\
             From: OmoiOS <omoi@example.org>\r\n\
             To: ada@example.net\r\n\
             Subject: Reset your password\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\
             \r\n\
             Follow https://a.example/?t=1\r\n"
        );
        assert!(file.ends_with(b"\r\n\r\nFollow https://a.example/?t=1\r\n"));
    }

    #[test]
    fn any_server_can_take_a_letter_in_any_language() {
        let letter = letter("ada@example.net", "Grüße an 思い", "Hallo Ädä, https://a.example/?t=1\n");
        let [wire, file] = both(&letter);
        assert!(wire.is_ascii());
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains("\r\nContent-Transfer-Encoding: 8bit\r\n"), "{file}");
        assert!(file.ends_with("\r\n\r\nHallo Ädä, https://a.example/?t=1\r\n"), "{file}");
    }

    #[test]
    fn no_line_is_longer_than_a_message_may_have() {
        let long = "ü".repeat(200);
        let address = format!("{}@{}.example", "a".repeat(64), ["b"; 90].join("."));
        for message in both(&letter(&address, &long, &"x".repeat(5_000))) {
            let longest = message.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
            assert!(longest < Some(1_000), "{longest:?}");
        }
    }

    #[test]
    fn an_address_that_only_looks_like_one_is_refused_for_good() {
        for to in ["ada..b@example.org", "ada@-.org", "ada@exa_mple..org"] {
            let refused = recipient(&letter(to, "Hello", "Hello"));
            let Err(MailError::Never { reason }) = refused else { panic!("{to}: {refused:?}") };
            assert!(!reason.contains("ada"), "{reason}");
        }
    }

    proptest! {
        /// Read by somebody else's parser, a message holds what the letter held, and nothing else.
        #[test]
        fn what_is_written_is_what_is_read(
            subject in "[ -~äß思🙂]{1,200}",
            text in "[ -~\nä思🙂.]{0,300}",
        ) {
            let Ok(letter) = Letter::new("ada@example.net", &subject, &text.as_str().into()) else {
                return Ok(());
            };
            for message in both(&letter) {
                let read = MessageParser::default().parse(&message).unwrap();
                prop_assert_eq!(read.subject().unwrap(), letter.subject());
                let body = read.body_text(0).unwrap_or_default().replace("\r\n", "\n");
                prop_assert_eq!(body, text.clone());
                prop_assert_eq!(read.headers().len(), 9);
            }
        }
    }
}
