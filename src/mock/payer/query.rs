//! A search as understood: which parameters are used, what is included, which page is wanted.

use super::chain::{self, Criterion};
use super::include::Includes;
use super::page::{OFFSET, Page};
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::settings::Limits;
use crate::fhir::search::Parameter;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Rule};
use url::form_urlencoded::Serializer;

/// Parameters that say how to answer, not what to find; they are read elsewhere.
const HOW: [&str; 3] = ["_count", OFFSET, "_format"];

/// A search as understood.
pub(super) struct Query<'a> {
    pub(super) kind: &'static ResourceType,
    pub(super) includes: Includes,
    pub(super) page: Page,
    /// Base URL the client used.
    pub(super) base: &'a str,
    used: Vec<&'a Parameter>,
}

impl<'a> Query<'a> {
    /// Sorts out what is asked. What is not understood is ignored (the self link tells), or refused when the
    /// client asks for strict handling.
    pub(super) fn read(
        kind: &'static ResourceType,
        asked: &'a [Parameter],
        request: &'a Request,
        limits: &Limits,
        deviation: &Deviation,
    ) -> Result<Self, Refusal> {
        let is_strict = wants_strict_handling(request) && deviation.enforces(Rule::StrictHandling);
        let page = Page::read(asked, limits)?;
        let mut query = Self {
            kind,
            includes: Includes::default(),
            page,
            base: &request.base,
            used: Vec::new(),
        };
        let has_patient = asked.iter().any(|one| one.name == "patient");
        // What is ignored is still in the self link, but for includes, which are forgotten altogether.
        let is_heeded = |one: &&Parameter| {
            !HOW.contains(&one.name.as_str())
                && (!one.name.ends_with("include") || !deviation.ignored.contains(&one.name))
        };
        for one in asked.iter().filter(is_heeded) {
            if kind.needs_patient.contains(&one.name.as_str()) && !has_patient {
                return Err(Refusal::new(
                    400,
                    "required",
                    format!("search {} together with patient", one.name),
                ));
            }
            match query.understand(one) {
                Ok(()) => query.used.push(one),
                Err(refusal) if is_strict => return Err(refusal),
                Err(_) => {}
            }
        }
        Ok(query)
    }

    fn understand(&mut self, one: &Parameter) -> Result<(), Refusal> {
        match one.name.as_str() {
            "_include" | "_revinclude" => self.includes.read(self.kind, one),
            _ if chain::is_known(self.kind, one) => Ok(()),
            _ => Err(Refusal::bad_request(
                "one of the search parameters is not supported",
            )),
        }
    }

    /// What a resource has to match.
    pub(super) fn criteria(&self, deviation: &Deviation) -> Result<Vec<Criterion<'a>>, Refusal> {
        self.used
            .iter()
            .filter(|one| !deviation.ignored.contains(&one.name))
            .filter_map(|one| Criterion::read(self.kind, one, self.base, deviation))
            .collect()
    }

    /// The link to this search, or to a later page of it.
    pub(super) fn link(&self, offset: Option<usize>) -> String {
        let mut query = Serializer::new(String::new());
        for one in &self.used {
            let name = match &one.modifier {
                Some(modifier) => format!("{}:{modifier}", one.name),
                None => one.name.clone(),
            };
            let values: Vec<String> = one.values.iter().map(|value| escape(value)).collect();
            query.append_pair(&name, &values.join(","));
        }
        if offset.is_some() || self.page.is_counted {
            query.append_pair("_count", &self.page.count.to_string());
        }
        if let Some(offset) = offset {
            query.append_pair(OFFSET, &offset.to_string());
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/{}{mark}{query}", self.base, self.kind.name)
    }
}

fn wants_strict_handling(request: &Request) -> bool {
    let all = request.headers.get_all("prefer");
    let mut preferences = all.iter().filter_map(|value| value.to_str().ok());
    preferences.any(|value| {
        value
            .split([',', ';'])
            .any(|part| part.trim() == "handling=strict")
    })
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace(',', "\\,")
}
