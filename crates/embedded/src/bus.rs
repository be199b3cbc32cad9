//! The event bus as a client sees it: connecting by URL, and the stream of a log. Works with any NATS server.

use async_nats::{
    Client, ConnectOptions, ServerAddr,
    jetstream::{
        self, ErrorCode,
        context::GetStreamErrorKind,
        stream::{Config as StreamConfig, DiscardPolicy, RetentionPolicy, StorageType},
    },
};

use crate::{Error, Result, percent};

/// Connects to the server at `url`, as the user the URL names: `nats://user:password@host:port`, or
/// `nats://token@host:port`. The client library itself leaves credentials in a URL unread.
///
/// # Errors
/// [`Error::Bus`] when there is no server, or it refuses the credentials.
pub async fn connect(url: &str) -> Result<Client> {
    let address: ServerAddr = url.parse().map_err(refused("the address in its URL"))?;
    let mut bare = address.clone().into_inner();
    let options = match (address.username().map(percent::decode), address.password().map(percent::decode)) {
        (Some(user), Some(password)) => ConnectOptions::with_user_and_password(user, password),
        (Some(token), None) => ConnectOptions::with_token(token),
        (None, _) => ConnectOptions::new(),
    };
    // Without them in the address, no message about the connection can show them. Both calls fail only
    // for addresses that cannot carry credentials.
    let _ = (bare.set_username(""), bare.set_password(None));
    options.connect(bare.as_str()).await.map_err(refused("a connection"))
}

/// The JetStream stream of a log.
pub fn stream_name(log_id: i16) -> String {
    format!("OMOI_{log_id}")
}

/// Makes the empty stream of a log on any NATS server, unless it exists; an existing one is left as it is.
/// Its metadata `omoi-base` 0 says that the message with stream sequence n is the event at position n.
///
/// # Errors
/// [`Error::Bus`] when the server refuses, or has no JetStream.
pub async fn ensure_stream(client: &async_nats::Client, log_id: i16) -> Result<()> {
    let context = jetstream::new(client.clone());
    let name = stream_name(log_id);
    match context.get_stream(&name).await {
        Ok(_) => return Ok(()),
        Err(e) => match e.kind() {
            GetStreamErrorKind::JetStream(ref answer)
                if answer.error_code() == ErrorCode::STREAM_NOT_FOUND => {}
            _ => return Err(refused("a look at its stream")(e)),
        },
    }
    let config = StreamConfig {
        name,
        subjects: vec![format!("omoi.v1.{log_id}.>")],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        deny_delete: true,
        allow_direct: true,
        metadata: [("omoi-base".to_owned(), "0".to_owned())].into(),
        ..StreamConfig::default()
    };
    // Two nodes may get here at once; the same configuration twice is no error.
    context.create_stream(config).await.map(drop).map_err(refused("its stream"))
}

fn refused<E: std::error::Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Error {
    move |source| Error::Bus { what, source: Box::new(source) }
}
