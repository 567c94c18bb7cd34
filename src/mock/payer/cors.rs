//! Cross-origin requests: any web page may ask, none may send credentials along.

use crate::mock::{Request, Response};
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};

/// Answers a preflight request; `None` when it is none.
pub(in crate::mock) fn preflight(request: &Request) -> Option<Response> {
    let is_asked = request.method == Method::OPTIONS
        && request.headers.contains_key(ORIGIN)
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    is_asked.then(|| {
        let headers = "accept, authorization, content-type, if-none-match, prefer";
        Response::empty(204)
            .with(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE")
            .with(ACCESS_CONTROL_ALLOW_HEADERS, headers)
    })
}

/// Lets a web page read the answer.
pub(in crate::mock) fn allow(request: &Request, response: Response) -> Response {
    if !request.headers.contains_key(ORIGIN) {
        return response;
    }
    response.with(ACCESS_CONTROL_ALLOW_ORIGIN, "*").with(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        "content-location, etag, last-modified, location, retry-after, x-progress",
    )
}
