//! Languages, and how their people lay files out.

/// A language, and how its people lay files out.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) name: &'static str,
    /// The first one is that of a new file.
    pub(super) extensions: &'static [&'static str],
    pub(super) case: Case,
    pub(super) source: &'static str,
    /// Where a test goes; `{}` is the name of the feature.
    pub(super) test: &'static str,
    pub(super) manifest: &'static str,
    /// What runs the tests where the manifest is.
    pub(super) check: &'static str,
    /// How an idea names it.
    pub(super) words: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Snake,
    Kebab,
    Pascal,
}

#[rustfmt::skip]
pub(super) const LANGUAGES: &[Language] = &[
    Language { name: "TypeScript", extensions: &["ts", "tsx"], case: Case::Kebab, source: "src", test: "tests/{}.test.ts", manifest: "package.json", check: "npm test", words: &["typescript", "react", "node", "next.js", "vue"] },
    Language { name: "Rust", extensions: &["rs"], case: Case::Snake, source: "src", test: "tests/{}.rs", manifest: "Cargo.toml", check: "cargo test", words: &["rust", "axum", "cargo"] },
    Language { name: "Python", extensions: &["py"], case: Case::Snake, source: "src", test: "tests/test_{}.py", manifest: "pyproject.toml", check: "python -m pytest", words: &["python", "django", "fastapi", "flask"] },
    Language { name: "Go", extensions: &["go"], case: Case::Snake, source: "internal", test: "internal/{}_test.go", manifest: "go.mod", check: "go test ./...", words: &["golang"] },
    Language { name: "JavaScript", extensions: &["js", "jsx", "mjs"], case: Case::Kebab, source: "src", test: "test/{}.test.js", manifest: "package.json", check: "npm test", words: &["javascript", "express"] },
    Language { name: "Java", extensions: &["java"], case: Case::Pascal, source: "src/main/java", test: "src/test/java/{}Test.java", manifest: "pom.xml", check: "mvn test", words: &["java", "spring"] },
    Language { name: "Kotlin", extensions: &["kt"], case: Case::Pascal, source: "src/main/kotlin", test: "src/test/kotlin/{}Test.kt", manifest: "build.gradle.kts", check: "./gradlew test", words: &["kotlin", "android"] },
    Language { name: "Ruby", extensions: &["rb"], case: Case::Snake, source: "lib", test: "spec/{}_spec.rb", manifest: "Gemfile", check: "bundle exec rspec", words: &["ruby", "rails"] },
    Language { name: "C#", extensions: &["cs"], case: Case::Pascal, source: "src", test: "tests/{}Tests.cs", manifest: "", check: "dotnet test", words: &["c#", ".net", "asp.net"] },
    Language { name: "PHP", extensions: &["php"], case: Case::Pascal, source: "src", test: "tests/{}Test.php", manifest: "composer.json", check: "composer test", words: &["php", "laravel", "symfony"] },
    Language { name: "Swift", extensions: &["swift"], case: Case::Pascal, source: "Sources", test: "Tests/{}Tests.swift", manifest: "Package.swift", check: "swift test", words: &["swift", "ios", "iphone"] },
    Language { name: "Elixir", extensions: &["ex", "exs"], case: Case::Snake, source: "lib", test: "test/{}_test.exs", manifest: "mix.exs", check: "mix test", words: &["elixir", "phoenix"] },
    Language { name: "C++", extensions: &["cpp", "cc", "hpp", "h", "c"], case: Case::Snake, source: "src", test: "tests/{}_test.cpp", manifest: "CMakeLists.txt", check: "ctest", words: &["c++"] },
];

impl Case {
    pub(super) fn of(self, kebab: &str) -> String {
        match self {
            Self::Snake => kebab.replace('-', "_"),
            Self::Kebab => kebab.to_owned(),
            Self::Pascal => kebab.split('-').map(super::phrases::raised).collect(),
        }
    }
}
