//! A status badge: a small SVG with the guides and the conclusion, for a README or a dashboard.

use super::notice::{mark, notices};
use super::wording::{count, visible};
use super::xml::Xml;
use crate::evidence::{Conclusion, Run, Summary};

/// Height of the badge, in pixels.
const HEIGHT: usize = 20;
/// Longest label, in characters.
const LONGEST: usize = 60;

/// Renders the badge of a run.
pub(super) fn render(run: &Run) -> Vec<u8> {
    let summary = Summary::of(run);
    let names: Vec<String> = run
        .identity
        .igs
        .iter()
        .map(|ig| format!("{} {}", ig.id, ig.version))
        .collect();
    let label = match names.as_slice() {
        [] => "conformance".to_owned(),
        names => names.join(", "),
    };
    let label: String = visible(&label).chars().take(LONGEST).collect();
    let mark = mark(run);
    let conclusion = summary.conclusion.as_str();
    let message = mark.map_or_else(
        || conclusion.to_owned(),
        |mark| format!("{conclusion}, {mark}"),
    );
    let mut title = vec![format!("{label}: {message}")];
    title.extend(notices(run, &summary));
    let excused = summary.requirements.iter();
    match excused.filter(|result| result.excused.is_some()).count() {
        0 => {}
        number => title.push(format!("Excused: {}.", count(number, "known failure"))),
    }
    let colour = match (summary.conclusion, mark) {
        // What nobody can rely on is not shown as if it were well.
        (Conclusion::Conformant, Some(_)) => colour(Conclusion::Incomplete),
        (conclusion, _) => colour(conclusion),
    };
    draw(&label, &message, &title.join(". "), colour)
}

/// Dark enough for white text (contrast above 4.5).
const fn colour(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conformant => "#1a7f37",
        Conclusion::Incomplete => "#8a5a00",
        Conclusion::NotConformant => "#c0272d",
    }
}

fn draw(label: &str, message: &str, title: &str, colour: &str) -> Vec<u8> {
    let (left, right) = (width(label) + 12, width(message) + 12);
    let (whole, height) = ((left + right).to_string(), HEIGHT.to_string());
    let mut svg = Xml::new();
    svg.open(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", &whole),
            ("height", &height),
            ("role", "img"),
            ("aria-label", title),
        ],
    );
    svg.text("title", &[], title);
    svg.empty(
        "rect",
        &[
            ("width", &whole),
            ("height", &height),
            ("rx", "3"),
            ("fill", colour),
        ],
    );
    // The label covers the left part; its left corners are round, too.
    svg.empty(
        "path",
        &[
            ("fill", "#3d444d"),
            (
                "d",
                &format!("M3 0H{left}V{HEIGHT}H3Q0 {HEIGHT} 0 17V3Q0 0 3 0Z"),
            ),
        ],
    );
    svg.open(
        "g",
        &[
            ("fill", "#fff"),
            ("font-family", "Verdana,DejaVu Sans,Geneva,sans-serif"),
            ("font-size", "11"),
        ],
    );
    let (label_room, message_room) = ((left - 12).to_string(), (right - 12).to_string());
    let start = (left + 6).to_string();
    svg.text(
        "text",
        &[("x", "6"), ("y", "14"), ("textLength", &label_room)],
        label,
    );
    svg.text(
        "text",
        &[("x", &start), ("y", "14"), ("textLength", &message_room)],
        message,
    );
    svg.finish()
}

/// About so many pixels a text takes in the font of the badge.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|character| match character {
            'i' | 'l' | 'j' | '.' | ',' | ':' | '|' | '!' | ' ' => 38,
            'm' | 'w' | 'M' | 'W' => 100,
            'A'..='Z' => 76,
            _ => 68,
        })
        .sum();
    tenths.div_ceil(10)
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn a_badge_says_what_and_how() {
        let svg = String::from_utf8(draw(
            "pdex",
            "incomplete",
            "pdex <2>: incomplete",
            "#8a5a00",
        ))
        .unwrap();
        assert!(svg.contains("<title>pdex &lt;2&gt;: incomplete</title>"));
        assert!(svg.contains("fill=\"#8a5a00\""));
    }
}
