//! Where access tokens come from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use plainchart_auth::Secret;

use crate::cancel::CancelToken;
use crate::error::PlainchartError;

mod keeper;

pub use keeper::TokenKeeper;

/// A future of this crate's object-safe traits.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Gives access tokens for one connection. Tokens never leave the core (A6).
pub trait TokenSource: Send + Sync {
    /// A token that was not refused yet; renewed first if it has run out.
    fn access_token<'a>(&'a self, cancel: &'a CancelToken) -> BoxFuture<'a, Result<Arc<Secret>, PlainchartError>>;

    /// The server refused this token: renew it, once for all who were refused at the same time.
    fn refused<'a>(&'a self, token: &'a Secret, cancel: &'a CancelToken) -> BoxFuture<'a, Result<(), PlainchartError>>;
}
