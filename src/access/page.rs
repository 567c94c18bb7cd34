//! The forms of a web page, as far as a login needs them. Any text is a page; nothing in it is executed.

use super::form::{Field, Form, Kind};

/// Most of a page that is looked at, in bytes.
const LONGEST: usize = 1 << 20;
/// Most forms, and most fields of all of them.
const MOST: usize = 500;

/// A page: its title and its forms.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) forms: Vec<Form>,
}

enum Token<'a> {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(&'a str),
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut builder = Builder::default();
        let mut tokens = Tokens::new(&text[..end]);
        while let Some(token) = tokens.next() {
            builder.take(token);
        }
        builder.page()
    }
}

/// Which text is being read, and for whom.
#[derive(Default)]
struct Builder {
    page: Page,
    is_open: bool,
    fields: usize,
    in_title: bool,
    /// Text of the label, button, option or text area that is open.
    text: String,
    label: Option<(Option<String>, String)>,
    labels: Vec<(String, String)>,
    /// The field whose text is read.
    current: Option<Kind>,
}

impl Builder {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) => self.text(text),
            Token::Open(name, attributes) => self.open(&name, &Attributes(attributes)),
            Token::Close(name) => self.close(&name),
        }
    }

    fn text(&mut self, text: &str) {
        let text = decoded(text);
        if self.in_title {
            self.page.title.push_str(&text);
        }
        if let Some((_, label)) = &mut self.label
            && !matches!(self.current, Some(Kind::Select | Kind::Text))
        {
            label.push_str(&text);
        }
        if self.current.is_some() {
            self.text.push_str(&text);
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        match name {
            "title" => self.in_title = self.page.title.is_empty(),
            "form" => {
                self.is_open = self.page.forms.len() < MOST;
                if self.is_open {
                    self.page.forms.push(Form::new(
                        attributes.get("action"),
                        attributes.get("method"),
                    ));
                }
            }
            "label" => self.label = Some((attributes.get("for").map(str::to_owned), String::new())),
            "input" => {
                let kind = Kind::of_input(attributes.get("type").unwrap_or("text"));
                self.field(kind, attributes);
            }
            "textarea" => self.begin(Kind::Text, attributes),
            "select" => self.begin(Kind::Select, attributes),
            "button" => {
                let kind = attributes.get("type").unwrap_or("submit");
                if kind.eq_ignore_ascii_case("submit") {
                    self.begin(Kind::Button, attributes);
                }
            }
            "option" => self.option(attributes),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "title" => self.in_title = false,
            "form" => self.is_open = false,
            "label" => {
                if let Some((Some(id), text)) = self.label.take() {
                    self.labels.push((id, squeezed(&text)));
                }
            }
            "option" => self.end_option(),
            "textarea" | "button" | "select" => {
                self.end_option();
                let text = std::mem::take(&mut self.text);
                let kind = self.current.take();
                if let (Some(kind), Some(field)) = (kind, self.last()) {
                    match kind {
                        Kind::Text => field.value = text,
                        Kind::Button => field.label = squeezed(&text),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind, attributes: &Attributes) {
        if self.field(kind, attributes) {
            self.current = Some(kind);
            self.text.clear();
        }
    }

    fn field(&mut self, kind: Kind, attributes: &Attributes) -> bool {
        if !self.is_open || self.fields >= MOST {
            return false;
        }
        self.fields += 1;
        let text = |name: &str| attributes.get(name).unwrap_or_default().to_owned();
        // A label around a field is its own, one beside it is told by its id later.
        let around = self.label.as_ref().filter(|(of, _)| of.is_none());
        let label = around.map(|(_, text)| squeezed(text)).unwrap_or_default();
        let field = Field {
            kind,
            name: text("name"),
            id: text("id"),
            label: if label.is_empty() {
                text("placeholder")
            } else {
                label
            },
            value: match (kind, attributes.get("value")) {
                (Kind::Checkbox | Kind::Radio, None) => "on".to_owned(),
                (_, value) => value.unwrap_or_default().to_owned(),
            },
            is_chosen: attributes.get("checked").is_some(),
            is_disabled: attributes.get("disabled").is_some(),
            options: Vec::new(),
        };
        if let Some(form) = self.page.forms.last_mut() {
            form.fields.push(field);
        }
        true
    }

    fn option(&mut self, attributes: &Attributes) {
        if !matches!(self.current, Some(Kind::Select)) {
            return;
        }
        self.end_option();
        let value = attributes.get("value").map(str::to_owned);
        let is_selected = attributes.get("selected").is_some();
        self.text.clear();
        if let Some(field) = self.last()
            && field.options.len() < MOST
        {
            if is_selected {
                field.is_chosen = true;
                field.value = value.clone().unwrap_or_default();
            }
            field.options.push((value, String::new()));
        }
    }

    /// The text of an option belongs to it, whether or not it is closed.
    fn end_option(&mut self) {
        if !matches!(self.current, Some(Kind::Select)) {
            return;
        }
        let text = squeezed(&std::mem::take(&mut self.text));
        if let Some((value, label)) = self.last().and_then(|field| field.options.last_mut())
            && label.is_empty()
        {
            value.get_or_insert_with(|| text.clone());
            *label = text;
        }
    }

    fn last(&mut self) -> Option<&mut Field> {
        self.page.forms.last_mut()?.fields.last_mut()
    }

    fn page(mut self) -> Page {
        for field in self.page.forms.iter_mut().flat_map(|form| &mut form.fields) {
            let label = self
                .labels
                .iter()
                .find(|(id, _)| *id == field.id && !id.is_empty());
            if let Some((_, text)) = label {
                field.label.clone_from(text);
            }
            if field.kind == Kind::Select
                && !field.is_chosen
                && let Some((value, _)) = field.options.first()
            {
                field.value = value.clone().unwrap_or_default();
            }
        }
        self.page.title = squeezed(&self.page.title).chars().take(100).collect();
        self.page
    }
}

struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Cuts a page into tags and text, once from front to back.
struct Tokens<'a> {
    text: &'a str,
    lower: String,
    at: usize,
    /// The element whose content is no markup.
    raw: Option<&'static str>,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            lower: text.to_ascii_lowercase(),
            at: 0,
            raw: None,
        }
    }

    /// Where `what` begins at or after the place, or the end.
    fn find(&self, what: &str, from: usize) -> usize {
        let rest = self.lower.get(from..).unwrap_or_default();
        rest.find(what)
            .map_or(self.text.len(), |found| from + found)
    }

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if let Some(raw) = self.raw.take() {
                let end = self.find(&format!("</{raw}"), self.at);
                let content = &self.text[self.at..end];
                self.at = end;
                if !matches!(raw, "script" | "style") {
                    return Some(Token::Text(content));
                }
            }
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            if !rest.starts_with('<') {
                let end = self.find("<", self.at);
                let content = &self.text[self.at..end];
                self.at = end;
                return Some(Token::Text(content));
            }
            if rest.starts_with("<!--") {
                self.at = (self.find("-->", self.at) + 3).min(self.text.len());
            } else if rest.starts_with("</") {
                let end = self.find(">", self.at);
                let name = self.lower[self.at + 2..end].trim().to_owned();
                self.at = (end + 1).min(self.text.len());
                return Some(Token::Close(name));
            } else if rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
                return Some(self.tag());
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                self.at = (self.find(">", self.at) + 1).min(self.text.len());
            } else {
                self.at += 1;
                return Some(Token::Text("<"));
            }
        }
    }

    fn tag(&mut self) -> Token<'a> {
        self.at += 1;
        let name = self.word(&[]).to_ascii_lowercase();
        let mut attributes = Vec::new();
        loop {
            self.skip(|letter| letter.is_ascii_whitespace() || letter == '/' || letter == '=');
            let rest = &self.text[self.at..];
            if rest.is_empty() {
                break;
            }
            if rest.starts_with('>') {
                self.at += 1;
                break;
            }
            let key = self.word(&['=']).to_ascii_lowercase();
            self.skip(|letter| letter.is_ascii_whitespace());
            let mut value = String::new();
            if self.text[self.at..].starts_with('=') {
                self.at += 1;
                self.skip(|letter| letter.is_ascii_whitespace());
                value = self.value();
            }
            if attributes.len() < 100 {
                attributes.push((key, value));
            }
        }
        let raws = ["script", "style", "textarea", "title"];
        self.raw = raws.into_iter().find(|raw| *raw == name);
        Token::Open(name, attributes)
    }

    fn value(&mut self) -> String {
        let rest = &self.text[self.at..];
        let quote = rest
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''));
        let Some(quote) = quote else {
            let start = self.at;
            self.skip(|letter| !letter.is_ascii_whitespace() && letter != '>');
            return decoded(&self.text[start..self.at]);
        };
        let start = self.at + 1;
        let end = self.text[start..]
            .find(quote)
            .map_or(self.text.len(), |found| start + found);
        self.at = (end + 1).min(self.text.len());
        decoded(&self.text[start..end])
    }

    fn word(&mut self, also: &[char]) -> &'a str {
        let start = self.at;
        self.skip(|letter| {
            !letter.is_ascii_whitespace() && !matches!(letter, '>' | '/') && !also.contains(&letter)
        });
        &self.text[start..self.at]
    }

    fn skip(&mut self, while_it_is: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        let end = rest.find(|letter| !while_it_is(letter));
        self.at += end.unwrap_or(rest.len());
    }
}

/// Text with one space where there were several.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without character references, of which the usual ones are known.
fn decoded(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let found = part
            .char_indices()
            .take(12)
            .find(|(_, letter)| *letter == ';')
            .and_then(|(end, _)| Some((reference(&part[..end])?, &part[end + 1..])));
        match found {
            Some((letter, rest)) => {
                out.push(letter);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

fn reference(name: &str) -> Option<char> {
    let number = |digits: &str, radix| {
        u32::from_str_radix(digits, radix)
            .ok()
            .and_then(char::from_u32)
    };
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => match name.strip_prefix('#')?.strip_prefix(['x', 'X']) {
            Some(digits) => number(digits, 16),
            None => number(&name[1..], 10),
        },
    }
}

#[cfg(test)]
mod tests;
