//! What a refusal, a cut and a silence mean for the letter.

use std::time::Duration;

use ports::mail::{MailError, Mailer as _};
use tokio::net::TcpListener;

use crate::server::{Act, Server};
use crate::{ID, letter};

type Script = &'static [(&'static str, Act)];

async fn sent(script: Script) -> MailError {
    let server = Server::start(script).await;
    server.mailer("omoi:hunter2@").send(ID, &letter("token-1")).await.unwrap_err()
}

fn reason(error: &MailError) -> &str {
    let (MailError::Later { reason } | MailError::Never { reason } | MailError::Misconfigured { reason }) =
        error;
    reason
}

#[tokio::test]
async fn a_server_that_cannot_now_is_asked_again_later() {
    const SCRIPTS: &[(Script, &str)] = &[
        (&[("hello", Act::Say("421 4.3.2 too busy"))], "421 4.3.2 to the connection"),
        (&[("AUTH", Act::Say("454 4.7.0 not now"))], "454 4.7.0 to the user and password"),
        (&[("MAIL", Act::Say("451 4.3.0 not now"))], "451 4.3.0 to the sender's address"),
        (&[("RCPT", Act::Say("450 4.2.0 greylisted"))], "450 4.2.0 to the recipient's address"),
        (&[("RCPT", Act::Say("452 too many letters"))], "452 to the recipient's address"),
        (&[("DATA", Act::Say("451 not now"))], "451 to DATA"),
        (&[("end", Act::Say("451-4.3.0 not now,\r\n451 4.3.0 try again"))], "451 4.3.0 to the letter"),
    ];
    for (script, expected) in SCRIPTS {
        let error = sent(script).await;
        assert!(matches!(error, MailError::Later { .. }), "{script:?}: {error:?}");
        assert!(reason(&error).ends_with(expected), "{script:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_recipient_or_a_letter_that_is_refused_is_refused_for_good() {
    const SCRIPTS: &[(Script, &str)] = &[
        (&[("RCPT", Act::Say("550 5.1.1 <ada@example.net>: who?"))], "550 5.1.1 to the recipient's address"),
        (&[("RCPT", Act::Say("553 no such name"))], "553 to the recipient's address"),
        (&[("DATA", Act::Say("554 no valid recipients"))], "554 to DATA"),
        (&[("end", Act::Say("554 5.7.1 token-1 looks like spam"))], "554 5.7.1 to the letter"),
    ];
    for (script, expected) in SCRIPTS {
        let error = sent(script).await;
        assert!(matches!(error, MailError::Never { .. }), "{script:?}: {error:?}");
        assert!(reason(&error).ends_with(expected), "{script:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_us_calls_for_an_operator() {
    const SCRIPTS: &[(Script, &str)] = &[
        (&[("hello", Act::Say("554 5.7.1 no mail from you"))], "554 5.7.1 to the connection"),
        (&[("EHLO", Act::Say("502 not here"))], "502 to the connection"),
        (&[("EHLO", Act::Say("250 mail.example.net"))], "authentication mechanism was found"),
        (&[("AUTH", Act::Say("535 5.7.8 wrong, omoi:hunter2"))], "535 5.7.8 to the user and password"),
        (&[("AUTH", Act::Say("534 5.7.9 another way"))], "534 5.7.9 to the user and password"),
        (&[("MAIL", Act::Say("550 5.7.1 you are not omoi"))], "550 5.7.1 to the sender's address"),
        (&[("RCPT", Act::Say("530 5.7.0 who are you?"))], "530 5.7.0 to the recipient's address"),
    ];
    for (script, expected) in SCRIPTS {
        let error = sent(script).await;
        assert!(matches!(error, MailError::Misconfigured { .. }), "{script:?}: {error:?}");
        assert!(reason(&error).ends_with(expected), "{script:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_to_another_step_is_not_taken_for_a_yes() {
    const SCRIPTS: &[(Script, &str)] = &[
        (&[("AUTH", Act::Say("250 yes"))], "250 to the user and password, and only 235 answers it"),
        (&[("DATA", Act::Say("250 yes"))], "250 to DATA, and only 354 answers it"),
        (&[("end", Act::Say("354 go on"))], "354 to the letter, and only 250 answers it"),
    ];
    for (script, expected) in SCRIPTS {
        let error = sent(script).await;
        assert!(matches!(error, MailError::Misconfigured { .. }), "{script:?}: {error:?}");
        assert!(reason(&error).ends_with(expected), "{script:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_says_nothing_about_the_letter() {
    const SCRIPTS: &[Script] = &[
        &[("hello", Act::Cut)],
        &[("EHLO", Act::Cut)],
        &[("AUTH", Act::Cut)],
        &[("RCPT", Act::Cut)],
        &[("DATA", Act::Cut)],
        &[("inside", Act::Cut)],
        &[("end", Act::Cut)],
        &[("hello", Act::Say("SSH-2.0-nonsense"))],
    ];
    for script in SCRIPTS {
        let error = sent(script).await;
        assert!(matches!(error, MailError::Later { .. }), "{script:?}: {error:?}");
    }
}

/// More than the buffers of a socket hold: the cut comes while we write.
#[tokio::test]
async fn a_cut_in_the_middle_of_a_long_letter_is_noticed_while_it_is_written() {
    let server = Server::start(&[("inside", Act::Cut)]).await;
    let long = letter(&"a line of a long letter\n".repeat(500_000));
    let error = server.mailer("").send(ID, &long).await.unwrap_err();
    assert!(matches!(error, MailError::Later { .. }), "{error:?}");
    assert!(reason(&error).contains("the letter"), "{error:?}");
    assert!(server.heard().letters.is_empty());
}

#[tokio::test]
async fn a_server_that_is_silent_is_not_waited_for() {
    const SCRIPTS: &[(&str, Script)] = &[
        ("the connection", &[("hello", Act::Silence)]),
        ("the connection", &[("EHLO", Act::Silence)]),
        ("the user and password", &[("AUTH", Act::Silence)]),
        ("the recipient's address", &[("RCPT", Act::Silence)]),
        ("the letter", &[("end", Act::Silence)]),
    ];
    for (stage, script) in SCRIPTS {
        let server = Server::start(script).await;
        let mailer = server.mailer_within("omoi:hunter2@", Duration::from_millis(200));
        let error = mailer.send(ID, &letter("Hello")).await.unwrap_err();
        let expected =
            MailError::Later { reason: format!("the server did not answer to {stage} within 200ms") };
        assert_eq!(error, expected, "{script:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_again_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("smtp+plain://127.0.0.1:{port}");
    let error =
        crate::server::mailer(&url, &Default::default()).send(ID, &letter("Hello")).await.unwrap_err();
    assert!(matches!(error, MailError::Later { .. }), "{error:?}");
    assert!(reason(&error).to_lowercase().contains("refused"), "{error:?}");
}

/// Servers repeat addresses, filters repeat links, and careless ones passwords.
#[tokio::test]
async fn no_error_holds_what_a_log_may_not_hold() {
    const SCRIPTS: &[Script] = &[
        &[("RCPT", Act::Say("550 <ada@example.net> unknown"))],
        &[("RCPT", Act::Say("550 5.1.1.ada@example.net unknown"))],
        &[("end", Act::Say("554 token-1 is spam"))],
        &[("end", Act::Say("451 token-1 ada@example.net hunter2"))],
        &[("AUTH", Act::Say("535 omoi hunter2 AG9tb2kAaHVudGVyMg=="))],
        &[("AUTH", Act::Say("hunter2"))],
        &[("hello", Act::Say("hunter2 ada@example.net token-1"))],
    ];
    for script in SCRIPTS {
        let error = sent(script).await;
        let printed = format!("{error} {error:?}");
        for secret in ["ada", "token-1", "hunter2", "AG9tb2"] {
            assert!(!printed.contains(secret), "{script:?}: {printed}");
        }
    }
}
