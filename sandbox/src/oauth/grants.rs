//! Grants and what was given out for them: codes, access tokens, families of refresh tokens.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::digest::{SHA256, digest};

use super::scope::Granted;
use crate::clock::Clock;
use crate::opaque::token;
use crate::options::Lifetimes;
use crate::profile::Profile;

/// A person's consent to one app for one or more charts.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// Given by [`Grants::issue_code`].
    pub id: u64,
    pub client_id: String,
    pub login: String,
    /// The person's own chart.
    pub own_patient: String,
    /// The charts the tokens reach; the first is the one picked.
    pub patients: Vec<String>,
    /// `Type/id` of the person as this grant knows them.
    pub fhir_user: String,
    pub scopes: Granted,
    pub nonce: Option<String>,
    pub began_ms: i64,
    pub ended: bool,
}

/// What the token endpoint hands out.
#[derive(Debug)]
pub(crate) struct Issued {
    pub grant: Grant,
    pub access_token: String,
    pub refresh_token: Option<String>,
}

/// An OAuth error code (RFC 6749 section 5.2).
pub(crate) type ErrorCode = &'static str;

const INVALID_GRANT: ErrorCode = "invalid_grant";

#[derive(Debug)]
struct Code {
    grant: u64,
    redirect_uri: String,
    challenge: String,
    expires_ms: i64,
    used: bool,
}

#[derive(Debug)]
struct Access {
    grant: u64,
    expires_ms: i64,
}

#[derive(Debug)]
struct Refresh {
    grant: u64,
    expires_ms: i64,
    /// When it was replaced, and by which token.
    replaced: Option<(i64, String)>,
}

#[derive(Debug, Default)]
struct Inner {
    grants: BTreeMap<u64, Grant>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

/// Everything that was granted, in memory.
#[derive(Debug)]
pub(crate) struct Grants {
    inner: Mutex<Inner>,
    clock: Clock,
    lifetimes: Lifetimes,
}

impl Grants {
    pub fn new(clock: Clock, lifetimes: Lifetimes) -> Self {
        Self { inner: Mutex::default(), clock, lifetimes }
    }

    /// Records the consent and returns its code.
    pub fn issue_code(&self, mut grant: Grant, redirect_uri: &str, challenge: &str) -> String {
        let mut inner = self.lock();
        let id = inner.grants.last_key_value().map_or(1, |(last, _)| last + 1);
        grant.id = id;
        inner.grants.insert(id, grant);
        let code = Code {
            grant: id,
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            expires_ms: self.after(self.lifetimes.code),
            used: false,
        };
        let name = token();
        inner.codes.insert(name.clone(), code);
        name
    }

    /// Turns a code into tokens. A second use ends the grant and all its tokens (RFC 6749 section 4.1.2).
    pub fn redeem(&self, code: &str, client_id: &str, redirect_uri: &str, verifier: &str) -> Result<Issued, ErrorCode> {
        let now = self.clock.now_ms();
        let mut inner = self.lock();
        let known = inner.codes.get_mut(code).ok_or(INVALID_GRANT)?;
        let (id, first_use) = (known.grant, !known.used);
        known.used = true;
        let right =
            known.redirect_uri == redirect_uri && known.expires_ms > now && challenge_of(verifier) == known.challenge;
        if !first_use {
            inner.end(id);
            return Err(INVALID_GRANT);
        }
        let grant = inner.live(id).ok_or(INVALID_GRANT)?;
        if !right || grant.client_id != client_id {
            inner.end(id);
            return Err(INVALID_GRANT);
        }
        let with_refresh = grant.scopes.has("offline_access");
        Ok(self.issue(&mut inner, grant, with_refresh))
    }

