//! Codes of standards that no FHIR package carries and that are few, or follow a grammar.

use super::language;

/// ISO 4217, currencies in use and recently withdrawn ones.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD \
    BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR \
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR \
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN \
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE \
    SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES \
    VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ZWL";

/// What the United States Postal Service writes for states, possessions and armed forces.
const STATES: &str = "AA AE AK AL AP AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN \
    MO MP MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UT VA VI VT WA WI WV WY";

/// Whether a list has an item.
pub(super) fn is_listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|item| item == code)
}

/// Whether a system has a code; none when that is not known here.
pub(super) fn has(system: &str, code: &str) -> Option<bool> {
    match system {
        "urn:iso:std:iso:4217" => Some(is_listed(CURRENCIES, code)),
        "https://www.usps.com/" => Some(is_listed(STATES, code)),
        "urn:ietf:bcp:13" => Some(is_media_type(code)),
        language::SYSTEM => language::exists(code),
        _ => None,
    }
}

/// RFC 6838: a type and a subtype, perhaps with parameters.
fn is_media_type(code: &str) -> bool {
    const TYPES: &str =
        "application audio font example haptics image message model multipart text video";
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= 127
            && text
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || "!#$&-^_.+".contains(char))
    };
    let (name, parameters) = code.split_once(';').unwrap_or((code, ""));
    let is_parameter = |text: &str| {
        text.trim()
            .split_once('=')
            .is_some_and(|(name, value)| is_name(name) && !value.is_empty())
    };
    name.trim_end()
        .split_once('/')
        .is_some_and(|(kind, subtype)| {
            let kind = kind.to_ascii_lowercase();
            (is_listed(TYPES, &kind) || kind.starts_with("x-")) && is_name(subtype)
        })
        && (parameters.is_empty() || parameters.split(';').all(is_parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_known() {
        assert_eq!(has("urn:iso:std:iso:4217", "USD"), Some(true));
        assert_eq!(has("urn:iso:std:iso:4217", "USDS"), Some(false));
        assert_eq!(has("urn:iso:std:iso:4217", "usd"), Some(false));
    }

    #[test]
    fn media_types_follow_a_grammar() {
        for good in [
            "application/pdf",
            "application/fhir+json",
            "text/plain; charset=utf-8",
            "image/svg+xml",
            "application/hl7-cda+xml",
        ] {
            assert_eq!(has("urn:ietf:bcp:13", good), Some(true), "{good}");
        }
        for bad in ["pdf", "application/", "/pdf", "nonsense/pdf", "a b/c", ""] {
            assert_eq!(has("urn:ietf:bcp:13", bad), Some(false), "{bad}");
        }
    }
}
