//! Who knows the value of `Authorization`.

use super::{Error, Failure, headers};
use crate::evidence::{Captured, Secret};
use futures::future::BoxFuture;
use http::HeaderValue;

/// Knows the value of `Authorization` for the configured origin. A client asks for no other origin, and not for
/// requests that are anonymous or bring their own.
pub trait Authorizer: Send + Sync {
    /// The value to send; none to send without. What had to be asked for it goes to `hops`, for the recorder.
    ///
    /// # Errors
    /// When there is none to be had, and sending without it would be another request than the one that was meant.
    fn authorization<'a>(
        &'a self,
        hops: &'a mut Vec<Captured>,
    ) -> BoxFuture<'a, Result<Option<HeaderValue>, Failure>>;

    /// The target has answered 401 to this value: whether there is another to be had. It is asked once per request.
    fn refused(&self, value: &HeaderValue) -> bool;
}

/// A token that stays as it is.
pub(super) struct Bearer(HeaderValue);

impl Bearer {
    pub(super) fn new(token: &Secret) -> Result<Self, Error> {
        headers::bearer(token).map(Self)
    }
}

impl Authorizer for Bearer {
    fn authorization<'a>(
        &'a self,
        _hops: &'a mut Vec<Captured>,
    ) -> BoxFuture<'a, Result<Option<HeaderValue>, Failure>> {
        Box::pin(async { Ok(Some(self.0.clone())) })
    }

    fn refused(&self, _value: &HeaderValue) -> bool {
        false
    }
}
