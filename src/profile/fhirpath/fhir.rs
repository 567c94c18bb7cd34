//! Functions that FHIR adds to FHIRPath.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::Item;
use super::node::Node;
use super::surroundings::Resolution;
use super::term::Name;
use crate::profile::primitive::narrative;
use serde_json::Value;
use std::sync::LazyLock;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("extension", (1, 1), extension),
    Function::new("hasValue", (0, 0), has_value).plain(),
    Function::new("getValue", (0, 0), |call| Ok(call.scalar()?.into())).typed(),
    Function::new("resolve", (0, 0), resolve),
    Function::new("memberOf", (1, 1), member_of).typed().plain(),
    Function::new("conformsTo", (1, 1), conforms_to)
        .typed()
        .plain(),
    Function::new("htmlChecks", (0, 0), html_checks).plain(),
];

static EXTENSION: LazyLock<Name> = LazyLock::new(|| Name::new("extension"));

fn extension<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let Some(url) = call.argument_text(0)? else {
        return Ok(Collection::Empty);
    };
    let mut all = Collection::Empty;
    for node in call.nodes() {
        node.child(&EXTENSION, call.evaluator.model, &mut all);
    }
    call.charge(all.len())?;
    let is_wanted = |item: &Item<'a>| {
        let value = item.node().and_then(|node| node.value);
        value
            .and_then(|value| value.get("url"))
            .and_then(Value::as_str)
            == Some(&url)
    };
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn has_value<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    Ok(match call.input {
        [Item::Node(node)] => node.has_primitive_value().into(),
        [Item::Scalar(_)] => true.into(),
        _ => false.into(),
    })
}

/// Follows references and canonical URLs. Contained resources are found at once; the surroundings know
/// the others.
fn resolve<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found = Collection::Empty;
    for item in call.input {
        let reference = match item {
            Item::Node(node) => match node.value {
                Some(Value::String(text)) => Some(text.as_str()),
                Some(value) => value.get("reference").and_then(Value::as_str),
                None => None,
            },
            Item::Scalar(_) => item.text(),
        };
        let Some(reference) = reference else {
            continue;
        };
        call.charge(1)?;
        let resource = match reference.strip_prefix('#') {
            Some(id) => contained(call.evaluator.focus.root_resource, id),
            None => match call.evaluator.surroundings.resolve(reference) {
                Resolution::Found(resource) => Some(resource),
                Resolution::Missing => None,
                Resolution::Undecided => {
                    let what = format!("what {reference:?} refers to");
                    return Err(EvalError::Undecided(what));
                }
            },
        };
        found.append(
            resource
                .map(|resource| Item::Node(Node::resource(resource)))
                .into(),
        );
    }
    Ok(found)
}

/// The contained resource of an id; `#` alone is the container.
fn contained<'a>(root: &'a Value, id: &str) -> Option<&'a Value> {
    if id.is_empty() {
        return Some(root);
    }
    let all = root.get("contained")?.as_array()?;
    all.iter()
        .find(|resource| resource.get("id").and_then(Value::as_str) == Some(id))
}

fn member_of<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some(item), Some(set)) = (call.single()?, call.argument_text(0)?) else {
        return Ok(Collection::Empty);
    };
    match call.evaluator.surroundings.member_of(item, &set) {
        Some(is_member) => Ok(is_member.into()),
        None => Err(EvalError::Undecided(format!(
            "membership in the value set {set}"
        ))),
    }
}

fn conforms_to<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some(item), Some(profile)) = (call.single()?, call.argument_text(0)?) else {
        return Ok(Collection::Empty);
    };
    let Item::Node(node) = item else {
        return Err(call.wrong_type("an element", item));
    };
    match call.evaluator.surroundings.conforms_to(node, &profile) {
        Some(conforms) => Ok(conforms.into()),
        None => Err(EvalError::Undecided(format!("conformance to {profile}"))),
    }
}

fn html_checks<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let Some(text) = call.text()? else {
        return Ok(Collection::Empty);
    };
    call.charge(text.len() / 16)?;
    Ok(narrative::check(text).is_ok().into())
}
