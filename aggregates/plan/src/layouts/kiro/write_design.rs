//! Writes a design by the headings under which it is read.

use super::super::{italic, markup};
use super::write::{bullets, paragraph, section};
use crate::phases::{Component, Design, TestingStrategy};

/// A design: as it was imported, or by the usual headings.
pub(in super::super) fn design(it: &Design, heading: &str) -> String {
    if let Some(document) = &it.document {
        return document.clone();
    }
    let mut out = format!("{heading}\n");
    section(&mut out, "Overview", &it.architecture_overview);
    if !it.architecture_diagram.is_empty() {
        section(&mut out, "Architecture", &format!("```mermaid\n{}\n```", it.architecture_diagram));
    }
    if !it.components.is_empty() {
        out.push_str("\n## Components and Interfaces\n");
        it.components.iter().for_each(|it| component(&mut out, it));
    }
    if !it.data_models.is_empty() {
        out.push_str("\n## Data Models\n");
        for it in &it.data_models {
            out.push_str(&format!("\n### {}\n", italic::one_line(&it.name)));
            paragraph(&mut out, &it.description);
        }
    }
    if !it.error_handling.is_empty() {
        out.push_str("\n## Error Handling\n");
        for (name, value) in &it.error_handling {
            out.push_str(&format!("\n### {}\n", italic::one_line(name)));
            paragraph(&mut out, &words(value));
        }
    }
    section(&mut out, "Security Considerations", &lines(&it.security_considerations));
    section(&mut out, "Testing Strategy", &testing(&it.testing_strategy));
    out
}

fn component(out: &mut String, it: &Component) {
    out.push_str(&format!("\n### {}\n", italic::one_line(&it.name)));
    paragraph(out, &it.responsibility);
    if !it.file_path.is_empty() && !it.responsibility.contains(&format!("`{}`", it.file_path)) {
        paragraph(out, &format!("**File**: {}", markup::literal(&it.file_path, &[])));
    }
    paragraph(out, &it.description);
}

fn words(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn lines(values: &[serde_json::Value]) -> String {
    match values {
        [value] => words(value),
        values => bullets(&values.iter().map(words).collect::<Vec<_>>()),
    }
}

fn testing(strategy: &TestingStrategy) -> String {
    match strategy {
        TestingStrategy::Words(words) => words.clone(),
        TestingStrategy::Lists { unit_tests, integration_tests } => {
            let mut out = String::new();
            for (title, tests) in [("Unit tests", unit_tests), ("Integration tests", integration_tests)] {
                if !tests.is_empty() {
                    out.push_str(&format!("### {title}\n\n{}\n", bullets(tests)));
                }
            }
            out.trim_end().to_owned()
        }
    }
}
