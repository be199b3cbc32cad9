//! The configuration file of the embedded NATS server: one port on the loopback, and an account for each user.
//!
//! The stream lies in the account of the relay. Everybody else has an account alone and imports from there the few
//! requests that they may make. A list of subjects in one account would not do: the server sends the answer to a
//! request wherever the client says, so `reply: omoi.v1.…` would put a message of the client's choice into the stream.
//! The answer to an imported request stays in the account that asked.

#[cfg(test)]
mod tests;

use std::{fmt::Write as _, path::Path};

use crate::nats_users::BusUser;

/// The account that has the stream.
pub(crate) const LOG_ACCOUNT: &str = "OMOI";

/// What the file says.
pub(crate) struct Config<'a> {
    pub(crate) port: u16,
    pub(crate) store: &'a Path,
    pub(crate) max_payload_bytes: usize,
    pub(crate) stream: &'a str,
    pub(crate) relay_password: &'a str,
    pub(crate) reader_password: &'a str,
    pub(crate) users: &'a [BusUser],
}

impl Config<'_> {
    /// The text of the file.
    ///
    /// `relay` may do everything. `reader` may read one stream: look at it, make consumers, pull, and acknowledge. It
    /// may not publish to the subjects, purge, delete, or remove consumers. The others may each read the one consumer
    /// that has their name.
    pub(crate) fn text(&self) -> String {
        let Self { port, max_payload_bytes, relay_password, .. } = self;
        let store = quoted(&self.store.display().to_string());
        let guests = self.guests();
        let (mut exports, mut accounts) = (String::new(), String::new());
        for guest in &guests {
            guest.write_exports(&mut exports);
            guest.write_account(&mut accounts);
        }
        format!(
            r#"# Written by omoi at each start, and when somebody may read or may no longer.
listen: "127.0.0.1:{port}"
server_name: "omoi"
max_payload: {max_payload_bytes}
jetstream {{
  store_dir: {store}
  # The bus is a cache of the log: what a power cut takes is published again, so no fsync a message.
  sync_interval: "1s"
}}
accounts {{
  {LOG_ACCOUNT} {{
    jetstream: enabled
    users: [{{ user: "relay", password: "{relay_password}" }}]
    exports: [
{exports}    ]
  }}
{accounts}}}
"#
        )
    }

    fn guests(&self) -> Vec<Guest<'_>> {
        let stream = self.stream;
        let reader = Guest {
            account: "READER",
            user: "reader",
            password: self.reader_password,
            may: reader_may(stream),
            never: self.users.iter().flat_map(|user| of_the_owner(stream, &user.name)).collect(),
        };
        let others = self.users.iter().map(|user| Guest {
            account: &user.name,
            user: &user.name,
            password: &user.password_hash,
            may: user_may(stream, &user.name),
            never: Vec::new(),
        });
        std::iter::once(reader).chain(others).collect()
    }
}

/// Somebody with an account alone.
struct Guest<'a> {
    account: &'a str,
    user: &'a str,
    password: &'a str,
    /// Requests to the account of the stream.
    may: Vec<String>,
    /// Those of them that are somebody else's.
    never: Vec<String>,
}

impl Guest<'_> {
    fn write_exports(&self, text: &mut String) {
        for subject in &self.may {
            // Only a pull has more than one answer.
            let kind = if subject.contains(".MSG.NEXT.") { ", response_type: stream" } else { "" };
            let account = self.account;
            let _ = writeln!(text, "      {{ service: {subject:?}{kind}, accounts: [{account}] }}");
        }
    }

    fn write_account(&self, text: &mut String) {
        let Self { account, user, password, may, never } = self;
        let allow = list(may.iter().map(|subject| local(subject)));
        let deny = list(never.iter().map(|subject| local(subject)));
        let _ = writeln!(
            text,
            r#"  {account} {{
    users: [{{
      user: "{user}", password: "{password}"
      permissions {{
        publish {{ allow: [{allow}], deny: [{deny}] }}
        subscribe {{ allow: ["_INBOX.>"] }}
      }}
    }}]
    mappings {{"#
        );
        for subject in may.iter().filter(|subject| local(subject) != **subject) {
            let _ = writeln!(text, "      {subject:?}: {:?}", local(subject));
        }
        let _ = writeln!(text, "    }}\n    imports: [");
        for subject in may {
            let here = local(subject);
            let to = if here == *subject { String::new() } else { format!(", to: {here:?}") };
            let _ =
                writeln!(text, "      {{ service: {{ account: {LOG_ACCOUNT}, subject: {subject:?} }}{to} }}");
        }
        let _ = writeln!(text, "    ]\n  }}");
    }
}

/// What a request to `subject` is called in the account that makes it. The server answers requests to its API in every
/// account, with an error where there is no JetStream, and so before the imported answer comes: they go by another
/// name. Pulls and direct reads have no such answer.
fn local(subject: &str) -> String {
    match subject.strip_prefix("$JS.API.") {
        Some(request) if !request.contains("MSG.NEXT.") && !request.starts_with("DIRECT.GET.") => {
            format!("omoi.api.{request}")
        }
        _ => subject.to_owned(),
    }
}

/// The requests of a reader of `stream`. It is not told which consumers there are: the name of one that it makes may
/// stand in the body of a request, where no rule sees it, and the names of the others are too random to be guessed.
fn reader_may(stream: &str) -> Vec<String> {
    vec![
        format!("$JS.API.STREAM.INFO.{stream}"),
        format!("$JS.API.STREAM.MSG.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}.>"),
        format!("$JS.API.CONSUMER.CREATE.{stream}"),
        format!("$JS.API.CONSUMER.CREATE.{stream}.>"),
        format!("$JS.API.CONSUMER.INFO.{stream}.>"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.>"),
        format!("$JS.ACK.{stream}.>"),
    ]
}

/// The requests of a user who reads one consumer.
fn user_may(stream: &str, consumer: &str) -> Vec<String> {
    vec![
        format!("$JS.API.CONSUMER.INFO.{stream}.{consumer}"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
        format!("$JS.ACK.{stream}.{consumer}.>"),
    ]
}

/// What nobody but its owner does with a consumer: change it, take messages from it, acknowledge them.
fn of_the_owner(stream: &str, consumer: &str) -> [String; 4] {
    [
        format!("$JS.API.CONSUMER.CREATE.{stream}.{consumer}"),
        format!("$JS.API.CONSUMER.CREATE.{stream}.{consumer}.>"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
        format!("$JS.ACK.{stream}.{consumer}.>"),
    ]
}

fn list(subjects: impl Iterator<Item = String>) -> String {
    subjects.map(|subject| quoted(&subject)).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
