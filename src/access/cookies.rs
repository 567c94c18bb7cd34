//! Cookies of one origin (RFC 6265), as far as a login needs them: they go back to where they came from.

/// Most cookies that are kept, and longest of them, in bytes.
const MOST: usize = 50;
const LONGEST: usize = 4096;

/// The cookies of one origin.
#[derive(Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Cookies {
    /// Takes the value of a `Set-Cookie` header that came with the answer for this path.
    pub(super) fn take(&mut self, header: &str, path: &str) {
        let mut parts = header.split(';');
        let pair = parts.next().and_then(|pair| pair.split_once('='));
        let Some((name, value)) = pair.map(|(name, value)| (name.trim(), value.trim())) else {
            return;
        };
        if name.is_empty() || header.len() > LONGEST {
            return;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut place = if folder.is_empty() { "/" } else { folder };
        let mut is_over = false;
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if value.trim().starts_with('/') => place = value.trim(),
                "max-age" => is_over |= value.trim().parse().is_ok_and(|age: i64| age <= 0),
                "expires" => {
                    let ends = httpdate::parse_http_date(value.trim());
                    is_over |= ends.is_ok_and(|ends| ends <= std::time::SystemTime::now());
                }
                _ => {}
            }
        }
        self.0
            .retain(|cookie| cookie.name != name || cookie.path != place);
        if !is_over && self.0.len() < MOST {
            self.0.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                path: place.to_owned(),
            });
        }
    }

    /// The value of the `Cookie` header for this path; none without cookies.
    pub(super) fn header(&self, path: &str) -> Option<String> {
        let mut found: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.is_for(path)).collect();
        found.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = found
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn is_for(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Cookies;

    #[test]
    fn cookies_go_back_to_where_they_came_from() {
        let mut cookies = Cookies::default();
        for header in [
            "a=1; Path=/; HttpOnly",
            "b=2; path=/login; max-age=60",
            "c=3; Max-Age=0",
            "d=4; expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "e=5; path=/other",
            "f=6",
            "nonsense",
            "=7",
            "",
        ] {
            cookies.take(header, "/login/page");
        }
        assert_eq!(
            cookies.header("/login/next").as_deref(),
            Some("b=2; f=6; a=1")
        );
        assert_eq!(cookies.header("/loginx").as_deref(), Some("a=1"));
        cookies.take("a=; path=/; max-age=-1", "/");
        assert_eq!(cookies.header("/"), None);
        for index in 0..1_000 {
            cookies.take(&format!("n{index}={}", "x".repeat(index * 10)), "/");
        }
        assert!(cookies.header("/").unwrap().len() < 250_000);
    }
}
