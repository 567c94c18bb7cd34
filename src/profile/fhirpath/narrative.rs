//! `htmlChecks()`: what FHIR allows in a narrative (rules txt-1 and txt-2).

/// Attributes that every element may have.
const EVERYWHERE: [&str; 10] = [
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

/// Elements of the basic formatting chapters of HTML 4.0, with the attributes they have of their own.
const ELEMENTS: &[(&str, &[&str])] = &[
    (
        "a",
        &[
            "charset", "coords", "href", "hreflang", "name", "rel", "rev", "shape", "target",
            "type",
        ],
    ),
    ("abbr", &[]),
    ("acronym", &[]),
    ("address", &[]),
    (
        "area",
        &["alt", "coords", "href", "nohref", "shape", "target"],
    ),
    ("b", &[]),
    ("bdo", &[]),
    ("big", &[]),
    ("blockquote", &["cite"]),
    ("br", &["clear"]),
    ("caption", &["align"]),
    ("center", &[]),
    ("cite", &[]),
    ("code", &[]),
    ("col", COLUMN),
    ("colgroup", COLUMN),
    ("dd", &[]),
    ("del", &["cite", "datetime"]),
    ("dfn", &[]),
    ("div", &["align"]),
    ("dl", &["compact"]),
    ("dt", &[]),
    ("em", &[]),
    ("font", &["color", "face", "size"]),
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
    ("ins", &["cite", "datetime"]),
    ("kbd", &[]),
    ("li", &["type", "value"]),
    ("map", &["name"]),
    ("ol", &["compact", "start", "type"]),
    ("p", &["align"]),
    ("pre", &["width"]),
    ("q", &["cite"]),
    ("s", &[]),
    ("samp", &[]),
    ("small", &[]),
    ("span", &[]),
    ("strike", &[]),
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
    ("u", &[]),
    ("ul", &["compact", "type"]),
    ("var", &[]),
];

/// Whether a narrative is well-formed XHTML in a `div`, has only formatting elements and attributes, no
/// active content, and something to read or an image.
pub(super) fn is_sound(text: &str) -> bool {
    check(text).is_some()
}

/// A pass over the text; none as soon as something is wrong.
fn check(text: &str) -> Option<()> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.trim();
    let mut has_content = false;
    let mut is_over = false;
    while !rest.is_empty() {
        let is_root = open.is_empty();
        if is_root && is_over {
            return None;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            let (inner, after) = comment.split_once("-->")?;
            if inner.contains("--") || is_root {
                return None;
            }
            rest = after;
        } else if let Some(end) = rest.strip_prefix("</") {
            let (name, after) = end.split_once('>')?;
            if open.pop()? != name.trim_end() {
                return None;
            }
            is_over = open.is_empty();
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let element = Tag::read(tag)?;
            if is_root && (element.name != "div" || !element.has_namespace) {
                return None;
            }
            has_content |= element.name == "img";
            if !element.is_closed {
                open.push(element.name);
            } else if is_root {
                return None;
            }
            rest = element.rest;
        } else {
            let length = rest.find('<').unwrap_or(rest.len());
            let (content, after) = rest.split_at(length);
            if is_root || !has_sound_entities(content) || content.contains("]]>") {
                return None;
            }
            has_content |= !content.trim().is_empty();
            rest = after;
        }
    }
    (is_over && has_content).then_some(())
}

/// An opening tag.
struct Tag<'t> {
    name: &'t str,
    has_namespace: bool,
    is_closed: bool,
    rest: &'t str,
}

