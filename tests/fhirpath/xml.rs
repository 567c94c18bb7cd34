//! The little XML that the official suite is written in.

/// An element, its attributes and what is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads a document: elements, attributes, text, comments, the five entities. Panics on anything else.
pub(super) fn read(text: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        open.last_mut().unwrap().text += &plain(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").unwrap().1;
        } else if rest.starts_with("<?") {
            rest = rest.split_once("?>").unwrap().1;
        } else if let Some(end) = rest.strip_prefix("</") {
            rest = end.split_once('>').unwrap().1;
            let element = open.pop().unwrap();
            open.last_mut().unwrap().children.push(element);
        } else {
            let (element, is_closed, after) = tag(&rest[1..]);
            rest = after;
            if is_closed {
                open.last_mut().unwrap().children.push(element);
            } else {
                open.push(element);
            }
        }
    }
    open.remove(0).children.remove(0)
}

fn tag(text: &str) -> (Element, bool, &str) {
    let end = text
        .find(|found: char| found.is_whitespace() || found == '>' || found == '/')
        .unwrap();
    let mut element = Element {
        name: text[..end].to_owned(),
        ..Element::default()
    };
    let mut rest = text[end..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return (element, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (element, false, after);
        }
        let (name, after) = rest.split_once("=\"").unwrap();
        let (value, after) = after.split_once('"').unwrap();
        element.attributes.push((name.to_owned(), plain(value)));
        rest = after.trim_start();
    }
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[test]
fn elements_attributes_and_entities_are_read() {
    let root = read("<?xml?><a><!-- < --><b c=\"1 &lt; 2\"/>x &amp;lt;<d>y</d></a>");
    assert_eq!((root.name.as_str(), root.text.as_str()), ("a", "x &lt;"));
    assert_eq!(root.children[0].attribute("c"), Some("1 < 2"));
    assert_eq!(root.all("d").next().unwrap().text, "y");
}
