//! Texts of findings without what differs from one occurrence to the next.

use regex::Regex;

/// What stands in for what was left out.
const GAP: &str = "…";

/// Leaves out addresses, days, pseudonyms and ids of records.
pub(super) struct Noise {
    texts: Vec<(Regex, &'static str)>,
    places: Vec<(Regex, &'static str)>,
}

impl Noise {
    pub(super) fn new() -> Self {
        let texts = [
            (r"https?://[^\s,;)]+", GAP),
            (r"\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:\d{2})?)?", GAP),
            (r"\[[A-Za-z]+:[0-9a-f]{8}\]|~[0-9a-f]{8}\b", GAP),
            (
                r"\b([A-Z][A-Za-z]+)/[A-Za-z0-9.-]*[0-9][A-Za-z0-9.-]*",
                "$1",
            ),
        ];
        let places = [
            (r"\[\d+\]", ""),
            (r"\[\?\([^)]*\)\]", ""),
            // The record, or its kind: `Patient/1: name` and `Patient.name` are `name`.
            (
                r"^[A-Z][A-Za-z]+(/[^\s:]+)?(:\s|\.|(\s+in\s+[A-Z][A-Za-z]+)?$)",
                "",
            ),
        ];
        Self {
            texts: compiled(&texts),
            places: compiled(&places),
        }
    }

    /// An expectation in general.
    pub(super) fn text(&self, text: &str) -> String {
        without(&self.texts, text)
    }

    /// An element, whichever record it was found in; none when nothing but the record was named.
    pub(super) fn place(&self, place: &str) -> Option<String> {
        let place = without(&self.texts, &without(&self.places, place));
        (!place.is_empty()).then_some(place)
    }
}

fn compiled(patterns: &[(&str, &'static str)]) -> Vec<(Regex, &'static str)> {
    let patterns = patterns.iter();
    patterns
        .filter_map(|(pattern, instead)| Some((Regex::new(pattern).ok()?, *instead)))
        .collect()
}

fn without(patterns: &[(Regex, &'static str)], text: &str) -> String {
    patterns
        .iter()
        .fold(text.to_owned(), |text, (pattern, instead)| {
            pattern.replace_all(&text, *instead).into_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn an_expectation_is_the_same_whatever_record_it_is_about() {
        let noise = Noise::new();
        assert_eq!(
            noise.text("updates since 2026-11-21T22:01:56.849+00:00 of [person:5025388d]"),
            "updates since … of …"
        );
        assert_eq!(
            noise.text("the profile http://a.example/us-core-bmi"),
            "the profile …"
        );
        assert_eq!(noise.text("Patient/p-1 is found"), "Patient is found");
        assert_eq!(noise.text("status 200 and/or 201"), "status 200 and/or 201");
    }

    #[test]
    fn an_element_is_the_same_wherever_it_occurs() {
        let noise = Noise::new();
        let place = |text: &str| noise.place(text);
        assert_eq!(
            place("Bundle.entry[3].resource.name[0].given").as_deref(),
            Some("entry.resource.name.given")
        );
        assert_eq!(
            place("$.rest.resource[?(@.type=='Group')].supportedProfile").as_deref(),
            Some("$.rest.resource.supportedProfile")
        );
        assert_eq!(
            place("Observation/2cf5ffb9-24f6: total.amount").as_deref(),
            Some("total.amount")
        );
        assert_eq!(place("Observation/2cf5ffb9-24f6 in Observation"), None);
        assert_eq!(place("Patient"), None);
    }
}
