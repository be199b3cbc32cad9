//! What a run that explores has found out, as people read it. An agent has written it: its words are hostile text like all others.

use serde::Deserialize;

use crate::cli::client::{Line, faint, plain, strong};

/// Findings, and recommendations, that are shown of each report; the rest is counted.
const SHOWN: usize = 50;

/// A report.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    summary: String,
    findings: Vec<Finding>,
    #[serde(default)]
    recommendations: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    title: String,
    detail: String,
    #[serde(default)]
    files: Vec<String>,
}

impl Report {
    /// Of the words in which an agent has written one.
    pub(super) fn of(words: &str) -> Option<Self> {
        serde_json::from_str(words).ok()
    }

    /// For people.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Vec::new(), vec![strong("report")]];
        lines.extend(indented(2, &self.summary));
        for (finding, n) in self.findings.iter().take(SHOWN).zip(1..) {
            lines.push(Vec::new());
            lines.push(vec![plain("  "), strong(format!("{n}. {}", finding.title))]);
            lines.extend(indented(5, &finding.detail));
            if !finding.files.is_empty() {
                lines.push(vec![faint(format!("     in {}", finding.files.join(", ")))]);
            }
        }
        lines.extend(more(self.findings.len(), "findings"));
        if !self.recommendations.is_empty() {
            lines.extend([Vec::new(), vec![plain("  "), strong("recommended")]]);
        }
        for recommendation in self.recommendations.iter().take(SHOWN) {
            let own = recommendation.lines().zip(std::iter::once("  - ").chain(std::iter::repeat("    ")));
            lines.extend(own.map(|(line, mark)| vec![plain(format!("{mark}{line}"))]));
        }
        lines.extend(more(self.recommendations.len(), "recommendations"));
        lines
    }
}

fn indented(by: usize, text: &str) -> Vec<Line> {
    text.lines().map(|line| vec![plain(format!("{:by$}{line}", ""))]).collect()
}

fn more(count: usize, what: &str) -> Option<Line> {
    let more = count.saturating_sub(SHOWN);
    (more > 0).then(|| vec![faint(format!("  … {more} more {what}"))])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn a_report_is_read_from_its_summary_to_what_is_recommended() {
        let words = json!({
            "summary": "The sign is wrong.\nNothing else is.",
            "findings": [{ "title": "add subtracts\u{1b}[2J", "detail": "See the minus.", "files": ["calc.sh", "check.sh"] }],
            "recommendations": ["Mend it."],
        });
        let report = Report::of(&words.to_string()).unwrap();
        let text = shown_plain(&report.lines()).join("\n");
        for words in [
            "report\n  The sign is wrong.\n  Nothing else is.",
            "\n  1. add subtracts",
            "\n     See the minus.\n     in calc.sh, check.sh",
            "recommended\n  - Mend it.",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(Report::of("no report").is_none());
    }

    #[test]
    fn a_flood_of_findings_is_counted() {
        let finding = json!({ "title": "t", "detail": "d" });
        let words = json!({ "summary": "s", "findings": vec![finding; 60] });
        let text = shown_plain(&Report::of(&words.to_string()).unwrap().lines()).join("\n");
        assert!(
            text.contains("50. t") && !text.contains("51. t") && text.contains("10 more findings"),
            "{text}"
        );
    }
}
