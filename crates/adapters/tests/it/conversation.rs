//! What a server hears when a letter goes through.

use ports::mail::{Letter, MailError, Mailer as _};

use crate::server::{Act, Server};
use crate::{ID, letter};

#[tokio::test]
async fn a_letter_arrives_whole_and_the_server_hears_who_we_are() {
    let server = Server::start(&[]).await;
    let mailer = server.mailer("omoi:hunter2@");
    mailer.send(ID, &letter("Follow https://a.example/?t=1\n")).await.unwrap();

    let heard = server.heard();
    // AUTH PLAIN of user and password, as RFC 4616 writes them.
    let lines = [
        "EHLO example.org",
        "AUTH PLAIN AG9tb2kAaHVudGVyMg==",
        "MAIL FROM:<omoi@example.org>",
        "RCPT TO:<ada@example.net>",
        "DATA",
        "QUIT",
    ];
    assert_eq!(heard.lines, lines);
    let [letter] = &heard.letters[..] else { panic!("{heard:?}") };
    for line in [
        "Message-ID: <01890a5d-ac96-774b-8cce-b302099a8057@example.org>\r\n",
        "From: OmoiOS <omoi@example.org>\r\n",
        "To: ada@example.net\r\n",
        "Subject: Reset your password\r\n",
        "\r\n\r\nFollow https://a.example/?t=1\r\n",
    ] {
        assert!(letter.contains(line), "{line} in {letter}");
    }
}

#[tokio::test]
async fn who_has_no_credentials_does_not_sign_in() {
    let server = Server::start(&[]).await;
    server.mailer("").send(ID, &letter("Hello")).await.unwrap();
    assert!(!server.heard().lines.iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn a_letter_that_is_sent_twice_has_one_message_id() {
    let server = Server::start(&[]).await;
    let mailer = server.mailer("");
    mailer.send(ID, &letter("Hello")).await.unwrap();
    mailer.send(ID, &letter("Hello")).await.unwrap();
    let letters = server.heard().letters;
    let ids: Vec<_> =
        letters.iter().filter_map(|l| l.lines().find(|l| l.starts_with("Message-ID"))).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn no_line_of_a_letter_ends_it_or_becomes_a_command() {
    let server = Server::start(&[]).await;
    let text = "Hello\r.\rRCPT TO:<eve@example.net>\n.\nMAIL FROM:<eve@example.net>\r\n.\r\n..dots\n";
    server.mailer("").send(ID, &letter(text)).await.unwrap();

    let heard = server.heard();
    assert!(!heard.lines.iter().any(|line| line.contains("eve")), "{heard:?}");
    let [letter] = &heard.letters[..] else { panic!("{heard:?}") };
    let (_, body) = letter.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        "Hello\r\n..\r\nRCPT TO:<eve@example.net>\r\n..\r\nMAIL FROM:<eve@example.net>\r\n..\r\n...dots\r\n\r\n.\r\n"
    );
    let bare = body.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n']), "{body:?}");
}

#[tokio::test]
async fn a_letter_in_any_language_goes_to_a_server_that_knows_only_ascii() {
    let server = Server::start(&[("EHLO", Act::Say("250 mail.example.net"))]).await;
    let letter = Letter::new("ada@example.net", "Grüße 思い", &"Hallo Ädä\n".into()).unwrap();
    server.mailer("").send(ID, &letter).await.unwrap();
    let heard = server.heard();
    assert!(heard.letters[0].is_ascii(), "{heard:?}");
    assert!(heard.lines.contains(&"MAIL FROM:<omoi@example.org>".to_owned()), "{heard:?}");
}

#[tokio::test]
async fn an_address_outside_of_ascii_goes_only_to_a_server_that_knows_such() {
    let letter = Letter::new("ädä@example.net", "Hello", &"Hello".into()).unwrap();

    let old = Server::start(&[]).await;
    let refused = old.mailer("").send(ID, &letter).await;
    assert!(matches!(refused, Err(MailError::Never { .. })), "{refused:?}");
    assert!(!old.heard().lines.iter().any(|line| line.starts_with("MAIL")));

    let new =
        Server::start(&[("EHLO", Act::Say("250-mail.example.net\r\n250-8BITMIME\r\n250 SMTPUTF8"))]).await;
    new.mailer("").send(ID, &letter).await.unwrap();
    let lines = new.heard().lines;
    assert!(lines.contains(&"MAIL FROM:<omoi@example.org> SMTPUTF8 BODY=8BITMIME".to_owned()), "{lines:?}");
    assert!(lines.contains(&"RCPT TO:<ädä@example.net>".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn a_letter_that_was_taken_is_delivered_whatever_the_good_bye_is() {
    const SCRIPTS: &[&[(&str, Act)]] =
        &[&[("QUIT", Act::Cut)], &[("QUIT", Act::Say("500 what?"))], &[("QUIT", Act::Say("nonsense"))]];
    for script in SCRIPTS {
        let server = Server::start(script).await;
        assert_eq!(server.mailer("").send(ID, &letter("Hello")).await, Ok(()), "{script:?}");
        assert_eq!(server.heard().letters.len(), 1);
    }
}
