//! Mistakes between features and step definitions, and between requirements and faults.

use super::toy::Edit::{Row, Scenario, Swap};
use super::toy::{FAULTS, IG1, MATCH, Plant, STEPS};
use vitruvian::catalog::Code;

pub(super) fn plants() -> Vec<Plant> {
    [IN_STEPS, IN_FAULTS].concat()
}

const IN_STEPS: &[Plant] = &[
    Plant {
        code: Code::UnboundStep,
        mistake: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is kept\nThen it is forgotten\n",
        )],
        at: "it is forgotten",
        near_miss: &[Scenario(
            "@req:TOY-MMC-001\nScenario: It is forgotten\nThen it is remembered\n",
        )],
    },
    Plant {
        code: Code::UnboundStep,
        mistake: &[
            Swap(MATCH, "Given a payer", "Given two payers"),
            Swap(STEPS, "^a payer$\n", ""),
        ],
        at: "two payers",
        near_miss: &[Swap(MATCH, "Given a payer", "When a payer")],
    },
    Plant {
        code: Code::AmbiguousStep,
        mistake: &[Swap(STEPS, "^a client$", "^an? (?:client|payer)$")],
        at: "a payer",
        near_miss: &[Swap(STEPS, "^a client$", "^an? client$")],
    },
    Plant {
        code: Code::UnusedStep,
        mistake: &[Swap(STEPS, "^a client$", "^a client$\n^nothing is said$")],
        at: "nothing is said",
        near_miss: &[
            Swap(STEPS, "^a client$", "^a client$\n^nothing is said$"),
            Swap(
                MATCH,
                "Then it is remembered",
                "Then it is remembered\n    But nothing is said",
            ),
        ],
    },
];

const IN_FAULTS: &[Plant] = &[
    Plant {
        code: Code::FaultOfNoRequirement,
        mistake: &[Swap(FAULTS, "TOY-MMC-005", "TOY-MMC-005 TOY-MMC-050")],
        at: "",
        near_miss: &[Swap(FAULTS, "TOY-MMC-005", "TOY-MMC-005 TOY-MMC-001")],
    },
    Plant {
        code: Code::FaultOfUntested,
        mistake: &[Swap(FAULTS, "TOY-MMC-005", "TOY-MMC-005 TOY-MMC-006")],
        at: "",
        // In the other version something tests it.
        near_miss: &[Swap(FAULTS, "TOY-MMC-005", "TOY-MMC-005 TOY-MMC-002")],
    },
    Plant {
        code: Code::Unproven,
        mistake: &[Swap(FAULTS, " TOY-MMC-005", "")],
        at: "Many are found",
        near_miss: &[
            Swap(FAULTS, " TOY-MMC-005", ""),
            Swap(
                IG1,
                "person.\"\n",
                "person.\"\nTOY-MMC-005 = \"Only time shows it.\"\n",
            ),
        ],
    },
    Plant {
        code: Code::StaleExcuse,
        mistake: &[Swap(
            IG1,
            "person.\"\n",
            "person.\"\nTOY-MMC-005 = \"Only time shows it.\"\n",
        )],
        at: "TOY-MMC-005",
        near_miss: &[
            Swap(
                IG1,
                "person.\"\n",
                "person.\"\nTOY-MMC-007 = \"Only time shows it.\"\n",
            ),
            Row("TOY-MMC-007|MAY|payer-server|m.html|Rule 007 holds.||"),
            Scenario("@req:TOY-MMC-007\nScenario: It is kept\nThen it is remembered\n"),
        ],
    },
    Plant {
        code: Code::StaleExcuse,
        mistake: &[Swap(
            IG1,
            "person.\"\n",
            "person.\"\nTOY-MMC-006 = \"Only time shows it.\"\n",
        )],
        at: "TOY-MMC-006",
        near_miss: &[Swap(IG1, "person.\"\n", "person.\" # not TOY-MMC-006\n")],
    },
    Plant {
        code: Code::ExcuseWithoutReason,
        mistake: &[Swap(IG1, "The client is a person.", " ")],
        at: "TOY-MMC-004",
        near_miss: &[Swap(IG1, "The client is a person.", "No.")],
    },
];
