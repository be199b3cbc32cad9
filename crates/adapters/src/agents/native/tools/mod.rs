//! What the model may use. Each tool is a file: what it takes, what it is good for, and what it does; the platform's are in
//! `platform.rs`.
//!
//! To add one: a file with `DESCRIPTION`, `schema` and a function, a variant of [`Tool`], and a test that it says what to do when it
//! fails: the model reads every failure.

mod edit;
mod list;
mod paths;
mod platform;
mod read;
mod search;
mod shell;
mod write;

use ports::agent::{Act, AgentError, Assignment, ToolKind};
use ports::llm::{self, Said};
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::paths::Workspace;
use self::platform::Platform;

/// What came of a use.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Whether it did what it was asked for.
    pub(super) ok: bool,
    /// What the model reads.
    pub(super) text: String,
    /// A command that was run.
    pub(super) ran: Option<Act>,
}

impl Outcome {
    fn of(answer: Result<String, String>) -> Self {
        match answer {
            Ok(text) => Self { ok: true, text, ran: None },
            Err(text) => Self::failed(text),
        }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { ok: false, text: text.into(), ran: None }
    }
}

/// The tools that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Shell,
    Read,
    Write,
    Edit,
    Search,
    List,
}

impl Tool {
    const ALL: [Self; 6] = [Self::Shell, Self::Read, Self::Write, Self::Edit, Self::Search, Self::List];

    const fn name(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Read => "read",
            Self::Write => "write",
            Self::Edit => "edit",
            Self::Search => "search",
            Self::List => "list",
        }
    }

    const fn kind(self) -> ToolKind {
        match self {
            Self::Shell => ToolKind::Execute,
            Self::Read | Self::List => ToolKind::Read,
            Self::Write | Self::Edit => ToolKind::Edit,
            Self::Search => ToolKind::Search,
        }
    }

    const fn changes_files(self) -> bool {
        matches!(self, Self::Write | Self::Edit)
    }

    fn offered(self) -> llm::Tool {
        let (description, input_schema) = match self {
            Self::Shell => (shell::DESCRIPTION, shell::schema()),
            Self::Read => (read::DESCRIPTION, read::schema()),
            Self::Write => (write::DESCRIPTION, write::schema()),
            Self::Edit => (edit::DESCRIPTION, edit::schema()),
            Self::Search => (search::DESCRIPTION, search::schema()),
            Self::List => (list::DESCRIPTION, list::schema()),
        };
        llm::Tool { name: self.name().into(), description: description.into(), input_schema }
    }
}

/// The tools of an assignment.
#[derive(Debug)]
pub(super) struct Toolbox {
    workspace: Workspace,
    environment: Vec<(String, String)>,
    tools: Vec<Tool>,
    platform: Option<Platform>,
}

impl Toolbox {
    pub(super) fn new(assignment: &Assignment) -> Result<Self, AgentError> {
        let workspace = Workspace::at(&assignment.workspace).map_err(|error| {
            let said = format!("there is no workspace {}: {error}", assignment.workspace.display());
            AgentError::BadAssignment { said: Said::new(&said) }
        })?;
        let tools = Tool::ALL.into_iter().filter(|tool| assignment.writes || !tool.changes_files());
        let environment = assignment.environment.clone();
        Ok(Self { workspace, environment, tools: tools.collect(), platform: None })
    }

    /// The platform's tools beside them.
    ///
    /// # Errors
    /// Why there are none; nothing else is wrong then.
    pub(super) async fn reach_platform(&mut self, assignment: &Assignment) -> Result<(), String> {
        self.platform = Some(Platform::reach(assignment).await?);
        Ok(())
    }

    /// As the model is told of them.
    pub(super) fn offered(&self) -> Vec<llm::Tool> {
        let own = self.tools.iter().map(|tool| tool.offered());
        own.chain(self.platform.iter().flat_map(Platform::offered).cloned()).collect()
    }

    /// What kind the tool of this name is.
    pub(super) fn kind(name: &str) -> ToolKind {
        Tool::ALL.into_iter().find(|tool| tool.name() == name).map_or(ToolKind::Other, Tool::kind)
    }

