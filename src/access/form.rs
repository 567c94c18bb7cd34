//! A form of a web page: what is in it, and what it sends.

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hidden,
    Text,
    Checkbox,
    Radio,
    Select,
    Button,
    /// One that sends nothing.
    Idle,
}

impl Kind {
    pub(super) fn of_input(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "hidden" => Self::Hidden,
            "checkbox" => Self::Checkbox,
            "radio" => Self::Radio,
            "submit" | "image" => Self::Button,
            "reset" | "button" | "file" => Self::Idle,
            _ => Self::Text,
        }
    }
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) id: String,
    /// What people read beside it, or on it.
    pub(super) label: String,
    pub(super) value: String,
    /// Whether it is ticked, or one of its options is chosen.
    pub(super) is_chosen: bool,
    pub(super) is_disabled: bool,
    /// Value and text of each option.
    pub(super) options: Vec<(Option<String>, String)>,
}

impl Field {
    /// Whether somebody who says this means this field.
    fn is_called(&self, name: &str) -> bool {
        let said = name.trim();
        let mut names = vec![&self.name, &self.id, &self.label];
        if self.kind == Kind::Button {
            names.push(&self.value);
        }
        let mut names = names.into_iter().filter(|known| !known.is_empty());
        names.any(|known| {
            known
                .trim()
                .trim_end_matches([':', '*', ' '])
                .eq_ignore_ascii_case(said)
        })
    }

    fn shown(&self) -> &str {
        let names = [&self.label, &self.name, &self.value, &self.id];
        names
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("one without a name", |text| text)
    }
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: Option<String>,
    pub(super) is_post: bool,
    pub(super) fields: Vec<Field>,
}

impl Form {
    pub(super) fn new(action: Option<&str>, method: Option<&str>) -> Self {
        Self {
            action: action
                .map(str::to_owned)
                .filter(|action| !action.trim().is_empty()),
            is_post: method.is_some_and(|method| method.eq_ignore_ascii_case("post")),
            fields: Vec::new(),
        }
    }

    fn find(&mut self, name: &str, kinds: &[Kind]) -> Option<&mut Field> {
        let mut fields = self.fields.iter_mut();
        fields.find(|field| kinds.contains(&field.kind) && field.is_called(name))
    }

    /// Puts a text into a field; false when there is none.
    pub(super) fn fill(&mut self, name: &str, text: &str) -> bool {
        let field = self.find(name, &[Kind::Text]);
        field.is_some_and(|field| {
            text.clone_into(&mut field.value);
            true
        })
    }

    /// Ticks a box, or takes the tick away; false when there is none.
    pub(super) fn tick(&mut self, name: &str, is_chosen: bool) -> bool {
        let field = self.find(name, &[Kind::Checkbox]);
        field.is_some_and(|field| {
            field.is_chosen = is_chosen;
            true
        })
    }

    /// Chooses an option of a list or a group of buttons, by its value or text; false when there is none.
    pub(super) fn choose(&mut self, name: &str, option: &str) -> bool {
        let is_meant = |text: &str| text.trim().eq_ignore_ascii_case(option.trim());
        if let Some(field) = self.find(name, &[Kind::Select]) {
            let found = field
                .options
                .iter()
                .find(|(value, text)| is_meant(text) || value.as_deref().is_some_and(is_meant));
            let value = found.map(|(value, _)| value.clone().unwrap_or_default());
            return value.is_some_and(|value| {
                field.value = value;
                true
            });
        }
        let in_group = |field: &Field| field.kind == Kind::Radio && field.name == name;
        let chosen = self.fields.iter().position(|field| {
            in_group(field) && (is_meant(&field.value) || is_meant(&field.label))
        });
        let Some(chosen) = chosen else {
            return false;
        };
        for (index, field) in self.fields.iter_mut().enumerate() {
            if in_group(field) {
                field.is_chosen = index == chosen;
            }
        }
        true
    }

    /// The place of a button.
    pub(super) fn button(&self, name: &str) -> Option<usize> {
        let mut fields = self.fields.iter();
        fields.position(|field| field.kind == Kind::Button && field.is_called(name))
    }

    /// What the form sends when this button is pressed.
    pub(super) fn sent(&self, button: usize) -> Vec<(&str, &str)> {
        let fields = self.fields.iter().enumerate();
        fields
            .filter(|(index, field)| match field.kind {
                Kind::Hidden | Kind::Text | Kind::Select => true,
                Kind::Checkbox | Kind::Radio => field.is_chosen,
                Kind::Button => *index == button,
                Kind::Idle => false,
            })
            .filter(|(_, field)| !field.name.is_empty() && !field.is_disabled)
            .map(|(_, field)| (field.name.as_str(), field.value.as_str()))
            .collect()
    }

    /// What a person sees of it, in short.
    pub(super) fn shown(&self) -> String {
        let seen = self
            .fields
            .iter()
            .filter(|field| field.kind != Kind::Hidden);
        let seen: Vec<String> = seen
            .take(12)
            .map(|field| {
                let name: String = field.shown().chars().take(40).collect();
                if field.kind == Kind::Button {
                    format!("[{name}]")
                } else {
                    name
                }
            })
            .collect();
        seen.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use crate::access::page::Page;

    #[test]
    fn what_is_sent_is_what_a_browser_would_send() {
        let mut page = Page::read(
            r#"<form method=post><input type=hidden name=h value=1><input name=t disabled><label>Name: <input name=n>
            </label><input type=checkbox name=c value=x><input type=radio name=r value=a checked><input type=radio
            name=r value=b><select name=s><option>One</option><option value=2>Two</option></select>
            <input type=submit name=no value=Cancel><input type=submit name=yes value=Allow><input type=reset></form>"#,
        );
        let form = &mut page.forms[0];
        assert!(form.fill("name", "Ann") && form.tick("c", true));
        assert!(form.choose("r", "b") && form.choose("s", "two"));
        assert!(!form.fill("h", "x") && !form.fill("nobody", "x") && !form.choose("s", "three"));
        let button = form.button("allow").unwrap();
        let expected = [
            ("h", "1"),
            ("n", "Ann"),
            ("c", "x"),
            ("r", "b"),
            ("s", "2"),
            ("yes", "Allow"),
        ];
        assert_eq!(form.sent(button), expected);
        assert!(form.button("Delete").is_none());
        assert!(form.shown().contains("[Cancel]"), "{}", form.shown());
    }
}
