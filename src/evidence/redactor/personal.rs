//! Where in FHIR JSON personal data stands.
//!
//! Two passes over a [`Document`]: the first notes facts about objects that may only show after the
//! member in question (`resourceType`, `system`, `url`), the second decides on each value from top
//! to bottom.

use super::json::{Document, Kind};
use super::vocabulary::{self as names, Scope};

/// What to do with one value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Treatment {
    /// Nothing but credentials can be in it.
    Coded,
    /// Look for known strings, references and credentials.
    Scan,
    /// The same, as a URL.
    Url,
    /// It is signed for everybody to read, and opens nothing.
    Signed,
    /// It is a credential.
    Credential,
    /// It is personal: replace it and remember it under this label.
    Personal(&'static str),
    /// It is personal and too general to be remembered: a state, a sex, a title.
    General(&'static str),
    /// It is the logical id of a person.
    Id,
    /// It is the narrative of a resource about a person.
    Narrative,
}

/// A part of a resource in which the same rule holds for all values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    Open,
    Name,
    Address,
    Telecom,
    Identifier,
    Photo,
    BirthDate,
    Demographic,
    Class,
    Narrative,
}

/// What is known about an object.
#[derive(Clone, Copy, Default)]
struct Facts {
    scope: Option<Scope>,
    is_binary: bool,
    is_coverage: bool,
    is_name: bool,
    is_address: bool,
    is_public_identifier: bool,
    is_person_identifier: bool,
    is_person_reference: bool,
    is_personal_extension: bool,
    has_content_type: bool,
    has_grant: bool,
    /// Whether it has the member that decides what it is: `url`, `reference`, `code` or `system`.
    is_settled: bool,
}

#[derive(Clone, Copy)]
struct Place {
    scope: Scope,
    region: Region,
    in_coverage: bool,
}

/// Decides for every value of a document; containers are [`Treatment::Coded`].
pub(super) fn treat(document: &Document<'_>, phi: bool) -> Vec<Treatment> {
    let facts = facts(document);
    let top = Place {
        scope: Scope::Outside,
        region: Region::Open,
        in_coverage: false,
    };
    let mut places: Vec<Place> = Vec::with_capacity(document.nodes.len());
    let mut treatments = Vec::with_capacity(document.nodes.len());
    for (index, node) in (0_u32..).zip(&document.nodes) {
        let outer = places.get(node.parent as usize).copied().unwrap_or(top);
        let field = document.field(index);
        let field = field.trim_start_matches('_');
        let about = Value {
            document,
            facts: &facts,
            index,
            field,
        };
        let place = about.place(outer);
        treatments.push(match node.kind {
            Kind::Object | Kind::Array => Treatment::Coded,
            Kind::Text | Kind::Bare => about.treatment(place, phi),
        });
        places.push(place);
    }
    treatments
}

fn facts(document: &Document<'_>) -> Vec<Facts> {
    let mut facts = vec![Facts::default(); document.nodes.len()];
    for (index, node) in (0_u32..).zip(&document.nodes) {
        let field = document.field(index);
        let owner = document.owner(index);
        let value = || document.value(index);
        if field == "code" && names::is_person_identifier_type(&value()) {
            mark_identifier(document, &mut facts, owner);
        }
        let Some(fact) = facts.get_mut(owner as usize) else {
            continue;
        };
        if document.is_cut_in(index) {
            continue;
        }
        match &*field {
            "resourceType" if node.kind == Kind::Text => {
                fact.scope = Some(Scope::of(&value()));
                fact.is_binary = value() == "Binary";
                fact.is_coverage = value() == "Coverage";
            }
            "family" | "given" => fact.is_name = true,
            "line" | "postalCode" => fact.is_address = true,
            "system" => {
                fact.is_settled = true;
                fact.is_public_identifier = names::is_public_system(&value());
            }
            "url" => {
                fact.is_settled = true;
                fact.is_personal_extension = names::is_personal_extension(&value());
            }
            "code" => fact.is_settled = true,
            "contentType" => fact.has_content_type = true,
            "reference" => {
                fact.is_settled = true;
                fact.is_person_reference |= names_person(&value());
            }
            "type" if node.kind == Kind::Text => {
                fact.is_person_reference |= Scope::of(&value()) == Scope::Person;
            }
            other => fact.has_grant |= names::goes_with_authorization_code(other),
        }
    }
    if document.is_broken {
        suspect(document, &mut facts);
    }
    facts
}

