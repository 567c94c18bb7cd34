//! From a selection to a plan.

use super::suggestion::{hint, nearest};
use super::{Catalog, Ig, Plan, Scenario, SelectError, Selection, Suite};
use crate::evidence::{Coverage, IgNote, PlannedRequirement, SuiteNote};
use cucumber::tag::Ext as _;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

impl Catalog {
    /// Plans what is asked for. Filters on scenarios never narrow the scope of a suite: what is
    /// left out stays open in its conclusion.
    ///
    /// # Errors
    /// When something asked for does not exist, or nothing is left to run.
    pub fn select(&self, selection: &Selection) -> Result<Plan, SelectError> {
        if let Some((part, of)) = selection.shard
            && !(1..=of).contains(&part)
        {
            return Err(SelectError::BadShard { part, of });
        }
        let igs = self.selected_igs(selection)?;
        self.expect_requirements(&igs, selection)?;
        let suites = self.selected_suites(&igs, selection)?;
        let scenarios = filtered(candidates(&suites), selection)?;
        let suites = narrowed(suites, &scenarios, selection);
        let mut plan = self.plan(&suites, scenarios);
        if let Some((part, of)) = selection.shard {
            plan.scenarios = part_of(plan.scenarios, part, of)?;
        }
        Ok(plan)
    }

    /// The plan with only these scenarios, as if nothing else had been selected.
    #[must_use]
    pub fn narrowed(&self, mut plan: Plan, ids: &BTreeSet<&str>) -> Plan {
        plan.scenarios
            .retain(|scenario| ids.contains(scenario.id.as_str()));
        let igs = self.igs().iter().filter(|ig| {
            let mut known = plan.igs.iter();
            known.any(|known| format!("{}@{}", known.id, known.version) == ig.at.to_string())
        });
        plan.igs = igs.map(|ig| note(ig, &plan.scenarios)).collect();
        plan
    }

    fn selected_igs(&self, selection: &Selection) -> Result<Vec<&Ig>, SelectError> {
        if selection.igs.is_empty() {
            return Ok(self.defaults().collect());
        }
        let wanted: BTreeSet<_> = selection.igs.iter().collect();
        wanted
            .into_iter()
            .map(|at| {
                self.ig(at).ok_or_else(|| {
                    let known: Vec<String> =
                        self.igs().iter().map(|ig| ig.at.to_string()).collect();
                    SelectError::UnknownIg {
                        ig: at.clone(),
                        hint: hint(&at.to_string(), known.iter().map(String::as_str)),
                    }
                })
            })
            .collect()
    }

    fn expect_requirements(&self, igs: &[&Ig], selection: &Selection) -> Result<(), SelectError> {
        let has = |ig: &Ig, name: &str| ig.requirements.iter().any(|row| row.is_named_by(name));
        for name in &selection.requirements {
            if igs.iter().any(|ig| has(ig, name)) {
                continue;
            }
            let ids = igs
                .iter()
                .flat_map(|ig| &ig.requirements)
                .map(|row| row.id.as_str());
            let elsewhere = self.igs().iter().find(|ig| has(ig, name));
            let hint = match (elsewhere, nearest(name, ids)) {
                (Some(ig), _) => format!("it is one of {0}: add --ig {0}", ig.at),
                (None, Some(near)) => format!("did you mean {near}?"),
                (None, None) => "see `vitruvian list requirements`".to_owned(),
            };
            return Err(SelectError::UnknownRequirement {
                requirement: name.clone(),
                igs: names(igs),
                hint,
            });
        }
        Ok(())
    }

    fn selected_suites<'a>(
        &'a self,
        igs: &[&'a Ig],
        selection: &Selection,
    ) -> Result<Vec<(&'a Ig, &'a Suite)>, SelectError> {
        for id in &selection.suites {
            let mut found = igs.iter().filter_map(|ig| ig.suite(id));
            if let Some(suite) = found.next() {
                if selection.side.is_some_and(|side| !side.has(suite.role)) {
                    return Err(SelectError::OtherKind {
                        suite: id.clone(),
                        is_for_clients: suite.role.is_client(),
                    });
                }
                continue;
            }
            let elsewhere = self.igs().iter().find(|ig| ig.suite(id).is_some());
            let known: BTreeSet<&str> = igs
                .iter()
                .flat_map(|ig| ig.suites())
                .filter(|suite| selection.side.is_none_or(|side| side.has(suite.role)))
                .map(|suite| suite.id.as_str())
                .collect();
            let hint = match elsewhere {
                Some(ig) => format!("it is one of {0}: add --ig {0}", ig.at),
                None => hint(id, known),
            };
            return Err(SelectError::UnknownSuite {
                suite: id.clone(),
                igs: names(igs),
                hint,
            });
        }
        Ok(igs
            .iter()
            .flat_map(|ig| ig.suites().map(|suite| (*ig, suite)))
            .filter(|(_, suite)| selection.side.is_none_or(|side| side.has(suite.role)))
            .filter(|(_, suite)| {
                selection.suites.is_empty() || selection.suites.contains(&suite.id)
            })
            .filter(|(_, suite)| {
                selection.roles.is_empty() || selection.roles.contains(&suite.role)
            })
            .collect())
    }

