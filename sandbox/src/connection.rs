//! A connection that can be cut or slowed from inside a request.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// What happens to the bytes of the answer being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wire {
    #[default]
    Through,
    /// Nothing more goes out.
    Cut,
    /// The headers and this much of the body go out.
    CutBody { bytes: usize },
    /// This much at a time.
    Drip { bytes: usize, every: Duration },
}

/// Set by the request, read by its connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control(Arc<Mutex<Wire>>);

impl Control {
    pub fn set(&self, wire: Wire) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = wire;
    }

    fn get(&self) -> Wire {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A client's connection, after TLS.
pub(crate) struct Connection {
    stream: Stream,
    control: Control,
    /// How much of the blank line that ends the headers has gone out; 4: all of it.
    blank_line: usize,
    body_sent: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub fn plain(stream: TcpStream) -> Self {
        Self::new(Stream::Plain(stream))
    }

    pub fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self::new(Stream::Tls(Box::new(stream)))
    }

    fn new(stream: Stream) -> Self {
        Self { stream, control: Control::default(), blank_line: 0, body_sent: 0, pause: None }
    }

    pub fn control(&self) -> Control {
        self.control.clone()
    }

    fn write_inner(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn flush_inner(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    /// How many of these bytes may go out when only so much of the body may.
    fn allowed(&self, bytes: &[u8], of_body: usize) -> usize {
        let (mut matched, mut body) = (self.blank_line, self.body_sent);
        for (at, byte) in bytes.iter().enumerate() {
            if matched == 4 {
                if body == of_body {
                    return at;
                }
                body += 1;
            } else {
                matched = next_match(matched, *byte);
            }
        }
        bytes.len()
    }

    fn count(&mut self, sent: &[u8]) {
        for byte in sent {
            if self.blank_line == 4 {
                self.body_sent += 1;
            } else {
                self.blank_line = next_match(self.blank_line, *byte);
            }
        }
    }
}

/// How much of `\r\n\r\n` is matched after this byte.
fn next_match(matched: usize, byte: u8) -> usize {
    match (matched, byte) {
        (0 | 2, b'\r') | (1 | 3, b'\n') => matched + 1,
        (_, b'\r') => 1,
        _ => 0,
    }
}

fn cut() -> Poll<io::Result<usize>> {
    Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault")))
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        match this.control.get() {
            Wire::Through => {
                (this.blank_line, this.body_sent) = (0, 0);
                this.write_inner(cx, bytes)
            }
            Wire::Cut => cut(),
            Wire::CutBody { bytes: of_body } => {
                let allowed = this.allowed(bytes, of_body);
                if allowed == 0 {
                    ready!(this.flush_inner(cx))?;
                    return cut();
                }
                let bytes = bytes.get(..allowed).unwrap_or(bytes);
                let sent = ready!(this.write_inner(cx, bytes))?;
                this.count(bytes.get(..sent).unwrap_or(bytes));
                Poll::Ready(Ok(sent))
            }
            Wire::Drip { bytes: at_a_time, every } => {
                if let Some(pause) = &mut this.pause {
                    ready!(pause.as_mut().poll(cx));
                    this.pause = None;
                }
                let bytes = bytes.get(..at_a_time.max(1)).unwrap_or(bytes);
                let sent = ready!(this.write_inner(cx, bytes))?;
                let _ = this.flush_inner(cx)?;
                this.pause = Some(Box::pin(sleep(every)));
                Poll::Ready(Ok(sent))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flush_inner(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
