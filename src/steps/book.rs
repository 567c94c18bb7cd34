//! All step definitions, bound to the sentences of the features.

use super::World;
use super::drive::Halt;
use cucumber::gherkin;
use cucumber::step::{self, Collection};
use futures::future::{LocalBoxFuture, ready};
use regex_lite::{Captures, Regex};
use std::sync::{LazyLock, OnceLock};

/// One step definition.
pub struct Definition {
    /// Regular expression for the whole sentence.
    pub pattern: &'static str,
    /// What the step does, for `list steps`.
    pub about: &'static str,
    /// Source file.
    pub file: &'static str,
    /// Line in it.
    pub line: u32,
    /// Runs it.
    pub(super) run: cucumber::Step<World>,
}

/// How a sentence binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// To one definition: its index in [`Book::definitions`].
    Bound(usize),
    /// To none.
    Unbound,
    /// To several.
    Ambiguous(Vec<usize>),
}

/// The whole vocabulary.
pub struct Book {
    entries: Vec<Entry>,
}

struct Entry {
    definition: Definition,
    /// How every sentence of the definition begins: few patterns have to be tried on a sentence.
    start: &'static str,
    /// Compiled when a sentence begins so; nothing when it is no regular expression, which tests rule out. Sentences
    /// are short and patterns many: an engine that makes no tables needs a fraction of the room.
    regex: OnceLock<Option<Regex>>,
}

impl Entry {
    fn new(definition: Definition) -> Self {
        Self {
            start: literal_start(definition.pattern),
            definition,
            regex: OnceLock::new(),
        }
    }

    fn captures<'s>(&self, sentence: &'s str) -> Option<Captures<'s>> {
        if !sentence.starts_with(self.start) {
            return None;
        }
        let regex = self
            .regex
            .get_or_init(|| Regex::new(self.definition.pattern).ok());
        regex.as_ref()?.captures(sentence)
    }
}

impl Book {
    /// The definitions of every noun, collected once.
    #[must_use]
    pub fn open() -> &'static Self {
        static BOOK: LazyLock<Book> = LazyLock::new(Book::collect);
        &BOOK
    }

    fn collect() -> Self {
        let all = Self::of_payers()
            .chain(Self::of_access())
            .chain(Self::of_clinical_data())
            .chain(Self::of_clients());
        Self {
            entries: all.map(Entry::new).collect(),
        }
    }

    /// What payers, their members and partners do.
    fn of_payers() -> impl Iterator<Item = Definition> {
        let nouns = [
            super::member::steps(),
            super::provider_match::steps(),
            super::choice::steps(),
            super::attribution::steps(),
            super::transmission::steps(),
            super::absence::steps(),
            super::completeness::steps(),
            super::conformity::steps(),
            super::mapped_content::steps(),
            super::mapping::steps(),
            super::support::steps(),
            super::consent::steps(),
            super::member_match::steps(),
            super::refusal::steps(),
            super::record::steps(),
            super::search::steps(),
            super::capability::steps(),
            super::declared::steps(),
            super::answers::steps(),
            super::finished_job::steps(),
            super::flavour::steps(),
            super::declaration::steps(),
            super::reading::steps(),
            super::searching::steps(),
            super::including::steps(),
            super::interface::steps(),
            super::versioning::steps(),
            super::writing::steps(),
            super::bulk_match::steps(),
            super::bulk_outcome::steps(),
            super::status::steps(),
            super::matched_group::steps(),
            super::cohort::steps(),
            super::export_request::steps(),
            super::exported_file::steps(),
            super::payload::steps(),
            super::age::steps(),
            super::exchanged_authorization::steps(),
            super::group::steps(),
            super::single_export::steps(),
            super::matched_for::steps(),
            super::group_record::steps(),
            super::mutual_tls::steps(),
            super::prior_authorization::steps(),
            super::authorization_code::steps(),
            super::claim::steps(),
            super::price::steps(),
            super::document::steps(),
            super::summary::steps(),
            super::everything::steps(),
            super::everything_part::steps(),
            super::provenance::steps(),
            super::provenance_codes::steps(),
            super::received::steps(),
            super::opt_out::steps(),
            super::discovery::steps(),
            super::retrieval::steps(),
        ];
        nouns.into_iter().flatten()
    }

    /// Who may ask.
    fn of_access() -> impl Iterator<Item = Definition> {
        let nouns = [
            super::caller::steps(),
            super::client_certificate::steps(),
            super::guarded_answer::steps(),
            super::smart_configuration::steps(),
            super::token_request::steps(),
            super::udap::steps(),
            super::app_launch::steps(),
            super::app_request::steps(),
            super::app_token::steps(),
            super::detour::steps(),
            super::introspection::steps(),
            super::lapse::steps(),
            super::transport::steps(),
        ];
        nouns.into_iter().flatten()
    }

    /// What payers and providers ask each other (CDex).
    fn of_clinical_data() -> impl Iterator<Item = Definition> {
        let nouns = [
            super::patient::steps(),
            super::direct_query::steps(),
            super::data_request::steps(),
            super::notification::steps(),
            super::task::steps(),
            super::task_course::steps(),
            super::task_kept::steps(),
            super::task_output::steps(),
            super::bad_task::steps(),
            super::data_source::steps(),
            super::attachment_request::steps(),
            super::submitted_attachment::steps(),
            super::subscription::steps(),
            super::signed_submission::steps(),
            super::signature::steps(),
            super::signed_answer::steps(),
            super::signed_result::steps(),
            super::submission::steps(),
            super::submitted_content::steps(),
            super::bad_submission::steps(),
            super::submission_answer::steps(),
            super::data_consumer::steps(),
            super::offered_record::steps(),
            super::formal_authorization::steps(),
        ];
        nouns.into_iter().flatten()
    }

    /// What clients under test are heard to ask.
    fn of_clients() -> impl Iterator<Item = Definition> {
        let nouns = [
            super::listening::steps(),
            super::client_request::steps(),
            super::client_export::steps(),
            super::client_job::steps(),
            super::client_match::steps(),
            super::client_obstacle::steps(),
            super::client_retrieval::steps(),
            super::client_token::steps(),
            super::client_task::steps(),
            super::client_follow::steps(),
            super::client_signature::steps(),
            super::client_submission::steps(),
        ];
        nouns.into_iter().flatten()
    }

    /// The definitions in a stable order.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.entries.iter().map(|entry| &entry.definition)
    }

    /// Finds the definition of a sentence.
    #[must_use]
    pub fn bind(&self, step: &gherkin::Step) -> Binding {
        let matching: Vec<usize> = self.matching(&step.value).map(|(index, _)| index).collect();
        match matching.as_slice() {
            [] => Binding::Unbound,
            [one] => Binding::Bound(*one),
            _ => Binding::Ambiguous(matching),
        }
    }

    fn matching<'s>(&self, sentence: &'s str) -> impl Iterator<Item = (usize, Captures<'s>)> {
        let entries = self.entries.iter().enumerate();
        entries.filter_map(|(index, entry)| Some((index, entry.captures(sentence)?)))
    }

    /// The vocabulary as the engine wants it: one definition of everything, which looks the sentence up here.
    /// The engine itself would try every pattern on every sentence, and keep each compiled three times. Every
    /// definition serves `Given`, `When` and `Then`: whether a sentence sets the stage, acts or judges is the
    /// author's choice.
    #[must_use]
    pub fn collection() -> Collection<World> {
        let Ok(all) = regex::Regex::new("(?s)^.*$") else {
            return Collection::new();
        };
        Collection::new()
            .given(None, all.clone(), run)
            .when(None, all.clone(), run)
            .then(None, all, run)
    }
}

