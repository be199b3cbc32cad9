//! `design.md`: kept as a whole, and read as far as its headings are the usual ones. spec-kit's `plan.md` ends here too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::findings::Findings;
use super::super::sections::{self, Section};
use super::super::text::{self, Line};
use crate::phases::{Component, DataModel, Design, TestingStrategy};

/// The design that a text describes.
pub(in super::super) fn read(document: &str, lines: &[Line<'_>]) -> Design {
    let document = document.strip_prefix('\u{feff}').unwrap_or(document).replace("\r\n", "\n");
    let mut design = Design { document: Some(document), ..Design::default() };
    let diagram =
        text::fences(lines).into_iter().find(|(language, _)| language.eq_ignore_ascii_case("mermaid"));
    design.architecture_diagram = diagram.map(|(_, text)| text.join("\n")).unwrap_or_default();
    for part in sections::sections(lines, 2) {
        let own = text::block(sections::before_headings(part.body));
        let title = plain(part.title).to_ascii_lowercase();
        match title.as_str() {
            "overview" | "summary" => design.architecture_overview = own,
            "data models" | "data model" => design.data_models = parts(&part).map(data_model).collect(),
            "testing strategy" | "testing" => design.testing_strategy = TestingStrategy::Words(whole(&part)),
            "error handling" => design.error_handling = by_heading(&part),
            "security considerations" | "security" => {
                design.security_considerations = vec![Value::String(whole(&part))];
            }
            title if title.contains("component") => design.components = parts(&part).map(component).collect(),
            _ => {}
        }
    }
    design
}

/// Remembers where the components are described.
pub(in super::super) fn places(file: &str, lines: &[Line<'_>], design: &Design, findings: &mut Findings) {
    for line in lines {
        let named = line.heading().map(|(_, title)| plain(title));
        if let Some(name) = named.filter(|name| design.components.iter().any(|it| it.name == *name)) {
            findings.place(name, file, line.number);
        }
    }
}

fn parts<'a, 'l>(part: &Section<'a, 'l>) -> impl Iterator<Item = Section<'a, 'l>> {
    sections::sections(part.body, 3).into_iter()
}

/// A heading without its number, its marks and its path: `### 1. **Store** (`src/store.rs`)`.
fn plain(heading: &str) -> &str {
    let text = text::numbered(heading).map_or(heading, |(_, text)| text);
    let text = text.split_once(" (`").filter(|(_, rest)| rest.ends_with("`)")).map_or(text, |(name, _)| name);
    text.trim_matches(['*', '`']).trim_end_matches(':').trim()
}

fn component(part: Section<'_, '_>) -> Component {
    let in_title = part.title.split('`').nth(1).filter(|text| looks_like_a_path(text));
    Component {
        name: plain(part.title).to_owned(),
        file_path: in_title.or_else(|| path(part.body)).unwrap_or_default().to_owned(),
        responsibility: sections::first_paragraph(part.body),
        ..Component::default()
    }
}

fn data_model(part: Section<'_, '_>) -> DataModel {
    DataModel {
        name: plain(part.title).to_owned(),
        description: sections::first_paragraph(part.body),
        ..DataModel::default()
    }
}

/// The first path between backticks.
fn path<'a>(lines: &[Line<'a>]) -> Option<&'a str> {
    let texts = lines.iter().filter(|line| !line.code).map(|line| line.raw);
    texts.flat_map(|raw| raw.split('`').skip(1).step_by(2)).find(|text| looks_like_a_path(text))
}

fn looks_like_a_path(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has_extension =
        (1..=5).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
    let is_one =
        text.chars().all(|c| c.is_alphanumeric() || "/._-[]@+".contains(c)) && !text.starts_with('/');
    is_one
        && (has_extension && !name.starts_with(|c: char| c.is_ascii_digit()) || text.ends_with('/'))
        && (text.contains('/') || extension.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// All of a section.
fn whole(part: &Section<'_, '_>) -> String {
    text::block(part.body)
}

/// What is below each heading of a section; what stands before them is called `general`.
fn by_heading(part: &Section<'_, '_>) -> BTreeMap<String, Value> {
    let own = text::block(sections::before_headings(part.body));
    let general = (!own.is_empty()).then(|| ("general".to_owned(), Value::String(own)));
    let parts = parts(part).map(|part| (plain(part.title).to_owned(), Value::String(whole(&part))));
    general.into_iter().chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_what_only_looks_like_them() {
        for text in ["src/a.rs", "a.py", "src/", "frontend/src/[id]/page.tsx", "a/b-c/d.e.ts"] {
            assert!(looks_like_a_path(text), "{text}");
        }
        for text in
            ["std::fs", "obj.method()", "/tasks/:id", "Vec<String>", "and/or", "v1.2", "a b.rs", "1.5"]
        {
            assert!(!looks_like_a_path(text), "{text}");
        }
    }

    #[test]
    fn sections_of_a_design() {
        let text = "# Design\n\n## Overview\n\nShort.\n\n```mermaid\ngraph TD\n```\n\n## Components and Interfaces\n\n\
                    ### 1. Store (`src/store.rs`)\n\nKeeps it.\nAll.\n\n- x\n\n### List\n\n```rust\nfn a();\n```\n\n\
                    Shows `src/list.rs`.\n\n## Error Handling\n\nAlways.\n\n### No file\n\nMade.\n";
        let design = read(text, &text::read("design.md", text).unwrap());
        assert_eq!(design.architecture_overview, "Short.\n\n```mermaid\ngraph TD\n```");
        assert_eq!(design.architecture_diagram, "graph TD");
        let components: Vec<_> =
            design.components.iter().map(|it| (&*it.name, &*it.file_path, &*it.responsibility)).collect();
        assert_eq!(
            components,
            [("Store", "src/store.rs", "Keeps it.\nAll."), ("List", "src/list.rs", "Shows `src/list.rs`.")]
        );
        let errors: Vec<_> = design.error_handling.keys().map(String::as_str).collect();
        assert_eq!(errors, ["No file", "general"]);
        assert_eq!(design.document.as_deref(), Some(text));
    }
}
