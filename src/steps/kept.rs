//! Records as a run keeps them: as text.

use super::drive::Halt;
use super::harvest::Harvest;
use super::judge::Print;
use super::told::Exchange;
use serde_json::Value;

/// What can be kept as text and read again. As trees, records take ten times the room.
pub(super) trait Keep: Sized {
    /// As text.
    type Kept: Send + Sync;

    fn keep(&self) -> Self::Kept;

    /// Reads what was kept.
    ///
    /// # Errors
    /// Never for what [`Keep::keep`] made.
    fn open(kept: &Self::Kept) -> Result<Self, Halt>;
}

/// The text of each record: what was no deeper than can be read is not, either, when it is kept by itself.
pub(super) type Texts = Box<[Box<str>]>;

impl Keep for Vec<Value> {
    type Kept = Texts;

    fn keep(&self) -> Texts {
        self.iter()
            .map(|record| record.to_string().into())
            .collect()
    }

    fn open(kept: &Texts) -> Result<Self, Halt> {
        let records = kept.iter().map(|text| serde_json::from_str(text));
        let records: Result<Self, _> = records.collect();
        records.map_err(|error| Halt::Error(format!("a record cannot be read again: {error}")))
    }
}

/// A [`Harvest`].
pub(super) struct KeptHarvest {
    records: Texts,
    prints: Box<[Print]>,
    searches: Box<[String]>,
    origins: Box<[&'static str]>,
}

impl Keep for Harvest {
    type Kept = KeptHarvest;

    fn keep(&self) -> KeptHarvest {
        KeptHarvest {
            records: self.records.keep(),
            prints: self.prints.as_slice().into(),
            searches: self.searches.as_slice().into(),
            origins: self.origins.as_slice().into(),
        }
    }

    fn open(kept: &KeptHarvest) -> Result<Self, Halt> {
        Ok(Self {
            records: Keep::open(&kept.records)?,
            prints: kept.prints.to_vec(),
            searches: kept.searches.to_vec(),
            origins: kept.origins.to_vec(),
        })
    }
}

/// An [`Exchange`].
pub(super) struct KeptExchange {
    name: String,
    records: Texts,
    provenances: Texts,
    unmarked: Texts,
}

impl Keep for Vec<Exchange> {
    type Kept = Vec<KeptExchange>;

    fn keep(&self) -> Vec<KeptExchange> {
        let kept = self.iter().map(|exchange| KeptExchange {
            name: exchange.name.clone(),
            records: exchange.records.keep(),
            provenances: exchange.provenances.keep(),
            unmarked: exchange.unmarked.keep(),
        });
        kept.collect()
    }

    fn open(kept: &Vec<KeptExchange>) -> Result<Self, Halt> {
        let exchanges = kept.iter().map(|kept| {
            Ok(Exchange {
                name: kept.name.clone(),
                records: Keep::open(&kept.records)?,
                provenances: Keep::open(&kept.provenances)?,
                unmarked: Keep::open(&kept.unmarked)?,
            })
        });
        exchanges.collect()
    }
}

/// What there is, or why there is none.
impl<T: Keep> Keep for Result<T, String> {
    type Kept = Result<T::Kept, String>;

    fn keep(&self) -> Self::Kept {
        self.as_ref().map(Keep::keep).map_err(Clone::clone)
    }

    fn open(kept: &Self::Kept) -> Result<Self, Halt> {
        match kept {
            Ok(kept) => T::open(kept).map(Ok),
            Err(reason) => Ok(Err(reason.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Harvest, Keep};
    use serde_json::json;

    #[test]
    fn a_harvest_is_the_same_when_it_is_read_again() {
        let harvest = Harvest {
            records: vec![
                json!({"resourceType": "Observation", "valueDecimal": 0.1}),
                json!({}),
            ],
            prints: vec![1, u64::MAX],
            searches: vec!["Observation?patient=1".to_owned()],
            origins: vec!["x"],
        };
        assert_eq!(Harvest::open(&harvest.keep()).unwrap(), harvest);
        let refused: Result<Harvest, String> = Err("there are none".to_owned());
        assert_eq!(Result::open(&refused.keep()).unwrap(), refused);
    }
}
