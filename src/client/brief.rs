//! What a client knows before it asks.

use crate::config::Member;
use crate::evidence::Secret;
use crate::signature::PrivateKey;
use crate::steps::Party;
use std::sync::Arc;
use time::Date;

/// What a client knows before it asks.
#[derive(Clone)]
pub struct Brief {
    /// Version of the IG.
    pub version: String,
    /// The day it is.
    pub today: Date,
    /// The people it may ask about, and how they are treated.
    pub members: Arc<[Member]>,
    /// Whom it asks.
    pub server: Party,
    /// Itself.
    pub own: Party,
    /// What it proves itself with, where it needs a token.
    pub credentials: Option<Credentials>,
}

/// What a client proves itself with (SMART Backend Services).
#[derive(Clone)]
pub struct Credentials {
    /// Its client_id.
    pub client_id: String,
    /// Its key and the name of it; none for an app that keeps no secrets.
    pub key: Option<(Arc<PrivateKey>, String)>,
    /// What it may ask for.
    pub scope: String,
    /// Where an app is sent back to.
    pub redirect: Option<String>,
    /// User and password of a member who lets an app in.
    pub login: Option<(String, Secret)>,
}
