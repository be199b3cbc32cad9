//! What is known of a key: never the key itself, nor its hash. Those are in the vault, under the same id.

use kernel::{ProjectId, Timestamp, id_type};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, RunId, UserId};

use super::Scopes;

id_type!(
    /// A key of the API.
    ApiKeyId
);

/// How far a key is. That its time is over is no event: who asks compares it with the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApiKey {
    /// It opens what it was granted, until it expires.
    Live(KeyGrant),
    /// It opens nothing any more; its id is used up.
    Revoked,
}

/// What a key was issued for. Its rights are those of its scopes that its maker has at the time of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGrant {
    /// What people call it.
    pub name: Name,
    /// Who uses it.
    pub holder: KeyHolder,
    /// What it is for.
    pub scopes: Scopes,
    /// The member who made it.
    pub maker: UserId,
    /// From then on it opens nothing.
    pub expires_at: Timestamp,
}

/// Who uses a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum KeyHolder {
    /// Its maker, in the whole organization.
    Person,
    /// A program that works in one project, and sees nothing of the others.
    Project {
        /// The project.
        project: ProjectId,
    },
    /// An agent, for one run in one project. It ends with the run, when runs are there.
    Run {
        /// The project.
        project: ProjectId,
        /// The run.
        run: RunId,
    },
}

impl KeyHolder {
    /// The only project that exists for the holder; `None`: all of the organization.
    #[must_use]
    pub const fn project(self) -> Option<ProjectId> {
        match self {
            Self::Person => None,
            Self::Project { project } | Self::Run { project, .. } => Some(project),
        }
    }
}

/// Why a key was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Revocation {
    /// Somebody asked for it.
    Requested,
    /// Its maker is no longer a member.
    MakerRemoved,
}
