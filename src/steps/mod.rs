//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Observations`] keeps what the target answered, `validation` holds it against FHIR and profiles,
//!   `nested` finds the resources in it, `snippet` shows the lines in question.
//! - [`Memory`] is what a run has learnt and need not ask again; `harvest` reads a member's records of one
//!   kind, `pages` a search to its end, `flavour` which versions of US Core the payer serves.
//! - `inquiry` chooses what records are searched by, from the records themselves.
//! - `job` starts, follows and calls off the target's asynchronous jobs, and `deadline` lets steps wait for them.
//! - `cohort` chooses whose data is exported, `export_request` asks for it, `fetch` reads the files of a job one by
//!   one ([`FileSeen`]) into an [`Export`]; `exported_file`, `payload`, `age` and
//!   `exchanged_authorization` judge what it holds; `group` judges the Group itself, `single_export` one member's files.
//! - [`Judge`] holds records against profiles; `instance` finds the records that are instances of one,
//!   `content` by what they hold.
//! - `audience` is who asks: a payer or a provider. `attested_request` has a provider attest to treat whom it asks
//!   for, `provider_match` has its patients matched; `attribution` is about the lists that payers keep for providers,
//!   `transmission` about what these say was sent, `choice` about members who do not share with providers.
//! - The nouns: `absence` (what is not there), `completeness` (what must be supported), `conformity` (records and
//!   profiles), `mapping` (which kind holds to which profile), `answers` (all of them, in closing scenarios), `capability`, `declaration` and `declared` (what the
//!   payer declares, line by line, and whether it is true), `consent`, `including` (what comes along with results),
//!   `group_record` (Groups of matches and of providers), `matched_for`, `mutual_tls`,
//!   `interface` (what holds whatever is asked), `match_request`, `matched`, `member`, `member_match`, `reading`
//!   (records, versions, histories), `record` (what records say), `refusal` (error answers), `search`, `searching`
//!   (by one detail or several), `versioning`, `writing`.
//! - The nouns of a provider who is asked by a payer: `patient`, `direct_query`, `data_source` (what it declares),
//!   `data_request` (a Task in the making), `task` (sent and followed), `task_course` (how it moves), `task_kept` (what is kept of it),
//!   `task_output` (what comes of it), `bad_task` (what must not be taken),
//!   `signed_answer` and `signed_result` (what comes signed; `signature` is what both judge),
//!   `attachment_request` (a Task that asks for attachments, which come to our `desk`; `submitted_attachment`),
//!   `subscription` and `notification` (of Tasks, which come there too), `formal_authorization` (what Tasks rest on).
//! - Who may ask: `caller` (what is tried with other credentials), `guarded_answer`, `token_request`, `token_scope`,
//!   `detour` (other ways to the same records), `smart_configuration`, `udap`, `introspection`, `lapse` (of a consent),
//!   `client_certificate`, `transport`, `app_launch`, `app_request`, `app_token`.
//! - The nouns of a payer to whom a provider submits documentation: `submission` and `submitted_content` (what is sent),
//!   `bad_submission` (what should not be taken), `submission_answer`, `data_consumer` (what the payer declares),
//!   `offered_record` (whether that is true), `formal_authorization`.

mod absence;
mod age;
mod answers;
mod app_launch;
mod app_request;
mod app_token;
mod attachment_request;
mod attested_request;
mod attribution;
mod audience;
mod authorization;
mod authorization_code;
mod bad_submission;
mod bad_task;
mod book;
mod bulk_match;
mod bulk_outcome;
mod bulk_request;
mod caller;
mod capability;
mod choice;
mod claim;
mod claim_part;
mod client_certificate;
mod client_export;
mod client_follow;
mod client_job;
mod client_match;
mod client_obstacle;
mod client_request;
mod client_retrieval;
mod client_signature;
mod client_submission;
mod client_task;
mod client_token;
mod cohort;
mod completeness;
mod conformity;
mod consent;
mod context;
mod data_consumer;
mod data_request;
mod data_source;
mod deadline;
mod declaration;
mod declared;
mod desk;
mod detour;
mod direct_query;
mod discovery;
mod document;
mod download;
mod drive;
mod everything;
mod everything_part;
mod exchanged_authorization;
mod expect;
mod export;
mod export_request;
mod exported_file;
mod fetch;
mod file;
mod fingerprints;
mod finished_job;
mod flavour;
mod formal_authorization;
mod group;
mod group_record;
mod guarded_answer;
mod harvest;
mod including;
mod inquiry;
mod instance;
mod interface;
mod introspection;
mod job;
mod judge;
mod kept;
mod lapse;
mod listening;
mod mapped_content;
mod mapping;
mod match_request;
mod matched;
mod matched_for;
mod matched_group;
mod member;
mod member_match;
mod memory;
mod mismatch;
mod mutual_tls;
mod nested;
mod notification;
mod observations;
mod offered_record;
mod opt_out;
mod pages;
mod patient;
mod payload;
mod price;
mod prior_authorization;
mod provenance;
mod provenance_codes;
mod provider_match;
mod reading;
mod received;
mod record;
mod refusal;
mod retrieval;
mod search;
mod searching;
mod shared;
mod signature;
mod signed_answer;
mod signed_result;
mod signed_submission;
mod single_export;
mod smart_configuration;
mod snippet;
mod sorted;
mod status;
mod submission;
mod submission_answer;
mod submitted_attachment;
mod submitted_content;
mod subscription;
mod summary;
mod support;
mod task;
mod task_course;
mod task_kept;
mod task_output;
mod token_request;
mod token_scope;
mod told;
mod transmission;
mod transport;
mod udap;
mod validation;
mod versioning;
mod world;
mod writing;

pub use book::{Binding, Book, Definition};
pub use context::{Context, Provider, ScenarioNote, Target, Wanted};
pub use desk::{Deliveries, PayerDesk, desk_word};
pub use download::{Download, Watch};
pub use drive::StepFailed;
pub use export::Export;
pub use file::{FileSeen, Trouble, TroubleKind};
pub use job::OpenJobs;
pub use judge::Judge;
pub use listening::{BROKEN_OFF, HEARD, NOT_KEPT};
pub use match_request::{MatchRequest, Party};
pub use memory::Memory;
pub use mismatch::Mismatch;
pub use observations::{Observations, Place};
pub use submitted_content::content as documentation;
pub use world::World;
