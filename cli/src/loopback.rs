//! The door that the browser comes back to (RFC 8252 section 7.3): one path on one port of this computer.

use std::net::Ipv4Addr;
use std::time::Duration;

use plainchart::{CancelToken, PlainchartError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::failure::{Failure, exit};

const PATH: &str = "/callback";
/// How long a sign-in may take, as the core has it (A16).
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// A browser sends its request at once.
const REQUEST_PATIENCE: Duration = Duration::from_secs(10);
/// A callback holds a code and a state, maybe an error's description.
const MOST_REQUEST_BYTES: usize = 16 << 10;
/// A browser opens a few; more are nobody's friend.
const MOST_CONNECTIONS: usize = 32;

/// The listener behind a redirect URI.
pub struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// The browser, waiting for a page.
pub struct Browser {
    stream: TcpStream,
    /// The whole address it came to: the answer of the sign-in.
    pub url: String,
}

impl Loopback {
    /// Listens on this port of 127.0.0.1; 0 is any free one.
    ///
    /// # Errors
    /// Exit 2 if the port cannot be had.
    pub async fn open(port: u16) -> Result<Self, Failure> {
        let taken = |_| {
            let sentence = format!(
                "Port {port} cannot be used to come back from the browser. Leave --redirect-port out for a free one."
            );
            Failure::said(exit::INVALID_INPUT, sentence)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        Ok(Self { listener, port })
    }

    /// Where the browser is to come back to.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the browser. Everything that is not the callback gets "not found".
    ///
    /// # Errors
    /// `Cancelled`; exit 3 after 15 minutes.
    pub async fn browser(&self, cancel: &CancelToken) -> Result<Browser, Failure> {
        let mut visits = JoinSet::new();
        let late = tokio::time::sleep(PATIENCE);
        tokio::pin!(late);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return Err(PlainchartError::Cancelled.into()),
                () = &mut late => {
                    let sentence = "Nobody came back from the browser within 15 minutes. Please start again.";
                    return Err(Failure::said(exit::SIGN_IN_REQUIRED, sentence));
                }
                Ok((stream, _)) = self.listener.accept(), if visits.len() < MOST_CONNECTIONS => {
                    let port = self.port;
                    visits.spawn(async move { tokio::time::timeout(REQUEST_PATIENCE, receive(stream, port)).await });
                }
                Some(visit) = visits.join_next(), if !visits.is_empty() => {
                    if let Ok(Ok(Some(browser))) = visit {
                        return Ok(browser);
                    }
                }
            }
        }
    }
}

async fn receive(mut stream: TcpStream, port: u16) -> Option<Browser> {
    let mut request = Vec::new();
    let end = loop {
        let mut part = [0; 1024];
        let length = stream.read(&mut part).await.ok().filter(|length| *length > 0)?;
        request.extend_from_slice(part.get(..length)?);
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if request.len() > MOST_REQUEST_BYTES {
            answer(&mut stream, "431 Request Header Fields Too Large", "This is too long.").await;
            return None;
        }
    };
    let head = String::from_utf8_lossy(request.get(..end)?).into_owned();
    match callback(&head) {
        Some(target) => Some(Browser { stream, url: format!("http://127.0.0.1:{port}{target}") }),
        None => {
            answer(&mut stream, "404 Not Found", "There is nothing here.").await;
            None
        }
    }
}

/// The request target, if it is a GET of the callback with something in it.
fn callback(head: &str) -> Option<&str> {
    let mut words = head.lines().next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let query = target.strip_prefix(PATH)?.strip_prefix('?')?;
    let fine = method == "GET" && version.starts_with("HTTP/1.") && words.next().is_none() && !query.is_empty();
    (fine && target.bytes().all(|byte| byte.is_ascii_graphic())).then_some(target)
}

impl Browser {
    /// Shows that the way back is to the terminal.
    pub async fn welcome(mut self) {
        answer(&mut self.stream, "200 OK", "You are signed in. You can close this page and go back to Plainchart.")
            .await;
    }

    /// Shows why it did not work.
    pub async fn explain(mut self, sentence: &str) {
        answer(&mut self.stream, "400 Bad Request", sentence).await;
    }

    /// Sends the browser on to another page.
    pub async fn send_to(mut self, url: &str) {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\n{HEADERS}Content-Length: 0\r\n\r\n");
        let _ = self.stream.write_all(head.as_bytes()).await;
        let _ = self.stream.shutdown().await;
    }
}

const HEADERS: &str = "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
    Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n";

async fn answer(stream: &mut TcpStream, status: &str, sentence: &str) {
    let page = page(sentence);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{HEADERS}Content-Length: {}\r\n\r\n",
        page.len()
    );
    // Whoever closed the page early has no need of it.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(page.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Our own sentences only: nothing that came in is shown.
fn page(sentence: &str) -> String {
    let safe = sentence.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Plainchart</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1.125rem/1.5 system-ui,sans-serif;margin:15vh auto;\
         max-width:30rem;padding:0 1.5rem}}</style></head><body><h1>Plainchart</h1><p>{safe}</p></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(port: u16, request: &[u8]) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    /// Proves A16: only the callback path is taken; all else, also what is half a request, neither ends the wait nor
    /// gets in its way.
    #[test]
    fn only_the_callback_gets_through() {
        block_on(async {
            let door = Loopback::open(0).await.unwrap();
            let (port, cancel) = (door.port, CancelToken::new());
            let silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            let visits = async {
                for wrong in [
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /callback HTTP/1.1\r\n\r\n",
                    "GET /callback/x?code=1 HTTP/1.1\r\n\r\n",
                    "POST /callback?code=1 HTTP/1.1\r\n\r\n",
                    "GET /callback?code=1 \u{7f} HTTP/1.1\r\n\r\n",
                    "nonsense\r\n\r\n",
                ] {
                    assert!(send(port, wrong.as_bytes()).await.starts_with("HTTP/1.1 404"), "{wrong}");
                }
                assert!(send(port, &[b'a'; MOST_REQUEST_BYTES + 1024]).await.is_empty() || cfg!(unix));
                send(port, b"GET /callback?code=a&state=b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await
            };
            let wait = async {
                let browser = door.browser(&cancel).await.unwrap();
                let url = browser.url.clone();
                browser.explain("a < b & c").await;
                url
            };
            let (page, url) = tokio::join!(visits, wait);
            assert_eq!(url, format!("{}?code=a&state=b", door.redirect_uri()));
            assert!(page.starts_with("HTTP/1.1 400") && page.contains("a &lt; b &amp; c"), "{page}");
            drop(silent);
        });
    }

    #[test]
    fn the_wait_can_be_stopped() {
        block_on(async {
            let door = Loopback::open(0).await.unwrap();
            let cancel = CancelToken::new();
            cancel.cancel();
            assert_eq!(door.browser(&cancel).await.err().unwrap().exit_code(), exit::NOT_DONE);
        });
    }

    #[test]
    fn a_taken_port_is_said_so() {
        block_on(async {
            let door = Loopback::open(0).await.unwrap();
            assert_eq!(Loopback::open(door.port).await.err().unwrap().exit_code(), exit::INVALID_INPUT);
        });
    }
}
