//! Responses to questionnaires: what is answered was asked, where it was asked, and what must be answered is.
//!
//! Source: FHIR R4, QuestionnaireResponse, "Notes", and the elements of Questionnaire.item.

use super::finding::Finding;
use super::walk::{Step, Walk};
use crate::profile::{Canonical, Question, Questionnaire};
use serde_json::Value;
use std::sync::Arc;

/// A response while it is held against its questionnaire.
pub(super) struct Response<'v> {
    pub(super) resource: &'v Value,
    pub(super) questionnaire: Arc<Questionnaire>,
    /// Whether it claims to be whole: what must be answered, is.
    is_complete: bool,
}

impl<'v> Walk<'v> {
    /// What holds for a response and is no invariant.
    pub(super) fn response(&mut self, resource: &'v Value) {
        let Some(canonical) = resource["questionnaire"].as_str() else {
            return;
        };
        let Some(questionnaire) = self.questionnaire(canonical) else {
            let message = format!(
                "nobody here knows the questionnaire {canonical}; the answers were not held against it"
            );
            self.undecided("questionnaire", message);
            return;
        };
        let response = Response {
            resource,
            is_complete: matches!(resource["status"].as_str(), Some("completed" | "amended")),
            questionnaire,
        };
        let questionnaire = Arc::clone(&response.questionnaire);
        self.items(resource, &questionnaire.questions, &response);
    }

