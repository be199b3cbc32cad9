//! `cargo xtask schemathesis`: thousands of made-up requests to a real `omoi up`, each answer compared with the
//! `OpenAPI` document: no 5xx, no status, header, media type or body that is not documented, and nothing taken that
//! the document forbids. Python and pip are needed for the first run, which fills the cache; later ones work offline.

mod member;
mod server;
mod tool;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use self::server::Server;

/// What an answer is compared with.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,negative_data_rejection,ignored_auth,\
                      unsupported_method,allow_header_conformance";
/// Requests an operation in a short run, and in one that is kept.
const SHORT: u32 = 20;
const FULL: u32 = 150;
/// Operations that take the right to ask away from who asks.
const ENDS_SESSION: &[&str] = &["sign_out", "leave_organization"];
/// What a full run must have sent.
const FULL_CASES: u64 = 5_000;

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Made-up requests an operation, besides those of every edge of its schema.
    #[arg(long)]
    cases: Option<u32>,
    /// The seed of an earlier run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// At least 5,000 requests.
    #[arg(long)]
    full: bool,
    /// The `omoi` to run; built first when absent.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Ask as a member who has signed in, instead of with the operator's key.
    #[arg(long)]
    as_member: bool,
    /// Take an answer out of the document first: the run must find that the server gives it nevertheless.
    #[arg(long)]
    must_fail: bool,
}

/// What a run has found.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    cases: u64,
    failures: u64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let outcome = contract(args)?;
    println!("{} cases, {} failures", outcome.cases, outcome.failures);
    if args.full && outcome.cases < FULL_CASES {
        bail!("a full run sends at least {FULL_CASES} requests, this one sent {}", outcome.cases);
    }
    match (args.must_fail, outcome.failures) {
        (false, 0) => Ok(()),
        (false, _) => bail!("the server and its document do not agree; see above"),
        (true, 0) => bail!("an answer is missing in the document, and nobody noticed"),
        (true, _) => {
            println!("the planted fault was found");
            Ok(())
        }
    }
}

fn contract(args: &Args) -> anyhow::Result<Outcome> {
    let tool = tool::ready()?;
    let server = Server::start(args.program.clone())?;
    let document = server.directory().join("openapi.json");
    server.write_document(&document)?;
    if args.must_fail {
        forget_an_answer(&document)?;
    }
    let bearer = if args.as_member { member::token(&server)? } else { server.key.clone() };
    // What ends the session itself would leave nobody to ask.
    let spared: &[&str] = if args.as_member { ENDS_SESSION } else { &[] };
    let report = server.directory().join("report.json");
    let cases = args.cases.unwrap_or(if args.full { FULL } else { SHORT });
    let status = tool
        .command()
        .arg("run")
        .arg(&document)
        .args(["--url", &server.url, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args([
            "--max-examples",
            &cases.to_string(),
            "--seed",
            &args.seed.to_string(),
            "--continue-on-failure",
        ])
        .args(["--request-timeout", "15", "--warnings", "off", "--report", "json", "--report-json-path"])
        .arg(&report)
        .args(["--header", &format!("Authorization: Bearer {bearer}")])
        .args(spared.iter().flat_map(|id| ["--exclude-operation-id", id]))
        .env("OMOI_URL", &server.url)
        .env("OMOI_KEY", &server.key)
        .current_dir(server.directory())
        .status()
        .context("cannot run schemathesis")?;
    let text = fs::read_to_string(&report).context("schemathesis wrote no report")?;
    let outcome = outcome(&serde_json::from_str(&text)?, spared.len())?;
    if status.success() == (outcome.failures == 0) {
        Ok(outcome)
    } else {
        bail!("schemathesis ended with {status} and reports {} failures", outcome.failures)
    }
}

/// The planted fault: no operation says any more that it may not find what it is asked for.
fn forget_an_answer(document: &Path) -> anyhow::Result<()> {
    let mut whole: Value = serde_json::from_str(&fs::read_to_string(document)?)?;
    let mut forgotten = 0;
    let items = whole["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()) {
        let answers = operation["responses"].as_object_mut();
        forgotten += usize::from(answers.is_some_and(|answers| answers.remove("404").is_some()));
    }
    anyhow::ensure!(forgotten > 0, "the document has no 404 to forget");
    Ok(fs::write(document, whole.to_string())?)
}

/// How many requests were sent, and what was found; a run that met an error of its own has found that.
fn outcome(report: &Value, spared: usize) -> anyhow::Result<Outcome> {
    let cases = report["test_cases"]["generated"].as_u64().context("the report counts no cases")?;
    let found = report["test_cases"]["unique_failures"].as_u64().context("the report counts no failures")?;
    let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
    let operations = |which: &str| report["operations"][which].as_u64();
    let all = operations("total").map(|total| total.saturating_sub(spared as u64));
    let untested = u64::from(all.is_none() || operations("tested") != all);
    Ok(Outcome { cases, failures: found + errors + untested })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_that_was_not_tested_is_a_failure() {
        let report = |tested: u32| {
            json!({
                "test_cases": { "generated": 70, "unique_failures": 0 },
                "errors": [],
                "operations": { "total": 2, "tested": tested },
            })
        };
        assert_eq!(outcome(&report(2), 0).unwrap(), Outcome { cases: 70, failures: 0 });
        assert_eq!(outcome(&report(1), 0).unwrap(), Outcome { cases: 70, failures: 1 });
        assert_eq!(outcome(&report(1), 1).unwrap(), Outcome { cases: 70, failures: 0 }, "it was spared");
        assert!(outcome(&json!({}), 0).is_err());
    }

    #[test]
    fn the_planted_fault_takes_an_answer_away() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("openapi.json");
        let operation = json!({ "responses": { "200": {}, "404": {} } });
        fs::write(&path, json!({ "paths": { "/a": { "get": operation } } }).to_string()).unwrap();
        forget_an_answer(&path).unwrap();
        assert!(!fs::read_to_string(&path).unwrap().contains("404"));
        assert!(forget_an_answer(&path).is_err());
    }
}
