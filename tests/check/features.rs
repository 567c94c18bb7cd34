//! Mistakes in feature files.

use super::toy::Edit::{Row, Scenario, Swap, Write};
use super::toy::{CLIENT, MATCH, Plant, SUITES};
use vitruvian::catalog::Code;

pub(super) fn plants() -> Vec<Plant> {
    [IN_LAYOUT, IN_OUTLINES, IN_TAGS, IN_NAMES].concat()
}

const IN_LAYOUT: &[Plant] = &[
    Plant {
        code: Code::UnparsableFeature,
        mistake: &[Swap(
            MATCH,
            "Then it is remembered",
            "Then it is remembered\n  Ad more",
        )],
        at: "Ad more",
        near_miss: &[Swap(
            MATCH,
            "Then it is remembered",
            "Then it is remembered\n  # Ad more",
        )],
    },
    Plant {
        code: Code::FeatureOfNoIg,
        mistake: &[Write("features/tyo/more.feature", "Feature: More\n")],
        at: "",
        near_miss: &[
            Write("features/toy/a/more.feature", "Feature: More\n"),
            Swap(SUITES, "[\"toy/match\"]", "[\"toy/match\", \"toy/a/more\"]"),
        ],
    },
    Plant {
        code: Code::Description,
        mistake: &[Swap(
            MATCH,
            "Then it is remembered",
            "Givn a payer\n    Then it is remembered",
        )],
        at: "Givn a payer",
        near_miss: &[Swap(
            MATCH,
            "Then it is remembered",
            "# Givn a payer\n    Then it is remembered",
        )],
    },
    Plant {
        code: Code::Description,
        mistake: &[Swap(
            CLIENT,
            "Background:",
            "Background:\n      Any client.",
        )],
        at: "Any client.",
        near_miss: &[Swap(CLIENT, "Background:", "Background: any client")],
    },
    Plant {
        code: Code::Description,
        mistake: &[Swap(CLIENT, "asks\n", "asks\n    It may ask.\n")],
        at: "It may ask.",
        near_miss: &[Swap(
            CLIENT,
            "The client asks\n",
            "The client asks: it may\n",
        )],
    },
    Plant {
        code: Code::NearMissKeyword,
        mistake: &[Swap(
            MATCH,
            "A member is found by name.",
            "A member.\n  Scenrio: by name",
        )],
        at: "Scenrio",
        near_miss: &[Swap(
            MATCH,
            "A member is found by name.",
            "A member.\n  The name decides: only it.",
        )],
    },
    Plant {
        code: Code::LostCells,
        mistake: &[Swap(MATCH, "| Zzz  |", "| Zzz  | Yyy |")],
        at: "Yyy",
        near_miss: &[Swap(MATCH, "| Zzz  |", r"| Zzz \| Yyy |")],
    },
    Plant {
        code: Code::DocstringMediaType,
        mistake: &[Swap(
            MATCH,
            "Then it is remembered",
            "Then it is remembered\n\"\"\"json\n{}\n\"\"\"",
        )],
        at: "\"\"\"json",
        near_miss: &[Swap(
            MATCH,
            "Then it is remembered",
            "Then it is remembered\n\"\"\"\n{}\n\"\"\"",
        )],
    },
    Plant {
        code: Code::ScenarioWithoutStep,
        mistake: &[Scenario("@req:TOY-MMC-001\nScenario: It is kept\n")],
        at: "It is kept",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is kept\n* it is remembered\n",
        )],
    },
    Plant {
        code: Code::TechnicalWording,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is a 422\nThen it is remembered\n",
        )],
        at: "422",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: 4220 get it in 2026\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::TechnicalWording,
        mistake: &[
            Swap(
                MATCH,
                "<answer>\n",
                "<answer>\n    And the GET is remembered\n",
            ),
            Swap(
                super::toy::STEPS,
                "^it is remembered",
                "^(?:it|the .*) is remembered",
            ),
        ],
        at: "the GET is",
        near_miss: &[
            Swap(
                MATCH,
                "<answer>\n",
                "<answer>\n    And the GETTING is remembered\n",
            ),
            Swap(
                super::toy::STEPS,
                "^it is remembered",
                "^(?:it|the .*) is remembered",
            ),
        ],
    },
];