    fn plan(&self, suites: &[(&Ig, &Suite)], scenarios: Vec<Scenario>) -> Plan {
        let mut igs: Vec<&Ig> = suites.iter().map(|(ig, _)| *ig).collect();
        igs.dedup_by(|left, right| left.at == right.at);
        Plan {
            igs: igs.iter().map(|ig| note(ig, &scenarios)).collect(),
            suites: suites
                .iter()
                .map(|(ig, suite)| suite_note(ig, suite))
                .collect(),
            requirements: igs.iter().flat_map(|ig| self.scope(ig, suites)).collect(),
            scenarios,
        }
    }

    /// The requirements of a version that belong to a selected suite, in the order of its rows.
    fn scope(&self, ig: &Ig, suites: &[(&Ig, &Suite)]) -> Vec<PlannedRequirement> {
        let suites: Vec<(&Suite, HashSet<&str>)> = suites
            .iter()
            .filter(|(of, _)| of.at == ig.at)
            .map(|(_, suite)| (*suite, tested_by(ig, suite)))
            .collect();
        let mut scope = Vec::new();
        for row in &ig.requirements {
            let belongs: Vec<String> = suites
                .iter()
                .filter(|(suite, tested)| suite.scopes(row) || tested.contains(row.id.as_str()))
                .map(|(suite, _)| suite.id.clone())
                .collect();
            if belongs.is_empty() {
                continue;
            }
            let coverage = ig.coverage_of(row);
            scope.push(PlannedRequirement {
                id: row.id.clone(),
                ig: ig.at.to_string(),
                key: row.key.clone(),
                level: row.level,
                actor: row.actor.clone(),
                section: row.section.clone(),
                url: row.url.clone(),
                text: row.text.clone(),
                coverage,
                note: row.note.clone(),
                suites: belongs,
                faults: match coverage {
                    Coverage::Tested => self.faults_of(&row.id, &[ig.at.version.to_string()]),
                    _ => Vec::new(),
                },
            });
        }
        scope
    }
}

/// What the scenarios of a suite test, whoever the actor is.
fn tested_by<'a>(ig: &'a Ig, suite: &Suite) -> HashSet<&'a str> {
    ig.scenarios
        .iter()
        .filter(|scenario| scenario.suites.contains(&suite.id))
        .flat_map(|scenario| &scenario.requirements)
        .map(String::as_str)
        .collect()
}

/// The scenarios of the selected suites, each naming only those of its suites that are selected.
fn candidates(suites: &[(&Ig, &Suite)]) -> Vec<Scenario> {
    let mut found = Vec::new();
    for group in suites.chunk_by(|(left, _), (right, _)| left.at == right.at) {
        let ids: Vec<&str> = group.iter().map(|(_, suite)| suite.id.as_str()).collect();
        let igs = group.first().into_iter().flat_map(|(ig, _)| &ig.scenarios);
        found.extend(igs.filter_map(|scenario| {
            let mut scenario = scenario.clone();
            scenario.suites.retain(|id| ids.contains(&id.as_str()));
            (!scenario.suites.is_empty()).then_some(scenario)
        }));
    }
    found
}

