//! StructureDefinition JSON → facts.

use super::json::{choice, extension, flag, items, owned, text, texts};
use crate::profile::{
    Binding, Context, Definition, Derivation, Discriminator, DiscriminatorKind, Element, Invariant,
    Kind, Rules, Slicing, Strength, TypeReference,
};
use serde_json::Value;

const SYSTEM_TYPE: &str = "http://hl7.org/fhirpath/System.";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
/// The extension of R4, and the element of R5 as an extension.
const ADDITIONAL_BINDING: [&str; 2] = [
    "http://hl7.org/fhir/tools/StructureDefinition/additional-binding",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional",
];
const MAX_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
const BEST_PRACTICE: &str =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice";

/// The facts of a StructureDefinition.
///
/// # Errors
/// When it has no snapshot, or a word of it is unknown: a fragment that says so.
pub(super) fn definition(value: &Value) -> Result<Definition, String> {
    let kind = kind(text(value, "kind"))?;
    let snapshot = value
        .get("snapshot")
        .ok_or("it has no snapshot, only what differs from its base")?;
    let elements = items(snapshot, "element")
        .map(|item| element(item, kind))
        .collect::<Result<Vec<_>, _>>()?;
    if elements.is_empty() {
        return Err("its snapshot is empty".to_owned());
    }
    Ok(Definition {
        url: owned(value, "url"),
        version: owned(value, "version"),
        name: owned(value, "name"),
        kind,
        type_name: owned(value, "type"),
        base: text(value, "baseDefinition").map(str::to_owned),
        derivation: match text(value, "derivation") {
            Some("constraint") => Derivation::Constraint,
            _ => Derivation::Specialization,
        },
        is_abstract: flag(value, "abstract"),
        contexts: items(value, "context")
            .map(|context| Context {
                kind: owned(context, "type"),
                expression: owned(context, "expression"),
            })
            .collect(),
        context_invariants: texts(value, "contextInvariant"),
        elements,
    })
}

fn kind(word: Option<&str>) -> Result<Kind, String> {
    Ok(match word {
        Some("primitive-type") => Kind::Primitive,
        Some("complex-type") => Kind::Complex,
        Some("resource") => Kind::Resource,
        Some("logical") => Kind::Logical,
        other => return Err(format!("its kind {other:?} is unknown")),
    })
}

fn element(value: &Value, kind: Kind) -> Result<Element, String> {
    let path = owned(value, "path");
    let at = |why: String| format!("{path}: {why}");
    let max = limit(text(value, "max")).map_err(at)?;
    let base = value.get("base").and_then(|base| text(base, "max"));
    Ok(Element {
        id: text(value, "id").unwrap_or(&path).to_owned(),
        slice_name: text(value, "sliceName").map(str::to_owned),
        min: count(value, "min").unwrap_or(0),
        max,
        base_max: base.map_or(Ok(max), |base| limit(Some(base))).map_err(at)?,
        types: items(value, "type")
            .map(|item| type_reference(item, &path, kind))
            .collect(),
        // Some builds write the whole URL of the definition before the `#`.
        content_reference: text(value, "contentReference")
            .map(|reference| reference.find('#').map_or(reference, |at| &reference[at..]))
            .map(str::to_owned),
        fixed: choice(value, "fixed").cloned(),
        pattern: choice(value, "pattern").cloned(),
        slicing: value.get("slicing").map(slicing).transpose().map_err(at)?,
        binding: value.get("binding").map(binding).transpose().map_err(at)?,
        must_support: flag(value, "mustSupport"),
        is_modifier: flag(value, "isModifier"),
        invariants: items(value, "constraint").map(invariant).collect(),
        min_value: choice(value, "minValue").cloned(),
        max_value: choice(value, "maxValue").cloned(),
        max_length: count(value, "maxLength"),
        path,
    })
}

fn count(value: &Value, name: &str) -> Option<u32> {
    value.get(name)?.as_u64()?.try_into().ok()
}

/// A cardinality's upper end; `*` is none.
fn limit(word: Option<&str>) -> Result<Option<u32>, String> {
    match word {
        None | Some("*") => Ok(None),
        Some(number) => number
            .parse()
            .map(Some)
            .map_err(|_| format!("the cardinality {number:?} is no number")),
    }
}

fn type_reference(value: &Value, path: &str, kind: Kind) -> TypeReference {
    let code = text(value, "code").unwrap_or_default();
    let code = match code.strip_prefix(SYSTEM_TYPE) {
        // R4 says `string` for a resource's id, and means `id`: string would allow anything.
        Some(_) if kind == Kind::Resource && is_root_id(path) => "id",
        Some(system) => extension(value, FHIR_TYPE)
            .and_then(Value::as_str)
            .unwrap_or_else(|| primitive(system)),
        None => code,
    };
    TypeReference {
        code: code.to_owned(),
        profiles: texts(value, "profile"),
        target_profiles: texts(value, "targetProfile"),
        aggregation: texts(value, "aggregation"),
    }
}

