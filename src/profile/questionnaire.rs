//! The facts of a Questionnaire: what may and must be answered, and how.

use super::package::json::{extension, flag, items, owned, text};
use serde_json::Value;

const EXTENSIONS: &str = "http://hl7.org/fhir/StructureDefinition/";
const DATA_CAPTURE: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

/// A Questionnaire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questionnaire {
    /// Canonical URL; empty when it has none.
    pub url: String,
    /// Its version; empty when it has none.
    pub version: String,
    /// What is asked.
    pub questions: Vec<Question>,
}

/// An item of a Questionnaire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// What answers refer to.
    pub link_id: String,
    /// `group`, `display`, or the kind of answer.
    pub kind: String,
    /// Whether there must be an answer.
    pub is_required: bool,
    /// Whether there may be several.
    pub repeats: bool,
    /// Longest text, in characters.
    pub max_length: Option<u64>,
    /// Answers to choose from.
    pub options: Vec<AnswerOption>,
    /// Value set of the answers to choose from.
    pub value_set: Option<String>,
    /// When it is asked; always, when there is no condition.
    pub conditions: Vec<Condition>,
    /// Whether one condition is enough.
    pub is_any_enough: bool,
    /// What the standard's extensions say of answers.
    pub limits: AnswerLimits,
    /// What is asked below it.
    pub questions: Vec<Self>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerOption {
    /// Its JSON key without `value`: `Coding`.
    pub kind: String,
    /// The answer.
    pub value: Value,
    /// Whether no other may be chosen with it.
    pub is_exclusive: bool,
}

/// One of the conditions under which an item is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The item whose answer counts.
    pub question: String,
    /// `exists`, `=`, `!=`, `>`, `<`, `>=`, `<=`.
    pub operator: String,
    /// What the answer is compared with.
    pub answer: Value,
}

/// Extensions of R4, and of Structured Data Capture, that say more of answers than the items of R4 themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerLimits {
    /// Fewest answers.
    pub min_occurs: Option<u64>,
    /// Most answers.
    pub max_occurs: Option<u64>,
    /// Smallest answer.
    pub min_value: Option<Value>,
    /// Largest answer.
    pub max_value: Option<Value>,
    /// Shortest text, in characters.
    pub min_length: Option<u64>,
    /// Most digits after the point.
    pub decimal_places: Option<u64>,
    /// Value set of the units of quantities.
    pub unit_value_set: Option<String>,
    /// Regular expression for texts.
    pub regex: Option<String>,
    /// Media types of attachments.
    pub mime_types: Vec<String>,
    /// Types of resources that references may point to.
    pub resource_types: Vec<String>,
}

impl Questionnaire {
    /// The facts of a Questionnaire resource. What is not well formed in it says nothing.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        Self {
            url: owned(value, "url"),
            version: owned(value, "version"),
            questions: items(value, "item").map(Question::read).collect(),
        }
    }
}

impl Question {
    fn read(value: &Value) -> Self {
        Self {
            link_id: owned(value, "linkId"),
            kind: owned(value, "type"),
            is_required: flag(value, "required"),
            repeats: flag(value, "repeats"),
            max_length: value.get("maxLength").and_then(Value::as_u64),
            options: items(value, "answerOption")
                .filter_map(AnswerOption::read)
                .collect(),
            value_set: text(value, "answerValueSet").map(str::to_owned),
            conditions: items(value, "enableWhen")
                .filter_map(Condition::read)
                .collect(),
            is_any_enough: text(value, "enableBehavior") == Some("any"),
            limits: AnswerLimits::read(value),
            questions: items(value, "item").map(Self::read).collect(),
        }
    }

    /// It, and all below it.
    pub fn all(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.questions.iter().flat_map(Self::all)))
    }
}

/// The value of a choice, and its type.
fn choice<'v>(value: &'v Value, name: &str) -> Option<(&'v str, &'v Value)> {
    let fields = value.as_object()?;
    fields
        .iter()
        .find_map(|(key, value)| Some((key.strip_prefix(name)?, value)))
}

impl AnswerOption {
    fn read(value: &Value) -> Option<Self> {
        let (kind, answer) = choice(value, "value")?;
        let exclusive = format!("{EXTENSIONS}questionnaire-optionExclusive");
        Some(Self {
            kind: kind.to_owned(),
            value: answer.clone(),
            is_exclusive: extension(value, &exclusive).and_then(Value::as_bool) == Some(true),
        })
    }
}

impl Condition {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            question: owned(value, "question"),
            operator: owned(value, "operator"),
            answer: choice(value, "answer")?.1.clone(),
        })
    }
}

impl AnswerLimits {
    fn read(value: &Value) -> Self {
        let one = |name: &str| extension(value, &format!("{EXTENSIONS}{name}"));
        let more = |name: &str| extension(value, &format!("{DATA_CAPTURE}{name}"));
        let number = |name: &str| one(name).and_then(Value::as_u64);
        let all = |name: &str| -> Vec<String> {
            let url = format!("{EXTENSIONS}{name}");
            items(value, "extension")
                .filter(|extension| extension["url"] == *url)
                .filter_map(|extension| Some(choice(extension, "value")?.1.as_str()?.to_owned()))
                .collect()
        };
        Self {
            min_occurs: number("questionnaire-minOccurs"),
            max_occurs: number("questionnaire-maxOccurs"),
            min_value: one("minValue").or(more("minQuantity")).cloned(),
            max_value: one("maxValue").or(more("maxQuantity")).cloned(),
            unit_value_set: one("questionnaire-unitValueSet")
                .and_then(Value::as_str)
                .map(str::to_owned),
            min_length: number("minLength"),
            decimal_places: number("maxDecimalPlaces"),
            regex: one("regex").and_then(Value::as_str).map(str::to_owned),
            mime_types: all("mimeType"),
            resource_types: all("questionnaire-referenceResource"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Questionnaire;
    use serde_json::json;

    #[test]
    fn what_is_not_well_formed_says_nothing() {
        let odd =
            json!({"item": [1, {"linkId": 3, "type": [], "answerOption": {}, "item": "x"}, null]});
        let read = Questionnaire::read(&odd);
        assert!(
            read.questions
                .iter()
                .all(|question| question.link_id.is_empty())
        );
        assert!(Questionnaire::read(&json!(null)).questions.is_empty());
    }

    #[test]
    fn all_questions_are_found_at_any_depth() {
        let read = Questionnaire::read(&json!({"item": [
            {"linkId": "1", "type": "group", "item": [{"linkId": "1.1", "type": "string"}]},
        ]}));
        let all: Vec<&str> = read.questions[0]
            .all()
            .map(|question| question.link_id.as_str())
            .collect();
        assert_eq!(all, ["1", "1.1"]);
    }
}
