//! Others verify what is signed here, and what they sign verifies here: `jose` with `canonicalize` from npm, and
//! `jwcrypto` with `rfc8785` from PyPI.
//!
//! The packages of npm are looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`, those of PyPI by the interpreter
//! `VITRUVIAN_TEST_PYTHON`. Without them the tests say so and pass: neither is part of this repository.

use super::{BUNDLE, WORLD, examined, jws_of, signed, with_jws};
use crate::packages::say;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use vitruvian::signature::{Algorithm, Edition, Verdict};

/// Takes `{mode, document, key, alg}`; prints `{"verifies": …}`, or `{"jws": …}` with the header that was there.
const NODE: &str = r#"
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as jose from "jose";
import { default as canonicalize } from "canonicalize";
const ask = JSON.parse(readFileSync(0, "utf8"));
const bundle = JSON.parse(ask.document);
const [protectedHeader, , signature] = Buffer.from(bundle.signature.data, "base64").toString().split(".");
delete bundle.id; delete bundle.meta; delete bundle.signature;
const bytes = new TextEncoder().encode(canonicalize(bundle));
const header = JSON.parse(Buffer.from(protectedHeader, "base64url").toString());
let answer;
if (ask.mode === "verify") {
  const pem = new X509Certificate(Buffer.from(header.x5c[0], "base64")).toString();
  const key = await jose.importX509(pem, header.alg);
  const jws = { protected: protectedHeader, payload: Buffer.from(bytes).toString("base64url"), signature };
  try { await jose.flattenedVerify(jws, key); answer = { verifies: true }; }
  catch (error) { answer = { verifies: false, error: String(error) }; }
} else {
  const key = await jose.importPKCS8(ask.key, ask.alg);
  const made = await new jose.FlattenedSign(bytes).setProtectedHeader(header).sign(key);
  answer = { jws: `${made.protected}..${made.signature}` };
}
console.log(JSON.stringify(answer));
"#;

/// The same in Python.
const PYTHON: &str = r#"
import base64, json, sys
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from jwcrypto import jwk, jws
import rfc8785
ask = json.load(sys.stdin)
bundle = json.loads(ask["document"])
def unpadded(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def url(data): return base64.urlsafe_b64encode(data).decode().rstrip("=")
protected, _, signature = base64.b64decode(bundle["signature"]["data"]).decode().split(".")
for name in ("id", "meta", "signature"): bundle.pop(name, None)
payload = rfc8785.dumps(bundle)
header = unpadded(protected).decode()
if ask["mode"] == "verify":
    certificate = x509.load_der_x509_certificate(base64.b64decode(json.loads(header)["x5c"][0]))
    certificate.extensions
    key = jwk.JWK.from_pem(certificate.public_bytes(Encoding.PEM))
    token = jws.JWS()
    token.deserialize(protected + "." + url(payload) + "." + signature)
    try:
        token.verify(key)
        answer = {"verifies": True}
    except Exception as error:
        answer = {"verifies": False, "error": str(error)}
else:
    token = jws.JWS(payload)
    token.add_signature(jwk.JWK.from_pem(ask["key"].encode()), None, header, None)
    parts = token.serialize(compact=True).split(".")
    answer = {"jws": parts[0] + ".." + parts[2]}
print(json.dumps(answer))
"#;

/// One that can be asked.
struct Other {
    name: &'static str,
    folder: tempfile::TempDir,
    program: std::ffi::OsString,
    script: &'static str,
}

impl Other {
    fn node() -> Option<Self> {
        let has = |modules: &std::ffi::OsString, name: &str| Path::new(modules).join(name).is_dir();
        let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES")
            .filter(|modules| has(modules, "jose") && has(modules, "canonicalize"));
        let Some(modules) = modules else {
            say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with jose and canonicalize");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ask.mjs"), NODE).unwrap();
        // Node looks for packages beside the script.
        #[cfg(unix)]
        std::os::unix::fs::symlink(&modules, folder.path().join("node_modules")).unwrap();
        Some(Self {
            name: "jose",
            folder,
            program: "node".into(),
            script: "ask.mjs",
        })
    }

    fn python() -> Option<Self> {
        let imports = |program: &std::ffi::OsString| {
            let tried = Command::new(program)
                .args(["-c", "import jwcrypto, rfc8785"])
                .stderr(Stdio::null())
                .status();
            tried.is_ok_and(|status| status.success())
        };
        let Some(program) = std::env::var_os("VITRUVIAN_TEST_PYTHON").filter(imports) else {
            say("skipped: VITRUVIAN_TEST_PYTHON names no interpreter with jwcrypto and rfc8785");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ask.py"), PYTHON).unwrap();
        Some(Self {
            name: "jwcrypto",
            folder,
            program,
            script: "ask.py",
        })
    }

    fn ask(&self, question: &Value) -> Value {
        let mut child = Command::new(&self.program)
            .arg(self.folder.path().join(self.script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(question.to_string().as_bytes()).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{} failed", self.name);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Numbers and characters that canonical forms differ on when they are wrong.
fn document() -> String {
    BUNDLE.replace(
        "\"value\": 1.50",
        "\"value\": 1.50, \"extension\": [{\"url\": \"http://example.org/x\", \"valueDecimal\": 1E-7}, \
         {\"url\": \"http://example.org/\u{1f600}\", \"valueDecimal\": 0.000001}, \
         {\"url\": \"\\\\ \\\" \\u0007 \\u2028\", \"valueDecimal\": 1234567890.12345678}], \"\u{fb33}\": -0.0, \"\u{1f600}\": 1e21",
    )
}

fn both_ways(other: &Other) {
    let document = document();
    for edition in Edition::ALL {
        for algorithm in [
            Algorithm::Rs256,
            Algorithm::Rs384,
            Algorithm::Ps256,
            Algorithm::Es256,
            Algorithm::Es384,
        ] {
            let text = signed(&document, edition, algorithm, None);
            let answer = other.ask(&json!({"mode": "verify", "document": text}));
            assert_eq!(
                answer["verifies"], true,
                "{} {edition} {algorithm}: {answer}",
                other.name
            );
            let changed = text.replace("1234567890.12345678", "1234567890.1234578");
            let answer = other.ask(&json!({"mode": "verify", "document": changed}));
            assert_eq!(
                answer["verifies"], false,
                "{} {edition} {algorithm}",
                other.name
            );
            let key = WORLD.key(algorithm).to_pem();
            let question =
                json!({"mode": "sign", "document": text, "key": key, "alg": algorithm.as_str()});
            let made = other.ask(&question)["jws"].as_str().unwrap().to_owned();
            assert!(
                made != jws_of(&text) || matches!(algorithm, Algorithm::Rs256 | Algorithm::Rs384)
            );
            let examined = examined(&with_jws(&text, &made), edition);
            assert_eq!(
                examined.verdict(),
                Verdict::Valid,
                "{} {examined:#?}",
                other.name
            );
        }
    }
}

#[test]
fn jose_verifies_what_is_signed_here_and_the_other_way_round() {
    if let Some(other) = Other::node() {
        both_ways(&other);
    }
}

#[test]
fn jwcrypto_verifies_what_is_signed_here_and_the_other_way_round() {
    if let Some(other) = Other::python() {
        both_ways(&other);
    }
}
