//! Scopes of SMART App Launch, first (`system/*.read`) and second version (`system/Patient.rs?…`), and those that
//! are the canonical URL of an operation.

use std::fmt;

/// Scopes that are read of one list; more are not looked at.
const MOST: usize = 100;
/// Longest scope that is understood, in bytes.
const LONGEST: usize = 500;

/// On whose behalf data is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// For one patient.
    Patient,
    /// For a user, who may see several.
    User,
    /// For a system, on its own account.
    System,
}

impl Context {
    const ALL: [Self; 3] = [Self::Patient, Self::User, Self::System];

    /// As scopes begin.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }
}

/// What is done with resources (SMART App Launch 2.0 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// `c`
    Create,
    /// `r`: read, vread, history of one resource.
    Read,
    /// `u`: update and patch.
    Update,
    /// `d`
    Delete,
    /// `s`: search, history of a type.
    Search,
}

impl Interaction {
    /// In the order they are written.
    const ALL: [(Self, char); 5] = [
        (Self::Create, 'c'),
        (Self::Read, 'r'),
        (Self::Update, 'u'),
        (Self::Delete, 'd'),
        (Self::Search, 's'),
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of interactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interactions(u8);

impl Interactions {
    const READ: Self = Self(Interaction::Read.bit() | Interaction::Search.bit());
    const WRITE: Self =
        Self(Interaction::Create.bit() | Interaction::Update.bit() | Interaction::Delete.bit());
    const ALL: Self = Self(Self::READ.0 | Self::WRITE.0);

    /// Reads `cruds` or a part of it in this order, and says whether it is of the first version.
    fn parse(text: &str) -> Option<(Self, bool)> {
        match text {
            "read" => return Some((Self::READ, true)),
            "write" => return Some((Self::WRITE, true)),
            "*" => return Some((Self::ALL, true)),
            _ => {}
        }
        let mut letters = text.chars().peekable();
        let mut set = 0;
        for (interaction, letter) in Interaction::ALL {
            if letters.next_if_eq(&letter).is_some() {
                set |= interaction.bit();
            }
        }
        (set != 0 && letters.peek().is_none()).then_some((Self(set), false))
    }

    const fn holds(self, interaction: Interaction) -> bool {
        self.0 & interaction.bit() != 0
    }

    const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

/// What may be done with resources of one type, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceScope {
    context: Context,
    /// None for all types.
    kind: Option<String>,
    may: Interactions,
    /// The search that narrows the type down, as it stands: `use=preauthorization`.
    query: Option<String>,
    /// Whether it is written as the first version has it.
    is_first: bool,
}

impl ResourceScope {
    fn parse(text: &str) -> Option<Self> {
        let (context, rest) = text.split_once('/')?;
        let context = Context::ALL
            .into_iter()
            .find(|one| one.as_str() == context)?;
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (kind, may) = rest.split_once('.')?;
        let (may, is_first) = Interactions::parse(may)?;
        let is_name = kind.starts_with(|first: char| first.is_ascii_uppercase())
            && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        // Nothing follows a scope of the first version, and a search is one of a type.
        let is_well = query.is_none_or(|query| !is_first && query.contains('='));
        ((kind == "*" || is_name) && is_well).then(|| Self {
            context,
            kind: (kind != "*").then(|| kind.to_owned()),
            may,
            query: query.map(str::to_owned),
            is_first,
        })
    }

    /// On whose behalf.
    #[must_use]
    pub const fn context(&self) -> Context {
        self.context
    }

    /// Whether it is about that type.
    #[must_use]
    pub fn is_about(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|own| own == kind)
    }

    /// Whether it allows to do that with resources of that type, or with those of it that the query finds.
    #[must_use]
    pub fn allows(&self, kind: &str, interaction: Interaction) -> bool {
        self.is_about(kind) && self.may.holds(interaction)
    }

    /// Whether it allows to read or to search, whatever the type.
    #[must_use]
    pub const fn reads_anything(&self) -> bool {
        self.may.holds(Interaction::Read) || self.may.holds(Interaction::Search)
    }

    /// The search that narrows the type down.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The terms of the query.
    fn terms(&self) -> impl Iterator<Item = &str> {
        self.query.iter().flat_map(|query| query.split('&'))
    }

    /// Whether the other allows everything that this one allows.
    fn is_within(&self, other: &Self) -> bool {
        self.context == other.context
            && (other.kind.is_none() || self.kind == other.kind)
            && self.may.is_within(other.may)
            && other
                .terms()
                .all(|term| self.terms().any(|own| own == term))
    }

    /// What both allow.
    fn both(&self, other: &Self) -> Option<Self> {
        let kind = match (&self.kind, &other.kind) {
            (Some(one), Some(two)) if one != two => return None,
            (Some(kind), _) | (None, Some(kind)) => Some(kind.clone()),
            (None, None) => None,
        };
        let may = Interactions(self.may.0 & other.may.0);
        if self.context != other.context || may.0 == 0 {
            return None;
        }
        let more = other
            .terms()
            .filter(|term| !self.terms().any(|own| own == *term));
        let terms: Vec<&str> = self.terms().chain(more).collect();
        Some(Self {
            context: self.context,
            kind,
            may,
            is_first: self.is_first && terms.is_empty(),
            query: (!terms.is_empty()).then(|| terms.join("&")),
        })
    }

    fn with_context(&self, context: Context) -> Self {
        Self {
            context,
            ..self.clone()
        }
    }
}

impl fmt::Display for ResourceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_deref().unwrap_or("*");
        write!(f, "{}/{kind}.", self.context.as_str())?;
        match self.may {
            Interactions::READ if self.is_first => f.write_str("read")?,
            Interactions::WRITE if self.is_first => f.write_str("write")?,
            Interactions::ALL if self.is_first => f.write_str("*")?,
            may => {
                for (interaction, letter) in Interaction::ALL {
                    if may.holds(interaction) {
                        write!(f, "{letter}")?;
                    }
                }
            }
        }
        match &self.query {
            Some(query) => write!(f, "?{query}"),
            None => Ok(()),
        }
    }
}

