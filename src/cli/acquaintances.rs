//! Whom a mock knows, for the configuration that it writes: itself, who asks, its test members.

use super::Failure;
use super::keys::KeyFolder;
use crate::catalog::{Catalog, IgVersion};
use crate::data::Data;
use crate::mock::{Payer, Provider};
use crate::session::members_file;

/// Whom a mock knows.
#[derive(Debug)]
pub(super) struct Acquaintances {
    /// Its own number.
    npi: String,
    /// Number and name of the payer that asks.
    requester: (String, String),
    /// Number and name of the provider that asks, and the ids of Groups that it must not have.
    provider: Option<(String, String, [String; 2])>,
}

fn owned((npi, name): (&str, &str)) -> (String, String) {
    (npi.to_owned(), name.to_owned())
}

impl Acquaintances {
    /// Those of a payer.
    pub(super) fn of_payer(payer: &Payer) -> Self {
        let (npi, name) = owned(payer.clinic());
        let groups = [payer.group_of_another(), payer.group_of_opted_out()];
        Self {
            npi: payer.identity().0.to_owned(),
            requester: owned(payer.partner()),
            provider: Some((npi, name, groups.map(str::to_owned))),
        }
    }

    /// Those of a provider.
    pub(super) fn of_provider(provider: &Provider) -> Self {
        Self {
            npi: provider.identity().0.to_owned(),
            requester: owned(provider.payer()),
            provider: None,
        }
    }

    /// Writes them into the configuration, with the test members of this version.
    ///
    /// # Errors
    /// When the catalogue or the test members cannot be read.
    pub(super) fn write(
        &self,
        data: &Data,
        ig: &IgVersion,
        folder: &mut KeyFolder,
    ) -> Result<(), Failure> {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        folder.target(format!("ig = {}", quoted(&ig.to_string())));
        folder.target(format!("npi = {}", quoted(&self.npi)));
        folder.target("capabilities = [\"brute-force\"]");
        let (npi, name) = &self.requester;
        folder.table(format!(
            "[requester]\nnpi = {}\nname = {}",
            quoted(npi),
            quoted(name)
        ));
        if let Some((npi, name, [foreign, opted_out])) = &self.provider {
            folder.table(format!(
                "[provider]\nnpi = {}\nname = {}\nforeign_group = {}\nopted_out_group = {}",
                quoted(npi),
                quoted(name),
                quoted(foreign),
                quoted(opted_out)
            ));
        }
        let catalog = Catalog::load(data)?;
        if let Some(members) = members_file(data, &catalog, &ig.to_string()) {
            folder.table(data.text(&members)?.into_owned());
        }
        Ok(())
    }
}