/// A body that breaks off may have lost what decides: then what may be a person's is one.
fn suspect(document: &Document<'_>, facts: &mut [Facts]) {
    for ((index, node), fact) in (0_u32..).zip(&document.nodes).zip(facts) {
        if node.kind != Kind::Object {
            continue;
        }
        match &*document.field(index) {
            "resource" | "contained" | "" if fact.scope.is_none() => {
                fact.scope = Some(Scope::Person);
            }
            "extension" => fact.is_personal_extension |= !fact.is_settled,
            _ => fact.is_person_reference |= !fact.is_settled,
        }
    }
}

/// `identifier.type.coding.code` says whose identifier it is: tells the identifier.
fn mark_identifier(document: &Document<'_>, facts: &mut [Facts], coding: u32) {
    let concept = document.owner(coding);
    let identifier = document.owner(concept);
    if document.field(coding) == "coding"
        && document.field(concept) == "type"
        && let Some(fact) = facts.get_mut(identifier as usize)
    {
        fact.is_person_identifier = true;
    }
}

fn names_person(reference: &str) -> bool {
    ["Patient/", "RelatedPerson/", "Person/"]
        .iter()
        .any(|kind| reference.contains(kind))
}

/// One value and where it stands.
struct Value<'a, 'text> {
    document: &'a Document<'text>,
    facts: &'a [Facts],
    index: u32,
    field: &'a str,
}

impl Value<'_, '_> {
    fn facts_of(&self, index: u32) -> Facts {
        self.facts.get(index as usize).copied().unwrap_or_default()
    }

    /// Scope and region, given those of the container.
    fn place(&self, outer: Place) -> Place {
        let own = self.facts_of(self.index);
        if let Some(scope) = own.scope {
            return Place {
                scope,
                region: Region::Open,
                in_coverage: own.is_coverage,
            };
        }
        let region = match outer.region {
            Region::Open => self.region(outer, own),
            Region::Identifier if own.is_public_identifier => Region::Open,
            inherited => inherited,
        };
        Place { region, ..outer }
    }

    fn region(&self, outer: Place, own: Facts) -> Region {
        let is_container = matches!(
            self.document.nodes[self.index as usize].kind,
            Kind::Object | Kind::Array
        );
        let is_person = outer.scope == Scope::Person;
        match self.field {
            "birthDate" | "deceasedDateTime" => return Region::BirthDate,
            _ if outer.scope == Scope::Public => return Region::Open,
            "name" if is_container => return Region::Name,
            "address" | "valueAddress" => return Region::Address,
            "telecom" | "valueContactPoint" => return Region::Telecom,
            "valueHumanName" => return Region::Name,
            "photo" => return Region::Photo,
            "class" if outer.in_coverage => return Region::Class,
            "text" if is_container => return Region::Narrative,
            _ => {}
        }
        match () {
            () if self.is_identifier(outer, own) => Region::Identifier,
            () if is_person && own.is_personal_extension => Region::Demographic,
            () if own.is_name => Region::Name,
            () if own.is_address => Region::Address,
            () => Region::Open,
        }
    }

    /// Whether this object is an identifier of a person.
    fn is_identifier(&self, outer: Place, own: Facts) -> bool {
        if own.is_public_identifier || self.document.nodes[self.index as usize].kind != Kind::Object
        {
            return false;
        }
        match self.field {
            "identifier" => {
                let owner = self.document.owner(self.index);
                let holder = self.facts_of(owner);
                let holder_field = self.document.field(owner);
                own.is_person_identifier
                    || holder.is_coverage
                    || holder.is_person_reference
                    || names::leads_to_person(&holder_field)
                    || (outer.scope == Scope::Person && !names::leads_to_provider(&holder_field))
            }
            "valueIdentifier" => true,
            _ => own.is_person_identifier,
        }
    }