/// Runs the one definition of a sentence.
fn run(world: &mut World, context: step::Context) -> LocalBoxFuture<'_, ()> {
    let book = Book::open();
    let mut matching = book.matching(&context.step.value);
    let (first, second) = (matching.next(), matching.next());
    drop(matching);
    match (first, second) {
        (Some((index, captures)), None) => {
            let texts = captures
                .iter()
                .map(|text| text.map_or("", |text| text.as_str()));
            let matches = texts.map(|text| (None, text.to_owned())).collect();
            let step = context.step.clone();
            (book.entries[index].definition.run)(world, step::Context { step, matches })
        }
        (None, _) => super::drive::enter(world, context, |_, _| {
            Box::pin(ready(Err(Halt::Error(
                "a sentence of this scenario has no step definition".to_owned(),
            ))))
        }),
        _ => super::drive::enter(world, context, |_, _| {
            Box::pin(ready(Err(Halt::Error(
                "several step definitions match a sentence of this scenario".to_owned(),
            ))))
        }),
    }
}

/// How all texts begin that a pattern anchored at its start matches.
fn literal_start(pattern: &str) -> &str {
    let Some(text) = pattern.strip_prefix('^') else {
        return "";
    };
    let end = text
        .find([
            '\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '$', '^',
        ])
        .unwrap_or(text.len());
    let may_be_missing = text[end..].starts_with(['?', '*', '{']);
    let last = text[..end].chars().next_back();
    let end = end - last.filter(|_| may_be_missing).map_or(0, char::len_utf8);
    &text[..end]
}

/// Declares the steps of a noun: a doc comment (what `list steps` prints), a pattern, a function.
macro_rules! steps {
    ($( #[doc = $about:literal] $pattern:literal => $function:path; )*) => {
        /// The step definitions of this noun.
        pub(super) fn steps() -> Vec<$crate::steps::Definition> {
            vec![$( $crate::steps::Definition {
                pattern: $pattern,
                about: $about,
                file: file!(),
                line: line!(),
                run: |world, context| $crate::steps::drive::enter(world, context, |world, arguments| Box::pin($function(world, arguments))),
            } ),*]
        }
    };
}
pub(super) use steps;

#[cfg(test)]
mod tests {
    use super::{Book, literal_start};
    use regex_lite::Regex;

    /// Alternatives at the top level would begin each in its own way.
    #[test]
    fn patterns_are_regular_expressions_for_whole_sentences() {
        for definition in Book::open().definitions() {
            let pattern = definition.pattern;
            Regex::new(pattern).unwrap();
            assert!(
                pattern.starts_with('^') && pattern.ends_with('$'),
                "{pattern}"
            );
            let mut depth = 0;
            for sign in pattern.chars() {
                depth += i32::from(sign == '(') - i32::from(sign == ')');
                assert!(sign != '|' || depth > 0, "{pattern}");
            }
        }
    }

    #[test]
    fn sentences_begin_as_patterns_say() {
        assert_eq!(literal_start("^the (new|old) payer$"), "the ");
        assert_eq!(literal_start("^the members? are$"), "the member");
        assert_eq!(literal_start("^all$"), "all");
        assert_eq!(literal_start("^\\d of them$"), "");
        assert_eq!(literal_start("all"), "");
    }
}