/// Applies the filters one by one, so that the one that leaves nothing can be named.
fn filtered(
    mut scenarios: Vec<Scenario>,
    selection: &Selection,
) -> Result<Vec<Scenario>, SelectError> {
    if scenarios.is_empty() {
        return Err(SelectError::NoScenario {
            chosen: chosen(selection),
        });
    }
    let mut keep = |filter: String, hint: &str, is_kept: &dyn Fn(usize, &Scenario) -> bool| {
        let before = scenarios.len();
        let mut index = 0;
        scenarios.retain(|scenario| {
            index += 1;
            is_kept(index - 1, scenario)
        });
        if scenarios.is_empty() {
            return Err(SelectError::Nothing {
                filter,
                before,
                hint: hint.to_owned(),
            });
        }
        Ok(())
    };
    if !selection.requirements.is_empty() {
        keep(
            format!(
                "--requirement {}",
                selection.requirements.join(" --requirement ")
            ),
            "no selected scenario tests it; see `vitruvian list requirements` for its coverage",
            &|_, scenario| {
                let mut tested = scenario.requirements.iter();
                tested.any(|id| {
                    selection
                        .requirements
                        .iter()
                        .any(|name| super::requirement::names(name, id))
                })
            },
        )?;
    }
    if let Some(tags) = &selection.tags {
        keep(
            "--tags".to_owned(),
            "see `vitruvian list scenarios` for their tags, and write each with its @",
            &|_, scenario| tags.eval(&scenario.written.tags),
        )?;
    }
    if let Some(name) = &selection.name {
        let wanted = name.to_lowercase();
        keep(
            format!("--name {name:?}"),
            "see `vitruvian list scenarios` for their names",
            &|_, scenario| scenario.written.name.to_lowercase().contains(&wanted),
        )?;
    }
    if selection.read_only {
        keep(
            "--read-only".to_owned(),
            "all of them create or change data on the target",
            &|_, scenario| !scenario.written.writes,
        )?;
    }
    Ok(scenarios)
}

/// One part of the scenarios. Those that judge all answers are in every part: each judges what it has seen.
fn part_of(scenarios: Vec<Scenario>, part: usize, of: usize) -> Result<Vec<Scenario>, SelectError> {
    let before = scenarios.len();
    let scenarios = scenarios.into_iter().enumerate();
    let own: Vec<Scenario> = scenarios
        .filter(|(index, scenario)| {
            scenario.written.closing || scenario.written.listening || index % of == part - 1
        })
        .map(|(_, scenario)| scenario)
        .collect();
    if own.is_empty() {
        return Err(SelectError::Nothing {
            filter: format!("--shard {part}/{of}"),
            before,
            hint: "use fewer shards".to_owned(),
        });
    }
    Ok(own)
}

/// The options that chose the suites, as the user wrote them.
fn chosen(selection: &Selection) -> String {
    let mut words = Vec::new();
    words.extend(selection.igs.iter().map(|at| format!("--ig {at}")));
    words.extend(selection.suites.iter().map(|id| format!("--suite {id}")));
    words.extend(selection.roles.iter().map(|role| format!("--role {role}")));
    if words.is_empty() {
        words.push("the default selection".to_owned());
    }
    words.join(" ")
}

/// Without suites by name, those a filter on scenarios leaves empty are not part of the run.
fn narrowed<'a>(
    suites: Vec<(&'a Ig, &'a Suite)>,
    scenarios: &[Scenario],
    selection: &Selection,
) -> Vec<(&'a Ig, &'a Suite)> {
    let is_filtered =
        !selection.requirements.is_empty() || selection.tags.is_some() || selection.name.is_some();
    if !is_filtered || !selection.suites.is_empty() {
        return suites;
    }
    suites
        .into_iter()
        .filter(|(ig, suite)| {
            scenarios
                .iter()
                .any(|scenario| scenario.ig == ig.at && scenario.suites.contains(&suite.id))
        })
        .collect()
}

fn note(ig: &Ig, scenarios: &[Scenario]) -> IgNote {
    let mut hasher = Sha256::new_with_prefix(ig.digest);
    let mut last = None;
    for scenario in scenarios.iter().filter(|scenario| scenario.ig == ig.at) {
        let feature = &scenario.written.feature;
        if last != Some(&feature.file) {
            hasher.update(feature.digest);
            last = Some(&feature.file);
        }
    }
    let mut hash = String::new();
    for byte in hasher.finalize() {
        let _ = write!(hash, "{byte:02x}");
    }
    IgNote {
        id: ig.at.ig.clone(),
        version: ig.at.version.to_string(),
        title: ig.title.clone(),
        hash,
    }
}

fn suite_note(ig: &Ig, suite: &Suite) -> SuiteNote {
    SuiteNote {
        id: suite.id.clone(),
        ig: ig.at.to_string(),
        title: suite.title.clone(),
        role: suite.role.to_string(),
    }
}

fn names(igs: &[&Ig]) -> String {
    let names: Vec<String> = igs.iter().map(|ig| ig.at.to_string()).collect();
    names.join(", ")
}
