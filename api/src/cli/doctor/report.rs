//! What the doctor found, for people and for programs.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    what: &'static str,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    /// Nothing is broken; somebody may want to know.
    Note,
    Wrong,
}

/// Everything that was looked at.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Finding>);

impl Report {
    pub(super) fn ok(&mut self, what: &'static str, found: impl Into<String>) {
        self.add(Level::Ok, what, found.into(), None);
    }

    pub(super) fn note(&mut self, what: &'static str, found: impl Into<String>, mend: impl Into<String>) {
        self.add(Level::Note, what, found.into(), Some(mend.into()));
    }

    pub(super) fn wrong(&mut self, what: &'static str, found: impl Into<String>, mend: impl Into<String>) {
        self.add(Level::Wrong, what, found.into(), Some(mend.into()));
    }

    pub(super) fn is_ok(&self) -> bool {
        self.0.iter().all(|finding| finding.level != Level::Wrong)
    }

    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            let answer = serde_json::json!({ "ok": self.is_ok(), "findings": self.0 });
            println!("{}", serde_json::to_string(&answer)?);
            return Ok(());
        }
        for Finding { level, what, found, mend } in &self.0 {
            let mark = match level {
                Level::Ok => "ok   ",
                Level::Note => "note ",
                Level::Wrong => "WRONG",
            };
            println!("{mark}  {what}: {found}");
            if let Some(mend) = mend {
                println!("       mend: {mend}");
            }
        }
        println!("{}", if self.is_ok() { "Nothing is wrong." } else { "Something is wrong; see above." });
        Ok(())
    }

    fn add(&mut self, level: Level, what: &'static str, found: String, mend: Option<String>) {
        self.0.push(Finding { level, what, found, mend });
    }
}
