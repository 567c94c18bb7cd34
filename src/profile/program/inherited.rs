//! What a snapshot leaves out: the unsliced element under slices that stand alone.

use crate::profile::{Definition, Definitions, Element};
use std::sync::Arc;

const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";

/// The unsliced element that `slice` (`Consent.policy:hrex.uri:hrex`) belongs to, from the same definition
/// without the slices around it, or else from the type of its parent.
pub(super) fn unsliced(
    definition: &Definition,
    slice: &Element,
    parent: Option<&Element>,
    definitions: &dyn Definitions,
) -> Option<Element> {
    let same = |element: &&Element| element.path == slice.path && element.slice_name.is_none();
    if let Some(found) = definition
        .elements
        .iter()
        .find(|element| same(element) && !element.id.contains(':'))
    {
        return Some(plain(found));
    }
    let name = slice.path.rsplit('.').next()?;
    parent?.types.iter().find_map(|kind| {
        let definition: Arc<Definition> =
            definitions.definition(&format!("{TYPES}{}", kind.code))?;
        let path = format!("{}.{name}", definition.elements.first()?.path);
        definition
            .elements
            .iter()
            .find(|element| element.path == path)
            .map(plain)
    })
}

/// The element without its slicing: the slices it has elsewhere are not the slices here.
fn plain(element: &Element) -> Element {
    Element {
        slicing: None,
        slice_name: None,
        ..element.clone()
    }
}