    fn treatment(&self, place: Place, phi: bool) -> Treatment {
        if let Some(treatment) = self.credential(place) {
            return treatment;
        }
        if phi && let Some(treatment) = self.personal(place) {
            return treatment;
        }
        match self.field {
            // UDAP Discovery: the metadata of a server once more, in a token that it has signed.
            "signed_metadata" if place.scope == Scope::Outside => Treatment::Signed,
            "url" | "fullUrl" | "ifNoneExist" | "location" | "reference" | "outcome" => {
                Treatment::Url
            }
            field if names::is_coded(field) => Treatment::Coded,
            _ => Treatment::Scan,
        }
    }

    fn credential(&self, place: Place) -> Option<Treatment> {
        let is_code = self.field == "code";
        let is_grant = self.facts_of(self.document.owner(self.index)).has_grant;
        let is_credential = if place.scope == Scope::Outside {
            let name = self.field.to_ascii_lowercase().replace('-', "_");
            names::is_credential(&name) || (is_code && is_grant)
        } else {
            // FHIR has members called `token` and `secret` nowhere, but `sig` and `code` elsewhere.
            self.field != "sig" && names::is_credential(self.field)
        };
        is_credential.then_some(Treatment::Credential)
    }

    fn personal(&self, place: Place) -> Option<Treatment> {
        match place.region {
            Region::Open => self.personal_by_name(place),
            Region::Name => in_name(self.field),
            Region::Address => in_address(self.field),
            Region::Telecom => (self.field == "value").then_some(Treatment::Personal("telecom")),
            Region::Identifier => {
                (self.field == "value").then_some(Treatment::Personal("identifier"))
            }
            Region::Photo => (self.field != "contentType").then_some(Treatment::General("photo")),
            Region::BirthDate => match self.field {
                "url" | "valueCode" => None,
                "deceasedDateTime" => Some(Treatment::Personal("deceased")),
                _ => Some(Treatment::Personal("birthDate")),
            },
            Region::Demographic => {
                let is_kept = matches!(self.field, "url" | "system");
                (!is_kept).then_some(Treatment::General("demographic"))
            }
            Region::Class => {
                matches!(self.field, "value" | "name").then_some(Treatment::Personal("class"))
            }
            Region::Narrative => (self.field == "div").then_some(Treatment::Narrative),
        }
    }

    fn personal_by_name(&self, place: Place) -> Option<Treatment> {
        let owner = self.document.owner(self.index);
        let about = self.facts_of(owner);
        let is_outside = place.scope == Scope::Outside;
        match self.field {
            // No string in FHIR, so nothing to learn from.
            "name" if place.scope == Scope::Person => Some(Treatment::General("name")),
            "id" if about.scope == Some(Scope::Person) => Some(Treatment::Id),
            "patient" if is_outside => Some(Treatment::Id),
            "subscriberId" => Some(Treatment::Personal("subscriberId")),
            // What one device has alone leads to the one who carries it: 45 CFR 164.514(b)(2)(i)(M).
            "serialNumber" | "distinctIdentifier" | "carrierHRF" | "carrierAIDC" => {
                Some(Treatment::Personal("device"))
            }
            "dependent" if place.in_coverage || is_outside => {
                Some(Treatment::Personal("dependent"))
            }
            "display"
                if about.is_person_reference
                    || names::leads_to_person(&self.document.field(owner)) =>
            {
                Some(Treatment::Personal("name"))
            }
            "data" if about.is_binary || about.has_content_type => Some(Treatment::General("data")),
            field if is_outside => names::personal_claim(field).map(Treatment::Personal),
            _ => None,
        }
    }
}

fn in_name(field: &str) -> Option<Treatment> {
    Some(match field {
        "use" | "start" | "end" | "url" | "system" | "valueCode" => return None,
        "family" => Treatment::Personal("family"),
        "given" => Treatment::Personal("given"),
        "prefix" => Treatment::General("prefix"),
        "suffix" => Treatment::General("suffix"),
        _ => Treatment::Personal("name"),
    })
}

fn in_address(field: &str) -> Option<Treatment> {
    Some(match field {
        "use" | "type" | "start" | "end" | "url" | "system" | "valueCode" => return None,
        "line" => Treatment::Personal("line"),
        "city" => Treatment::Personal("city"),
        "postalCode" => Treatment::Personal("postalCode"),
        "state" => Treatment::General("state"),
        "country" => Treatment::General("country"),
        _ => Treatment::Personal("address"),
    })
}
