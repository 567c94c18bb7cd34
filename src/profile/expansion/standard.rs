//! Codes of standards that no FHIR package carries and that are few, or follow a grammar.

/// ISO 639-1, two-letter languages.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv \
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id \
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh \
    mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa \
    sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz \
    ve vi vo wa wo xh yi yo za zh zu";

/// ISO 4217, currencies in use and recently withdrawn ones.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD \
    BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR \
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR \
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN \
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE \
    SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES \
    VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ZWL";

/// Whether a system has a code; none when that is not known here.
pub(super) fn has(system: &str, code: &str) -> Option<bool> {
    match system {
        "urn:iso:std:iso:4217" => Some(is_listed(CURRENCIES, code)),
        "urn:ietf:bcp:13" => Some(is_media_type(code)),
        "urn:ietf:bcp:47" => language(code),
        _ => None,
    }
}

fn is_listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|item| item == code)
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

/// RFC 5646, as far as it goes without the registry: none for what only the registry could tell.
fn language(code: &str) -> Option<bool> {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_alphanumeric = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|char| char.is_ascii_alphanumeric())
    };
    if !parts.all(is_alphanumeric) || !first.chars().all(|char| char.is_ascii_alphabetic()) {
        return Some(false);
    }
    match first.len() {
        2 => Some(is_listed(LANGUAGES, &first)),
        // Three letters and longer are in the registry; `i-…` and `x-…` are old and private.
        1 | 3..=8 => None,
        _ => Some(false),
    }
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

    #[test]
    fn two_letter_languages_are_decided_and_longer_ones_are_not() {
        assert_eq!(has("urn:ietf:bcp:47", "en-US"), Some(true));
        assert_eq!(has("urn:ietf:bcp:47", "qq"), Some(false));
        assert_eq!(has("urn:ietf:bcp:47", "english language"), Some(false));
        assert_eq!(has("urn:ietf:bcp:47", "yue"), None);
    }
}
