//! Elements and attributes that a narrative may hold.
//!
//! Source: FHIR R4, constraint txt-1; HTML 4.0, chapters 7 to 11, 13 and 15.

/// Attributes any element may have.
pub(super) const EVERYWHERE: &[&str] = &[
    "accesskey",
    "class",
    "dir",
    "id",
    "lang",
    "style",
    "tabindex",
    "title",
    "xml:lang",
    "xmlns",
];

const CELL: &[&str] = &[
    "abbr", "align", "axis", "char", "charoff", "colspan", "headers", "nowrap", "rowspan", "scope",
    "valign", "width",
];
const COLUMN: &[&str] = &["align", "char", "charoff", "span", "valign", "width"];
const ROW: &[&str] = &["align", "char", "charoff", "valign"];

/// Elements of chapters 7 to 11 and 15 of HTML 4.0, links and images, with the attributes they have of
/// their own. Deprecated elements and those of section 9.4 are left out, as R4 says. Sorted.
pub(super) const ELEMENTS: &[(&str, &[&str])] = &[
    (
        "a",
        &[
            "charset", "coords", "href", "hreflang", "name", "rel", "rev", "shape", "type",
        ],
    ),
    ("abbr", &[]),
    ("acronym", &[]),
    ("address", &[]),
    ("area", &["alt", "coords", "href", "nohref", "shape"]),
    ("b", &[]),
    ("bdo", &[]),
    ("big", &[]),
    ("blockquote", &["cite"]),
    ("br", &["clear"]),
    ("caption", &["align"]),
    ("cite", &[]),
    ("code", &[]),
    ("col", COLUMN),
    ("colgroup", COLUMN),
    ("dd", &[]),
    ("dfn", &[]),
    ("div", &["align"]),
    ("dl", &["compact"]),
    ("dt", &[]),
    ("em", &[]),
    ("h1", &["align"]),
    ("h2", &["align"]),
    ("h3", &["align"]),
    ("h4", &["align"]),
    ("h5", &["align"]),
    ("h6", &["align"]),
    ("hr", &["align", "noshade", "size", "width"]),
    ("i", &[]),
    (
        "img",
        &[
            "align", "alt", "border", "height", "hspace", "ismap", "longdesc", "name", "src",
            "usemap", "vspace", "width",
        ],
    ),
    ("kbd", &[]),
    ("li", &["type", "value"]),
    ("map", &["name"]),
    ("ol", &["compact", "start", "type"]),
    ("p", &["align"]),
    ("pre", &["width"]),
    ("q", &["cite"]),
    ("samp", &[]),
    ("small", &[]),
    ("span", &[]),
    ("strong", &[]),
    ("sub", &[]),
    ("sup", &[]),
    (
        "table",
        &[
            "align",
            "bgcolor",
            "border",
            "cellpadding",
            "cellspacing",
            "frame",
            "rules",
            "summary",
            "width",
        ],
    ),
    ("tbody", ROW),
    ("td", CELL),
    ("tfoot", ROW),
    ("th", CELL),
    ("thead", ROW),
    ("tr", ROW),
    ("tt", &[]),
    ("ul", &["compact", "type"]),
    ("var", &[]),
];

#[cfg(test)]
mod tests {
    use super::ELEMENTS;

    #[test]
    fn the_table_of_elements_is_sorted() {
        assert!(ELEMENTS.is_sorted_by_key(|(name, _)| *name));
    }
}