fn is_root_id(path: &str) -> bool {
    path.split_once('.').is_some_and(|(_, rest)| rest == "id")
}

/// The FHIR primitive that a FHIRPath system type is written as.
fn primitive(system: &str) -> &'static str {
    match system {
        "Boolean" => "boolean",
        "Integer" => "integer",
        "Decimal" => "decimal",
        "Date" => "date",
        "DateTime" => "dateTime",
        "Time" => "time",
        _ => "string",
    }
}

fn slicing(value: &Value) -> Result<Slicing, String> {
    Ok(Slicing {
        discriminators: items(value, "discriminator")
            .map(discriminator)
            .collect::<Result<_, _>>()?,
        is_ordered: flag(value, "ordered"),
        rules: match text(value, "rules") {
            Some("closed") => Rules::Closed,
            Some("openAtEnd") => Rules::OpenAtEnd,
            Some("open") | None => Rules::Open,
            Some(other) => return Err(format!("the slicing rule {other:?} is unknown")),
        },
    })
}

fn discriminator(value: &Value) -> Result<Discriminator, String> {
    Ok(Discriminator {
        kind: match text(value, "type") {
            Some("value") => DiscriminatorKind::Value,
            Some("exists") => DiscriminatorKind::Exists,
            Some("pattern") => DiscriminatorKind::Pattern,
            Some("type") => DiscriminatorKind::Type,
            Some("profile") => DiscriminatorKind::Profile,
            other => return Err(format!("the discriminator {other:?} is unknown")),
        },
        path: owned(value, "path"),
    })
}

fn binding(value: &Value) -> Result<Binding, String> {
    Ok(Binding {
        strength: match text(value, "strength") {
            Some("required") => Strength::Required,
            Some("extensible") => Strength::Extensible,
            Some("preferred") => Strength::Preferred,
            Some("example") => Strength::Example,
            other => return Err(format!("the binding strength {other:?} is unknown")),
        },
        value_set: text(value, "valueSet").map(str::to_owned),
        max_value_set: extension(value, MAX_VALUE_SET)
            .and_then(Value::as_str)
            .or_else(|| additional_sets(value, "maximum").next())
            .map(str::to_owned),
        additional: [
            ("required", Strength::Required),
            ("extensible", Strength::Extensible),
            // New records have to hold to it, old ones need not; a record does not say which it is.
            ("current", Strength::Extensible),
        ]
        .into_iter()
        .flat_map(|(purpose, strength)| {
            additional_sets(value, purpose).map(move |set| (strength, set.to_owned()))
        })
        .collect(),
    })
}

/// The value sets of additional bindings for a purpose, but for those that hold in some uses, or for some
/// repetitions, only.
fn additional_sets<'a>(binding: &'a Value, purpose: &'a str) -> impl Iterator<Item = &'a str> {
    let all = items(binding, "extension")
        .filter(|found| text(found, "url").is_some_and(|url| ADDITIONAL_BINDING.contains(&url)));
    all.filter_map(move |found| {
        let part = |name: &str| extension(found, name);
        let has_usage = items(found, "extension").any(|part| text(part, "url") == Some("usage"));
        let is_for_any = part("any").and_then(Value::as_bool) == Some(true);
        let is_meant = part("purpose").and_then(Value::as_str) == Some(purpose);
        let value_set = part("valueSet").and_then(Value::as_str)?;
        (is_meant && !has_usage && !is_for_any).then_some(value_set)
    })
}

