//! Mistakes in manifests, requirement tables and suites.

use super::toy::Edit::{Remove, Row, Scenario, Swap, Write};
use super::toy::{IG1, IG2, Plant, ROWS1, ROWS2, SUITES};
use vitruvian::catalog::Code;

pub(super) fn plants() -> Vec<Plant> {
    [IN_MANIFESTS, IN_ROWS, IN_SUITES].concat()
}

const IN_MANIFESTS: &[Plant] = &[
    Plant {
        code: Code::UnreadableFile,
        mistake: &[Remove(ROWS2)],
        at: "",
        near_miss: &[Write("scenarios/toy/1.0.0/members.toml", "")],
    },
    Plant {
        code: Code::BadManifest,
        mistake: &[Swap(IG2, "fhir =", "fihr =")],
        at: "fihr",
        near_miss: &[Swap(IG2, "fhir =", "# fihr = 4\nfhir =")],
    },
    Plant {
        code: Code::MisplacedManifest,
        mistake: &[Swap(IG2, "version = \"2.0.0\"", "version = \"2.0.1\"")],
        at: "",
        near_miss: &[Swap(IG2, "release = \"STU\"", "release = \"2.0.1\"")],
    },
    Plant {
        code: Code::UnknownBase,
        mistake: &[Swap(IG2, "based_on = \"1.0.0\"", "based_on = \"1.1.0\"")],
        at: "1.1.0",
        near_miss: &[Swap(
            IG2,
            "based_on = \"1.0.0\"",
            "based_on = \"1.0.0\" # not 1.1.0",
        )],
    },
    Plant {
        code: Code::BaseCycle,
        mistake: &[Swap(
            IG1,
            "[unbreakable]",
            "based_on = \"2.0.0\"\n[unbreakable]",
        )],
        at: "based_on = \"2.0.0\"",
        near_miss: &[
            Write(
                "scenarios/toy/3.0.0/ig.toml",
                "id = \"toy\"\nversion = \"3.0.0\"\ntitle = \"T\"\nrelease = \"R\"\npackage = \"p\"\n\
                     base_url = \"https://toy.example/\"\nfhir = \"4.0.1\"\nbased_on = \"1.0.0\"\n",
            ),
            Write(
                "scenarios/toy/3.0.0/requirements.tsv",
                "id\tkey\tlevel\tactor\tsection\turl\ttext\tcoverage\tnote\n",
            ),
        ],
    },
    Plant {
        code: Code::UnknownDropped,
        mistake: &[Swap(
            IG2,
            "\"TOY-MMC-002\"]",
            "\"TOY-MMC-002\",\n \"TOY-MMC-007\"]",
        )],
        at: "TOY-MMC-007",
        near_miss: &[Swap(
            IG2,
            "\"TOY-MMC-002\"]",
            "\"TOY-MMC-002\",\n \"TOY-MMC-006\"]",
        )],
    },
    Plant {
        code: Code::NoDefaultVersion,
        mistake: &[Swap(IG2, "default = true", "default = false")],
        at: "",
        near_miss: &[
            Swap(IG2, "default = true", "default = false"),
            Swap(IG1, "[unbreakable]", "default = true\n[unbreakable]"),
        ],
    },
];

