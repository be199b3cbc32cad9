//! A mail server that answers as it is told, and remembers what it heard.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapters::mail::{Sender, Smtp, SmtpOptions, SmtpUrl};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What the server does when it hears something.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Answers this, and goes on as the code says.
    Say(&'static str),
    /// Closes the connection.
    Cut,
    /// Listens on, and says nothing.
    Silence,
}

/// Where TLS begins.
#[derive(Clone)]
pub(crate) enum Protection {
    Plain,
    FromTheStart(TlsAcceptor),
    StartTls(TlsAcceptor),
}

/// What the server heard in all conversations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Lines, in order; those under TLS begin with `tls `.
    pub(crate) lines: Vec<String>,
    /// What came after DATA, whole, as it was on the wire.
    pub(crate) letters: Vec<String>,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
}

struct Conversation {
    script: &'static [(&'static str, Act)],
    protection: Protection,
    heard: Arc<Mutex<Heard>>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Server {
    /// A server in the open. `script` says what it does at `hello`, `EHLO`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `inside` (in the
    /// middle of a letter), `end` (of a letter) and `QUIT`; to the rest it says yes.
    pub(crate) async fn start(script: &'static [(&'static str, Act)]) -> Self {
        Self::protected(script, Protection::Plain).await
    }

    pub(crate) async fn protected(script: &'static [(&'static str, Act)], protection: Protection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let conversation = Conversation { script, protection, heard: heard.clone() };
        let task = tokio::spawn(async move {
            while let Ok((wire, _)) = listener.accept().await {
                conversation.begin(Box::new(wire)).await;
            }
        });
        Self { port, heard, task }
    }

    /// What signs in to it without TLS.
    pub(crate) fn mailer(&self, credentials: &str) -> Smtp {
        self.mailer_within(credentials, Duration::from_secs(10))
    }

    pub(crate) fn mailer_within(&self, credentials: &str, answer_within: Duration) -> Smtp {
        let url = format!("smtp+plain://{credentials}127.0.0.1:{}", self.port);
        mailer(&url, &SmtpOptions { answer_within, ..SmtpOptions::default() })
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn mailer(url: &str, options: &SmtpOptions) -> Smtp {
    let url = SmtpUrl::parse(&url.into()).unwrap();
    Smtp::new(&url, Sender::parse("OmoiOS <omoi@example.org>").unwrap(), options).unwrap()
}

impl Conversation {
    async fn begin(&self, wire: Box<dyn Wire>) {
        match &self.protection {
            Protection::FromTheStart(tls) => {
                if let Ok(wire) = tls.accept(wire).await {
                    self.talk(Box::new(wire), true).await;
                }
            }
            Protection::StartTls(tls) => {
                if let Some(wire) = self.talk(wire, false).await
                    && let Ok(wire) = tls.accept(wire).await
                {
                    let wire: Box<dyn Wire> = Box::new(wire);
                    self.talk_on(BufReader::new(wire), true).await;
                }
            }
            Protection::Plain => {
                self.talk(wire, false).await;
            }
        }
    }

    async fn talk(&self, wire: Box<dyn Wire>, secret: bool) -> Option<Box<dyn Wire>> {
        let mut wire = BufReader::new(wire);
        if !self.answer(&mut wire, "hello", "220 mail.example.net ready").await {
            return None;
        }
        self.talk_on(wire, secret).await
    }

    /// Until the connection ends, or TLS is to begin on it.
    async fn talk_on(&self, mut wire: BufReader<Box<dyn Wire>>, secret: bool) -> Option<Box<dyn Wire>> {
        loop {
            let mut line = String::new();
            if wire.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            let prefix = if secret { "tls " } else { "" };
            self.heard.lock().unwrap().lines.push(format!("{prefix}{line}"));
            let command = line.split(' ').next().unwrap_or_default().to_owned();
            let yes = match command.as_str() {
                "EHLO" if matches!(self.protection, Protection::StartTls(_)) && !secret => {
                    "250-mail.example.net\r\n250-8BITMIME\r\n250 STARTTLS"
                }
                "EHLO" => "250-mail.example.net\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
                "STARTTLS" => "220 2.0.0 go on",
                "AUTH" => "235 2.7.0 welcome",
                "DATA" => "354 go on",
                "QUIT" => "221 2.0.0 bye",
                _ => "250 2.0.0 yes",
            };
            if !self.answer(&mut wire, &command, yes).await {
                return None;
            }
            match command.as_str() {
                "STARTTLS" => return Some(wire.into_inner()),
                "DATA" if self.act("DATA").is_none() && !self.hear_letter(&mut wire).await => return None,
                "QUIT" => return None,
                _ => {}
            }
        }
    }

    /// Whether the conversation goes on.
    async fn hear_letter(&self, wire: &mut BufReader<Box<dyn Wire>>) -> bool {
        if let Some(Act::Cut) = self.act("inside") {
            let _ = wire.read_exact(&mut [0; 20]).await;
            return false;
        }
        let mut letter = String::new();
        while !letter.ends_with("\r\n.\r\n") {
            if wire.read_line(&mut letter).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        self.heard.lock().unwrap().letters.push(letter);
        self.answer(wire, "end", "250 2.0.0 taken as 42").await
    }

    /// Whether the conversation goes on.
    async fn answer(&self, wire: &mut BufReader<Box<dyn Wire>>, at: &str, yes: &str) -> bool {
        let text = match self.act(at) {
            None => yes,
            Some(Act::Say(text)) => text,
            Some(Act::Cut) => return false,
            Some(Act::Silence) => return true,
        };
        wire.write_all(format!("{text}\r\n").as_bytes()).await.is_ok() && wire.flush().await.is_ok()
    }

    fn act(&self, at: &str) -> Option<Act> {
        self.script.iter().find(|(place, _)| *place == at).map(|(_, act)| *act)
    }
}
