//! Expression text to tokens.

use super::ParseError;

/// Longest expression that is read, in characters. The longest in published packages has about 1,000.
const LONGEST: usize = 32_768;

/// The smallest part of an expression that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Name(String),
    /// A name in back-ticks: never a word of the language.
    Quoted(String),
    /// A string literal.
    Text(String),
    /// A number literal.
    Number(String),
    /// A date, dateTime or time literal, without its `@`.
    Moment(String),
    /// An external constant, without its `%`.
    Constant(String),
    /// `$this`, `$index` or `$total`, without the `$`.
    Special(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

impl std::fmt::Display for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(text) | Self::Number(text) => formatter.write_str(text),
            Self::Quoted(text) => write!(formatter, "`{text}`"),
            Self::Text(text) => write!(formatter, "'{text}'"),
            Self::Moment(text) => write!(formatter, "@{text}"),
            Self::Constant(text) => write!(formatter, "%{text}"),
            Self::Special(text) => write!(formatter, "${text}"),
            Self::Symbol(text) => formatter.write_str(text),
            Self::End => formatter.write_str("the end"),
        }
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 23] = [
    "<=", ">=", "!=", "!~", "(", ")", "[", "]", "{", "}", ".", ",", "=", "~", "<", ">", "+", "-",
    "*", "/", "&", "|", ";",
];

/// Takes the text apart; every token comes with its position. The last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ParseError> {
    let characters: Vec<char> = text.chars().take(LONGEST + 1).collect();
    let mut reader = Reader {
        characters: &characters,
        at: 0,
    };
    if characters.len() > LONGEST {
        let expected = format!("at most {LONGEST} characters");
        return Err(reader.error(&expected, "more"));
    }
    let mut found = Vec::new();
    loop {
        reader.skip_blanks()?;
        let position = reader.at + 1;
        let token = reader.token()?;
        let is_end = token == Token::End;
        found.push((token, position));
        if is_end {
            return Ok(found);
        }
    }
}