const IN_OUTLINES: &[Plant] = &[
    Plant {
        code: Code::OutlineWithoutRows,
        mistake: &[Swap(
            MATCH,
            "      | known   | yes    |\n      | unknown | no     |\n",
            "",
        )],
        at: "Examples:",
        near_miss: &[Swap(MATCH, "      | unknown | no     |\n", "")],
    },
    Plant {
        code: Code::MissingColumn,
        mistake: &[Swap(
            MATCH,
            "Then the answer is <answer>",
            "Then the answer is <answer><more>",
        )],
        at: "<more>",
        near_miss: &[
            Swap(MATCH, "| kind    | answer |", "| kind    | answer | more |"),
            Swap(MATCH, "| known   | yes    |", "| known   | yes    | yes  |"),
            Swap(MATCH, "| unknown | no     |", "| unknown | no     | no   |"),
            Swap(
                MATCH,
                "Then the answer is <answer>",
                "Then the answer is <answer><more>",
            ),
        ],
    },
    Plant {
        code: Code::MissingColumn,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is <yes>\nThen it is remembered\n",
        )],
        at: "<yes>",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: 1 < 2 > 1\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::UnusedColumn,
        mistake: &[
            Swap(MATCH, "| kind    | answer |", "| kind    | answer | more |"),
            Swap(MATCH, "| known   | yes    |", "| known   | yes    | yes  |"),
            Swap(MATCH, "| unknown | no     |", "| unknown | no     | no   |"),
        ],
        at: "more",
        // A column may be used in a table alone.
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario Outline: One <a>\nWhen these members are sent:\n| <b> |\nExamples:\n\
                 | a | b |\n| x | y |\n",
        )],
    },
    Plant {
        // A row may say itself which requirements it tests.
        code: Code::MalformedTag,
        mistake: &[Scenario(
            "Scenario Outline: One <a>\nThen it is remembered\nExamples:\n\
                 | requirement | a |\n| TOY-MMC | x |\n",
        )],
        at: "| TOY-MMC | x |",
        near_miss: &[Scenario(
            "Scenario Outline: One <a>\nThen it is remembered\nExamples:\n\
                 | requirement | a |\n| TOY-MMC-001 | x |\n",
        )],
    },
    Plant {
        code: Code::TagOnExamples,
        mistake: &[Swap(MATCH, "    Examples:", "    @slow\n    Examples:")],
        at: "@slow",
        near_miss: &[Swap(MATCH, "    Examples:", "    # @slow\n    Examples:")],
    },
];

const IN_TAGS: &[Plant] = &[
    Plant {
        code: Code::UnknownTag,
        mistake: &[Swap(MATCH, "@writes", "@wirtes")],
        at: "A match is remembered",
        near_miss: &[Swap(MATCH, "@writes", "@writes @slow")],
    },
    Plant {
        code: Code::UnknownTag,
        mistake: &[Swap(
            CLIENT,
            "@role:payer-client\n",
            "@role:payer-client @serial\n",
        )],
        at: "Feature: Client",
        near_miss: &[Swap(
            CLIENT,
            "@role:payer-client\n",
            "@role:payer-client @needs:patience\n",
        )],
    },
    Plant {
        code: Code::MalformedTag,
        mistake: &[Swap(MATCH, "@since:2.0.0", "@since:current")],
        at: "Many are found",
        near_miss: &[Swap(MATCH, "@since:2.0.0", "@since:1.0.0")],
    },
    Plant {
        code: Code::UnknownRole,
        mistake: &[Swap(MATCH, "@role:payer-server", "@role:payer")],
        at: "Many are found",
        near_miss: &[Swap(MATCH, " @role:payer-server", "")],
    },
    Plant {
        code: Code::ScenarioWithoutRequirement,
        mistake: &[Scenario("Scenario: It is kept\nThen it is remembered\n")],
        at: "It is kept",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is kept\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::UnknownRequirement,
        mistake: &[Swap(
            MATCH,
            "@req:TOY-MMC-002",
            "@req:TOY-MMC-002 @req:TOY-MMC-020",
        )],
        at: "A match is remembered",
        near_miss: &[Swap(
            MATCH,
            "@req:TOY-MMC-002",
            "@req:TOY-MMC-002 @req:TOY-MMC-001",
        )],
    },
    Plant {
        code: Code::UnknownRequirement,
        mistake: &[Swap(
            MATCH,
            "@req:TOY-MMC-002",
            "@req:TOY-MMC-002 @req:TOY-MMC-005",
        )],
        at: "A match is remembered",
        near_miss: &[
            Swap(
                MATCH,
                "@req:TOY-MMC-002",
                "@req:TOY-MMC-002 @req:TOY-MMC-005",
            ),
            Swap(MATCH, "@until:1.0.0", "@until:2.0.0"),
        ],
    },
    Plant {
        code: Code::UnknownVersion,
        mistake: &[Swap(MATCH, "@until:1.0.0", "@until:1.1.0")],
        at: "A match is remembered",
        near_miss: &[Swap(MATCH, "@until:1.0.0", "@since:1.0.0 @until:1.0.0")],
    },
    Plant {
        code: Code::NeverActive,
        mistake: &[Scenario(
            "@req:TOY-MMC-001 @since:2.0.0 @until:1.0.0\nScenario: It is kept\nThen it is remembered\n",
        )],
        at: "It is kept",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001 @since:2.0.0 @until:2.0.0\nScenario: It is kept\nThen it is remembered\n",
        )],
    },
];

const IN_NAMES: &[Plant] = &[
    Plant {
        code: Code::UnnamedScenario,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: …\nThen it is remembered\n",
        )],
        at: "…",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: 1\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::SameName,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: Many are found\nThen it is remembered\n",
        )],
        at: "Many are found",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: Many more are found\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::SameName,
        mistake: &[Swap(MATCH, "A <kind> member is found", "A member is found")],
        at: "| unknown |",
        // Another feature may use the same name.
        near_miss: &[Swap(CLIENT, "The client asks once", "Many are found")],
    },
    Plant {
        code: Code::SameScenarioId,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: Many: are found!\nThen it is remembered\n",
        )],
        at: "Many: are found!",
        // The two are never active in the same version.
        near_miss: &[
            Row("TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.||"),
            Scenario(
                "@req:TOY-MMC-001 @until:1.0.0\nScenario: Many: are found!\nThen it is remembered\n",
            ),
        ],
    },
];
