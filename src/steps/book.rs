//! All step definitions, bound to the sentences of the features.

use super::World;
use cucumber::gherkin;
use cucumber::step::{Collection, Location};
use regex::Regex;

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
    definitions: Vec<(Definition, Regex)>,
}

impl Book {
    /// Collects the definitions of every noun.
    ///
    /// # Errors
    /// When a pattern is not a regular expression: a defect of this tool, found by its tests.
    pub fn open() -> Result<Self, regex::Error> {
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
            super::patient::steps(),
            super::direct_query::steps(),
            super::data_request::steps(),
            super::task::steps(),
            super::task_kept::steps(),
            super::task_output::steps(),
            super::bad_task::steps(),
            super::data_source::steps(),
            super::attachment_request::steps(),
            super::subscription::steps(),
        ];
        let definitions = nouns
            .into_iter()
            .flatten()
            .map(|definition| Regex::new(definition.pattern).map(|regex| (definition, regex)))
            .collect::<Result<_, _>>()?;
        Ok(Self { definitions })
    }

    /// The definitions in a stable order.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter().map(|(definition, _)| definition)
    }

    /// Finds the definition of a sentence.
    #[must_use]
    pub fn bind(&self, step: &gherkin::Step) -> Binding {
        let matching: Vec<usize> = (0..self.definitions.len())
            .filter(|index| self.definitions[*index].1.is_match(&step.value))
            .collect();
        match matching.as_slice() {
            [] => Binding::Unbound,
            [one] => Binding::Bound(*one),
            _ => Binding::Ambiguous(matching),
        }
    }

    /// The vocabulary as the engine wants it. Every definition serves `Given`, `When` and `Then`:
    /// whether a sentence sets the stage, acts or judges is the author's choice.
    #[must_use]
    pub fn collection(&self) -> Collection<World> {
        self.definitions
            .iter()
            .fold(Collection::new(), |collection, (definition, regex)| {
                let place = Some(Location {
                    path: definition.file,
                    line: definition.line,
                    column: 1,
                });
                collection
                    .given(place, regex.clone(), definition.run)
                    .when(place, regex.clone(), definition.run)
                    .then(place, regex.clone(), definition.run)
            })
    }
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
