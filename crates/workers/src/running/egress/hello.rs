//! Whom the first words of TLS are for. A name on the list must not be a door to another one behind the same address.

use std::io::Cursor;

use rustls::server::Acceptor;

/// What was understood of the first words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hello {
    /// They are not all there.
    Unfinished,
    /// They are for this host.
    For(String),
    /// They name no host, or are no TLS.
    Strange,
}

/// Reads what was said so far.
pub(super) fn read(said: &[u8]) -> Hello {
    let mut acceptor = Acceptor::default();
    let mut from = Cursor::new(said);
    while (from.position() as usize) < said.len() {
        match acceptor.read_tls(&mut from) {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => return Hello::Strange,
        }
        match acceptor.accept() {
            Ok(None) => {}
            Ok(Some(accepted)) => {
                return accepted
                    .client_hello()
                    .server_name()
                    .map_or(Hello::Strange, |name| Hello::For(name.to_ascii_lowercase()));
            }
            Err(_) => return Hello::Strange,
        }
    }
    Hello::Unfinished
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    /// What a client says first when it wants `host`.
    pub(crate) fn hello_for(host: &'static str) -> Vec<u8> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        let name = ServerName::try_from(host).unwrap();
        let mut said = Vec::new();
        ClientConnection::new(Arc::new(config), name).unwrap().write_tls(&mut said).unwrap();
        said
    }

    #[test]
    fn the_host_is_read_once_it_is_there() {
        let said = hello_for("registry.npmjs.org");
        assert_eq!(read(&said), Hello::For("registry.npmjs.org".to_owned()));
        for until in [0, 1, 5, said.len() / 2, said.len() - 1] {
            assert_eq!(read(&said[..until]), Hello::Unfinished, "{until}");
        }
    }

    #[test]
    fn what_is_no_tls_or_names_nobody_is_strange() {
        assert_eq!(read(b"SSH-2.0-OpenSSH_9.6\r\n"), Hello::Strange);
        assert_eq!(read(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Hello::Strange);
        assert_eq!(read(&hello_for("192.0.2.1")), Hello::Strange, "an address is not named");
    }
}
