//! The XHTML of narratives: well-formed, one `div`, only the elements and attributes R4 allows, nothing
//! that does anything by itself, and something to see.
//!
//! Names of entities are those of XML alone: R4 says that the XHTML is part of general XML, that names
//! such as `&nbsp;` are not supported, and that Unicode characters SHALL be used in their place.
//!
//! Source: FHIR R4, Narrative, "XHTML" and constraints txt-1 and txt-2.

mod markup;

use markup::{ELEMENTS, EVERYWHERE};

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";

/// What is wrong with a narrative's XHTML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is no well-formed XML.
    #[error("is not well-formed XHTML: {0}")]
    Malformed(&'static str),
    /// Another element around it.
    #[error("is not one div element, but {0}")]
    Root(String),
    /// No or another namespace.
    #[error("the div is not in the XHTML namespace")]
    Namespace,
    /// An element that may do harm.
    #[error("holds the element {0}, which a narrative may not hold")]
    Element(String),
    /// An attribute that may do harm.
    #[error("holds the attribute {0}, which a narrative may not hold")]
    Attribute(String),
    /// An entity that XML does not define.
    #[error("holds the entity &{0};, which is not one of XML; a Unicode character belongs there")]
    Entity(String),
    /// A link or image that is a program.
    #[error("holds a program as {0}")]
    Active(String),
    /// Only blanks.
    #[error("holds neither text nor an image")]
    Empty,
}

/// Whether `text` is a narrative.
///
/// # Errors
/// With the first thing that is wrong.
pub fn check(text: &str) -> Result<(), Error> {
    let mut reader = Reader {
        rest: text.trim(),
        open: Vec::new(),
        has_content: false,
        has_root: false,
    };
    while !reader.rest.is_empty() {
        reader.step()?;
    }
    if !reader.open.is_empty() {
        return Err(Error::Malformed("an element is not closed"));
    }
    if !reader.has_root {
        return Err(Error::Root("text".to_owned()));
    }
    if reader.has_content {
        Ok(())
    } else {
        Err(Error::Empty)
    }
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    has_content: bool,
    has_root: bool,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<(), Error> {
        if let Some(rest) = self.rest.strip_prefix("<!--") {
            let (inner, after) = rest
                .split_once("-->")
                .ok_or(Error::Malformed("a comment is not closed"))?;
            if inner.contains("--") {
                return Err(Error::Malformed("a comment holds --"));
            }
            self.rest = after;
            Ok(())
        } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
            Err(Error::Malformed(
                "declarations and instructions are not allowed",
            ))
        } else if let Some(rest) = self.rest.strip_prefix("</") {
            let end = rest
                .find('>')
                .ok_or(Error::Malformed("a tag is not closed"))?;
            self.rest = &rest[end + 1..];
            if self.open.pop() == Some(rest[..end].trim_end()) {
                Ok(())
            } else {
                Err(Error::Malformed("an end tag does not fit its start tag"))
            }
        } else if let Some(rest) = self.rest.strip_prefix('<') {
            self.tag(rest)
        } else {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            if self.open.is_empty() {
                return Err(Error::Root("text".to_owned()));
            }
            if text.contains("]]>") {
                return Err(Error::Malformed("]]> stands in text"));
            }
            entities(text)?;
            self.has_content |= !text.trim().is_empty();
            Ok(())
        }
    }

    fn tag(&mut self, rest: &'a str) -> Result<(), Error> {
        let (name, mut rest) = name(rest)?;
        if self.open.is_empty() && (self.has_root || name != "div") {
            return Err(Error::Root(name.to_owned()));
        }
        let known = ELEMENTS.binary_search_by_key(&name, |(element, _)| element);
        let (_, own) = known
            .map(|at| ELEMENTS[at])
            .map_err(|_| Error::Element(name.to_owned()))?;
        let mut seen: Vec<&str> = Vec::new();
        loop {
            let trimmed = rest.trim_start();
            if let Some(after) = trimmed.strip_prefix("/>") {
                self.rest = after;
                break;
            }
            if let Some(after) = trimmed.strip_prefix('>') {
                self.rest = after;
                self.open.push(name);
                break;
            }
            if trimmed.len() == rest.len() {
                return Err(Error::Malformed("attributes must stand apart"));
            }
            let (attribute, value, after) = attribute(trimmed)?;
            if seen.contains(&attribute) {
                return Err(Error::Malformed("an attribute is there twice"));
            }
            if !EVERYWHERE.contains(&attribute) && !own.contains(&attribute) {
                return Err(Error::Attribute(format!("{attribute} on {name}")));
            }
            sound_value(attribute, value)?;
            seen.push(attribute);
            rest = after;
        }
        if !self.has_root && !seen.contains(&"xmlns") {
            return Err(Error::Namespace);
        }
        self.has_root = true;
        self.has_content |= name == "img";
        Ok(())
    }
}