    /// A questionnaire that is contained, in the same Bundle, or in a package.
    fn questionnaire(&self, canonical: &str) -> Option<Arc<Questionnaire>> {
        let scope = self.scope()?;
        let read = |found: &Value| Arc::new(Questionnaire::read(found));
        let is_it = |found: &&'v Value| found["resourceType"] == "Questionnaire";
        if canonical.starts_with('#') {
            return self.resolve(canonical).filter(is_it).map(read);
        }
        let wanted = Canonical::parse(canonical);
        let is_wanted = |found: &&'v Value| {
            is_it(found)
                && found["url"] == *wanted.url
                && wanted
                    .version
                    .is_none_or(|version| found["version"] == version)
        };
        let contained = scope.resource["contained"].as_array().into_iter().flatten();
        let bundles = self.scopes.iter().filter_map(|scope| {
            scope.entries.as_ref()?;
            scope.resource["entry"].as_array()
        });
        let entries = bundles.flatten().filter_map(|entry| entry.get("resource"));
        contained
            .chain(entries)
            .find(is_wanted)
            .map(read)
            .or_else(|| self.programs.definitions().questionnaire(canonical))
    }

    /// The items of one level, and the questions of that level.
    pub(super) fn items(
        &mut self,
        holder: &'v Value,
        questions: &[Question],
        response: &Response<'v>,
    ) {
        let items = holder["item"].as_array().map_or(&[][..], Vec::as_slice);
        let start = self.path.len();
        let mut last = 0;
        for (at, item) in items.iter().enumerate() {
            self.path.extend([Step::Name("item"), Step::Index(at)]);
            let id = item["linkId"].as_str().unwrap_or_default();
            match questions.iter().position(|question| question.link_id == id) {
                Some(position) => {
                    if position < last {
                        let message =
                            format!("the item {id:?} stands after items it must come before");
                        self.report(Finding::error("structure", "item-order", message).actual(id));
                    }
                    last = last.max(position);
                    let is_first = !items[..at].iter().any(|other| other["linkId"] == id);
                    self.item(item, &questions[position], is_first, response);
                }
                None => self.unasked(id, response),
            }
            self.path.truncate(start);
        }
        for question in questions {
            let is_there = items.iter().any(|item| item["linkId"] == *question.link_id);
            if !is_there {
                self.missing(question, response);
            }
        }
    }

    /// An item that is not asked where it stands.
    fn unasked(&mut self, id: &'v str, response: &Response<'v>) {
        // What is no text is said elsewhere.
        if id.is_empty() {
            return;
        }
        let questions = response.questionnaire.questions.iter();
        let is_elsewhere = questions
            .flat_map(Question::all)
            .any(|question| question.link_id == id);
        let message = if is_elsewhere {
            format!("the questionnaire asks {id:?} at another place")
        } else {
            format!("the questionnaire has no item {id:?}")
        };
        let finding = Finding::error("structure", "link-id", message);
        self.report_at("linkId", finding.actual(id));
    }

    /// A question without any item.
    fn missing(&mut self, question: &Question, response: &Response<'v>) {
        if self.must_answer(question, response) {
            let message = format!("{:?} must be answered, and is not", question.link_id);
            let finding = Finding::error("required", "answer-required", message);
            self.report(finding.expected(&question.link_id));
        }
    }

    fn must_answer(&mut self, question: &Question, response: &Response<'v>) -> bool {
        question.is_required
            && response.is_complete
            && question.kind != "display"
            && response.is_enabled(question) == Some(true)
    }

    fn item(
        &mut self,
        item: &'v Value,
        question: &Question,
        is_first: bool,
        response: &Response<'v>,
    ) {
        let id = &question.link_id;
        let answers = item["answer"].as_array().map_or(&[][..], Vec::as_slice);
        let is_group = question.kind == "group";
        let may_repeat = is_group && question.repeats;
        if !is_first && !may_repeat {
            let message = if is_group {
                format!("the group {id:?} may be there only once")
            } else {
                format!("the item {id:?} may be there only once; several answers stand within it")
            };
            self.report(Finding::error("structure", "item-repeated", message));
        }
        if response.is_complete && response.is_enabled(question) == Some(false) {
            let message = format!("{id:?} is answered, and the questionnaire does not ask it here");
            self.report(Finding::error("business-rule", "not-enabled", message));
        }
        if is_group || matches!(question.kind.as_str(), "display" | "question") {
            if !answers.is_empty() {
                let message = format!("{id:?} is a {}, which has no answer", question.kind);
                self.report_at("answer", Finding::error("structure", "answer", message));
            }
            let is_empty = item.get("item").is_none();
            if is_group && is_empty && self.must_answer(question, response) {
                let message = format!("the group {id:?} must be answered, and holds nothing");
                self.report(Finding::error("required", "answer-required", message));
            }
            self.items(item, &question.questions, response);
            return;
        }
        if item.get("item").is_some() {
            let message = format!("{id:?} is no group: items below it stand within its answers");
            self.report_at("item", Finding::error("structure", "item-nesting", message));
        }
        self.answers(answers, question, response);
    }

    fn answers(&mut self, answers: &'v [Value], question: &Question, response: &Response<'v>) {
        let id = &question.link_id;
        if answers.is_empty() && self.must_answer(question, response) {
            let message = format!("{id:?} must be answered, and is not");
            self.report(Finding::error("required", "answer-required", message));
        }
        let count = answers.len() as u64;
        let most = question.limits.max_occurs.filter(|_| question.repeats);
        let most = most.or((!question.repeats).then_some(1));
        if let Some(most) = most.filter(|most| count > *most) {
            let message = format!("{id:?} may have at most {most} answers, and has {count}");
            let finding = Finding::error("structure", "answer-max", message);
            self.report(finding.expected(format!("at most {most}")).actual(count));
        }
        let fewest = question.limits.min_occurs.filter(|_| response.is_complete);
        if let Some(fewest) = fewest.filter(|fewest| count < *fewest) {
            let message = format!("{id:?} must have at least {fewest} answers, and has {count}");
            let finding = Finding::error("required", "answer-min", message);
            self.report(finding.expected(format!("at least {fewest}")).actual(count));
        }
        let start = self.path.len();
        for (at, answer) in answers.iter().enumerate() {
            self.path.extend([Step::Name("answer"), Step::Index(at)]);
            self.answer(answer, question, answers.len());
            // Below an answer that is there, questions are asked again.
            self.items(answer, &question.questions, response);
            self.path.truncate(start);
        }
    }
}
