//! Goes through the pages of an authorization server as a script says, up to the redirect that holds the code.

use super::app::Action;
use super::cookies::Cookies;
use super::page::Page;
use super::{Error, request};
use crate::evidence::Captured;
use crate::http::{Client, Reply, Request};
use std::collections::VecDeque;
use url::Url;

/// Most pages that are asked for.
const MOST_PAGES: usize = 20;

/// One login on its way.
pub(super) struct Browser<'a> {
    client: &'a Client,
    /// Where the code is sent; nothing is ever asked for there.
    redirect: &'a Url,
    start: Url,
    cookies: Cookies,
    asked: usize,
}

/// Where a page has led.
enum Led {
    /// To the redirect, with what it holds.
    Home(Url),
    /// To a page.
    Page(Url, Page),
}

impl<'a> Browser<'a> {
    pub(super) fn new(client: &'a Client, start: &Url, redirect: &'a Url) -> Self {
        Self {
            client,
            redirect,
            start: start.clone(),
            cookies: Cookies::default(),
            asked: 0,
        }
    }

    /// Goes from the first page to the redirect; the URL of the redirect.
    pub(super) async fn go(
        mut self,
        script: &[Action],
        hops: &mut Vec<Captured>,
    ) -> Result<Url, Error> {
        let mut script: VecDeque<&Action> = script.iter().collect();
        let first = Request::get(self.start.as_str());
        let mut led = self.follow(self.start.clone(), first, hops).await?;
        loop {
            let (url, mut page) = match led {
                Led::Home(url) => return Ok(url),
                Led::Page(url, page) => (url, page),
            };
            let (to, request) = act(&url, &mut page, &mut script)?;
            led = self.follow(to, request, hops).await?;
        }
    }

    /// Asks for a page, and for those that its redirects name.
    async fn follow(
        &mut self,
        mut url: Url,
        mut request: Request,
        hops: &mut Vec<Captured>,
    ) -> Result<Led, Error> {
        loop {
            if url.origin() != self.start.origin() {
                let told = format!(
                    "it leads to {}, and only pages of {} are gone to",
                    url.origin().ascii_serialization(),
                    self.start.origin().ascii_serialization()
                );
                return Err(Error::Login(told));
            }
            self.asked += 1;
            if self.asked > MOST_PAGES {
                return Err(Error::Login(format!(
                    "it takes more than {MOST_PAGES} pages"
                )));
            }
            let reply = self.ask(&url, request.clone(), hops).await?;
            let location = reply
                .header("location")
                .filter(|_| (300..400).contains(&reply.status));
            let Some(location) = location else {
                if !reply.is_success() {
                    let told = format!("{} is answered with {}", without_query(&url), reply.status);
                    return Err(Error::Login(told));
                }
                let page = Page::read(&String::from_utf8_lossy(&reply.body));
                return Ok(Led::Page(url, page));
            };
            let next = url
                .join(location)
                .map_err(|_| Error::Login("it is redirected to what is no URL".to_owned()))?;
            if is_same_place(&next, self.redirect) {
                return Ok(Led::Home(next));
            }
            if !matches!(reply.status, 307 | 308) {
                request = Request::get(next.as_str());
            }
            next.as_str().clone_into(&mut request.url);
            url = next;
        }
    }

    async fn ask(
        &mut self,
        url: &Url,
        request: Request,
        hops: &mut Vec<Captured>,
    ) -> Result<Reply, Error> {
        let mut request = request.header("accept", "text/html").unfollowed();
        if let Some(cookies) = self.cookies.header(url.path()) {
            request = request.header("cookie", cookies);
        }
        if request.method == http::Method::POST {
            // What browsers tell, so that servers can see that the form is their own.
            request = request.header("origin", url.origin().ascii_serialization());
        }
        let reply = request::send(self.client, url, request, hops).await?;
        for (name, value) in &reply.headers {
            if name == "set-cookie" {
                self.cookies.take(value, url.path());
            }
        }
        Ok(reply)
    }
}

/// Does what the script says with a page, up to the next button.
fn act(
    url: &Url,
    page: &mut Page,
    script: &mut VecDeque<&Action>,
) -> Result<(Url, Request), Error> {
    let shown: Vec<String> = page.forms.iter().map(super::form::Form::shown).collect();
    let shown = shown.join("; ");
    let title = page.title.clone();
    let stuck = |what: &str| {
        Error::Login(format!(
            "{what} on the page {title:?}, which shows: {shown}; check target.auth.app.login"
        ))
    };
    while let Some(action) = script.pop_front() {
        let forms = &mut page.forms;
        let done = match action {
            Action::Fill(name, text) => forms.iter_mut().any(|form| form.fill(name, text.expose())),
            Action::Choose(name, option) => forms.iter_mut().any(|form| form.choose(name, option)),
            Action::Tick(name) => forms.iter_mut().any(|form| form.tick(name, true)),
            Action::Untick(name) => forms.iter_mut().any(|form| form.tick(name, false)),
            Action::Press(name) => {
                let found = forms
                    .iter()
                    .find_map(|form| Some((form, form.button(name)?)));
                let (form, button) =
                    found.ok_or_else(|| stuck(&format!("there is no button {name:?}")))?;
                let mut to = url
                    .join(form.action.as_deref().unwrap_or_default())
                    .map_err(|_| stuck("the form leads to what is no URL"))?;
                to.set_fragment(None);
                let fields = form.sent(button);
                if form.is_post {
                    let request = Request::post_form(to.as_str(), &fields);
                    return Ok((to, request));
                }
                to.query_pairs_mut().clear().extend_pairs(fields);
                let request = Request::get(to.as_str());
                return Ok((to, request));
            }
        };
        if !done {
            return Err(stuck(&format!("{action} cannot be done")));
        }
    }
    Err(stuck("the script ends"))
}

/// Whether a URL is the redirect, whatever it carries.
pub(super) fn is_same_place(url: &Url, redirect: &Url) -> bool {
    url.origin() == redirect.origin() && url.path() == redirect.path()
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}