/// Whether an attribute may have its value.
fn sound_value(attribute: &str, value: &str) -> Result<(), Error> {
    entities(value)?;
    match attribute {
        "xmlns" if value != NAMESPACE => Err(Error::Namespace),
        "href" | "src" => {
            let is_program = |scheme: &str| {
                let plain = value.chars().filter(|found| !found.is_whitespace());
                plain
                    .take(scheme.len())
                    .map(|found| found.to_ascii_lowercase())
                    .eq(scheme.chars())
            };
            // A scheme in character references is not what an honest author writes.
            if ["javascript:", "vbscript:", "&#"]
                .into_iter()
                .any(is_program)
            {
                return Err(Error::Active(attribute.to_owned()));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn name(text: &str) -> Result<(&str, &str), Error> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        Ok(text.split_at(end))
    } else {
        Err(Error::Malformed("a tag or attribute has no name"))
    }
}

/// Name, value and what follows.
fn attribute(text: &str) -> Result<(&str, &str, &str), Error> {
    const UNQUOTED: Error = Error::Malformed("an attribute has no quoted value");
    let (name, rest) = name(text)?;
    let rest = rest
        .trim_start()
        .strip_prefix('=')
        .ok_or(UNQUOTED)?
        .trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .ok_or(UNQUOTED)?;
    let (value, after) = rest[1..].split_once(quote).ok_or(UNQUOTED)?;
    if value.contains('<') {
        return Err(Error::Malformed("an attribute holds <"));
    }
    Ok((name, value, after))
}

/// Entities are numbers of characters, or the five names that XML knows.
fn entities(text: &str) -> Result<(), Error> {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        rest = &rest[at + 1..];
        let end = rest
            .find(';')
            .ok_or(Error::Malformed("an & stands alone"))?;
        let name = &rest[..end];
        let is_known = match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => number.parse().ok(),
            }
            .is_some_and(|point: u32| point > 0 && char::from_u32(point).is_some()),
            None => matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"),
        };
        if !is_known {
            let is_name =
                !name.is_empty() && name.len() < 32 && name.chars().all(char::is_alphanumeric);
            return Err(if is_name {
                Error::Entity(name.to_owned())
            } else {
                Error::Malformed("an & stands alone")
            });
        }
        rest = &rest[end + 1..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Error, check};

    const OPEN: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";

    fn div(inner: &str) -> Result<(), Error> {
        check(&format!("{OPEN}{inner}</div>"))
    }

    #[test]
    fn formatting_is_allowed() {
        for content in [
            "text",
            "<p class='a'>one<br/>two &amp; &#233; &#160;</p><!-- c -->",
            "<table border=\"1\"><tr><td colspan=\"2\">x</td></tr></table>",
            "<img src=\"#picture\" alt=\"\"/>",
            "<a href=\"https://example.org/\">x</a>",
            "a > b",
        ] {
            assert_eq!(div(content), Ok(()), "{content}");
        }
    }

    #[test]
    fn a_narrative_is_one_div_with_content() {
        assert_eq!(div(" \n "), Err(Error::Empty));
        assert_eq!(
            check(&format!("{}/>", &OPEN[..OPEN.len() - 1])),
            Err(Error::Empty)
        );
        assert_eq!(check("<div>x</div>"), Err(Error::Namespace));
        assert_eq!(check("<div xmlns='x'>x</div>"), Err(Error::Namespace));
        for root in ["x", "<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>"] {
            assert!(matches!(check(root), Err(Error::Root(_))), "{root}");
        }
        for more in ["b", "<div>b</div>"] {
            assert!(matches!(
                check(&format!("{OPEN}a</div>{more}")),
                Err(Error::Root(_))
            ));
        }
        assert!(check(&OPEN.repeat(9_999)).is_err());
    }

    #[test]
    fn markup_that_does_something_is_refused() {
        for element in ["script", "form", "s", "font", "del", "iframe"] {
            let text = format!("<{element}>x</{element}>");
            assert_eq!(div(&text), Err(Error::Element(element.into())));
        }
        assert_eq!(
            div("<p onclick='x'>x</p>"),
            Err(Error::Attribute("onclick on p".into()))
        );
        for link in [" JavaScript:x()", "java\nscript:x", "&#106;avascript:x"] {
            let text = format!("<a href=\"{link}\">x</a>");
            assert_eq!(div(&text), Err(Error::Active("href".into())), "{link}");
        }
    }

    #[test]
    fn entities_are_those_of_xml() {
        for name in ["nbsp", "copy", "mdash"] {
            assert_eq!(div(&format!("a&{name};b")), Err(Error::Entity(name.into())));
        }
        for bad in ["&#xD800;", "&#0;", "x & y", "&amp", "&;"] {
            assert!(matches!(div(bad), Err(Error::Malformed(_))), "{bad}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for bad in [
            "<p>x",
            "<p>x</b>",
            "<p class=x>y</p>",
            "<p class='1'lang='2'>x</p>",
            "<p id='a' id='b'>x</p>",
            "<p id>x</p>",
            "<",
            "<!DOCTYPE x>",
            "<?php x ?>",
            "<!-- a -- b -->",
            "]]>",
        ] {
            assert!(matches!(div(bad), Err(Error::Malformed(_))), "{bad}");
        }
    }
}
