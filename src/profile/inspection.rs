//! What holding one resource against one profile shows: issues, and which elements of the profile are there.

use super::Report;

/// What holding one resource against one profile shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Issues and undecided rules; of this profile alone, whatever else the resource claims.
    pub report: Report,
    /// Elements of the profile that are there, in the order of the resource.
    pub seen: Vec<Seen>,
}

/// An element of a profile that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Id of the element in the profile, with the slice it turned out to be: `Patient.extension:race.url`.
    pub element: String,
    /// FHIRPath of where it is: `Patient.extension[0].url`.
    pub location: String,
}

impl Inspection {
    /// Where an element is there, by its id in the profile; any slice of it will do.
    pub fn places<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a str> {
        self.seen
            .iter()
            .filter(move |seen| is_of(&seen.element, id))
            .map(|seen| seen.location.as_str())
    }
}

impl Seen {
    /// Whether `location` is this place or below it.
    #[must_use]
    pub fn holds(place: &str, location: &str) -> bool {
        location
            .strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// Whether the element `found` is the element `id`, or a slice of it, or in one.
fn is_of(found: &str, id: &str) -> bool {
    let (mut found, mut wanted) = (found.split('.'), id.split('.'));
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return true,
            (Some(found), Some(wanted)) => {
                let rest = found.strip_prefix(wanted);
                let is_same = rest.is_some_and(|rest| {
                    rest.is_empty()
                        || rest.starts_with('/')
                        || rest.starts_with(':') && !wanted.contains(':')
                });
                if !is_same {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, is_of};

    #[test]
    fn slices_are_what_they_are_slices_of() {
        assert!(is_of("A.b:s.c", "A.b.c"));
        assert!(is_of("A.b:s/t.c", "A.b:s.c"));
        assert!(is_of("A.value[x]:valueCode", "A.value[x]"));
        assert!(!is_of("A.b.c", "A.b:s.c"));
        assert!(!is_of("A.bc", "A.b"));
        assert!(!is_of("A.b:st", "A.b:s"));
        assert!(!is_of("A.b.c", "A.b"));
    }

    #[test]
    fn a_place_holds_what_is_below_it() {
        assert!(Seen::holds("A.b", "A.b[0].c"));
        assert!(Seen::holds("A.b[1]", "A.b[1]"));
        assert!(!Seen::holds("A.b[1]", "A.b[10]"));
        assert!(!Seen::holds("A.b", "A.bc"));
    }
}