fn invariant(value: &Value) -> Invariant {
    Invariant {
        key: owned(value, "key"),
        is_error: text(value, "severity") == Some("error"),
        is_best_practice: extension(value, BEST_PRACTICE).and_then(Value::as_bool) == Some(true),
        expression: owned(value, "expression"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(element: Value) -> Result<Definition, String> {
        definition(&json!({
            "url": "http://x.example/d", "kind": "resource", "type": "Patient", "derivation": "constraint",
            "snapshot": {"element": [{"path": "Patient", "min": 0, "max": "*"}, element]}
        }))
    }

    fn element_of(element: Value) -> Element {
        with(element).unwrap().elements.remove(1)
    }

    #[test]
    fn a_definition_without_snapshot_is_refused_with_the_reason() {
        let error = definition(&json!({"kind": "resource", "differential": {}})).unwrap_err();
        assert!(error.contains("no snapshot"), "{error}");
    }

    #[test]
    fn the_id_of_a_resource_is_an_id_and_that_of_an_element_a_string() {
        let type_of = |path: &str| {
            let extension = json!([{"url": FHIR_TYPE, "valueUrl": "string"}]);
            let code = "http://hl7.org/fhirpath/System.String";
            element_of(json!({"path": path, "type": [{"code": code, "extension": extension}]}))
                .types[0]
                .code
                .clone()
        };
        assert_eq!(type_of("Patient.id"), "id");
        assert_eq!(type_of("Patient.contact.id"), "string");
    }

    #[test]
    fn a_system_type_without_its_fhir_type_is_the_primitive_of_that_name() {
        let element = element_of(
            json!({"path": "Patient.x", "type": [{"code": "http://hl7.org/fhirpath/System.DateTime"}]}),
        );
        assert_eq!(element.types[0].code, "dateTime");
    }

    #[test]
    fn what_repeats_in_the_base_is_known() {
        let element = element_of(
            json!({"path": "Patient.name", "min": 1, "max": "1", "base": {"max": "*", "min": 0}}),
        );
        assert_eq!(
            (element.min, element.max, element.base_max),
            (1, Some(1), None)
        );
        let element = element_of(json!({"path": "Patient.name", "max": "1"}));
        assert_eq!(element.base_max, Some(1));
    }

    #[test]
    fn a_content_reference_is_the_part_from_the_hash() {
        for text in [
            "#Bundle.link",
            "http://hl7.org/fhir/StructureDefinition/Bundle#Bundle.link",
        ] {
            let element =
                element_of(json!({"path": "Bundle.entry.link", "contentReference": text}));
            assert_eq!(element.content_reference.as_deref(), Some("#Bundle.link"));
        }
    }

    #[test]
    fn the_greatest_value_set_and_best_practice_come_from_extensions() {
        let element = element_of(json!({
            "path": "Patient.language",
            "binding": {
                "strength": "preferred", "valueSet": "http://x.example/v",
                "extension": [{"url": MAX_VALUE_SET, "valueCanonical": "http://x.example/all"}]
            },
            "constraint": [
                {"key": "dom-6", "severity": "warning", "human": "text", "expression": "text.exists()",
                 "extension": [{"url": BEST_PRACTICE, "valueBoolean": true}]},
                {"key": "x-1", "severity": "error"}
            ]
        }));
        assert_eq!(
            element.binding.unwrap().max_value_set.as_deref(),
            Some("http://x.example/all")
        );
        assert!(element.invariants[0].is_best_practice && !element.invariants[0].is_error);
        assert!(element.invariants[1].is_error && element.invariants[1].expression.is_empty());
    }

    #[test]
    fn additional_bindings_are_kept_when_they_hold_in_every_use() {
        let of = |purpose: &str, more: Value| {
            let mut parts = vec![
                json!({"url": "purpose", "valueCode": purpose}),
                json!({"url": "valueSet", "valueCanonical": "http://x.example/more"}),
            ];
            parts.extend(more.as_array().unwrap().iter().cloned());
            let element = element_of(json!({
                "path": "Patient.language",
                "binding": {"strength": "preferred", "valueSet": "http://x.example/v",
                    "extension": [{"url": ADDITIONAL_BINDING[0], "extension": parts}]}
            }));
            let binding = element.binding.unwrap();
            let greatest = (purpose == "maximum").then_some("http://x.example/more");
            assert_eq!(binding.max_value_set.as_deref(), greatest);
            binding.additional
        };
        let kept = |strength| vec![(strength, "http://x.example/more".to_owned())];
        assert_eq!(of("required", json!([])), kept(Strength::Required));
        assert_eq!(of("maximum", json!([])), []);
        assert_eq!(of("extensible", json!([])), kept(Strength::Extensible));
        assert_eq!(of("current", json!([])), kept(Strength::Extensible));
        for advice in [
            "candidate",
            "minimum",
            "preferred",
            "ui",
            "starter",
            "component",
        ] {
            assert_eq!(of(advice, json!([])), [], "{advice}");
        }
        let usage = json!([{"url": "usage", "valueUsageContext": {}}]);
        assert_eq!(of("required", usage), []);
        let any = |any: bool| json!([{"url": "any", "valueBoolean": any}]);
        assert_eq!(of("required", any(true)), []);
        assert_eq!(of("required", any(false)), kept(Strength::Required));
    }

    #[test]
    fn an_unknown_word_is_refused_with_its_place() {
        let error = with(json!({"path": "Patient.x", "max": "many"})).unwrap_err();
        assert!(error.starts_with("Patient.x: "), "{error}");
        assert!(with(json!({"path": "Patient.x", "slicing": {"rules": "shut"}})).is_err());
        assert!(with(json!({"path": "Patient.x", "binding": {"strength": "firm"}})).is_err());
    }
}