struct Reader<'t> {
    characters: &'t [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn is_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, character)| self.peek(ahead) == Some(character))
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> String {
        let rest = &self.characters[self.at..];
        let length = rest.iter().take_while(|found| accepts(**found)).count();
        self.at += length;
        rest[..length].iter().collect()
    }

    fn error(&self, expected: &str, found: &str) -> ParseError {
        ParseError {
            position: self.at + 1,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }

    fn skip_blanks(&mut self) -> Result<(), ParseError> {
        loop {
            self.take_while(char::is_whitespace);
            if self.is_at("//") {
                self.take_while(|found| found != '\n' && found != '\r');
            } else if self.is_at("/*") {
                self.at += 2;
                while !self.is_at("*/") {
                    if self.peek(0).is_none() {
                        return Err(self.error("*/ at the end of the comment", "the end"));
                    }
                    self.at += 1;
                }
                self.at += 2;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token, ParseError> {
        let Some(first) = self.peek(0) else {
            return Ok(Token::End);
        };
        match first {
            '\'' => self.delimited('\'').map(Token::Text),
            // Double quotes around names come from before FHIRPath 1.0; some guides still have them.
            '`' | '"' => self.delimited(first).map(Token::Quoted),
            '0'..='9' => Ok(Token::Number(self.number())),
            '@' => {
                self.at += 1;
                Ok(Token::Moment(self.moment()))
            }
            '%' => {
                self.at += 1;
                self.constant().map(Token::Constant)
            }
            '$' => {
                self.at += 1;
                Ok(Token::Special(self.take_while(is_name_part)))
            }
            _ if first.is_alphabetic() || first == '_' => {
                Ok(Token::Name(self.take_while(is_name_part)))
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| self.is_at(symbol));
                let symbol = symbol.ok_or_else(|| {
                    self.error("a name, a literal or an operator", &first.to_string())
                })?;
                self.at += symbol.len();
                Ok(Token::Symbol(symbol))
            }
        }
    }

    fn number(&mut self) -> String {
        let mut text = self.take_while(|found| found.is_ascii_digit());
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
            text.push('.');
            text += &self.take_while(|found| found.is_ascii_digit());
        }
        text
    }

    /// Everything that can belong to a date or time; whether it is one is for the parser to say.
    fn moment(&mut self) -> String {
        let is_part = |found: char| found.is_ascii_digit() || found == '-';
        let mut text = String::new();
        if self.peek(0) != Some('T') {
            text += &self.take_while(is_part);
        }
        if self.peek(0) == Some('T') {
            self.at += 1;
            text.push('T');
            text += &self.take_while(|found| found.is_ascii_digit() || found == ':');
            if self.peek(0) == Some('.') && self.peek(1).is_some_and(|next| next.is_ascii_digit()) {
                self.at += 1;
                text.push('.');
                text += &self.take_while(|found| found.is_ascii_digit());
            }
            match self.peek(0) {
                Some('Z') => {
                    self.at += 1;
                    text.push('Z');
                }
                // A sign is a zone only when `hh:mm` follows, otherwise it is arithmetic.
                Some('+' | '-') if self.peek(3) == Some(':') => {
                    text.push(self.characters[self.at]);
                    self.at += 1;
                    text += &self.take_while(|found| found.is_ascii_digit() || found == ':');
                }
                _ => {}
            }
        }
        text
    }

    fn constant(&mut self) -> Result<String, ParseError> {
        match self.peek(0) {
            Some(quote @ ('\'' | '`' | '"')) => self.delimited(quote),
            // `%vs-name` and `%ext-name` need quotes by the grammar, and often go without.
            _ if self.is_at("vs-") || self.is_at("ext-") => {
                Ok(self.take_while(|found| is_name_part(found) || found == '-'))
            }
            _ => Ok(self.take_while(is_name_part)),
        }
    }

    fn delimited(&mut self, quote: char) -> Result<String, ParseError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(found) = self.peek(0) else {
                return Err(self.error(&format!("a closing {quote}"), "the end"));
            };
            self.at += 1;
            match found {
                _ if found == quote => return Ok(text),
                '\\' => text.push(self.escaped()?),
                _ => text.push(found),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, ParseError> {
        let found = self.peek(0);
        let meant = match found {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('f') => '\u{c}',
            Some(same @ ('\\' | '/' | '\'' | '"' | '`')) => same,
            Some('u') => {
                let digits: String = (1..=4).filter_map(|ahead| self.peek(ahead)).collect();
                let meant = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                let meant = meant.and_then(char::from_u32);
                let meant = meant.ok_or_else(|| self.error("four hexadecimal digits", &digits))?;
                self.at += 4;
                meant
            }
            _ => {
                let found = found.map_or("the end".to_owned(), |found| format!("\\{found}"));
                return Err(self.error(r"one of the escapes \\ \/ \' \` \n \r \t \f \u", &found));
            }
        };
        self.at += 1;
        Ok(meant)
    }
}

fn is_name_part(found: char) -> bool {
    found.is_alphanumeric() || found == '_'
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn only(text: &str) -> Vec<Token> {
        let mut found: Vec<Token> = tokens(text)
            .unwrap()
            .into_iter()
            .map(|pair| pair.0)
            .collect();
        assert_eq!(found.pop(), Some(Token::End));
        found
    }

    #[test]
    fn a_dot_after_a_literal_starts_a_call_unless_digits_follow() {
        assert_eq!(only("1.5.abs")[0], Token::Number("1.5".into()));
        assert_eq!(only("1.abs")[0], Token::Number("1".into()));
        assert_eq!(only("@2015.is")[0], Token::Moment("2015".into()));
        assert_eq!(only("@T10:30.is")[0], Token::Moment("T10:30".into()));
        assert_eq!(
            only("@2015-02-04T14:34:28.123+10:00.is")[0],
            Token::Moment("2015-02-04T14:34:28.123+10:00".into())
        );
    }

    #[test]
    fn comments_are_blanks_and_must_end() {
        assert_eq!(only("1 // rest\n/* inner */ 2").len(), 2);
        assert!(tokens("1 /* open").is_err());
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_refused() {
        assert_eq!(only(r"'a\u0065\'\\'"), [Token::Text("ae'\\".into())]);
        let error = tokens(r"'\d'").unwrap_err();
        assert_eq!((error.position, error.found.as_str()), (3, "\\d"));
        assert!(tokens(r"'\u00").is_err());
        assert!(tokens("'open").is_err());
    }

    #[test]
    fn an_endless_expression_is_refused() {
        assert!(tokens(&"a".repeat(40_000)).is_err());
    }
}
