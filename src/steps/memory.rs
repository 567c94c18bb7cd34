//! What a run has learnt about its targets and need not ask again.

use super::drive::Halt;
use super::flavour::Flavours;
use super::harvest::Harvest;
use super::kept::Keep;
use super::told::Exchange;
use serde_json::Value;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OnceCell;

/// What a run has learnt about its targets and need not ask again: polite to a target, and quick.
#[derive(Default)]
pub struct Memory {
    /// Whether records read for one scenario serve the others too. The proof that each check can fail
    /// lets every scenario ask for itself, so that it knows which faults each comes by.
    keeps_records: bool,
    record_numbers: Learnt<String>,
    flavours: Learnt<Flavours>,
    statements: Learnt<Arc<Value>>,
    harvests: Records<Harvest>,
    exchanges: Records<Vec<Exchange>>,
    everything: Records<Vec<Value>>,
    answers: Records<Answer>,
    turn: Arc<tokio::sync::Mutex<LeftOver>>,
}

/// Consents that scenarios put on record and could not take back: guide and version, and address.
pub(super) type LeftOver = Vec<(String, String)>;

/// The right to change, or to rely on, what members say about providers and what a payer makes of it.
pub(super) type Turn = tokio::sync::OwnedMutexGuard<LeftOver>;

/// Resources, or why there are none.
type Answer = Result<Vec<Value>, String>;

/// One kind of knowledge, by what it is about.
struct Learnt<T>(Mutex<HashMap<String, Arc<OnceCell<T>>>>);

impl<T> Default for Learnt<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Learnt<T> {
    /// What is known, or else what `learn` finds out; scenarios that ask meanwhile wait for it.
    async fn get(
        &self,
        about: String,
        learn: impl Future<Output = Result<T, Halt>>,
    ) -> Result<T, Halt> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            cells.entry(about).or_default().clone()
        };
        cell.get_or_try_init(|| learn).await.cloned()
    }
}

/// Records, by what they are about: kept as text, read again when they are wanted, and shared meanwhile.
struct Records<T: Keep> {
    kept: Learnt<Arc<T::Kept>>,
    open: Mutex<HashMap<String, Weak<T>>>,
}

impl<T: Keep> Default for Records<T> {
    fn default() -> Self {
        Self {
            kept: Learnt::default(),
            open: Mutex::default(),
        }
    }
}

impl<T: Keep> Records<T> {
    async fn get(
        &self,
        about: String,
        learn: impl Future<Output = Result<Arc<T>, Halt>>,
    ) -> Result<Arc<T>, Halt> {
        let mut fresh = None;
        let learn = async {
            let records = learn.await?;
            self.share(&about, &records);
            let kept = Arc::new(records.keep());
            fresh = Some(records);
            Ok(kept)
        };
        let kept = self.kept.get(about.clone(), learn).await?;
        if let Some(records) = fresh.or_else(|| self.shared(&about)) {
            return Ok(records);
        }
        let records = Arc::new(T::open(&kept)?);
        self.share(&about, &records);
        Ok(records)
    }

    fn shared(&self, about: &str) -> Option<Arc<T>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(about)?.upgrade()
    }

    fn share(&self, about: &str, records: &Arc<T>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(about.to_owned(), Arc::downgrade(records));
    }
}

impl Memory {
    /// A memory that also keeps records, if wanted.
    #[must_use]
    pub fn new(keeps_records: bool) -> Self {
        Self {
            keeps_records,
            ..Self::default()
        }
    }

    /// Waits until no other scenario changes what members say about providers, or relies on it.
    pub(super) async fn turn(&self) -> Turn {
        self.turn.clone().lock_owned().await
    }

    /// The record number of a test member.
    pub(super) async fn record_number(
        &self,
        about: String,
        learn: impl Future<Output = Result<String, Halt>>,
    ) -> Result<String, Halt> {
        self.record_numbers.get(about, learn).await
    }

    /// The flavours a target serves.
    pub(super) async fn flavours(
        &self,
        about: String,
        learn: impl Future<Output = Result<Flavours, Halt>>,
    ) -> Result<Flavours, Halt> {
        self.flavours.get(about, learn).await
    }

    /// The declaration of a target.
    pub(super) async fn statement(
        &self,
        about: String,
        learn: impl Future<Output = Result<Arc<Value>, Halt>>,
    ) -> Result<Arc<Value>, Halt> {
        self.statements.get(about, learn).await
    }

    /// A member's records of one kind.
    pub(super) async fn harvest(
        &self,
        about: String,
        learn: impl Future<Output = Result<Arc<Harvest>, Halt>>,
    ) -> Result<Arc<Harvest>, Halt> {
        if self.keeps_records {
            self.harvests.get(about, learn).await
        } else {
            learn.await
        }
    }

    /// A member's records of every kind with their Provenance.
    pub(super) async fn exchanges(
        &self,
        about: String,
        learn: impl Future<Output = Result<Arc<Vec<Exchange>>, Halt>>,
    ) -> Result<Arc<Vec<Exchange>>, Halt> {
        if self.keeps_records {
            self.exchanges.get(about, learn).await
        } else {
            learn.await
        }
    }

    /// Resources that a job or a search brought. That it brought none is remembered, too: what a job does not
    /// do once, it need not be asked again.
    pub(super) async fn answer(
        &self,
        about: String,
        learn: impl Future<Output = Result<Vec<Value>, Halt>>,
    ) -> Result<Vec<Value>, Halt> {
        let learn = async {
            match learn.await {
                Ok(resources) => Ok(Arc::new(Ok(resources))),
                Err(Halt::Skip(reason)) => Ok(Arc::new(Err(reason))),
                Err(other) => Err(other),
            }
        };
        let answer = if self.keeps_records {
            self.answers.get(about, learn).await?
        } else {
            learn.await?
        };
        Arc::unwrap_or_clone(answer).map_err(Halt::Skip)
    }

    /// Everything about a member at once.
    pub(super) async fn everything(
        &self,
        about: String,
        learn: impl Future<Output = Result<Arc<Vec<Value>>, Halt>>,
    ) -> Result<Arc<Vec<Value>>, Halt> {
        if self.keeps_records {
            self.everything.get(about, learn).await
        } else {
            learn.await
        }
    }
}