/// One scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Access to resources.
    Resource(ResourceScope),
    /// An operation, by the canonical URL of its OperationDefinition.
    Operation(String),
    /// Any other word: `openid`, `launch/patient`, or what nobody knows.
    Word(String),
}

impl Scope {
    fn parse(text: &str) -> Self {
        if let Some(scope) = ResourceScope::parse(text) {
            return Self::Resource(scope);
        }
        let is_address = text.starts_with("http://") || text.starts_with("https://");
        if is_address && text.contains("/OperationDefinition/") {
            return Self::Operation(text.to_owned());
        }
        Self::Word(text.to_owned())
    }

    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Resource(one), Self::Resource(two)) => one.is_within(two),
            _ => self == other,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(scope) => scope.fmt(f),
            Self::Operation(text) | Self::Word(text) => f.write_str(text),
        }
    }
}

/// A list of scopes, as `scope` holds it (RFC 6749, 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads a list separated by blanks: a hundred scopes at most, each once; longer ones than 500 bytes are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut found = Self::default();
        let words = text.split_ascii_whitespace();
        for word in words.filter(|word| word.len() <= LONGEST).take(MOST) {
            found.add(Scope::parse(word));
        }
        found
    }

    fn add(&mut self, scope: Scope) {
        if !self.0.contains(&scope) {
            self.0.push(scope);
        }
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those about resources.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceScope> {
        self.0.iter().filter_map(|scope| match scope {
            Scope::Resource(scope) => Some(scope),
            _ => None,
        })
    }

    /// Whether this word (`openid`) is among them.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.0
            .iter()
            .any(|scope| matches!(scope, Scope::Word(own) if own == word))
    }

    /// Whether the other list allows everything that this one allows.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0
            .iter()
            .all(|scope| other.0.iter().any(|wider| scope.is_within(wider)))
    }

    /// What both lists allow, in the order of this one.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        let mut found = Self::default();
        for scope in &self.0 {
            if other.0.iter().any(|wider| scope.is_within(wider)) {
                found.add(scope.clone());
                continue;
            }
            let Scope::Resource(one) = scope else {
                continue;
            };
            for both in other.resources().filter_map(|two| one.both(two)) {
                found.add(Scope::Resource(both));
            }
        }
        found
    }

    /// Only those for which `is_kept` holds.
    #[must_use]
    pub fn filtered(&self, is_kept: impl Fn(&Scope) -> bool) -> Self {
        Self(self.0.iter().filter(|one| is_kept(one)).cloned().collect())
    }

    /// The same, and of what one context may do, what the other may do too.
    #[must_use]
    pub fn extended(&self, from: Context, to: Context) -> Self {
        let mut found = self.clone();
        for scope in self.resources().filter(|one| one.context == from) {
            found.add(Scope::Resource(scope.with_context(to)));
        }
        found
    }

    /// Whether something may be done with resources of that type, be it only with some of them.
    #[must_use]
    pub fn allows(&self, kind: &str, interaction: Interaction) -> bool {
        self.resources().any(|one| one.allows(kind, interaction))
    }

    /// Whether one of these operations may be called: by its own scope, or because a system may read every type.
    #[must_use]
    pub fn allows_operation(&self, canonicals: &[&str]) -> bool {
        let is_all = |one: &ResourceScope| {
            one.context != Context::Patient
                && one.kind.is_none()
                && one.query.is_none()
                && one.may.holds(Interaction::Read)
        };
        let is_named = |scope: &Scope| match scope {
            Scope::Operation(own) => {
                let own = own.split('|').next().unwrap_or(own);
                canonicals.contains(&own)
            }
            _ => false,
        };
        self.0.iter().any(is_named) || self.resources().any(is_all)
    }

    /// Whether a resource of that type may be shown: `matches` says whether a query finds it.
    pub fn admits(&self, kind: &str, matches: impl Fn(&str) -> bool) -> bool {
        let reads = |one: &&ResourceScope| {
            one.allows(kind, Interaction::Read) || one.allows(kind, Interaction::Search)
        };
        self.resources()
            .filter(reads)
            .any(|one| one.query().is_none_or(&matches))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            scope.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
