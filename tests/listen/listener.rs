//! `vitruvian listen` as it runs, and requests to it.

use crate::support::command::Output;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A process that listens; killed when it is dropped.
pub(super) struct Listener {
    child: Option<Child>,
    output: BufReader<ChildStdout>,
    /// `127.0.0.1:port`.
    pub(super) host: String,
    /// What it said before the host was known, and after.
    said: String,
}

impl Listener {
    /// Starts it on a free port and waits until it says where.
    pub(super) fn start(out: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vitruvian"))
            .args(["listen", "--port", "0", "--out"])
            .arg(out)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let host = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "it ended: {said}");
            said.push_str(&line);
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split('/').next().unwrap().to_owned();
            }
        };
        Self {
            child: Some(child),
            output,
            host,
            said,
        }
    }

    /// Reads on until it has said what every client needs: the token.
    pub(super) fn token(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "{}",
                self.said
            );
            self.said.push_str(&line);
            if let Some((_, token)) = line.split_once("Bearer ") {
                return token.trim().to_owned();
            }
        }
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Output {
        let mut child = self.child.take().unwrap();
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let mut stderr = String::new();
        let errors = child.stderr.as_mut().unwrap();
        errors.read_to_string(&mut stderr).unwrap();
        Output {
            code: child.wait().unwrap().code().unwrap_or(-1),
            stdout: format!("{}{rest}", self.said),
            stderr,
        }
    }

    /// Asks for something, and returns status and body.
    pub(super) fn ask(&self, head: &str, body: &[u8]) -> (u16, String) {
        ask(&self.host, head, body)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends `METHOD /path` with headers in further lines, and returns status and body.
pub(super) fn ask(host: &str, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(host).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let (first, headers) = head.split_once('\n').unwrap_or((head, ""));
    let headers = headers.lines().fold(String::new(), |all, line| {
        format!("{all}{}\r\n", line.trim())
    });
    let request = format!(
        "{first} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    // Who is told that it is too much may stop reading.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status.unwrap_or(0), body.to_owned())
}
