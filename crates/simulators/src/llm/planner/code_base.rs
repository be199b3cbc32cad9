//! Where files of a feature would be: beside those that the repository has, in its language and its way of naming.

use std::collections::{BTreeMap, BTreeSet};

use super::languages::{Case, LANGUAGES, Language};
use super::prompt::Prompt;

/// What kind of program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Service,
    Program,
    Library,
    App,
}

impl Kind {
    /// For a person.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Service => "web service",
            Self::Program => "command line program",
            Self::Library => "library",
            Self::App => "application with pages",
        }
    }

    /// Who does something, in a requirement.
    pub(super) const fn system(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Program => "program",
            Self::Library => "library",
            Self::App => "application",
        }
    }

    /// How the parts of a feature are called that keep, decide and show.
    pub(super) const fn parts(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::Service => [("Store", "store"), ("Rules", "module"), ("Routes", "routes")],
            Self::Program => [("Store", "store"), ("Rules", "module"), ("Command", "command")],
            Self::Library => [("Model", "module"), ("Rules", "module"), ("Api", "interface")],
            Self::App => [("State", "store"), ("Rules", "module"), ("View", "view")],
        }
    }
}

/// A repository, or what one would be like.
#[derive(Debug)]
pub(super) struct CodeBase {
    /// What is there, in order.
    pub(super) paths: BTreeSet<String>,
    pub(super) kind: Kind,
    /// Where most of the sources are.
    pub(super) source: String,
    language: &'static Language,
    /// Whether the idea names the language, where there is no repository.
    pub(super) is_named: bool,
}

impl CodeBase {
    pub(super) fn of(prompt: &Prompt) -> Self {
        let paths: BTreeSet<String> = prompt.repository.lines().filter_map(path).collect();
        let words = format!("{} {}", prompt.title, prompt.idea).to_lowercase();
        let named =
            LANGUAGES.iter().find(|language| language.words.iter().any(|word| has_word(&words, word)));
        let language = most_used(&paths).or(named).unwrap_or(&LANGUAGES[0]);
        let source = source(&paths, language).unwrap_or_else(|| language.source.to_owned());
        let kind = kind(&paths, &words);
        Self { paths, kind, source, language, is_named: named.is_some() }
    }

    /// Whether there is anything.
    pub(super) fn exists(&self) -> bool {
        !self.paths.is_empty()
    }

    pub(super) fn language(&self) -> &'static str {
        self.language.name
    }

    /// A new file beside the others; `extra` is a word behind the name of the feature.
    pub(super) fn new_source(&self, feature: &str, extra: &str) -> String {
        let name = self.case().of(&format!("{feature}-{}", extra.to_lowercase()));
        let in_source = if self.source.is_empty() { String::new() } else { format!("{}/", self.source) };
        format!("{in_source}{name}.{}", self.language.extensions[0])
    }

    /// A new file for tests.
    pub(super) fn new_test(&self, feature: &str) -> String {
        self.language.test.replace("{}", &self.case().of(feature))
    }

    /// The next migration, where there are some.
    pub(super) fn new_migration(&self, feature: &str) -> Option<String> {
        let in_folder = |path: &&String| path.ends_with(".sql") && path.contains("migrations/");
        let last = self.paths.iter().filter(in_folder).filter_map(|path| {
            let (folder, file) = path.rsplit_once('/')?;
            let digits: String = file.chars().take_while(char::is_ascii_digit).collect();
            Some((digits.parse::<u64>().ok()?, digits.len(), folder))
        });
        let (number, width, folder) = last.max()?;
        Some(format!("{folder}/{:0width$}_{}.sql", number.checked_add(1)?, Case::Snake.of(feature)))
    }

    /// Where the parts of the program are put together.
    pub(super) fn entry(&self) -> Option<&str> {
        const ENTRIES: [&str; 12] = [
            "main.rs",
            "lib.rs",
            "main.ts",
            "index.ts",
            "App.tsx",
            "server.ts",
            "main.py",
            "app.py",
            "main.go",
            "index.js",
            "Program.cs",
            "application.rb",
        ];
        let found = ENTRIES.iter().find_map(|entry| {
            let those = self.paths.iter().filter(|path| path.rsplit('/').next() == Some(*entry));
            those.min_by_key(|path| path.len())
        });
        found.map(String::as_str)
    }

    /// The page that a newcomer reads.
    pub(super) fn readme(&self) -> Option<&str> {
        self.paths.iter().find(|path| path.eq_ignore_ascii_case("readme.md")).map(String::as_str)
    }

    /// The commands that must succeed, where the repository has them.
    pub(super) fn checks(&self) -> Vec<&'static str> {
        let is_there = self.paths.iter().any(|path| {
            path == self.language.manifest || (self.language.name == "C#" && path.ends_with(".csproj"))
        });
        if is_there { vec![self.language.check] } else { Vec::new() }
    }

    /// Files of the language that a newcomer would read first.
    pub(super) fn key_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.entry().into_iter().chain(self.readme()).collect();
        let near = self.paths.iter().filter(|path| self.is_source(path) && folder(path) == self.source);
        let manifest = self.paths.iter().filter(|path| *path == self.language.manifest);
        for path in manifest.chain(near).chain(&self.paths) {
            if files.len() < 5 && !files.contains(&path.as_str()) {
                files.push(path);
            }
        }
        files
    }

    /// The folders that hold something.
    pub(super) fn areas(&self) -> BTreeMap<String, String> {
        let mut areas = BTreeMap::new();
        for path in &self.paths {
            let area = path.split('/').next().filter(|first| *first != path).unwrap_or("root");
            let place = if area == "root" { "." } else { area };
            areas.entry(area.trim_start_matches('.').to_owned()).or_insert_with(|| place.to_owned());
        }
        areas.into_iter().take(8).collect()
    }

    fn is_source(&self, path: &str) -> bool {
        self.language.extensions.iter().any(|extension| has_extension(path, extension))
    }

    /// As the sources there are named; as the language has it where there are none.
    fn case(&self) -> Case {
        let stems = self.paths.iter().filter(|path| self.is_source(path));
        let stems: Vec<&str> = stems.filter_map(|path| path.rsplit('/').next()?.split('.').next()).collect();
        let count = |test: fn(&str) -> bool| stems.iter().filter(|stem| test(stem)).count();
        let kebab = count(|stem| stem.contains('-'));
        let pascal = count(|stem| stem.starts_with(char::is_uppercase));
        let snake = count(|stem| stem.contains('_'));
        if kebab + pascal + snake == 0 || self.language.case == Case::Pascal {
            self.language.case
        } else if kebab >= pascal && kebab >= snake {
            Case::Kebab
        } else if pascal > snake {
            Case::Pascal
        } else {
            Case::Snake
        }
    }
}