    /// Replaces a refresh token. A replaced token that comes again ends the family, unless the profile forgives a
    /// lost answer: within the grace time, and only while the successor was never used.
    pub fn refresh(&self, refresh_token: &str, client_id: &str, profile: &Profile) -> Result<Issued, ErrorCode> {
        let now = self.clock.now_ms();
        let mut inner = self.lock();
        let known = inner.refresh.get(refresh_token).ok_or(INVALID_GRANT)?;
        let (id, expired, replaced) = (known.grant, known.expires_ms <= now, known.replaced.clone());
        let grant = inner.live(id).ok_or(INVALID_GRANT)?;
        if grant.client_id != client_id || expired {
            return Err(INVALID_GRANT);
        }
        if let Some((at, successor)) = replaced {
            let unused = inner.refresh.get(&successor).is_some_and(|next| next.replaced.is_none());
            let grace = profile.refresh_reuse_grace.is_some_and(|grace| at.saturating_add(milliseconds(grace)) >= now);
            if !(grace && unused) {
                inner.end(id);
                return Err(INVALID_GRANT);
            }
            inner.refresh.remove(&successor);
        }
        let issued = self.issue(&mut inner, grant, true);
        if let (Some(old), Some(new)) = (inner.refresh.get_mut(refresh_token), &issued.refresh_token) {
            old.replaced = Some((now, new.clone()));
        }
        Ok(issued)
    }

    /// RFC 7009: a refresh token ends its grant, an access token only itself; an unknown one is no error.
    pub fn revoke(&self, any_token: &str, client_id: &str, profile: &Profile) {
        let mut inner = self.lock();
        let family = inner.refresh.get(any_token).map(|refresh| refresh.grant);
        let own = inner.access.get(any_token).map(|access| access.grant);
        let of_client = |id: u64| inner.grants.get(&id).is_some_and(|grant| grant.client_id == client_id);
        match (family, own) {
            (Some(id), _) if of_client(id) => inner.end(id),
            (_, Some(id)) if of_client(id) && !profile.access_outlives_revocation => {
                inner.access.remove(any_token);
            }
            _ => {}
        }
    }

    pub fn by_access_token(&self, access_token: &str, profile: &Profile) -> Option<Grant> {
        let inner = self.lock();
        let access = inner.access.get(access_token).filter(|access| access.expires_ms > self.clock.now_ms())?;
        inner.grants.get(&access.grant).filter(|grant| !grant.ended || profile.access_outlives_revocation).cloned()
    }

    /// The grants that hold now, oldest first.
    pub fn active(&self) -> Vec<Grant> {
        self.lock().grants.values().filter(|grant| !grant.ended).cloned().collect()
    }

    /// Ends every grant that the question is true of; how many ended.
    pub fn end_where(&self, question: impl Fn(&Grant) -> bool) -> usize {
        let mut inner = self.lock();
        let ids: Vec<u64> =
            inner.grants.values().filter(|grant| !grant.ended && question(grant)).map(|grant| grant.id).collect();
        ids.iter().for_each(|id| inner.end(*id));
        ids.len()
    }

    /// Forgets every access token: 401 until the app refreshes.
    pub fn expire_access_tokens(&self) {
        self.lock().access.clear();
    }

    fn issue(&self, inner: &mut Inner, grant: Grant, with_refresh: bool) -> Issued {
        let access_token = token();
        let access = Access { grant: grant.id, expires_ms: self.after(self.lifetimes.access) };
        inner.access.insert(access_token.clone(), access);
        let refresh_token = with_refresh.then(token);
        if let Some(refresh_token) = &refresh_token {
            let refresh = Refresh { grant: grant.id, expires_ms: self.after(self.lifetimes.refresh), replaced: None };
            inner.refresh.insert(refresh_token.clone(), refresh);
        }
        Issued { grant, access_token, refresh_token }
    }

