//! Vitruvian: conformance suite and mock servers for HL7 Da Vinci PDex and CDex.
//!
//! **catalog** says what must hold, **runner** makes it happen through **steps**, which speak **http**
//! to the system under test or stand up a **mock** and judge what they see with **fhir** and **signature**;
//! **evidence** is what happened, **report** shows it, **cli** is the only part that talks to a person.
//!
//! | module | owns | may import (ours) |
//! |---|---|---|
//! | [`data`] | the data folders, embedded or from disk | – |
//! | [`evidence`] | what happened, as plain serialisable data, redacted | – |
//! | [`config`] | `vitruvian.toml` and files of members: read, checked, merged with flags and environment | `evidence` |
//! | [`fhir`] | pure functions on FHIR JSON | – |
//! | [`profile`] | profile validation: definitions, terminology, FHIRPath, the rules | `data fhir` |
//! | [`signature`] | digital signatures: canonical JSON, JWS, certificates; made, and verified in steps | `fhir` |
//! | [`oauth`] | signed tokens, keys as JSON, client assertions, proof keys: pure | `evidence signature` |
//! | [`bundle`] | a run as one signed file, and what holds of it | `evidence signature` |
//! | [`catalog`] | IGs, versions, requirements, features, suites: read, cross-checked, selected | `data evidence` |
//! | [`http`] | the client side: send, authenticate, bound | `evidence` |
//! | [`access`] | how tokens are had at one target: discovery, SMART, UDAP, renewal | `config evidence http oauth signature` |
//! | [`mock`] | the server side: state, routes, faults, journal | `data evidence fhir oauth signature` |
//! | [`client`] | reference clients, good and mutated, for the suites that hear clients | `config evidence fhir http mock oauth signature steps` |
//! | [`steps`] | the Gherkin vocabulary, one file per domain noun, and the `World` | `access catalog config evidence fhir http mock oauth profile signature` |
//! | [`runner`] | plan → cucumber → `Run` | `catalog evidence steps` |
//! | [`session`] | one run from settings to evidence: the system under test, the plan, the runner | `access catalog client config data evidence http mock oauth profile runner signature steps` |
//! | [`proof`] | the suites against every fault: the kill matrix; and against their mirrors | `catalog client data evidence http mock session steps` |
//! | [`report`] | `Run` → bytes, one file per format | `catalog data evidence` |
//! | [`cli`] | arguments, terminal, exit codes | `access bundle catalog client config data evidence http mock oauth profile proof report runner session signature steps` |

pub mod access;
pub mod bundle;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod config;
pub mod data;
pub mod evidence;
pub mod fhir;
pub mod http;
pub mod mock;
pub mod oauth;
pub mod profile;
pub mod proof;
pub mod report;
pub mod runner;
pub mod session;
pub mod signature;
pub mod steps;
