//! The page as a whole.

use super::about::About;
use super::cause::{CauseView, causes};
use super::coverage::{Coverage as Reach, PageChoice, Pages};
use super::evidence::pack;
use super::level_group::LevelGroup;
use super::matrix::{Anchors, Area, areas};
use super::must_support::{Profile, profiles};
use super::open_point::{OpenPoint, open_points};
use super::overview::Overview;
use super::places::Places;
use super::policy::policy;
use super::scenario::ScenarioView;
use super::suite_card::SuiteCard;
use crate::data::Data;
use crate::evidence::{Coverage, Level, Run, Summary};
use crate::report::Error;
use crate::report::case::Case;
use crate::report::cause::Cause;
use crate::report::notice::notices;
use crate::report::outcome::Outcome;
use crate::report::wording::thousands;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;
use tera::{Context, Tera};

const FOLDER: &str = "reports/html/";
/// Size to stay below, in bytes: what mail and build servers take without complaint.
const BUDGET: usize = 4_900_000;
/// Reasons that are not folded, as in the template.
const UNFOLDED: usize = 20;
const TITLES: &str = "reports/html/areas.toml";

/// Renders the run as one HTML file.
pub(in crate::report) fn render(run: &Run, templates: &Data) -> Result<Vec<u8>, Error> {
    let engine = engine(templates)?;
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let anchors = Anchors::new(run);
    let places = Places::new(&cases);
    let (style, script) = (
        asset(templates, "report.css")?,
        asset(templates, "report.js")?,
    );
    let pages = Pages::new(run);
    let open_points = open_points(run, &summary, &cases);
    let page = Page {
        policy: policy(&style, &script),
        style,
        overview: Overview::new(run, &summary, &cases),
        notices: notices(run, &summary),
        suites: summary
            .suites
            .iter()
            .map(|suite| SuiteCard::new(run, &summary, suite))
            .collect(),
        causes: causes(
            run,
            &summary,
            &Cause::all(run, &summary, &cases),
            &anchors,
            &places,
        ),
        open_points_folded: open_points.len().saturating_sub(UNFOLDED),
        open_points,
        must_support_keys: profiles(run, &summary)
            .iter()
            .flat_map(Profile::keys)
            .collect(),
        must_support: profiles(run, &summary),
        coverage: Reach::new(run, &summary, &pages),
        pages: pages.choices(),
        areas: areas(run, &summary, &titles(templates)?, &pages),
        requirements: thousands(run.requirements.len()),
        scenario_count: thousands(cases.len()),
        scenarios: cases
            .iter()
            .enumerate()
            .map(|(index, case)| ScenarioView::new(index, case, &anchors, &places))
            .collect(),
        about: About::new(run, &summary),
        outcomes: Outcome::ALL.map(Choice::from).into(),
        levels: LevelGroup::ALL.map(LevelChoice::from).into(),
        coverages: Coverage::ALL.map(Coverage::as_str),
    };
    let mut html = fill(&engine, "report.html", &page)?;
    let budget = BUDGET.saturating_sub(html.len() + script.len());
    let end = End {
        evidence: pack(run, &cases, budget)?,
        script,
    };
    html.push_str(&fill(&engine, "end.html", &end)?);
    Ok(html.into_bytes())
}

/// Fills one template.
pub(in crate::report) fn fill(
    engine: &Tera,
    name: &str,
    content: &impl Serialize,
) -> Result<String, Error> {
    Context::from_serialize(content)
        .and_then(|context| engine.render(name, &context))
        .map_err(|source| template_error(name, &source))
}

/// The end of the page, filled last so that the evidence takes what room is left.
#[derive(Serialize)]
struct End {
    evidence: String,
    script: String,
}

/// The page up to the evidence.
#[derive(Serialize)]
struct Page {
    policy: String,
    style: String,
    overview: Overview,
    notices: Vec<String>,
    suites: Vec<SuiteCard>,
    causes: Vec<CauseView>,
    open_points: Vec<OpenPoint>,
    open_points_folded: usize,
    must_support: Vec<Profile>,
    must_support_keys: BTreeSet<&'static str>,
    coverage: Reach,
    pages: Vec<PageChoice>,
    areas: Vec<Area>,
    requirements: String,
    scenario_count: String,
    scenarios: Vec<ScenarioView>,
    about: About,
    outcomes: Vec<Choice>,
    levels: Vec<LevelChoice>,
    coverages: [&'static str; 4],
}

/// An outcome to filter by.
#[derive(Serialize)]
struct Choice {
    key: &'static str,
    word: &'static str,
    meaning: &'static str,
}

impl From<Outcome> for Choice {
    fn from(outcome: Outcome) -> Self {
        Self {
            key: outcome.key(),
            word: outcome.word(),
            meaning: outcome.meaning(),
        }
    }
}

/// A group of levels to filter by, with its levels when there are several.
#[derive(Serialize)]
struct LevelChoice {
    key: &'static str,
    name: &'static str,
    levels: Vec<&'static str>,
}

impl From<LevelGroup> for LevelChoice {
    fn from(group: LevelGroup) -> Self {
        let levels = Level::ALL.into_iter();
        let levels: Vec<_> = levels
            .filter(|level| LevelGroup::of(*level) == group)
            .map(Level::as_str)
            .collect();
        Self {
            key: group.key(),
            name: group.name(),
            levels: if levels.len() > 1 { levels } else { Vec::new() },
        }
    }
}

/// The template engine with all templates of the folder. Their names end in `.html`, which is what
/// makes the engine escape.
pub(in crate::report) fn engine(templates: &Data) -> Result<Tera, Error> {
    let mut sources = Vec::new();
    for path in templates.list(FOLDER)? {
        if let Some(name) = path
            .strip_prefix(FOLDER)
            .filter(|name| name.ends_with(".html"))
        {
            sources.push((name.to_owned(), templates.text(&path)?.into_owned()));
        }
    }
    let mut engine = Tera::default();
    engine
        .add_raw_templates(sources)
        .map_err(|source| template_error("reports/html", &source))?;
    Ok(engine)
}

/// The style sheet that all pages share.
pub(in crate::report) fn style(templates: &Data) -> Result<String, Error> {
    asset(templates, "report.css")
}

/// A file that is hashed for the policy. Browsers hash it with bare line feeds.
pub(in crate::report) fn asset(templates: &Data, name: &str) -> Result<String, Error> {
    let text: Cow<'static, str> = templates.text(&format!("{FOLDER}{name}"))?;
    Ok(text.replace("\r\n", "\n"))
}

fn titles(templates: &Data) -> Result<BTreeMap<String, String>, Error> {
    toml::from_str(&templates.text(TITLES)?).map_err(|source| Error::Titles {
        path: TITLES,
        message: source.message().to_owned(),
    })
}

fn template_error(name: &str, error: &tera::Error) -> Error {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    Error::Template {
        name: name.to_owned(),
        message,
    }
}
