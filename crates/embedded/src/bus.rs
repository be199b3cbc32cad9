//! The event bus as a client sees it: connecting by URL. Works with any NATS server.

use async_nats::{Client, ConnectOptions, ServerAddr};

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

fn refused<E: std::error::Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Error {
    move |source| Error::Bus { what, source: Box::new(source) }
}