    /// Uses one. Dropped in between, it ends what it has started.
    pub(super) async fn use_tool(&self, name: &str, input: &Value) -> Outcome {
        let Some(tool) = self.tools.iter().find(|tool| tool.name() == name) else {
            return self.use_other(name, input).await;
        };
        let workspace = &self.workspace;
        match tool {
            Tool::Shell => match read_input(name, input) {
                Ok(input) => shell::run(workspace.path(), &self.environment, input).await,
                Err(why) => Outcome::failed(why),
            },
            Tool::Search => match read_input(name, input) {
                Ok(input) => Outcome::of(search::search(workspace, input).await),
                Err(why) => Outcome::failed(why),
            },
            // These take a moment, and a moment is waited for: what is written is not to be written after the end.
            Tool::Read => {
                Outcome::of(read_input(name, input).and_then(|input| read::read(workspace, &input)))
            }
            Tool::Write => {
                Outcome::of(read_input(name, input).and_then(|input| write::write(workspace, &input)))
            }
            Tool::Edit => {
                Outcome::of(read_input(name, input).and_then(|input| edit::edit(workspace, &input)))
            }
            Tool::List => {
                Outcome::of(read_input(name, input).and_then(|input| list::list(workspace, &input)))
            }
        }
    }

    async fn use_other(&self, name: &str, input: &Value) -> Outcome {
        if let Some(platform) = &self.platform
            && let Some(outcome) = platform.use_tool(name, input).await
        {
            return outcome;
        }
        let own = self.tools.iter().map(|tool| tool.name());
        let of_platform = self.platform.iter().flat_map(Platform::offered).map(|tool| tool.name.as_str());
        let names: Vec<&str> = own.chain(of_platform).collect();
        Outcome::failed(format!("there is no tool `{name}`: use one of {}", names.join(", ")))
    }
}

fn read_input<T: DeserializeOwned>(tool: &str, input: &Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| format!("`{tool}` cannot be used so: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn toolbox(home: &std::path::Path, writes: bool) -> Toolbox {
        let assignment = Assignment {
            driver: "native".into(),
            command: Vec::new(),
            model: None,
            prompt: "Do it.".into(),
            run: None,
            version: None,
            silent_after_s: None,
            environment: vec![("GREETING".into(), "hello".into())],
            workspace: home.to_owned(),
            writes,
            platform: String::new(),
        };
        Toolbox::new(&assignment).unwrap()
    }

    #[tokio::test]
    async fn who_may_not_write_is_not_offered_to_and_cannot() {
        let home = tempfile::tempdir().unwrap();
        let tools = toolbox(home.path(), false);
        let names: Vec<String> = tools.offered().into_iter().map(|tool| tool.name).collect();
        assert_eq!(names, ["shell", "read", "search", "list"]);
        let outcome = tools.use_tool("write", &json!({"path": "a", "content": "b"})).await;
        assert!(!outcome.ok && outcome.text.contains("use one of shell, read"), "{}", outcome.text);
        assert!(!home.path().join("a").exists());
    }

    #[tokio::test]
    async fn an_input_that_is_wrong_is_told_to_the_model() {
        let home = tempfile::tempdir().unwrap();
        let tools = toolbox(home.path(), true);
        for (name, input, told) in [
            ("write", json!({"path": "a"}), "missing field `content`"),
            ("write", json!({"path": "a", "content": "", "mode": 1}), "unknown field `mode`"),
            ("read", json!({"path": 1}), "invalid type"),
            ("shell", json!({}), "missing field `command`"),
            ("fly", json!({}), "there is no tool `fly`"),
        ] {
            let outcome = tools.use_tool(name, &input).await;
            assert!(!outcome.ok && outcome.text.contains(told), "{name}: {}", outcome.text);
        }
    }

    #[test]
    fn every_schema_is_of_an_object_that_takes_nothing_else() {
        for tool in Tool::ALL.map(Tool::offered) {
            assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
            assert_eq!(tool.input_schema["additionalProperties"], false, "{}", tool.name);
            assert!(tool.input_schema["required"].is_array(), "{}", tool.name);
        }
    }
}
