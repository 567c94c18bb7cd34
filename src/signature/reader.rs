//! Reads JSON from a stranger: within limits, and only what has one meaning (RFC 8259, and I-JSON of RFC 7493, on
//! which RFC 8785 builds): no name twice in an object, no half of a surrogate pair, nothing after the value.

use super::json::Json;

/// How much JSON is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Deepest nesting of objects and arrays.
    pub depth: usize,
    /// Most values: each takes up to a hundred bytes of memory, however short its text.
    pub values: usize,
}

impl Default for Limits {
    /// 64 MiB, 100 deep, four million values.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: 100,
            values: 4_000_000,
        }
    }
}

/// Why bytes are no JSON that can be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too much.
    #[error("it is longer than {0} bytes, and no more are read")]
    TooLong(usize),
    /// Too many values.
    #[error("it has more than {0} values, and no more are read")]
    TooMany(usize),
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8")]
    NotText(usize),
    /// Not JSON, or JSON that could be read in two ways.
    #[error("{problem}, at byte {at}")]
    Malformed {
        /// What is wrong.
        problem: String,
        /// Where, from 0.
        at: usize,
    },
}

/// Reads one JSON value.
///
/// # Errors
/// When the bytes are more than the limits allow, or are not JSON with one meaning.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Json, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::TooLong(limits.bytes));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| Unreadable::NotText(error.valid_up_to()))?;
    let mut reader = Reader {
        text,
        at: 0,
        values: 0,
        limits,
    };
    let value = reader.value(0)?;
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.wrong("something follows the value")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    limits: Limits,
}

impl Reader<'_> {
    fn wrong(&self, problem: impl Into<String>) -> Unreadable {
        Unreadable::Malformed {
            problem: problem.into(),
            at: self.at,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether this byte comes next; then it is consumed.
    fn takes(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, Unreadable> {
        if depth > self.limits.depth {
            return Err(self.wrong(format!("nested deeper than {}", self.limits.depth)));
        }
        self.values += 1;
        if self.values > self.limits.values {
            return Err(Unreadable::TooMany(self.limits.values));
        }
        self.skip_blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.wrong("a JSON value is expected")),
            None => Err(self.wrong("the text ends where a JSON value is expected")),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Unreadable> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong(format!("{word} is expected")))
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, Unreadable> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.takes(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.takes(b']') {
                return Ok(Json::Array(items));
            }
            if !self.takes(b',') {
                return Err(self.wrong("a comma or ] is expected"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Unreadable> {
        self.at += 1;
        let mut members = Vec::new();
        self.skip_blanks();
        if self.takes(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("the name of a member is expected"));
            }
            let name = self.string()?;
            self.skip_blanks();
            if !self.takes(b':') {
                return Err(self.wrong("a colon is expected"));
            }
            members.push((name, self.value(depth + 1)?));
            self.skip_blanks();
            if self.takes(b'}') {
                break;
            }
            if !self.takes(b',') {
                return Err(self.wrong("a comma or } is expected"));
            }
        }
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(Json::Object(members)),
            Some(pair) => {
                let name: String = pair[0].chars().take(60).collect();
                Err(self.wrong(format!("an object has {name:?} twice, and readers differ")))
            }
        }
    }

    fn number(&mut self) -> Result<Json, Unreadable> {
        let start = self.at;
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _ = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Ok(Json::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("a digit is expected"));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Unreadable> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .ok_or_else(|| self.wrong("a string does not end"))?;
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("a control character stands in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Unreadable> {
        self.at += 1;
        let kind = self.peek();
        self.at += 1;
        Ok(match kind {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                self.at -= 1;
                return Err(self.wrong("there is no such escape"));
            }
        })
    }

    fn unicode(&mut self) -> Result<char, Unreadable> {
        let first = self.unit()?;
        let units = if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u")
        {
            self.at += 2;
            vec![first, self.unit()?]
        } else {
            vec![first]
        };
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(self.wrong("half of a surrogate pair stands alone")),
        }
    }

    fn unit(&mut self) -> Result<u16, Unreadable> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let unit = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.wrong("four hexadecimal digits are expected"))?;
        self.at += 4;
        Ok(unit)
    }
}
