//! A proxy that takes no request above a size, as proxies in front of registries do.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) struct SizeLimit {
    port: u16,
    task: JoinHandle<()>,
}

impl SizeLimit {
    /// Starts one in front of a port of this machine.
    pub(crate) async fn start(to: u16, limit: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    // A client that goes away ends its connection, and no more.
                    let _ = serve(client, to, limit).await;
                });
            }
        });
        Self { port, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for SizeLimit {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes one request on, and its answer back; or refuses it without reading it, and closes the connection.
async fn serve(mut client: TcpStream, to: u16, limit: usize) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8(head).unwrap();
    let length = text
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(str::to_owned)
        })
        .map_or(0, |length| length.trim().parse().unwrap());
    if length > limit {
        let answer =
            b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return client.write_all(answer).await;
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).await?;
    let mut server = TcpStream::connect(("127.0.0.1", to)).await?;
    // One request a connection keeps this simple.
    let head = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(head.as_bytes()).await?;
    server.write_all(&body).await?;
    tokio::io::copy(&mut server, &mut client).await?;
    client.shutdown().await
}
