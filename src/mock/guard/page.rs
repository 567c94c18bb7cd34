//! The pages that members see. Every text from outside is escaped, and nothing of them runs.

use crate::mock::Response;
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_FRAME_OPTIONS};

/// Text as it may stand in HTML, between tags or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A page with this title; `content` is HTML.
pub(super) fn page(status: u16, title: &str, content: &str) -> Response {
    let title = escaped(title);
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{content}</body>\n</html>\n"
    );
    Response::new(status, "text/html; charset=utf-8", text)
        .with(CACHE_CONTROL, "no-store")
        .with(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        )
        .with(X_FRAME_OPTIONS, "DENY")
        .with(REFERRER_POLICY, "no-referrer")
        .with(HeaderName::from_static("x-content-type-options"), "nosniff")
}

/// A page that says why it does not go on.
pub(super) fn stopped(text: &str) -> Response {
    page(
        400,
        "This cannot be done",
        &format!("<p>{}</p>\n", escaped(text)),
    )
}

/// The form that asks who is there.
pub(super) fn login(base: &str, transaction: &str, app: &str, is_again: bool) -> Response {
    let again = match is_again {
        true => "<p role=\"alert\">User name or password is wrong.</p>\n",
        false => "",
    };
    let content = format!(
        "{again}<p>{} asks for your data. Log in to go on.</p>\n\
         <form method=\"post\" action=\"{}/auth/login\">\n\
         <input type=\"hidden\" name=\"transaction\" value=\"{}\">\n\
         <p><label>User name <input name=\"user\" autocomplete=\"username\" required></label></p>\n\
         <p><label>Password <input name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" required></label></p>\n\
         <p><button>Log in</button></p>\n</form>\n",
        escaped(app),
        escaped(base),
        escaped(transaction),
    );
    page(200, "Log in", &content)
}

/// The form that asks what the app may have.
pub(super) fn approval(base: &str, transaction: &str, app: &str, scopes: &[String]) -> Response {
    let boxes: String = scopes
        .iter()
        .map(|scope| {
            let scope = escaped(scope);
            format!(
                "<p><label><input type=\"checkbox\" name=\"scope\" value=\"{scope}\" checked> \
                 {scope}</label></p>\n"
            )
        })
        .collect();
    let content = format!(
        "<p>{} asks for:</p>\n<form method=\"post\" action=\"{}/auth/approve\">\n\
         <input type=\"hidden\" name=\"transaction\" value=\"{}\">\n\
         <input type=\"hidden\" name=\"scopes\" value=\"chosen\">\n{boxes}\
         <p><label><input type=\"checkbox\" name=\"withhold\" value=\"sensitive\"> \
         Leave out sensitive data that the law protects specially</label></p>\n\
         <p><button name=\"decision\" value=\"allow\">Allow</button> \
         <button name=\"decision\" value=\"deny\">Deny</button></p>\n</form>\n",
        escaped(app),
        escaped(base),
        escaped(transaction),
    );
    page(200, "Share your data?", &content)
}