impl<'t> Tag<'t> {
    /// Reads what follows `<`; none when element or attributes are not allowed.
    fn read(text: &'t str) -> Option<Self> {
        let end = text.find(|found: char| !found.is_ascii_alphanumeric())?;
        let (name, mut rest) = text.split_at(end);
        let known = ELEMENTS.binary_search_by_key(&name, |(element, _)| element);
        let (_, own) = ELEMENTS[known.ok()?];
        let mut seen: Vec<&str> = Vec::new();
        let mut has_namespace = false;
        loop {
            let trimmed = rest.trim_start();
            if let Some(after) = trimmed.strip_prefix('>') {
                return Some(Self {
                    name,
                    has_namespace,
                    is_closed: false,
                    rest: after,
                });
            }
            if let Some(after) = trimmed.strip_prefix("/>") {
                return Some(Self {
                    name,
                    has_namespace,
                    is_closed: true,
                    rest: after,
                });
            }
            // White space must stand before an attribute.
            if trimmed.len() == rest.len() {
                return None;
            }
            let (attribute, after) = trimmed.split_once('=')?;
            let attribute = attribute.trim_end();
            let after = after.trim_start();
            let quote = after
                .chars()
                .next()
                .filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            let is_known = EVERYWHERE.contains(&attribute) || own.contains(&attribute);
            if !is_known || seen.contains(&attribute) || !is_sound_value(attribute, value) {
                return None;
            }
            has_namespace |= attribute == "xmlns";
            seen.push(attribute);
            rest = after;
        }
    }
}

fn is_sound_value(attribute: &str, value: &str) -> bool {
    if value.contains('<') || !has_sound_entities(value) {
        return false;
    }
    match attribute {
        "xmlns" => value == "http://www.w3.org/1999/xhtml",
        "href" | "src" => {
            let plain: String = value
                .chars()
                .filter(|found| !found.is_whitespace())
                .collect();
            let scheme = plain.to_ascii_lowercase();
            // A scheme in character references is not what an honest author writes.
            !scheme.starts_with("javascript:")
                && !scheme.starts_with("vbscript:")
                && !scheme.starts_with("&#")
        }
        _ => true,
    }
}

/// Whether every `&` starts one of the five entities of XML or a character reference. FHIR has no HTML
/// entities such as `&nbsp;`.
fn has_sound_entities(text: &str) -> bool {
    text.split('&').skip(1).all(|after| {
        let Some((name, _)) = after.split_once(';') else {
            return false;
        };
        let code = match name.strip_prefix('#') {
            None => return matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"),
            Some(code) => code,
        };
        let number = match code.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => code.parse(),
        };
        number.is_ok_and(|number| number > 0 && char::from_u32(number).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::{ELEMENTS, is_sound};

    fn div(content: &str) -> bool {
        is_sound(&format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">{content}</div>"
        ))
    }

    #[test]
    fn formatting_is_allowed() {
        for content in [
            "text",
            "<p class='a'>one<br/>two &amp; &#233;</p>",
            "<table border=\"1\"><tr><td colspan=\"2\">x</td></tr></table>",
            "<img src=\"#picture\" alt=\"\"/>",
            "<a href=\"https://example.org/\">x</a><!-- note -->",
            "a > b",
        ] {
            assert!(div(content), "{content}");
        }
    }

    #[test]
    fn active_content_and_malformed_text_are_refused() {
        for content in [
            "",
            " \n ",
            "<script>x</script>",
            "<p onclick=\"x()\">x</p>",
            "<a href=\" JavaScript:x()\">x</a>",
            "<p>x",
            "<p>x</b>",
            "x & y",
            "&nbsp;",
            "&#xD800;",
            "<p class=a>x</p>",
            "<p class='a'id='b'>x</p>",
            "<p id='a' id='b'>x</p>",
            "<!DOCTYPE html>x",
            "<?php x ?>",
            "<",
            "<p é>x</p>",
            "x<form>y</form>",
        ] {
            assert!(!div(content), "{content}");
        }
    }

    #[test]
    fn the_root_is_one_div_in_the_namespace_of_xhtml() {
        assert!(!is_sound("text"));
        assert!(!is_sound("<div>text</div>"));
        assert!(!is_sound(
            "<p xmlns=\"http://www.w3.org/1999/xhtml\">text</p>"
        ));
        assert!(!is_sound(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>b"
        ));
        assert!(!is_sound("<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"));
        assert!(!is_sound(
            &"<div xmlns=\"http://www.w3.org/1999/xhtml\">".repeat(9_999)
        ));
    }

    #[test]
    fn the_table_of_elements_is_sorted() {
        assert!(ELEMENTS.is_sorted_by_key(|(name, _)| *name));
    }
}
