//! What carries a signature, and what is taken off it before it is signed (CDex Signatures, JSON signature rules).

use super::json::Json;

/// The extension that holds the signature of a QuestionnaireResponse or of one of its items.
pub const EXTENSION: &str =
    "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature";

/// A kind of carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A Bundle, in `Bundle.signature`: a searchset or a document.
    Bundle,
    /// A whole QuestionnaireResponse, in its extension.
    Response,
    /// An item of a QuestionnaireResponse, in the extension of the item.
    Item,
}

impl Carrier {
    /// What is removed from it before it is canonicalised, in words.
    #[must_use]
    pub const fn removed(self) -> &'static str {
        match self {
            Self::Bundle => "id, meta and signature of the Bundle",
            Self::Response => "id, meta and the signature extensions of the QuestionnaireResponse",
            Self::Item => "id and the signature extensions of the item",
        }
    }

    /// The requirement on what is removed.
    pub(super) const fn requirement(self) -> &'static str {
        match self {
            Self::Bundle => "CDEX-SIG-016",
            Self::Response => "CDEX-SIG-017",
            Self::Item => "CDEX-SIG-018",
        }
    }
}

/// A signature, and what carries it.
#[derive(Clone, Debug)]
pub(super) struct Signed<'a> {
    /// FHIRPath of the carrier, for example `Bundle.entry[0].resource`.
    pub(super) place: String,
    pub(super) carrier: Carrier,
    pub(super) content: &'a Json,
    /// The resource it is, or is in.
    pub(super) resource: &'a Json,
    pub(super) signature: &'a Json,
    /// Which of the carrier's signatures, from 0.
    pub(super) index: usize,
}

/// Every signature in a document, up to `limit`: of the resource itself, and of resources and items within.
pub(super) fn find(document: &Json, limit: usize) -> Vec<Signed<'_>> {
    let mut found = Vec::new();
    let kind = document.text_at(&["resourceType"]).unwrap_or("$");
    walk(document, kind, limit, &mut found);
    found
}

fn walk<'a>(value: &'a Json, place: &str, limit: usize, found: &mut Vec<Signed<'a>>) {
    match value.text_at(&["resourceType"]) {
        Some("Bundle") => {
            let signature = value.get("signature").into_iter();
            add(signature, Carrier::Bundle, [value, value], place, found);
        }
        Some("QuestionnaireResponse") => {
            add(
                extensions(value),
                Carrier::Response,
                [value, value],
                place,
                found,
            );
            items(value, value, place, found);
        }
        _ => {}
    }
    for (name, member) in value.members() {
        if found.len() >= limit {
            found.truncate(limit);
            return;
        }
        match member {
            Json::Object(_) => walk(member, &format!("{place}.{name}"), limit, found),
            Json::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    if matches!(value, Json::Object(_)) {
                        walk(value, &format!("{place}.{name}[{index}]"), limit, found);
                    }
                }
            }
            _ => {}
        }
    }
    found.truncate(limit);
}

/// The signatures of the items of an object, and of the items below them and below their answers.
fn items<'a>(resource: &'a Json, holder: &'a Json, place: &str, found: &mut Vec<Signed<'a>>) {
    for (index, item) in holder.items_of("item").iter().enumerate() {
        let place = format!("{place}.item[{index}]");
        add(
            extensions(item),
            Carrier::Item,
            [item, resource],
            &place,
            found,
        );
        items(resource, item, &place, found);
        for (index, answer) in item.items_of("answer").iter().enumerate() {
            items(resource, answer, &format!("{place}.answer[{index}]"), found);
        }
    }
}

fn extensions(holder: &Json) -> impl Iterator<Item = &Json> {
    holder
        .items_of("extension")
        .iter()
        .filter(|extension| is_signature(extension))
        .filter_map(|extension| extension.get("valueSignature"))
}

fn is_signature(extension: &Json) -> bool {
    extension.text_at(&["url"]) == Some(EXTENSION)
}