const IN_ROWS: &[Plant] = &[
    Plant {
        code: Code::BadHeader,
        mistake: &[Swap(ROWS2, "id\tkey", "ID\tkey")],
        at: "ID\tkey",
        near_miss: &[Swap(ROWS2, "note\n", "note\r\n")],
    },
    Plant {
        code: Code::BadRow,
        mistake: &[Swap(ROWS2, "note\n", "note\nTOY-MMC-007\tMAY\n")],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule \"007, holds.||",
        )],
    },
    Plant {
        code: Code::BadRequirementId,
        mistake: &[Row("TOY-MMC-07|MAY|payer-server|m.html|Rule 007 holds.||")],
        at: "TOY-MMC-07",
        near_miss: &[Row("TOY-M2-007|MAY|payer-server|m.html|Rule 007 holds.||")],
    },
    Plant {
        code: Code::BadLevel,
        mistake: &[Row(
            "TOY-MMC-007|MUST|payer-server|m.html|Rule 007 holds.||",
        )],
        at: "MUST",
        near_miss: &[Row(
            "TOY-MMC-007|STATED|payer-server|m.html|Rule 007 holds.||",
        )],
    },
    Plant {
        code: Code::UnknownActor,
        mistake: &[Row("TOY-MMC-007|MAY|payer-sever|m.html|Rule 007 holds.||")],
        at: "payer-sever",
        near_miss: &[Row("TOY-MMC-007|MAY|smart-app|m.html|Rule 007 holds.||")],
    },
    Plant {
        code: Code::EmptyText,
        mistake: &[Row("TOY-MMC-007|MAY|payer-server|m.html| ||")],
        at: "TOY-MMC-007",
        near_miss: &[Row("TOY-MMC-007|MAY|payer-server|m.html|Yes||")],
    },
    Plant {
        code: Code::MissingUrl,
        mistake: &[Row("TOY-MMC-007|MAY|payer-server||Rule 007 holds.||")],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|https://toy.example/m|Rule 007 holds.||",
        )],
    },
    Plant {
        code: Code::BadCoverage,
        mistake: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|tested|",
        )],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|attest|Is it so?",
        )],
    },
    Plant {
        code: Code::AttestWithoutQuestion,
        mistake: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|attest| ",
        )],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|attest|Well?",
        )],
    },
    Plant {
        code: Code::UntestableWithoutReason,
        mistake: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|untestable|",
        )],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.|untestable|Paper.",
        )],
    },
    Plant {
        code: Code::StrayNote,
        mistake: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.||Ask Zed.",
        )],
        at: "Ask Zed.",
        near_miss: &[Row(
            "TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.||Defect: a typo.",
        )],
    },
    Plant {
        code: Code::DuplicateRequirement,
        mistake: &[Row("TOY-MMC-001|MAY|payer-server|m.html|Rule 007 holds.||")],
        at: "Rule 007",
        // Dropped from the base first, an id may come back with other words.
        near_miss: &[
            Swap(IG2, "\"TOY-MMC-002\"]", "\"TOY-MMC-002\", \"TOY-MMC-006\"]"),
            Row("TOY-MMC-006|MAY|payer-server|m.html|Rule 006 may hold.||"),
        ],
    },
    Plant {
        code: Code::SameText,
        mistake: &[Row("TOY-MMC-007|MAY|payer-server|m.html|rule  001 holds||")],
        at: "TOY-MMC-007",
        // The row that says the same was dropped.
        near_miss: &[Row("TOY-MMC-007|MAY|payer-server|m.html|Rule 002 holds.||")],
    },
    Plant {
        code: Code::DeclaredYetTested,
        mistake: &[Swap(
            ROWS1,
            "Rule 001 holds.\t\t",
            "Rule 001 holds.\tattest\tIs it so?",
        )],
        at: "TOY-MMC-001",
        near_miss: &[Swap(
            ROWS1,
            "Rule 001 holds.\t\t",
            "Rule 001 holds.\t\tDefect: a typo.",
        )],
    },
    Plant {
        code: Code::UncoveredMandatory,
        mistake: &[Row(
            "TOY-MMC-007|SHALL|payer-server|m.html|Rule 007 holds.||",
        )],
        at: "TOY-MMC-007",
        near_miss: &[Row(
            "TOY-MMC-007|SHOULD|payer-server|m.html|Rule 007 holds.||",
        )],
    },
];

const IN_SUITES: &[Plant] = &[
    Plant {
        code: Code::BadSuites,
        mistake: &[Swap(SUITES, "about = \"The", "abuot = \"The")],
        at: "abuot",
        near_miss: &[Swap(SUITES, "about = \"The", "about = \"abuot")],
    },
    Plant {
        code: Code::DuplicateSuite,
        mistake: &[Write(
            "scenarios/toy/2.0.0/suites.toml",
            "[[suite]]\nid = \"new\"\ntitle = \"\"\nabout = \"\"\nrole = \"payer-server\"\nrequirements = []\n\
                 features = []\n[[suite]]\nid = \"new\" # again\ntitle = \"\"\nabout = \"\"\n\
                 role = \"payer-server\"\nrequirements = []\nfeatures = []\n",
        )],
        at: "again",
        // A version may replace a suite it takes over.
        near_miss: &[Write(
            "scenarios/toy/2.0.0/suites.toml",
            "[[suite]]\nid = \"toy-match\"\ntitle = \"\"\nabout = \"\"\nrole = \"payer-server\"\n\
                 requirements = [\"TOY\"]\nfeatures = [\"toy/match\"]\n",
        )],
    },
    Plant {
        code: Code::UnknownRole,
        mistake: &[Swap(
            SUITES,
            "role = \"payer-server\"",
            "role = \"payer-sever\"",
        )],
        at: "payer-sever",
        near_miss: &[Swap(SUITES, "title = \"Match\"", "title = \"payer-sever\"")],
    },
    Plant {
        code: Code::UnknownFeature,
        mistake: &[Swap(
            SUITES,
            "[\"toy/match\"]",
            "[\"toy/match\", \"toy/mach\"]",
        )],
        at: "toy/mach",
        near_miss: &[Swap(
            SUITES,
            "[\"toy/match\"]",
            "[\"toy/match\", \"toy/client\"]",
        )],
    },
    Plant {
        code: Code::EmptyScope,
        mistake: &[Swap(SUITES, "[\"TOY-MMC\"]", "[\"TOY-MM\"]")],
        at: "TOY-MM\"",
        near_miss: &[Swap(SUITES, "[\"TOY-MMC\"]", "[\"TOY\", \"TOY-MMC-001\"]")],
    },
    Plant {
        code: Code::FeatureInNoSuite,
        mistake: &[Write(
            "features/toy/more.feature",
            "Feature: More\n@req:TOY-MMC-001\nScenario: It is kept\nThen it is remembered\n",
        )],
        at: "",
        near_miss: &[
            Write(
                "features/toy/more.feature",
                "Feature: More\n@req:TOY-MMC-001\nScenario: It is kept\nThen it is remembered\n",
            ),
            Swap(SUITES, "[\"toy/match\"]", "[\"toy/match\", \"toy/more\"]"),
        ],
    },
    Plant {
        code: Code::ScenarioInNoSuite,
        mistake: &[Scenario(
            "@req:TOY-MMC-001 @role:payer-client\nScenario: It is kept\nThen it is remembered\n",
        )],
        at: "It is kept",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001 @role:payer-client @role:payer-server\nScenario: It is kept\nThen it is remembered\n",
        )],
    },
];
