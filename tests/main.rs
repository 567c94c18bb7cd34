//! One test binary, one module per promise:
//!
//! - `access`: tokens are had, shared and renewed; credentials go where they belong and nowhere else
//! - `answers`: whatever a payer answers is validated, and only closing scenarios judge it
//! - `architecture`: modules import each other as `src/lib.rs` says, files stay small, the README is true
//! - `catalog`, `check`: the catalogue is read, selected, and refuses every kind of mistake
//! - `cli`: the binary from outside: arguments, exit codes, hostile targets
//! - `config`: every mistake in `vitruvian.toml` is pointed at, with what to write instead
//! - `faults`: every check can fail
//! - `fhirpath`: FHIRPath says what the specification says, and keeps its bounds
//! - `guard`: the stand-ins with an authorization server hold every request against its token; every rule can be skipped
//! - `http_client`: the client keeps its bounds whatever the target sends
//! - `init`: what is drafted for a server can be run, and its words stay comments
//! - `leaks`: a whole run leaves no secret and no personal data in any file
//! - `listen`: clients are heard apart, within bounds and to an end; between two systems both are judged
//! - `mistakes`: the document of a payer's likely mistakes names faults that exist and break what it says
//! - `packages`, `terminology`: what is read of packages is what was published; the right version answers
//! - `partners`: many systems are tested side by side, gently; what became of each is told, and nobody stops another
//! - `payer`: the mock payer really computes its answers, and its faults really change them
//! - `pipelines`: the steps of the GitHub action and the lines for other pipelines do what they say
//! - `provider`: the mock provider really computes its answers, and survives whatever is sent
//! - `readme`: the README's commands run, its configuration is read, its failure is what is printed
//! - `redaction`: no secret and no personal data reaches a file
//! - `reports`: one golden run in every format; hostile strings stay text
//! - `runs`: runs are compared, put together, bundled, verified and attested; what was touched is found
//! - `signature`: published vectors hold, signatures of every version round-trip, and whatever is wrong is named
//! - `tls`: stand-ins and clients know each other over TLS, and what is wrong with a certificate is said
//! - `validate`: the command from outside, and input nobody should send
//! - `validation`: the validator finds every kind of mistake, and leaves alone what is right
//!
//! Each is marked as test code so that its helpers, too, may unwrap.

#[cfg(test)]
mod access;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod catalog;
#[cfg(test)]
mod check;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod config;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fhirpath;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod http_client;
#[cfg(test)]
mod init;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod listen;
mod mistakes;
#[cfg(test)]
mod packages;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod payer;
#[cfg(test)]
mod pipelines;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod redaction;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod support;
#[cfg(test)]
mod terminology;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod validate;
#[cfg(test)]
mod validation;