fn add<'a>(
    signatures: impl Iterator<Item = &'a Json>,
    carrier: Carrier,
    [content, resource]: [&'a Json; 2],
    place: &str,
    found: &mut Vec<Signed<'a>>,
) {
    found.extend(signatures.enumerate().map(|(index, signature)| Signed {
        place: place.to_owned(),
        carrier,
        content,
        resource,
        signature,
        index,
    }));
}

/// What is taken off a carrier before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Removal {
    pub(super) id: bool,
    pub(super) meta: Meta,
    pub(super) text: bool,
    pub(super) signatures: Signatures,
}

/// What is done with the `meta` of a carrier before it is signed. An item has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meta {
    /// It is removed.
    Removed,
    /// It stays.
    Kept,
    /// It stays as it was before a server set `versionId` and `lastUpdated`.
    KeptAsSent,
}

/// What is done with the signatures of a carrier before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signatures {
    /// All are removed; an array of extensions that is left empty goes, too.
    Removed,
    /// All are removed, and an empty array stays.
    EmptyArray,
    /// Only this one is removed.
    OwnRemoved,
    /// This one stays, without its data.
    WithoutData,
    /// This one stays, and its data is empty.
    EmptyData,
    /// All are removed, and so are those of the items below.
    AllBelowRemoved,
}

impl Removal {
    /// What the guide says. An item has no meta; its narrative is elsewhere.
    pub(super) const GUIDE: Self = Self {
        id: true,
        meta: Meta::Removed,
        text: false,
        signatures: Signatures::Removed,
    };
}

/// The content to sign.
pub(super) fn stripped(signed: &Signed<'_>, removal: Removal) -> Json {
    let mut content = signed.content.clone();
    if removal.id {
        content.remove("id");
    }
    if signed.carrier != Carrier::Item {
        strip_meta(&mut content, removal.meta);
    }
    if removal.text {
        content.remove("text");
    }
    if signed.carrier == Carrier::Bundle {
        strip_bundle(&mut content, removal.signatures);
    } else {
        strip_extensions(&mut content, removal.signatures, signed.index);
        if removal.signatures == Signatures::AllBelowRemoved {
            strip_below(&mut content);
        }
    }
    content
}

fn strip_meta(content: &mut Json, meta: Meta) {
    match meta {
        Meta::Removed => {
            content.remove("meta");
        }
        Meta::Kept => {}
        Meta::KeptAsSent => {
            let Some(meta) = content.get_mut("meta") else {
                return;
            };
            for name in ["versionId", "lastUpdated"] {
                meta.remove(name);
            }
            if meta.members().is_empty() {
                content.remove("meta");
            }
        }
    }
}

fn strip_bundle(bundle: &mut Json, signatures: Signatures) {
    match signatures {
        Signatures::WithoutData => {
            if let Some(signature) = bundle.get_mut("signature") {
                signature.remove("data");
            }
        }
        Signatures::EmptyData => {
            if let Some(signature) = bundle.get_mut("signature") {
                signature.set("data", Json::text(""));
            }
        }
        _ => {
            bundle.remove("signature");
        }
    }
}

fn strip_extensions(holder: &mut Json, signatures: Signatures, own: usize) {
    let Some(Json::Array(extensions)) = holder.get_mut("extension") else {
        return;
    };
    let mut index = 0;
    extensions.retain_mut(|extension| {
        if !is_signature(extension) {
            return true;
        }
        index += 1;
        let is_own = index == own + 1;
        match signatures {
            Signatures::WithoutData | Signatures::EmptyData if is_own => {
                if let Some(signature) = extension.get_mut("valueSignature") {
                    if signatures == Signatures::EmptyData {
                        signature.set("data", Json::text(""));
                    } else {
                        signature.remove("data");
                    }
                }
                true
            }
            Signatures::OwnRemoved => !is_own,
            _ => false,
        }
    });
    if extensions.is_empty() && signatures != Signatures::EmptyArray {
        holder.remove("extension");
    }
}

fn strip_below(holder: &mut Json) {
    let Some(Json::Array(items)) = holder.get_mut("item") else {
        return;
    };
    for item in items {
        strip_extensions(item, Signatures::Removed, 0);
        strip_below(item);
        if let Some(Json::Array(answers)) = item.get_mut("answer") {
            answers.iter_mut().for_each(strip_below);
        }
    }
}
