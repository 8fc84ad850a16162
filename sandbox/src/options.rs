//! What a hospital is started with.

use std::path::PathBuf;
use std::time::Duration;

use crate::presets;
use crate::profile::Profile;
use crate::site::Site;

/// What a hospital is started with. The default is TLS, a free port, the built-in people.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// 0: any free port. The hospital listens on 127.0.0.1 only, always.
    pub port: u16,
    /// False: plain http, and a base that begins with `http://127.0.0.1`.
    pub tls: bool,
    /// Its name, paths and look.
    pub site: Site,
    /// Its habits.
    pub profile: Profile,
    /// How long its codes and tokens live.
    pub lifetimes: Lifetimes,
    /// Whose charts it holds.
    pub people: PeopleSet,
    /// The apps it knows.
    pub clients: Vec<Client>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            port: 0,
            tls: true,
            site: Site::lakeside(),
            profile: Profile::default(),
            lifetimes: Lifetimes::default(),
            people: PeopleSet::BuiltIn,
            clients: vec![Client::plainchart_demo()],
        }
    }
}

impl SandboxOptions {
    /// Plain http on loopback, for tests that need no TLS.
    pub fn http() -> Self {
        Self { tls: false, ..Self::default() }
    }

    /// Cedar Ridge Clinic: other paths, pages, people and habits (`Profile::named("cedar-ridge")`). With TLS; change
    /// `tls` for plain http.
    pub fn second_hospital() -> Self {
        Self {
            site: Site::cedar_ridge(),
            profile: presets::cedar_ridge(),
            people: PeopleSet::SecondHospital,
            ..Self::default()
        }
    }
}

/// How long things live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// From the authorize request to the end of the sign-in page.
    pub sign_in: Duration,
    /// An authorization code.
    pub code: Duration,
    /// An access token.
    pub access: Duration,
    /// A refresh token, from its last use.
    pub refresh: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            sign_in: Duration::from_secs(15 * 60),
            code: Duration::from_secs(60),
            access: Duration::from_secs(3600),
            refresh: Duration::from_secs(90 * 86_400),
        }
    }
}

/// Where the people and their charts come from.
#[derive(Clone, Debug)]
pub enum PeopleSet {
    /// The people of Lakeside Hospital, part of this library.
    BuiltIn,
    /// The people of Cedar Ridge Clinic, part of this library too; one of them is also Lakeside's patient.
    SecondHospital,
    /// A folder of the same shape as `sandbox/people`, read at start.
    Folder(PathBuf),
    /// Nobody: the test puts its own resources into the store.
    Nobody,
}

/// A registered public app.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Shown on the sign-in page.
    pub name: String,
    /// Where it may be sent back to.
    pub redirects: Vec<Redirect>,
}

/// A registered redirect URI.
#[derive(Clone, Debug)]
pub enum Redirect {
    /// Exactly this.
    Exact(String),
    /// `http://127.0.0.1`, `http://[::1]` or `http://localhost`, any port, this path (RFC 8252 section 7.3).
    Loopback(String),
}

impl Client {
    /// `plainchart-demo`: loopback `/callback`, `org.plainchart.app:/callback`, `https://plainchart.example/callback`.
    pub fn plainchart_demo() -> Self {
        Self {
            id: "plainchart-demo".to_owned(),
            name: "Plainchart".to_owned(),
            redirects: vec![
                Redirect::Loopback("/callback".to_owned()),
                Redirect::Loopback("/".to_owned()),
                Redirect::Exact("org.plainchart.app:/callback".to_owned()),
                Redirect::Exact("https://plainchart.example/callback".to_owned()),
            ],
        }
    }

    pub(crate) fn allows(&self, redirect_uri: &str) -> bool {
        self.redirects.iter().any(|redirect| match redirect {
            Redirect::Exact(exact) => exact == redirect_uri,
            Redirect::Loopback(path) => is_loopback(redirect_uri, path),
        })
    }
}

fn is_loopback(redirect_uri: &str, path: &str) -> bool {
    let Ok(url) = url::Url::parse(redirect_uri) else { return false };
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "http"
        && ["127.0.0.1", "[::1]", "localhost"].contains(&host)
        && url.path() == path
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registered_redirects_are_allowed() {
        let client = Client::plainchart_demo();
        for good in [
            "http://127.0.0.1:49152/callback",
            "http://localhost:1/callback",
            "http://[::1]:8080/callback",
            "org.plainchart.app:/callback",
            "https://plainchart.example/callback",
        ] {
            assert!(client.allows(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1:1@evil.example/callback",
            "https://127.0.0.1/callback",
            "http://127.0.0.1/other",
            "http://127.0.0.1/callback?x=1",
            "https://plainchart.example/callback/",
            "",
        ] {
            assert!(!client.allows(bad), "{bad}");
        }
    }
}
