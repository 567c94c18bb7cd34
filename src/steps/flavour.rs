//! Which versions of US Core a payer serves: PDex lets it choose.

use super::capability::{profiles, resources};
use super::drive::{Arguments, Halt, Outcome};
use super::{World, book};
use serde_json::Value;

book::steps! {
    /// Does not concern a payer that declares other versions of US Core; `any` concerns everybody.
    r"^the payer serves US Core (any|3\.1\.1|6\.1\.0|7\.0\.0)$" => serves;
}

/// A version of US Core that PDex names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flavour {
    /// US Core 3.1.1: the CapabilityStatement `pdex-server`, and all of PDex 2.0.0.
    V3_1_1,
    /// US Core 6.1.0: the CapabilityStatement `pdex-server-6-1`.
    V6_1_0,
    /// US Core 7.0.0: named by the data mapping, without a CapabilityStatement of its own.
    V7_0_0,
}

/// The flavours of one target, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flavours {
    served: Vec<Flavour>,
    /// In words, for reports.
    told_by: &'static str,
}

/// How flavours are known from a declaration that names them.
const NAMED: &str = "its declaration names them";

/// Profiles that US Core 6.1.0 has and 3.1.1 has not.
const SINCE_6_1: [&str; 6] = [
    "us-core-condition-encounter-diagnosis",
    "us-core-condition-problems-health-concerns",
    "us-core-coverage",
    "us-core-relatedperson",
    "us-core-servicerequest",
    "us-core-specimen",
];

impl Flavour {
    const ALL: [Self; 3] = [Self::V3_1_1, Self::V6_1_0, Self::V7_0_0];

    /// The version as written.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::V3_1_1 => "3.1.1",
            Self::V6_1_0 => "6.1.0",
            Self::V7_0_0 => "7.0.0",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl Flavours {
    /// Reads the flavours from a CapabilityStatement: from what it instantiates, from versions written
    /// with profiles and guides, or from profiles that only one flavour has. A payer that says nothing
    /// is taken to serve the IG version's ordinary flavour.
    pub(super) fn read(statement: &Value, ig: &str) -> Self {
        let texts = |name: &str| -> Vec<&str> {
            let list = statement[name].as_array().map(Vec::as_slice);
            list.unwrap_or_default()
                .iter()
                .filter_map(Value::as_str)
                .collect()
        };
        let supported: Vec<&str> = resources(statement).iter().flat_map(profiles).collect();
        let ends = |list: &[&str], end: &str| {
            list.iter()
                .any(|one| one.split('|').next().is_some_and(|url| url.ends_with(end)))
        };
        let instantiated = [texts("instantiates"), texts("imports")].concat();
        let guides = texts("implementationGuide");
        let is_versioned = |flavour: Flavour| {
            let versioned = |one: &&str| {
                one.contains("us/core") && one.split('|').nth(1) == Some(flavour.as_str())
            };
            supported.iter().any(versioned) || guides.iter().any(versioned)
        };
        let mut served: Vec<Flavour> = Flavour::ALL
            .into_iter()
            .filter(|one| is_versioned(*one))
            .collect();
        served.extend(ends(&instantiated, "/pdex-server").then_some(Flavour::V3_1_1));
        served.extend(ends(&instantiated, "/pdex-server-6-1").then_some(Flavour::V6_1_0));
        let mut told_by = NAMED;
        if served.is_empty() {
            let is_newer = SINCE_6_1
                .iter()
                .any(|name| ends(&supported, &format!("/{name}")));
            told_by = "its declaration names profiles that only these have";
            served.extend(is_newer.then_some(Flavour::V6_1_0));
        }
        if served.is_empty() {
            told_by = "its declaration does not say, so the ordinary one is taken";
            served.push(match ig {
                "pdex@2.0.0" => Flavour::V3_1_1,
                _ => Flavour::V6_1_0,
            });
        }
        served.sort_unstable();
        served.dedup();
        Self { served, told_by }
    }

    /// The flavours, oldest first.
    pub(super) fn served(&self) -> &[Flavour] {
        &self.served
    }

    /// How that is known, in words.
    pub(super) fn told_by(&self) -> &'static str {
        self.told_by
    }

    /// Whether the declaration names them, and nobody had to guess.
    pub(super) fn is_told(&self) -> bool {
        self.told_by == NAMED
    }

    /// Whether the flavour is among them.
    pub(super) fn has(&self, flavour: Flavour) -> bool {
        self.served.contains(&flavour)
    }
}

impl World {
    /// The flavours the target serves; skips when its declaration cannot be read.
    pub(super) async fn flavours(&mut self) -> Result<Flavours, Halt> {
        let context = self.context()?;
        let ig = self.ig()?;
        let learn = async {
            let statement = self.known_statement().await?;
            Ok(Flavours::read(&statement, &ig))
        };
        context.memory.flavours(ig.clone(), learn).await
    }
}

async fn serves(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let Some(flavour) = Flavour::parse(arguments.word(1)) else {
        return Ok(());
    };
    let flavours = world.flavours().await?;
    if flavours.has(flavour) {
        world.flavour = Some(flavour);
        return Ok(());
    }
    let served: Vec<&str> = flavours.served.iter().map(|one| one.as_str()).collect();
    Err(Halt::Inapplicable(format!(
        "it concerns payers that serve US Core {}; this one serves {} ({})",
        flavour.as_str(),
        served.join(" and "),
        flavours.told_by,
    )))
}

#[cfg(test)]
mod tests {
    use super::{Flavour, Flavours};
    use serde_json::json;

    #[test]
    fn the_declaration_tells_the_flavours() {
        let base = "http://hl7.org/fhir/us/davinci-pdex/CapabilityStatement";
        let both = json!({"instantiates": [format!("{base}/pdex-server|2.1.0"), format!("{base}/pdex-server-6-1")]});
        assert_eq!(
            Flavours::read(&both, "pdex@2.1.0").served,
            [Flavour::V3_1_1, Flavour::V6_1_0]
        );
        let profile = |text: &str| json!({"rest": [{"resource": [{"type": "Specimen", "supportedProfile": [text]}]}]});
        let versioned =
            profile("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|7.0.0");
        assert_eq!(
            Flavours::read(&versioned, "pdex@2.1.0").served,
            [Flavour::V7_0_0]
        );
        let newer = profile("http://hl7.org/fhir/us/core/StructureDefinition/us-core-specimen");
        assert!(Flavours::read(&newer, "pdex@2.1.0").has(Flavour::V6_1_0));
    }

    #[test]
    fn without_a_word_the_ordinary_flavour_is_taken() {
        assert!(Flavours::read(&json!({}), "pdex@2.0.0").has(Flavour::V3_1_1));
        assert!(Flavours::read(&json!({}), "pdex@2.2.0").has(Flavour::V6_1_0));
    }
}
