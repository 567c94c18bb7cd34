//! An organisation as the settings of a stand-in name it.

use serde::Deserialize;

/// An organisation and its Organization resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::mock) struct Organization {
    pub(in crate::mock) id: String,
    pub(in crate::mock) name: String,
    pub(in crate::mock) npi: String,
    pub(in crate::mock) city: String,
    pub(in crate::mock) state: String,
}
