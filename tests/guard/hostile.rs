//! Whatever is sent, it is answered.

use super::harness::Harness;
use http::Method;

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn nothing_that_is_sent_breaks_the_authorization_server() {
    let mut harness = Harness::new(None, "2.2.0", true);
    let long = "x".repeat(200 << 10);
    let deep = nested(5_000);
    let deep_token = format!("{}.{}.x", base64_of(&deep), base64_of(&deep));
    let bodies = [
        "",
        "%",
        "%zz=%ff&&&==",
        "grant_type=client_credentials&client_assertion=a.b.c",
        "grant_type=refresh_token&refresh_token=x&client_id=member-app",
        "grant_type=authorization_code&code=x&client_id=member-app&code_verifier=x",
        "transaction=x&user=%00&password=%F0%9F",
        "token=x&client_id=\u{0}",
        "{\"software_statement\": \"a.b.c\", \"udap\": \"1\"}",
        "{\"jwks\": {\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-384\", \"x\": \"!\", \"y\": \"\"}]}}",
        "{\"redirect_uris\": [\"javascript:alert(1)\"], \"token_endpoint_auth_method\": \"none\"}",
        "null",
        deep.as_str(),
        long.as_str(),
    ];
    let assertion = format!("client_assertion={deep_token}&grant_type=client_credentials");
    for endpoint in [
        "token",
        "authorize",
        "login",
        "approve",
        "register",
        "introspect",
        "revoke",
        "jwks",
        "x",
        "",
    ] {
        for body in bodies.iter().copied().chain([assertion.as_str()]) {
            for kind in [
                "application/x-www-form-urlencoded",
                "application/json",
                "\u{7f}",
            ] {
                let target = format!("/auth/{endpoint}");
                let kind = if kind.is_ascii() && !kind.contains('\u{7f}') {
                    kind
                } else {
                    "?"
                };
                let headers = [("content-type", kind), ("authorization", "Basic !!!")];
                let status = harness.send(Method::POST, &target, body, &headers).status;
                assert!((400..500).contains(&status), "{target} {status}");
                let target = format!("/auth/{endpoint}?{}", &body[..body.len().min(2000)]);
                let status = harness.send(Method::GET, &target, "", &[]).status;
                assert!(status < 500, "{target} {status}");
            }
        }
    }
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn no_header_that_is_sent_opens_anything() {
    let mut harness = Harness::new(None, "2.1.0", false);
    let long = format!("Bearer {}", "x".repeat(100_000));
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "bearer  ",
        "Basic eDp5",
        "Bearer a b",
        "Negotiate x",
        &long,
    ] {
        for target in [
            "/Patient",
            "/Patient/pt-002",
            "/%zz",
            "/$job/1",
            "/",
            "/Patient?access_token=",
            "/nothing",
        ] {
            let status = harness
                .send(Method::GET, target, "", &[("authorization", header)])
                .status;
            assert!((400..500).contains(&status), "{header} {target} {status}");
        }
    }
}