    fn after(&self, life: Duration) -> i64 {
        self.clock.now_ms().saturating_add(milliseconds(life))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn live(&self, id: u64) -> Option<Grant> {
        self.grants.get(&id).filter(|grant| !grant.ended).cloned()
    }

    fn end(&mut self, id: u64) {
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.ended = true;
        }
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// PKCE S256 (RFC 7636 section 4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDIRECT: &str = "http://127.0.0.1:1/callback";

    struct Case {
        grants: Grants,
        clock: Clock,
        profile: Profile,
    }

    impl Case {
        fn new(profile: Profile) -> Self {
            let clock = Clock::default();
            Self { grants: Grants::new(clock.clone(), Lifetimes::default()), clock, profile }
        }

        fn code(&self) -> String {
            let scopes = Granted::narrow("offline_access", &std::collections::BTreeSet::new(), &self.profile);
            let grant = Grant {
                id: 0,
                client_id: "app".into(),
                login: "a".into(),
                own_patient: "1".into(),
                patients: vec!["1".into()],
                fhir_user: "Patient/1".into(),
                scopes,
                nonce: None,
                began_ms: 0,
                ended: false,
            };
            self.grants.issue_code(grant, REDIRECT, &challenge_of("verifier"))
        }

        fn redeem(&self, code: &str) -> Result<Issued, ErrorCode> {
            self.grants.redeem(code, "app", REDIRECT, "verifier")
        }

        fn refresh(&self, issued: &Issued) -> Result<Issued, ErrorCode> {
            self.grants.refresh(issued.refresh_token.as_deref().unwrap(), "app", &self.profile)
        }

        fn works(&self, issued: &Issued) -> bool {
            self.grants.by_access_token(&issued.access_token, &self.profile).is_some()
        }
    }

    #[test]
    fn a_code_works_once_for_the_right_client_redirect_and_verifier_and_for_60_seconds() {
        let case = Case::new(Profile::default());
        for (client, redirect, verifier) in
            [("other", REDIRECT, "verifier"), ("app", "x", "verifier"), ("app", REDIRECT, "x")]
        {
            assert_eq!(case.grants.redeem(&case.code(), client, redirect, verifier).unwrap_err(), "invalid_grant");
        }
        let late = case.code();
        case.clock.advance(Duration::from_secs(61));
        assert!(case.redeem(&late).is_err());
        let code = case.code();
        let issued = case.redeem(&code).unwrap();
        assert!(case.works(&issued));
        assert!(case.redeem(&code).is_err());
        assert!(!case.works(&issued), "a second use ends the grant");
        assert!(case.refresh(&issued).is_err());
    }

    #[test]
    fn a_replaced_refresh_token_ends_the_family() {
        let case = Case::new(Profile::default());
        let first = case.redeem(&case.code()).unwrap();
        let second = case.refresh(&first).unwrap();
        assert!(case.works(&second));
        assert!(case.refresh(&first).is_err());
        assert!(!case.works(&second));
        assert!(case.refresh(&second).is_err());
    }

    #[test]
    fn a_lost_answer_is_forgiven_within_the_grace_and_only_while_the_successor_is_unused() {
        let case = Case::new(Profile { refresh_reuse_grace: Some(Duration::from_secs(30)), ..Profile::default() });
        let first = case.redeem(&case.code()).unwrap();
        case.refresh(&first).unwrap();
        let third = case.refresh(&first).unwrap();
        let fourth = case.refresh(&third).unwrap();
        assert!(case.refresh(&first).is_err(), "its successor was used");
        assert!(!case.works(&fourth));

        let first = case.redeem(&case.code()).unwrap();
        case.refresh(&first).unwrap();
        case.clock.advance(Duration::from_secs(31));
        assert!(case.refresh(&first).is_err(), "too late");
    }

    #[test]
    fn access_tokens_expire_and_revocation_ends_what_it_names() {
        let case = Case::new(Profile::default());
        let issued = case.redeem(&case.code()).unwrap();
        case.grants.revoke(&issued.access_token, "other", &case.profile);
        assert!(case.works(&issued), "only its own client may revoke");
        case.grants.revoke(&issued.access_token, "app", &case.profile);
        assert!(!case.works(&issued));
        let next = case.refresh(&issued).unwrap();
        case.clock.advance(Duration::from_secs(3601));
        assert!(!case.works(&next));
        let next = case.refresh(&next).unwrap();
        case.grants.revoke(next.refresh_token.as_deref().unwrap(), "app", &case.profile);
        assert!(!case.works(&next));
        assert!(case.refresh(&next).is_err());
    }
}
