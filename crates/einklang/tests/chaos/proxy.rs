//! A wire that can be cut: TCP to a port of this machine, handed on until it is stalled or cut.

use std::net::TcpListener as Blocking;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole,
    /// Nothing arrives, and nobody is told: a cable pulled out.
    Stalled,
    /// Connections break, and new ones are refused.
    Cut,
}

pub struct Proxy {
    pub port: u16,
    wire: watch::Sender<Wire>,
}

impl Proxy {
    pub async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (wire, state) = watch::channel(Wire::Whole);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, target, state.clone()));
            }
        });
        Self { port, wire }
    }

    /// Breaks everything for so long.
    pub async fn cut(&self, time: Duration) {
        self.damage(Wire::Cut, time).await;
    }

    /// Lets nothing through for so long; what was sent meanwhile arrives afterwards.
    pub async fn stall(&self, time: Duration) {
        self.damage(Wire::Stalled, time).await;
    }

    async fn damage(&self, wire: Wire, time: Duration) {
        self.wire.send_replace(wire);
        tokio::time::sleep(time).await;
        self.wire.send_replace(Wire::Whole);
    }
}

async fn connect(client: TcpStream, target: u16, mut wire: watch::Receiver<Wire>) {
    if *wire.borrow() == Wire::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    let (Ok(()), Ok(())) = (client.set_nodelay(true), server.set_nodelay(true)) else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pump(from_client, to_server, wire.clone()) => {}
        () = pump(from_server, to_client, wire.clone()) => {}
        _ = wire.wait_for(|wire| *wire == Wire::Cut) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut wire: watch::Receiver<Wire>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count) = from.read(&mut bytes).await {
        let through = wire.wait_for(|wire| *wire == Wire::Whole).await.is_ok();
        if count == 0 || !through || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    Blocking::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
