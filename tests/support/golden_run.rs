//! Runs built in code: small ones that say one thing, and one that has everything that may occur.

use super::validated::{hostile_rule, poison_validation};
use std::collections::BTreeMap;
use vitruvian::evidence::{
    Attachment, Attestation, Body, BodyRef, Coverage, Ending, Exchange, Excuse, FaultNote, Finding,
    Identity, IgNote, Level, PlannedRequirement, PlannedScenario, RecordedRequest,
    RecordedResponse, Run, ScenarioRun, StepRun, StepStatus, SuiteNote, Transition, Verdict,
};

/// What an attacker who controls the target might put anywhere.
pub(crate) const HOSTILE: &str = "</script><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %} \"'`&amp; ]]> \0\u{1b} \u{202e}gnp.exe";

const PDEX: &str = "pdex@2.1.0";
const CDEX: &str = "cdex@2.1.0";

/// Builds a run piece by piece.
pub(crate) struct GoldenRun(Run);

impl GoldenRun {
    /// An empty run of both IGs that finished.
    pub(crate) fn new() -> Self {
        let identity = Identity {
            tool: "vitruvian".into(),
            version: "0.1.0".into(),
            started: "2026-03-14T09:26:53Z".into(),
            target: "https://payer.example/fhir".into(),
            igs: vec![ig("pdex", "Da Vinci PDex"), ig("cdex", "Da Vinci CDex")],
            suites: vec![
                suite("pdex-member-match", PDEX, "Member match", "payer-server"),
                suite(
                    "cdex-task",
                    CDEX,
                    "Task-based exchange",
                    "data-source-server",
                ),
            ],
            settings: BTreeMap::from([("concurrency".into(), "8".into())]),
            excuses: Vec::new(),
            strict: false,
            endpoints: BTreeMap::new(),
        };
        Self(Run {
            identity,
            requirements: Vec::new(),
            plan: Vec::new(),
            scenarios: Vec::new(),
            bodies: BTreeMap::new(),
            validated: Vec::new(),
            definitions: Vec::new(),
            attestations: Vec::new(),
            ending: Some(Ending::Finished),
        })
    }

    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Run)) -> Self {
        change(&mut self.0);
        self
    }

    /// A requirement of the suite of its IG.
    pub(crate) fn requirement(mut self, id: &str, level: Level, coverage: Coverage) -> Self {
        self.0.requirements.push(requirement(id, level, coverage));
        self
    }

    /// A planned scenario that was run once.
    pub(crate) fn scenario(self, name: &str, requirements: &[&str], verdict: Verdict) -> Self {
        self.planned(name, requirements).attempt(name, 1, verdict)
    }

    /// A planned scenario.
    pub(crate) fn planned(mut self, name: &str, requirements: &[&str]) -> Self {
        self.0.plan.push(planned(name, requirements));
        self
    }

    /// An execution of a scenario. One that breaks has a finding against its first requirement.
    pub(crate) fn attempt(mut self, name: &str, attempt: u32, verdict: Verdict) -> Self {
        let id = id_of(name, &self.0);
        let plan = self.0.plan.iter().find(|plan| plan.id == id).unwrap();
        let broken = plan.requirements.first().cloned().unwrap_or_default();
        let findings = match verdict {
            Verdict::Fail => vec![finding(&broken, Level::Shall, verdict)],
            Verdict::Warn => vec![finding(&broken, Level::Should, verdict)],
            _ => Vec::new(),
        };
        let exchange = self.exchange(
            "GET",
            "/Patient/1",
            Some((200, br#"{"resourceType":"Patient"}"#)),
        );
        let started_us = self.0.scenarios.len() as u64 * 50_000;
        self.0.scenarios.push(ScenarioRun {
            id,
            attempt,
            verdict,
            reason: reason(verdict).map(str::to_owned),
            steps: steps(verdict),
            findings,
            exchanges: vec![exchange],
            transitions: Vec::new(),
            started_us,
            duration_us: 42_000,
        });
        self
    }

    /// Changes the execution that was added last.
    pub(crate) fn last(mut self, change: impl FnOnce(&mut Self, &mut ScenarioRun)) -> Self {
        let mut last = self.0.scenarios.pop().unwrap();
        change(&mut self, &mut last);
        self.0.scenarios.push(last);
        self
    }

    /// An exchange; its bodies are stored.
    pub(crate) fn exchange(
        &mut self,
        method: &str,
        path: &str,
        response: Option<(u16, &[u8])>,
    ) -> Exchange {
        let json = || {
            vec![(
                "content-type".to_owned(),
                "application/fhir+json".to_owned(),
            )]
        };
        let mut headers = json();
        headers.push(("authorization".into(), "Bearer [redacted]".into()));
        let request_body =
            (method == "POST").then(|| self.store(br#"{"resourceType":"Parameters"}"#));
        Exchange {
            step: 1,
            received: false,
            request: RecordedRequest {
                method: method.into(),
                url: format!("https://payer.example/fhir{path}"),
                headers,
                body: request_body,
            },
            error: response
                .is_none()
                .then(|| "connection reset by the other side".into()),
            response: response.map(|(status, body)| RecordedResponse {
                status,
                headers: json(),
                body: Some(self.store(body)),
            }),
            started_us: 1_000,
            first_byte_us: Some(20_000),
            duration_us: 34_000,
        }
    }

    /// Stores a body.
    pub(crate) fn store(&mut self, bytes: &[u8]) -> BodyRef {
        let body = Body::new(bytes);
        let hash = body.hash.clone();
        self.0.bodies.insert(hash.clone(), body);
        BodyRef {
            hash,
            size: bytes.len() as u64,
            truncated: false,
        }
    }

    pub(crate) fn build(self) -> Run {
        self.0
    }
}

/// One scenario that failed, one that passed, one that was not reached: for whole snapshots.
pub(crate) fn small() -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-002", Level::Should, Coverage::Tested)
        .scenario("no match is refused", &["PDEX-MMC-001"], Verdict::Fail)
        .scenario("a match is found", &["PDEX-MMC-002"], Verdict::Pass)
        .planned("a consent is kept", &["PDEX-MMC-001"])
        .edit(|run| run.ending = Some(Ending::FailFast))
        .build()
}

/// Every verdict, coverage, level, ending of an excuse and kind of body; hostile text everywhere.
pub(crate) fn golden() -> Run {
    let mut run = GoldenRun::new();
    for (level, number) in Level::ALL.into_iter().zip(1..) {
        run = run.requirement(&format!("PDEX-MMC-{number:03}"), level, Coverage::Tested);
    }
    for (coverage, number) in Coverage::ALL.into_iter().zip(1..) {
        run = run.requirement(&format!("CDEX-TB-{number:03}"), Level::Shall, coverage);
    }
    run = run.requirement("PDEX-MMC-007", Level::Shall, Coverage::Tested);
    let applicable = Verdict::ALL
        .into_iter()
        .filter(|one| *one != Verdict::Inapplicable);
    for (verdict, number) in applicable.chain([Verdict::Inapplicable]).zip(1..) {
        let requirement = format!("PDEX-MMC-{number:03}");
        run = run.scenario(&format!("comes to {verdict}"), &[&requirement], verdict);
    }
    run.scenario("task fails as known", &["CDEX-TB-001"], Verdict::Fail)
        .planned("is flaky", &["PDEX-MMC-001"])
        .attempt("is flaky", 1, Verdict::Fail)
        .attempt("is flaky", 2, Verdict::Pass)
        .planned("was not reached", &["PDEX-MMC-002"])
        .scenario("has hostile evidence", &["PDEX-MMC-001"], Verdict::Fail)
        .last(poison_scenario)
        .edit(poison_identity)
        .build()
}

/// As many scenarios with three exchanges each, all with bodies of their own.
pub(crate) fn large(scenarios: usize) -> Run {
    let mut run = GoldenRun::new();
    for number in 0..400 {
        run = run.requirement(
            &format!("PDEX-MMC-{number:03}"),
            Level::Shall,
            Coverage::Tested,
        );
    }
    for number in 0..scenarios {
        let requirement = format!("PDEX-MMC-{:03}", number % 400);
        let verdict = if number % 10 == 0 {
            Verdict::Fail
        } else {
            Verdict::Pass
        };
        run = run
            .scenario(
                &format!("scenario {number} of many"),
                &[&requirement],
                verdict,
            )
            .last(|run, last| {
                for nth in 1..3 {
                    let body = patient(number * 3 + nth);
                    let path = format!("/Patient/{number}-{nth}");
                    let answer = Some((200, body.as_bytes()));
                    last.exchanges.push(run.exchange("POST", &path, answer));
                }
            });
    }
    run.build()
}

/// A resource of about 2 KB, a fifth of it unlike any other, as in real answers.
fn patient(seed: usize) -> String {
    let identifiers: Vec<String> = (0..16)
        .map(|n| {
            let noise = &Body::new(format!("{seed}/{n}").as_bytes()).hash[..24];
            format!(r#"{{"use":"official","system":"https://payer.example/fhir/identifiers/member","value":"{noise}"}}"#)
        })
        .collect();
    format!(
        r#"{{"resourceType":"Patient","id":"{seed}","identifier":[{}]}}"#,
        identifiers.join(",")
    )
}

/// Scenarios whose bodies are too much for a page.
pub(crate) fn heavy(scenarios: usize) -> Run {
    let mut run = GoldenRun::new().requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested);
    for number in 0..scenarios {
        let verdict = if number == 0 {
            Verdict::Fail
        } else {
            Verdict::Pass
        };
        let body: String = (0..500)
            .map(|line| Body::new(format!("{number}/{line}").as_bytes()).hash)
            .collect();
        run = run
            .scenario(&format!("heavy {number}"), &["PDEX-MMC-001"], verdict)
            .last(|run, last| {
                last.exchanges =
                    vec![run.exchange("GET", "/Bundle/1", Some((200, body.as_bytes())))];
            });
    }
    run.build()
}

fn poison_identity(run: &mut Run) {
    run.identity.target = format!("https://payer.example/{HOSTILE}");
    run.identity.settings.insert(HOSTILE.into(), HOSTILE.into());
    run.identity.excuses = vec![
        excuse("CDEX-TB-001", "fixed in spring", "2026-12-31"),
        excuse("PDEX-MMC-001", HOSTILE, "2026-03-13"),
        excuse("PDEX-MMC-002", "never broke", "2026-03-14"),
    ];
    poison_validation(run);
    run.attestations = vec![attestation("CDEX-TB-002", true)];
    run.identity.suites[0].title = HOSTILE.into();
    let requirement = &mut run.requirements[0];
    for field in [
        &mut requirement.text,
        &mut requirement.section,
        &mut requirement.key,
        &mut requirement.note,
    ] {
        *field = HOSTILE.into();
    }
    requirement.url = "javascript:alert(1)".into();
    requirement.faults = vec![FaultNote {
        name: HOSTILE.into(),
        about: HOSTILE.into(),
    }];
    let plan = run.plan.last_mut().unwrap();
    for field in [&mut plan.name, &mut plan.feature, &mut plan.file] {
        *field = HOSTILE.into();
    }
    plan.tags = vec![HOSTILE.into()];
}

fn poison_scenario(run: &mut GoldenRun, last: &mut ScenarioRun) {
    let mut hostile = run.exchange(
        "POST",
        &format!("/{HOSTILE}"),
        Some((599, HOSTILE.as_bytes())),
    );
    hostile.request.url.push_str(&"y".repeat(8 << 10));
    hostile.request.method = HOSTILE.into();
    hostile
        .request
        .headers
        .push((HOSTILE.into(), HOSTILE.into()));
    let binary = run.exchange("GET", "/Binary/1", Some((200, b"\xff\xfe\0\x01")));
    let mut truncated = run.exchange("GET", "/Bundle/1", Some((200, br#"{"entry":[{"a":"b"#)));
    if let Some(body) = truncated.response.as_mut().and_then(|r| r.body.as_mut()) {
        (body.truncated, body.size) = (true, 9 << 20);
    }
    let dropped = run.exchange("GET", "/Patient/2", None);
    last.exchanges.extend([hostile, binary, truncated, dropped]);
    last.exchanges[1].received = true;
    last.transitions = vec![Transition {
        step: 0,
        resource: HOSTILE.into(),
        status: HOSTILE.into(),
        words: Some(HOSTILE.into()),
        at_us: last.started_us + 3_000,
    }];
    last.reason = Some(HOSTILE.into());
    last.steps[0].text = HOSTILE.into();
    last.steps[1].notes = vec![HOSTILE.into()];
    last.findings = vec![Finding {
        expected: HOSTILE.into(),
        actual: HOSTILE.into(),
        location: Some(HOSTILE.into()),
        exchange: Some(1),
        hint: Some(HOSTILE.into()),
        defect: Some(HOSTILE.into()),
        rule: Some(Box::new(hostile_rule(&last.id))),
        ..finding("PDEX-MMC-001", Level::Shall, Verdict::Fail)
    }];
}

/// The answer of a person, with hostile text in it.
pub(crate) fn attestation(requirement: &str, holds: bool) -> Attestation {
    Attestation {
        ig: home(requirement).0.into(),
        requirement: requirement.into(),
        holds,
        name: "Pat Example".into(),
        date: "2026-03-13".into(),
        note: HOSTILE.into(),
        attachment: Some(Attachment {
            name: "policy.pdf".into(),
            sha256: "ef".repeat(32),
        }),
    }
}

fn ig(id: &str, title: &str) -> IgNote {
    IgNote {
        id: id.into(),
        version: "2.1.0".into(),
        title: title.into(),
        hash: "ab".repeat(32),
    }
}

fn suite(id: &str, ig: &str, title: &str, role: &str) -> SuiteNote {
    SuiteNote {
        id: id.into(),
        ig: ig.into(),
        title: title.into(),
        role: role.into(),
    }
}

fn excuse(requirement: &str, reason: &str, expires: &str) -> Excuse {
    Excuse {
        requirement: requirement.into(),
        reason: reason.into(),
        expires: expires.into(),
    }
}

/// IG and suite of a requirement, by its id.
fn home(requirement: &str) -> (&'static str, &'static str) {
    if requirement.starts_with("CDEX") {
        (CDEX, "cdex-task")
    } else {
        (PDEX, "pdex-member-match")
    }
}

fn requirement(id: &str, level: Level, coverage: Coverage) -> PlannedRequirement {
    let (ig, suite) = home(id);
    PlannedRequirement {
        id: id.into(),
        ig: ig.into(),
        key: "§1".into(),
        level,
        actor: "payer-server".into(),
        section: "Member match".into(),
        url: "https://ig.example/page.html#clause".into(),
        text: format!("The text of {id}."),
        coverage,
        note: match coverage {
            Coverage::Attested => "Is the policy published?".into(),
            Coverage::Untestable => "Nothing on the wire shows it.".into(),
            _ => String::new(),
        },
        suites: vec![suite.into()],
        faults: Vec::new(),
    }
}

fn planned(name: &str, requirements: &[&str]) -> PlannedScenario {
    let (ig, suite) = home(requirements[0]);
    PlannedScenario {
        id: format!("{ig}/topic/{}", name.replace(' ', "-")),
        ig: ig.into(),
        feature: "Topic".into(),
        name: name.into(),
        file: "features/topic.feature".into(),
        line: 7,
        tags: vec!["slow".into(), format!("req:{}", requirements[0])],
        requirements: requirements.iter().map(|id| (*id).into()).collect(),
        suites: vec![suite.into()],
    }
}

fn id_of(name: &str, run: &Run) -> String {
    let plan = run.plan.iter().rfind(|plan| plan.name == name).unwrap();
    plan.id.clone()
}

fn finding(requirement: &str, level: Level, severity: Verdict) -> Finding {
    Finding {
        requirement: requirement.into(),
        level,
        severity,
        expected: "status 422 with an OperationOutcome".into(),
        actual: "status 200 with a Patient".into(),
        location: Some("$.resourceType".into()),
        exchange: Some(0),
        hint: Some("look at the consent first".into()),
        defect: None,
        rule: None,
    }
}

fn reason(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Inapplicable => Some("the payer declares that it serves US Core 6.1.0 alone"),
        Verdict::Skip => Some("no member with two coverages; name one under [members]"),
        Verdict::Attest => Some("Does the payer keep the consent?"),
        Verdict::Error => Some("no connection to payer.example; check the address"),
        Verdict::Pass | Verdict::Warn | Verdict::Fail => None,
    }
}

fn steps(verdict: Verdict) -> Vec<StepRun> {
    let end = match verdict {
        Verdict::Pass => StepStatus::Passed,
        Verdict::Warn => StepStatus::Warned,
        Verdict::Fail => StepStatus::Failed,
        Verdict::Inapplicable | Verdict::Skip | Verdict::Attest => StepStatus::Skipped,
        Verdict::Error => StepStatus::Error,
    };
    let step = |keyword: &str, text: &str, line, status| StepRun {
        keyword: keyword.into(),
        text: text.into(),
        line,
        status,
        message: matches!(status, StepStatus::Failed | StepStatus::Error)
            .then(|| "it did not".into()),
        notes: Vec::new(),
        duration_us: 1_500,
    };
    vec![
        step("Given", "a member", 8, StepStatus::Passed),
        step("When", "the client asks", 9, end),
        step("Then", "nothing is left", 10, StepStatus::NotRun),
    ]
}
