//! What a key is for.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:tt,)*) => {
        /// One thing that a key is for. The words are those of permissions, and `auditor` for the few that read
        /// the log; what manages members, keys and money is among none of them.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[schemars(inline)]
        pub enum Scope { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The scope as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

scopes! {
    /// See projects, their boards, graphs, tickets and tasks.
    ReadProjects = "projects:read",
    /// Create projects and change what they are.
    WriteProjects = "projects:write",
    /// Create and change tickets, and move them as their gates and columns allow.
    WriteTickets = "tickets:write",
    /// Move a ticket although a gate is closed or a column is full.
    ForceTickets = "tickets:force",
    /// Grant or reject the approval that a gate asks for.
    ApproveTickets = "tickets:approve",
    /// Plan tasks and carry them through their life.
    WriteTasks = "tasks:write",
    /// Vouch for the evidence of a task.
    AttestTasks = "tasks:attest",
    /// See runs of agents: what they did and said.
    ReadRuns = "runs:read",
    /// Start runs of agents, speak to them, and stop them.
    WriteRuns = "runs:write",
    /// Submit and import specs, answer their questions, edit, resume and cancel them.
    WriteSpecs = "specs:write",
    /// Approve or reject what a spec shows at its gates.
    ApproveSpecs = "specs:approve",
    /// Try parked work again, resolve it by hand, leave it out, give a merge up.
    WriteMerges = "merges:write",
    /// Let the default branch follow a merge.
    ApproveMerges = "merges:approve",
    /// Read the log.
    ReadEvents = "events:read",
    /// See how far the read models are.
    ReadProjections = "projections:read",
    /// Rebuild read models, let another generation serve, let parked roots go on.
    ManageProjections = "projections:manage",
    /// Read the log, the seals and the trajectories of runs, and nothing else.
    Auditor = "auditor",
}

/// The text is no [`Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope; there are {}", names())]
pub struct InvalidScope;

/// What a key is for, and nothing else: at least one scope, each once, in the order of [`Scope::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(BTreeSet<Scope>);

/// Why some scopes are no [`Scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScopes {
    /// A key that opens nothing.
    #[error("a key needs at least one scope")]
    Empty,
    /// The same scope twice.
    #[error("the scope {scope} is named twice")]
    Duplicate {
        /// The scope.
        scope: Scope,
    },
}

fn names() -> String {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(InvalidScope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Scopes {
    /// Checks `scopes`; their order does not matter.
    ///
    /// # Errors
    /// [`InvalidScopes`] for none, and for a scope that is named twice.
    pub fn new(scopes: Vec<Scope>) -> Result<Self, InvalidScopes> {
        let mut set = BTreeSet::new();
        for scope in scopes {
            if !set.insert(scope) {
                return Err(InvalidScopes::Duplicate { scope });
            }
        }
        if set.is_empty() { Err(InvalidScopes::Empty) } else { Ok(Self(set)) }
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Whether the key is for this.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }
}

impl TryFrom<Vec<Scope>> for Scopes {
    type Error = InvalidScopes;

    fn try_from(scopes: Vec<Scope>) -> Result<Self, Self::Error> {
        Self::new(scopes)
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.0.into_iter().collect()
    }
}

impl JsonSchema for Scopes {
    fn schema_name() -> Cow<'static, str> {
        "Scopes".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<Scope>(),
            "minItems": 1,
            "uniqueItems": true,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_scope_is_written_and_read_as_one_word() {
        for scope in Scope::ALL.iter().copied() {
            assert_eq!(scope.to_string().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), json!(scope.as_str()));
            assert_eq!(serde_json::from_value::<Scope>(json!(scope.as_str())).unwrap(), scope);
        }
        let refused = "members:write".parse::<Scope>().unwrap_err().to_string();
        assert!(
            refused.contains("projects:read, projects:write") && refused.contains("auditor"),
            "{refused}"
        );
    }

    #[test]
    fn scopes_have_one_order_and_stand_once() {
        let scopes = Scopes::new(vec![Scope::Auditor, Scope::ReadProjects]).unwrap();
        assert!(scopes.iter().eq([Scope::ReadProjects, Scope::Auditor]));
        assert!(scopes.contains(Scope::Auditor) && !scopes.contains(Scope::WriteTasks));
        assert_eq!(serde_json::to_value(&scopes).unwrap(), json!(["projects:read", "auditor"]));

        assert_eq!(Scopes::new(vec![]), Err(InvalidScopes::Empty));
        let twice = vec![Scope::Auditor, Scope::Auditor];
        assert_eq!(Scopes::new(twice), Err(InvalidScopes::Duplicate { scope: Scope::Auditor }));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        for (hostile, reason) in [
            (json!([]), "at least one scope"),
            (json!(["auditor", "auditor"]), "auditor is named twice"),
            (json!(["*"]), "unknown variant"),
            (json!("auditor"), "invalid type"),
        ] {
            let refused = serde_json::from_value::<Scopes>(hostile).unwrap_err();
            assert!(refused.to_string().contains(reason), "{refused}");
        }
    }
}
