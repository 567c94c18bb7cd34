//! Many made-up members more, to try loads with.

use super::seed;
use super::version::Version;
use super::vocabulary::Vocabulary;
use super::{Payer, choice, provider_group};
use crate::data::Data;
use crate::mock::Error;

impl Payer {
    /// Most members of a crowd: each takes about half a megabyte.
    pub const MOST_OF_CROWD: u32 = 10_000;

    /// The same payer with so many members more, at most [`Self::MOST_OF_CROWD`]: `crowd-1`, `crowd-2` and so on, all
    /// with the same kinds of records, and all attributed to the clinic, so that one export tells of them all.
    ///
    /// # Errors
    /// When the data the members are made of is missing or wrong.
    pub fn with_crowd(mut self, data: &Data, count: u32) -> Result<Self, Error> {
        let vocabulary = Vocabulary::load(data)?;
        let template = seed::of_crowd(data)?;
        for number in 1..=count.min(Self::MOST_OF_CROWD) {
            let mut one = template.clone();
            one.id = format!("crowd-{number}");
            one.member_id = format!("VM-9{number:06}");
            one.subscriber_id = format!("VS-9{number:06}");
            one.given = vec![format!("Specimen{number}")];
            one.line = format!("{number} Crowd Lane");
            let member = seed::expand(
                &one,
                &self.settings,
                &vocabulary,
                self.version,
                &mut self.store,
            );
            let member = member.map_err(|text| Error::file("short.toml", text))?;
            self.settings.attributed.push(one.id);
            self.members.push(member);
        }
        if self.version >= Version::V2_1_0 {
            let attributed = &self.settings.attributed;
            let (kept, out) = choice::partition(attributed, &self.store, &self.today);
            let list = provider_group::attributed_to_clinic(
                &self.settings,
                self.version,
                &kept,
                out.len(),
            );
            self.store.put(list, None);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Payer;
    use crate::data::Data;

    #[test]
    fn a_crowd_is_on_the_list_of_the_clinic_and_has_records_of_its_own() {
        let today = time::macros::date!(2026 - 11 - 21);
        let payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
        let few = payer.members.len();
        let payer = payer.with_crowd(&Data::Embedded, 50).unwrap();
        assert_eq!(payer.members.len(), few + 50);
        let list = payer.store.get("Group", "attributed-clinic").unwrap();
        assert!(list.resource.to_string().contains("Patient/crowd-50"));
        assert!(payer.store.compartment("crowd-50").count() > 10);
    }
}
