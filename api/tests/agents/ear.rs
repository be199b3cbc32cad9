//! Somebody outside who hears whatever is sent to it, by TCP or by UDP.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// It listens as long as it is there.
pub(crate) struct Ear {
    pub(crate) tcp: u16,
    pub(crate) udp: u16,
    heard: Arc<Mutex<Vec<u8>>>,
    _listening: JoinSet<()>,
}

impl Ear {
    /// At every address of this machine.
    pub(crate) async fn open() -> Self {
        let tcp = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
        let udp = UdpSocket::bind("0.0.0.0:0").await.expect("a free port");
        let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
        let port = |address: std::io::Result<std::net::SocketAddr>| address.expect("it listens").port();
        let ports = (port(tcp.local_addr()), port(udp.local_addr()));
        let mut listening = JoinSet::new();
        listening.spawn(accept(tcp, heard.clone()));
        listening.spawn(receive(udp, heard.clone()));
        Self { tcp: ports.0, udp: ports.1, heard, _listening: listening }
    }

    /// Whether it has heard this.
    pub(crate) fn has_heard(&self, word: &str) -> bool {
        let heard = self.heard.lock().expect("nobody panics with it");
        heard.windows(word.len()).any(|window| window == word.as_bytes())
    }
}

async fn accept(listener: TcpListener, heard: Arc<Mutex<Vec<u8>>>) {
    let mut talking = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        talking.spawn(hear(stream, heard.clone()));
    }
}

/// Whoever speaks HTTP has an answer, and everybody is heard to the end.
async fn hear(mut stream: TcpStream, heard: Arc<Mutex<Vec<u8>>>) {
    let mut piece = vec![0; 1 << 16];
    let mut answered = false;
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        heard.lock().expect("nobody panics with it").extend_from_slice(&piece[..read]);
        if !answered && piece[..read].starts_with(b"GET ") {
            answered = true;
            // It may have gone already.
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    }
}

async fn receive(socket: UdpSocket, heard: Arc<Mutex<Vec<u8>>>) {
    let mut piece = vec![0; 1 << 16];
    while let Ok(read) = socket.recv(&mut piece).await {
        heard.lock().expect("nobody panics with it").extend_from_slice(&piece[..read]);
    }
}
