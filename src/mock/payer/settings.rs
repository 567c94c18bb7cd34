//! `mocks/payer/mock.toml`: who the payer is, whom it knows, and its limits.

use crate::data::Data;
use crate::mock::Error;
use crate::mock::organization::Organization;
use serde::Deserialize;

const FILE: &str = "mocks/payer/mock.toml";

/// The payer's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) payer: Organization,
    /// The trading partner: who calls.
    pub(super) partner: Organization,
    /// Who treats the members.
    pub(super) clinic: Organization,
    pub(super) practitioner: Practitioner,
    /// Others who treat them.
    pub(super) staff: Vec<Practitioner>,
    /// What each of these does, and where.
    pub(super) role: Vec<Role>,
    /// Other organisations that give care.
    pub(super) place: Vec<Organization>,
    pub(super) location: Vec<Location>,
    pub(super) systems: Systems,
    pub(super) limits: Limits,
    pub(super) jobs: JobSettings,
    /// Ids of the members who are attributed to the clinic.
    pub(super) attributed: Vec<String>,
    /// Groups that earlier matches left, from the first version that has Groups.
    #[serde(default)]
    pub(super) earlier_match: Vec<EarlierMatch>,
    pub(super) attachments: AttachmentSettings,
    /// Documentation that the payer has asked for.
    #[serde(default)]
    pub(super) attachment_request: Vec<AttachmentRequest>,
    #[serde(default)]
    pub(super) formal_authorization: Vec<FormalAuthorization>,
}

/// A Group of matched members that was there before anybody asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EarlierMatch {
    pub(super) id: String,
    /// Ids of the members.
    pub(super) members: Vec<String>,
    /// NPI of the payer that asked, when it was not the partner.
    pub(super) payer: Option<String>,
}

/// How documentation of claims is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttachmentSettings {
    /// Identifier system of tracking ids that the payer gives out.
    pub(super) tracking: String,
    /// Bytes of a submission.
    pub(super) largest: usize,
    /// Submissions that are kept.
    pub(super) most: usize,
    /// Bytes of all submissions that are kept.
    pub(super) most_bytes: usize,
}

/// Documentation that the payer has asked a provider for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttachmentRequest {
    pub(super) tracking: String,
    /// Id of the member.
    pub(super) member: String,
    /// Code of claim-use.
    #[serde(rename = "use")]
    pub(super) about: String,
    /// Whether it has to be signed.
    #[serde(default)]
    pub(super) signed: bool,
}

/// A formal authorization to release data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormalAuthorization {
    pub(super) id: String,
    /// CommunicationRequest or ServiceRequest.
    pub(super) kind: String,
    /// Id of the member.
    pub(super) member: String,
    /// What is to be released, in words.
    pub(super) text: String,
}

/// A practitioner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Practitioner {
    pub(super) id: String,
    pub(super) family: String,
    pub(super) given: String,
    pub(super) npi: String,
}

/// What a practitioner does for an organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) id: String,
    pub(super) practitioner: String,
    pub(super) organization: String,
    pub(super) location: String,
    /// NUCC code.
    pub(super) specialty: String,
    pub(super) specialty_display: String,
    /// NUCC code.
    pub(super) code: String,
    pub(super) code_display: String,
}

/// Where care is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Location {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) organization: String,
    /// Code of v3-RoleCode.
    pub(super) code: String,
    pub(super) display: String,
    pub(super) line: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) postal_code: String,
}

/// Identifier systems of the payer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Systems {
    /// Member ids, as printed on the card.
    pub(super) member: String,
    /// Unique member ids that a match returns from HRex 1.1 on.
    pub(super) unique_member: String,
}

/// Limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// How many different cards may fail for the same demographics before they are locked out.
    pub(super) failed_matches: usize,
    /// Seconds a locked-out client is told to wait.
    pub(super) retry_after: u32,
    /// Resources created by clients that are kept, with what is told of where they come from.
    pub(super) created: usize,
    /// Entries of a page when the client does not say.
    pub(super) page: usize,
    /// Most entries of a page.
    pub(super) largest_page: usize,
}

/// How asynchronous jobs appear to run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobSettings {
    /// How often a job answers that it still runs.
    pub(super) polls: u32,
    /// Seconds a client is told to wait between polls.
    pub(super) retry_after: u32,
    /// Whether the files of every other job are for everybody who knows where they are.
    #[serde(default)]
    pub(super) open_files: bool,
}

impl Settings {
    /// Reads the file.
    pub(super) fn load(data: &Data) -> Result<Self, Error> {
        toml::from_str(&data.text(FILE)?).map_err(|error| Error::file(FILE, error))
    }
}
