//! XHTML of narratives: well-formed, one `div`, only the elements and attributes R4 allows.
//!
//! Source: FHIR R4, Narrative, constraints txt-1 and txt-2.

/// Elements a narrative may hold.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// Attributes any element may have.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
];

/// Named entities of HTML 4, which stand in narratives although XML knows but five names.
const ENTITIES: &str = "\
    AElig Aacute Acirc Agrave Alpha Aring Atilde Auml Beta Ccedil Chi Dagger Delta ETH Eacute \
    Ecirc Egrave Epsilon Eta Euml Gamma Iacute Icirc Igrave Iota Iuml Kappa Lambda Mu Ntilde Nu \
    OElig Oacute Ocirc Ograve Omega Omicron Oslash Otilde Ouml Phi Pi Prime Psi Rho Scaron Sigma \
    THORN Tau Theta Uacute Ucirc Ugrave Upsilon Uuml Xi Yacute Yuml Zeta aacute acirc acute aelig \
    agrave alefsym alpha amp and ang aring asymp atilde auml bdquo beta brvbar bull cap ccedil \
    cedil cent chi circ clubs cong copy crarr cup curren dArr dagger darr deg delta diams divide \
    eacute ecirc egrave empty emsp ensp epsilon equiv eta eth euml euro exist fnof forall frac12 \
    frac14 frac34 frasl gamma ge gt hArr harr hearts hellip iacute icirc iexcl igrave image infin \
    int iota iquest isin iuml kappa lArr lambda lang laquo larr lceil ldquo le lfloor lowast loz \
    lrm lsaquo lsquo lt macr mdash micro middot minus mu nabla nbsp ndash ne ni not notin nsub \
    ntilde nu oacute ocirc oelig ograve oline omega omicron oplus or ordf ordm oslash otilde \
    otimes ouml para part permil perp phi pi piv plusmn pound prime prod prop psi quot rArr radic \
    rang raquo rarr rceil rdquo real reg rfloor rho rlm rsaquo rsquo sbquo scaron sdot sect shy \
    sigma sigmaf sim spades sub sube sum sup sup1 sup2 sup3 supe szlig tau there4 theta thetasym \
    thinsp thorn tilde times trade uArr uacute uarr ucirc ugrave uml upsih upsilon uuml weierp xi \
    yacute yen yuml zeta zwj zwnj";

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
    /// An entity that nobody knows.
    #[error("holds the entity &{0};, which is not defined")]
    Entity(String),
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
            let end = rest
                .find("-->")
                .ok_or(Error::Malformed("a comment is not closed"))?;
            self.rest = &rest[end + 3..];
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
            entities(text)?;
            self.has_content |= !text.trim().is_empty();
            Ok(())
        }
    }

    fn tag(&mut self, rest: &'a str) -> Result<(), Error> {
        let (name, mut rest) = name(rest)?;
        if self.open.is_empty() {
            if self.has_root || name != "div" {
                return Err(Error::Root(name.to_owned()));
            }
        } else if !ELEMENTS.contains(&name) {
            return Err(Error::Element(name.to_owned()));
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut is_named = false;
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
            seen.push(attribute);
            entities(value)?;
            match attribute {
                "xmlns" => is_named = value == NAMESPACE,
                _ if attribute.starts_with("xml:") || attribute.starts_with("xmlns:") => {}
                _ if ATTRIBUTES.contains(&attribute) => {}
                _ => return Err(Error::Attribute(format!("{attribute} on {name}"))),
            }
            rest = after;
        }
        if !self.has_root && !is_named {
            return Err(Error::Namespace);
        }
        self.has_root = true;
        self.has_content |= name == "img";
        Ok(())
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

/// Entities are numbers of characters, or names that HTML or XML knows.
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
            .is_some_and(|point: u32| char::from_u32(point).is_some()),
            None => name == "apos" || ENTITIES.split(' ').any(|known| known == name),
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

    fn div(inner: &str) -> Result<(), Error> {
        check(&format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>"
        ))
    }

    #[test]
    fn a_narrative_is_one_div_with_content() {
        assert_eq!(
            div("<p class='x'>Hi &amp; <b>bye</b> &#160;<br/></p><!-- c -->"),
            Ok(())
        );
        assert_eq!(div("<img src='#a'/>"), Ok(()));
        assert_eq!(div("  "), Err(Error::Empty));
        assert_eq!(check("<div>x</div>"), Err(Error::Namespace));
        assert_eq!(check("x"), Err(Error::Root("text".into())));
        assert!(check("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>").is_err());
    }

    #[test]
    fn markup_that_does_harm_or_does_not_close_is_found() {
        assert_eq!(
            div("<script>x</script>"),
            Err(Error::Element("script".into()))
        );
        assert_eq!(
            div("<p onclick='x'>x</p>"),
            Err(Error::Attribute("onclick on p".into()))
        );
        assert_eq!(div("a&nbsp;b"), Ok(()));
        assert_eq!(div("a&nbspx;b"), Err(Error::Entity("nbspx".into())));
        for bad in [
            "<p>x",
            "<p>x</b>",
            "<p class=x>y</p>",
            "a & b",
            "<p class='1'lang='2'>x</p>",
            "<",
            "<!DOCTYPE x>",
        ] {
            assert!(matches!(div(bad), Err(Error::Malformed(_))), "{bad}");
        }
    }
}
