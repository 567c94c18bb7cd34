//! Tokens in a file that somebody has asked for.

use super::{Error, Grant, replayed};
use crate::evidence::Secret;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;
use time::OffsetDateTime;

/// Tokens as they stand in the file.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    grant: Grant,
    ends: Option<OffsetDateTime>,
}

impl Saved {
    pub(super) fn of(grant: &Grant) -> Self {
        let ends = grant
            .expires_in
            .map(|life| OffsetDateTime::now_utc() + life);
        Self {
            grant: grant.clone(),
            ends,
        }
    }

    /// What stands in for them in a replay, which has none.
    pub(super) fn replayed() -> Self {
        let mut grant = Grant::of(replayed::secret());
        grant.refresh_token = Some(replayed::secret());
        Self { grant, ends: None }
    }

    pub(super) fn secrets(&self) -> Vec<Secret> {
        let grant = &self.grant;
        let all = [Some(&grant.token), grant.refresh_token.as_ref()];
        all.into_iter().flatten().cloned().collect()
    }

    /// The token, when it is good for a while, and what the next can be had with.
    pub(super) fn parts(self) -> (Option<Grant>, Option<Secret>) {
        let refresh = self.grant.refresh_token.clone();
        let left = self.ends.map(|ends| ends - OffsetDateTime::now_utc());
        match left {
            None => (Some(self.grant), refresh),
            Some(left) if left > time::Duration::seconds(30) => {
                let grant = Grant {
                    expires_in: left.try_into().ok(),
                    ..self.grant
                };
                (Some(grant), refresh)
            }
            Some(_) => (None, refresh),
        }
    }

    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let refuse = |reason: &str| Error::Unusable {
            key: "target.auth.app.tokens".to_owned(),
            reason: format!(
                "{}: {reason}; run `vitruvian login --save FILE`",
                path.display()
            ),
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(&error.to_string()))?;
        let value: Value = serde_json::from_str(&text).map_err(|_| refuse("it is not JSON"))?;
        let secret = |name: &str| {
            let text = value.get(name)?.as_str()?;
            (!text.is_empty()).then(|| Secret::new(text))
        };
        let token = secret("access_token").ok_or_else(|| refuse("it holds no access_token"))?;
        let ends = value.get("expires_at").and_then(Value::as_i64);
        let ends = ends.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
        let mut grant = Grant::of(token);
        grant.refresh_token = secret("refresh_token");
        grant.scope = value
            .get("scope")
            .and_then(Value::as_str)
            .map(str::to_owned);
        grant.expires_in = ends.map(|ends| {
            let left = ends - OffsetDateTime::now_utc();
            left.try_into().unwrap_or(Duration::ZERO)
        });
        Ok(Self { grant, ends })
    }

    /// Writes the file anew, for its owner alone.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let refuse = |error: std::io::Error| Error::Unusable {
            key: path.display().to_string(),
            reason: error.to_string(),
        };
        let value = json!({
            "access_token": self.grant.token.expose(),
            "refresh_token": self.grant.refresh_token.as_ref().map(Secret::expose),
            "expires_at": self.ends.map(OffsetDateTime::unix_timestamp),
            "scope": self.grant.scope,
        });
        // Written beside it first: the rights of a file that is there are not trusted, and half a file is none.
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", std::process::id()));
        let beside = Path::new(&name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(beside)
            .and_then(|mut file| writeln!(file, "{value:#}"))
            .and_then(|()| std::fs::rename(beside, path));
        if written.is_err() {
            // What cannot be removed was not written either.
            let _ = std::fs::remove_file(beside);
        }
        written.map_err(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::Saved;
    use crate::access::Grant;
    use crate::evidence::Secret;
    use std::time::Duration;

    #[test]
    fn tokens_are_for_their_owner_alone_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        std::fs::write(&path, "old").unwrap();
        let mut grant = Grant::of(Secret::new("canary-access"));
        grant.refresh_token = Some(Secret::new("canary-refresh"));
        grant.expires_in = Some(Duration::from_secs(600));
        Saved::of(&grant).write(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let (read, refresh) = Saved::read(&path).unwrap().parts();
        assert_eq!(read.unwrap().token.expose(), "canary-access");
        assert_eq!(refresh.unwrap().expose(), "canary-refresh");
        grant.expires_in = Some(Duration::from_secs(10));
        let (late, refresh) = Saved::of(&grant).parts();
        assert!(late.is_none() && refresh.is_some());
        assert!(!format!("{:?}", Saved::of(&grant)).contains("canary"));
        for text in ["", "{}", "[1]", "{\"access_token\":\"\"}"] {
            std::fs::write(&path, text).unwrap();
            assert!(Saved::read(&path).is_err());
        }
    }
}