/// The path that a line of a listing names.
fn path(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['#', '-', '*', ' ']).trim_start_matches("./");
    let mut words = line.split_whitespace();
    let path = words.next()?.trim_matches('`').trim_end_matches(':');
    // Behind it may be a size; anything else is a line of some file.
    let is_size = |word: &str| {
        word.trim_matches(['(', ')', ',']).chars().all(|c| c.is_ascii_digit())
            || ["bytes", "B", "KiB"].contains(&word.trim_matches(['(', ')', ',']))
    };
    if !words.all(is_size) {
        return None;
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '@' | '+' | '[' | ']');
    let file = path.rsplit('/').next().unwrap_or_default();
    let known = ["Makefile", "Dockerfile", "LICENSE", "Gemfile"].contains(&file);
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    let has_kind = extension.is_some_and(|extension| {
        (1..=8).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_alphanumeric())
            && !extension.bytes().all(|b| b.is_ascii_digit())
    });
    let safe = path.chars().count() <= 300 && path.split('/').all(|part| !part.is_empty() && part != "..");
    (safe && path.chars().all(fits) && (known || has_kind)).then(|| path.to_owned())
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit('/').next().and_then(|file| file.rsplit_once('.')).is_some_and(|(_, of)| of == extension)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_test(path: &str) -> bool {
    let path = path.to_lowercase();
    ["test", "spec", "fixture", "example"].iter().any(|word| path.contains(word))
}

fn most_used(paths: &BTreeSet<String>) -> Option<&'static Language> {
    let count = |language: &Language| {
        let is_of =
            |path: &&String| language.extensions.iter().any(|extension| has_extension(path, extension));
        paths.iter().filter(is_of).count()
    };
    // The first one of those with as many files.
    LANGUAGES.iter().rev().max_by_key(|language| count(language)).filter(|language| count(language) > 0)
}

/// The folder with the most sources.
fn source(paths: &BTreeSet<String>, language: &Language) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        if language.extensions.iter().any(|extension| has_extension(path, extension)) && !is_test(path) {
            *counts.entry(folder(path)).or_default() += 1;
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(folder, _)| folder.to_owned())
}

fn kind(paths: &BTreeSet<String>, words: &str) -> Kind {
    let any =
        |parts: &[&str]| paths.iter().any(|path| parts.iter().any(|part| path.to_lowercase().contains(part)));
    let said = |those: &[&str]| those.iter().any(|word| has_word(words, word));
    if any(&["routes", "api/", "handlers", "controllers", "server.", "views.py"]) {
        Kind::Service
    } else if any(&[".tsx", ".jsx", ".vue", ".svelte", ".swift", "app/src"]) {
        Kind::App
    } else if any(&["cli", "cmd/", "main."]) {
        Kind::Program
    } else if any(&["lib.rs", "src/index.", "__init__.py"]) {
        Kind::Library
    } else if said(&["cli", "command line", "command", "terminal", "script", "shell"]) {
        Kind::Program
    } else if said(&["library", "crate", "package", "sdk"]) {
        Kind::Library
    } else if said(&["app", "mobile", "page", "screen", "button", "dark mode", "game", "ui", "browser"]) {
        Kind::App
    } else {
        Kind::Service
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let goes_on = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !goes_on(text[..start].chars().next_back()) && !goes_on(text[start + word.len()..].chars().next())
    })
}
