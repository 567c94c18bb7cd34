//! Prices: other payers and providers read claims without them.

use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// No claim read so far has an amount, a price or a financial benefit balance; every place is told.
    r"^none of the claims shows a price$" => no_price;
}

/// Where a claim may hold money.
pub(super) const PLACES: [&str; 15] = [
    "$.payment.amount",
    "$.payment.adjustment",
    "$.total[*].amount",
    "$.adjudication[*].amount",
    "$.item[*]['net','unitPrice']",
    "$.item[*].adjudication[*].amount",
    "$.item[*].detail[*]['net','unitPrice']",
    "$.item[*].detail[*].adjudication[*].amount",
    "$.item[*].detail[*].subDetail[*]['net','unitPrice']",
    "$.item[*].detail[*].subDetail[*].adjudication[*].amount",
    "$.addItem[*]['net','unitPrice']",
    "$.addItem[*].adjudication[*].amount",
    "$.addItem[*].detail[*]['net','unitPrice']",
    "$.addItem[*].detail[*].adjudication[*].amount",
    "$.benefitBalance[*].financial",
];

/// Every price in a claim, with its place.
pub(super) fn prices(claim: &Value) -> Result<Vec<String>, Halt> {
    let mut places = Vec::new();
    for expression in PLACES {
        let found =
            path::select(claim, expression).map_err(|error| Halt::Error(error.to_string()))?;
        places.extend(found.into_iter().map(|(place, _)| place.to_string()));
    }
    Ok(places)
}

async fn no_price(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for claim in &world.records {
        for place in prices(claim)? {
            mismatches.push(
                Mismatch::new("claims without prices for payers and providers", "a price")
                    .at(format!("{}: {place}", name_of(claim))),
            );
        }
    }
    world.judge_each(mismatches)
}

#[cfg(test)]
mod tests {
    use super::prices;
    use serde_json::json;

    #[test]
    fn money_is_found_wherever_a_claim_may_hold_it() {
        let money = json!({"value": 1, "currency": "USD"});
        let claim = json!({
            "payment": {"amount": money, "adjustment": money},
            "total": [{"amount": money}],
            "adjudication": [{"amount": money}],
            "item": [{
                "net": money, "unitPrice": money, "adjudication": [{"amount": money}],
                "detail": [{"net": money, "adjudication": [{"amount": money}],
                    "subDetail": [{"unitPrice": money, "adjudication": [{"amount": money}]}]}],
            }],
            "addItem": [{"net": money, "adjudication": [{"amount": money}]}],
            "benefitBalance": [{"financial": [{"usedMoney": money}]}],
        });
        let found = prices(&claim).unwrap();
        assert_eq!(found.len(), 14, "{found:?}");
        assert!(found.contains(&"item[0].detail[0].subDetail[0].unitPrice".to_owned()));
    }

    #[test]
    fn what_is_no_money_is_left_alone() {
        let claim = json!({"item": [{"quantity": {"value": 2}, "adjudication": [{"value": 3}]}]});
        assert!(prices(&claim).unwrap().is_empty());
    }
}
