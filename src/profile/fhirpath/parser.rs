//! Tokens to a tree, by FHIRPath's grammar and precedence.

use super::ParseError;
use super::decimal::Decimal;
use super::function::{Function, UNSUPPORTED};
use super::item::Scalar;
use super::moment::Moment;
use super::quantity::{Quantity, is_calendar_word};
use super::term::{Invocation, Name, Operator, Start, Step, Term};
use super::token::{Token, tokens};
use super::type_name::TypeName;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Deepest nesting of brackets and signs that is read.
const DEEPEST: usize = 48;
/// Deepest tree that is evaluated: every level costs stack.
const DEEPEST_TREE: usize = 128;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Term, ParseError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let term = parser.expression(0)?;
    if *parser.peek() != Token::End {
        return Err(parser.error("an operator or the end"));
    }
    if term.depth() > DEEPEST_TREE {
        return Err(parser.error("an expression that nests less"));
    }
    Ok(term)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    /// The next token; at the end, the end again and again.
    fn next(&mut self) -> Token {
        let token = self.tokens[self.at].0.clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn takes(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(next) if *next == symbol);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.takes(symbol) {
            return Ok(());
        }
        Err(self.error(symbol))
    }

    fn error(&self, expected: &str) -> ParseError {
        let (token, position) = &self.tokens[self.at];
        ParseError {
            position: *position,
            expected: expected.to_owned(),
            found: token.to_string(),
        }
    }

    /// Counts a level of nesting.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == DEEPEST {
            return Err(self.error(&format!("at most {DEEPEST} nested brackets")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Operators that bind at least as tightly as `least`, and their terms.
    fn expression(&mut self, least: u8) -> Result<Term, ParseError> {
        let mut left = self.signed()?;
        let mut rest: Vec<(Operator, Term)> = Vec::new();
        while let Some(operator) = self.operator() {
            let level = operator.level();
            if level < least {
                break;
            }
            self.next();
            let right = match operator {
                Operator::Is | Operator::As => Term::Type(self.type_name()?),
                _ => self.nested(|parser| parser.expression(level + 1))?,
            };
            if rest.last().is_some_and(|(last, _)| last.level() != level) {
                left = Term::Chain(Box::new(left), std::mem::take(&mut rest));
            }
            rest.push((operator, right));
        }
        if rest.is_empty() {
            return Ok(left);
        }
        Ok(Term::Chain(Box::new(left), rest))
    }

    fn operator(&self) -> Option<Operator> {
        match self.peek() {
            Token::Symbol(text) => Operator::of(text),
            Token::Name(text) => Operator::of(text),
            _ => None,
        }
    }

    fn signed(&mut self) -> Result<Term, ParseError> {
        if self.takes("-") {
            let term = self.nested(Self::signed)?;
            return Ok(Term::Negated(Box::new(term)));
        }
        if self.takes("+") {
            return self.nested(Self::signed);
        }
        self.path()
    }

    fn path(&mut self) -> Result<Term, ParseError> {
        let mut steps = Vec::new();
        let mut start = Start::This;
        match self.peek() {
            Token::Name(word) if word == "true" || word == "false" => {
                let value = Scalar::Boolean(word == "true");
                self.next();
                start = Start::Term(Box::new(Term::Literal(value)));
            }
            Token::Name(_) | Token::Quoted(_) => steps.push(self.named(true)?),
            Token::Special(word) if word == "this" => {
                self.next();
            }
            _ => start = Start::Term(Box::new(self.primary()?)),
        }
        loop {
            if self.takes(".") {
                let step = self.named(false)?;
                push(&mut steps, step);
            } else if self.takes("[") {
                let index = self.nested(|parser| parser.expression(0))?;
                self.expect("]")?;
                steps.push(Step::Item(index));
            } else {
                break;
            }
        }
        Ok(match (start, steps.is_empty()) {
            (Start::Term(term), true) => *term,
            (Start::This, true) => Term::This,
            (start, false) => Term::Path(start, steps),
        })
    }

    /// A name: a child, a function, or one of the `$` words that may stand in a path.
    fn named(&mut self, is_first: bool) -> Result<Step, ParseError> {
        let at = self.at;
        let (text, is_quoted) = match self.next() {
            Token::Name(text) => (text, false),
            Token::Quoted(text) => (text, true),
            _ => {
                self.at = at;
                return Err(self.error("a name"));
            }
        };
        if !is_quoted && matches!(self.peek(), Token::Symbol("(")) {
            return self.call(&text, at);
        }
        let name = Name::new(&text);
        if is_first && text.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Ok(Step::Root(name));
        }
        Ok(Step::Child(name))
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Step, ParseError> {
        let Some(function) = Function::of(name) else {
            let expected = if UNSUPPORTED.contains(&name) {
                "a function that is supported here"
            } else {
                "the name of a function"
            };
            self.at = at;
            return Err(self.error(expected));
        };
        self.expect("(")?;
        let mut arguments = Vec::new();
        if !self.takes(")") {
            loop {
                arguments.push(if function.takes_type {
                    Term::Type(self.type_name()?)
                } else {
                    self.nested(|parser| parser.expression(0))?
                });
                if !self.takes(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let (least, most) = function.arguments;
        if arguments.len() < least || arguments.len() > most {
            self.at = at;
            let wanted = if least == most {
                format!("{least}")
            } else {
                format!("{least} to {most}")
            };
            return Err(ParseError {
                found: format!("{} with {}", function.name, arguments.len()),
                ..self.error(&format!("{wanted} arguments"))
            });
        }
        Ok(Step::Call(Invocation {
            function,
            arguments,
            pattern: OnceLock::new(),
        }))
    }

    fn type_name(&mut self) -> Result<TypeName, ParseError> {
        let at = self.at;
        let mut parts = Vec::new();
        loop {
            match self.next() {
                Token::Name(text) | Token::Quoted(text) => parts.push(text),
                _ => {
                    self.at = at;
                    return Err(self.error("the name of a type"));
                }
            }
            if parts.len() == 2 || !self.takes(".") {
                break;
            }
        }
        let (namespace, name) = match parts.as_slice() {
            [namespace, name] => (Some(namespace.as_str()), name),
            [name] => (None, name),
            _ => return Err(self.error("the name of a type")),
        };
        let Some(found) = TypeName::new(namespace, name) else {
            self.at = at;
            return Err(self.error("the name of a FHIR or System type"));
        };
        Ok(found)
    }

    fn primary(&mut self) -> Result<Term, ParseError> {
        let at = self.at;
        match self.next() {
            Token::Text(text) => Ok(Term::Literal(Scalar::String(Cow::Owned(text)))),
            Token::Number(text) => self.number(&text, at),
            Token::Moment(text) => Moment::literal(&text)
                .map(|moment| Term::Literal(Scalar::Moment(moment)))
                .ok_or_else(|| {
                    self.at = at;
                    self.error("a date, dateTime or time that exists")
                }),
            Token::Constant(text) => Ok(constant(text)),
            Token::Special(word) if word == "index" => Ok(Term::Index),
            Token::Special(word) if word == "total" => Ok(Term::Total),
            Token::Symbol("(") => {
                let term = self.nested(|parser| parser.expression(0))?;
                self.expect(")")?;
                Ok(term)
            }
            Token::Symbol("{") => {
                self.expect("}")?;
                Ok(Term::Nothing)
            }
            _ => {
                self.at = at;
                Err(self.error("a name, a literal or a bracket"))
            }
        }
    }

    /// A number, or with a unit behind it a quantity.
    fn number(&mut self, text: &str, at: usize) -> Result<Term, ParseError> {
        let Some(value) = Decimal::parse(text) else {
            self.at = at;
            return Err(self.error("a number of at most 38 digits"));
        };
        let unit = match self.peek() {
            Token::Text(unit) => Some((unit.clone(), false)),
            Token::Name(word) if is_calendar_word(word) => Some((word.clone(), true)),
            _ => None,
        };
        if let Some((unit, is_calendar)) = unit {
            self.next();
            let quantity = if is_calendar {
                Quantity::calendar(value, &unit)
            } else {
                Quantity::new(value, unit)
            };
            return Ok(Term::Literal(Scalar::Quantity(Box::new(quantity))));
        }
        let literal = match text.parse::<i64>() {
            Ok(whole) => Scalar::Integer(whole),
            Err(_) => Scalar::Decimal(value),
        };
        Ok(Term::Literal(literal))
    }
}

/// Adds a step; the commonest pair, a child and whether it is there, becomes one.
fn push(steps: &mut Vec<Step>, step: Step) {
    let asked = match &step {
        Step::Call(call) if call.arguments.is_empty() => call.function.name,
        _ => "",
    };
    if !matches!(asked, "exists" | "empty") {
        steps.push(step);
        return;
    }
    match (steps.pop(), asked) {
        (Some(Step::Child(name)), "exists") => steps.push(Step::Has(name)),
        (Some(Step::Child(name)), "empty") => steps.push(Step::Lacks(name)),
        (last, _) => {
            steps.extend(last);
            steps.push(step);
        }
    }
}

/// External constants; those of FHIR that are texts are put in at once.
fn constant(name: String) -> Term {
    let text = |text: String| Term::Literal(Scalar::String(Cow::Owned(text)));
    match name.as_str() {
        "resource" => Term::Resource,
        "rootResource" => Term::RootResource,
        "context" => Term::Context,
        "ucum" => text("http://unitsofmeasure.org".to_owned()),
        "sct" => text("http://snomed.info/sct".to_owned()),
        "loinc" => text("http://loinc.org".to_owned()),
        _ => {
            if let Some(set) = name.strip_prefix("vs-") {
                return text(format!("http://hl7.org/fhir/ValueSet/{set}"));
            }
            if let Some(extension) = name.strip_prefix("ext-") {
                return text(format!(
                    "http://hl7.org/fhir/StructureDefinition/{extension}"
                ));
            }
            Term::Variable(name)
        }
    }
}
