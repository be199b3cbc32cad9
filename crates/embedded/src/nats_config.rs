//! The configuration file of the embedded NATS server: one port on the loopback, two users.

use std::path::Path;

/// What the file says.
pub(crate) struct Config<'a> {
    pub(crate) port: u16,
    pub(crate) store: &'a Path,
    pub(crate) max_payload_bytes: usize,
    pub(crate) stream: &'a str,
    pub(crate) relay_password: &'a str,
    pub(crate) reader_password: &'a str,
}

impl Config<'_> {
    /// The text of the file.
    ///
    /// `relay` may do everything. `reader` may read one stream: look at it, make consumers, pull, and
    /// acknowledge. It may not publish to the subjects, purge, delete, or remove consumers of others.
    pub(crate) fn text(&self) -> String {
        let publish =
            reader_may_publish(self.stream).map(|subject| format!("{subject:?}")).join(",\n          ");
        let Self { port, max_payload_bytes, relay_password, reader_password, .. } = self;
        let store = quoted(&self.store.display().to_string());
        format!(
            r#"# Written by omoi at each start.
listen: "127.0.0.1:{port}"
server_name: "omoi"
max_payload: {max_payload_bytes}
jetstream {{
  store_dir: {store}
  # The bus is a cache of the log: what a power cut takes is published again, so no fsync a message.
  sync_interval: "1s"
}}
authorization {{
  users: [
    {{ user: "relay", password: "{relay_password}" }}
    {{
      user: "reader"
      password: "{reader_password}"
      permissions {{
        publish {{
          allow: [
          {publish}
          ]
        }}
        subscribe {{ allow: ["_INBOX.>"] }}
      }}
    }}
  ]
}}
"#
        )
    }
}

/// The subjects a reader of `stream` has to publish to.
fn reader_may_publish(stream: &str) -> [String; 12] {
    [
        format!("$JS.API.STREAM.INFO.{stream}"),
        format!("$JS.API.STREAM.MSG.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}"),
        format!("$JS.API.DIRECT.GET.{stream}.>"),
        format!("$JS.API.CONSUMER.CREATE.{stream}"),
        format!("$JS.API.CONSUMER.CREATE.{stream}.>"),
        format!("$JS.API.CONSUMER.INFO.{stream}.>"),
        format!("$JS.API.CONSUMER.LIST.{stream}"),
        format!("$JS.API.CONSUMER.NAMES.{stream}"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.>"),
        format!("$JS.ACK.{stream}.>"),
        format!("$JS.FC.{stream}.>"),
    ]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
