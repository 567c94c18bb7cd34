//! SMART App Launch: a member lets an app in.

use super::{Endpoints, Error, Grant, Registration};
use crate::evidence::{Captured, Secret};
use crate::http::Client;

/// How a member lets an app in.
#[derive(Debug, Default)]
pub struct App {}

impl App {
    pub(super) fn configured(
        _of: &crate::config::AuthApp,
        _environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        Ok(Self::default())
    }
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::empty()
    }
    pub(super) fn is_unattended(&self) -> bool {
        false
    }
    pub(super) async fn grant(
        &self,
        _client: &Client,
        _registration: &Registration,
        _found: &Endpoints,
        _hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        Err(Error::Login("nobody is there".to_owned()))
    }
}
