//! Takes connections in. TLS handshakes run on their own, so that a client that stalls keeps nobody else waiting.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::connection::{Connection, Control};

const HANDSHAKE: Duration = Duration::from_secs(10);

/// Connections that are ready to be served.
pub(crate) struct Door {
    ready: mpsc::Receiver<(Connection, SocketAddr)>,
    address: SocketAddr,
}

impl Door {
    /// Needs a running tokio runtime.
    pub fn open(listener: std::net::TcpListener, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let (sender, ready) = mpsc::channel(64);
        Handle::current().spawn(take_in(listener, tls.map(TlsAcceptor::from), sender));
        Ok(Self { ready, address })
    }
}

async fn take_in(listener: TcpListener, tls: Option<TlsAcceptor>, sender: mpsc::Sender<(Connection, SocketAddr)>) {
    loop {
        let Ok((stream, address)) = listener.accept().await else {
            // Out of file handles, mostly: wait until some are given back.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        Handle::current().spawn(hand_over(stream, address, tls.clone(), sender.clone()));
    }
}

async fn hand_over(
    stream: TcpStream,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    sender: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let connection = match tls {
        None => Connection::plain(stream),
        Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => Connection::tls(stream),
            _ => return,
        },
    };
    let _ = sender.send((connection, address)).await;
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Door>> for Control {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().control()
    }
}
