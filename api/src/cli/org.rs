//! `omoi org`: the organizations one is in: who is a member, who is invited, which keys there are.

mod key;
mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use identity::organization::Role;
use kernel::Uuid;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account;
use super::client::sign_ins::{SignIn, SignIns};
use super::client::{Answer, Connection, Failure, Method, Reading, Session, Writing};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi org create Acme && omoi org invite bob@example.org --role member")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Found an organization, own it, and act in it from then on.
    Create {
        /// Its name, 1 to 200 characters.
        name: String,
        /// Its short name in addresses and commands: lower case, digits and `-`. [default: follows from the name]
        #[arg(long)]
        slug: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the organizations that you are in.
    List,
    /// Act in another organization.
    Switch {
        /// Its slug or UUID.
        organization: String,
    },
    /// Show the organization that you act in.
    Show {
        #[command(flatten)]
        reading: Reading,
    },
    /// Give it another name; the slug stays.
    Rename {
        /// The name from now on.
        name: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// List its members.
    Members {
        #[command(flatten)]
        reading: Reading,
    },
    /// Invite somebody by mail; the link in the letter is good once.
    Invite {
        /// Where they get mail.
        email: String,
        /// What they will be.
        #[arg(long, value_parser = role())]
        role: Role,
        /// How long the invitation is open, in days.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=30))]
        days: Option<u16>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the invitations that nobody has used.
    Invitations {
        #[command(flatten)]
        reading: Reading,
    },
    /// Take an invitation back.
    Uninvite {
        /// Its id, from `omoi org invitations`.
        invitation: Uuid,
        #[command(flatten)]
        writing: Writing,
    },
    /// Accept an invitation, and act in that organization from then on.
    Accept {
        /// The link of the letter, or the token in it.
        link: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Make a member something else.
    Role {
        /// The member: e-mail address or UUID.
        member: String,
        /// What they are from now on.
        #[arg(value_parser = role())]
        role: Role,
        #[command(flatten)]
        writing: Writing,
    },
    /// Put a member out: within seconds nothing of theirs opens anything here.
    Remove {
        /// The member: e-mail address or UUID.
        member: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Leave the organization.
    Leave {
        #[command(flatten)]
        writing: Writing,
    },
    /// Make, list and revoke keys of the organization.
    #[command(subcommand)]
    Key(key::Verb),
}

/// A role; `--help` lists them.
fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|word| word.parse().expect("it is listed"))
}

/// Where the session acts.
#[derive(Debug, Deserialize)]
struct Me {
    organization: Option<Place>,
    organizations: Vec<Place>,
}

#[derive(Debug, Deserialize)]
struct Place {
    id: Uuid,
    slug: String,
}

/// The beginning of a log.
#[derive(Debug, Deserialize)]
struct Page {
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Event {
    org_id: Uuid,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| args.verb.run(session).await).await
}

impl Verb {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        match self {
            Self::Create { name, slug, writing } => {
                let body = json!({ "name": name, "slug": slug });
                let made = session.write(Method::POST, "/organizations", body, writing).await?;
                let id = made.parse::<lines::Created>()?.id;
                switch(session, id).await?;
                session.out.show(&made, lines::created)
            }
            Self::List => session.out.show(&client.read("/organizations", None).await?, lines::list),
            Self::Switch { organization } => {
                let id = among(&me(session).await?.organizations, organization)?;
                session.out.show(&switch(session, id).await?, lines::acts_in)
            }
            Self::Show { reading } => session.out.show(&read(session, "", reading).await?, lines::details),
            Self::Rename { name, writing } => {
                tell(session, Method::POST, "/rename", json!({ "name": name }), writing).await
            }
            Self::Members { reading } => {
                session.out.show(&read(session, "/members", reading).await?, lines::members)
            }
            Self::Invite { email, role, days, writing } => {
                let body = json!({ "email": email, "role": role, "days": days });
                let path = format!("/organizations/{}/invitations", here(session).await?);
                let answer = session.write(Method::POST, &path, body, writing).await?;
                session.out.show(&answer, |sent| lines::invited(email, sent))
            }
            Self::Invitations { reading } => {
                session.out.show(&read(session, "/invitations", reading).await?, lines::invitations)
            }
            Self::Uninvite { invitation, writing } => {
                tell(session, Method::DELETE, &format!("/invitations/{invitation}"), json!({}), writing).await
            }
            Self::Accept { link, writing } => {
                let body = json!({ "token": account::token(link) });
                let answer = session.write(Method::POST, "/invitations/accept", body, writing).await?;
                let id = answer.parse::<lines::Accepted>()?.organization.id;
                switch(session, id).await?;
                session.out.show(&answer, lines::accepted)
            }
            Self::Role { member, role, writing } => {
                let path = format!("/members/{}/role", self::member(session, member).await?);
                tell(session, Method::POST, &path, json!({ "role": role }), writing).await
            }
            Self::Remove { member, writing } => {
                let path = format!("/members/{}", self::member(session, member).await?);
                tell(session, Method::DELETE, &path, json!({}), writing).await
            }
            Self::Leave { writing } => tell(session, Method::POST, "/leave", json!({}), writing).await,
            Self::Key(verb) => verb.run(session).await,
        }
    }
}

async fn me(session: &Session) -> Result<Me, Failure> {
    session.client.read("/auth/me", None).await?.parse()
}

/// The organization that the caller acts in.
pub(super) async fn here(session: &Session) -> Result<Uuid, Failure> {
    if !session.client.is_session() {
        return of_key(session).await;
    }
    if let Some(place) = me(session).await?.organization {
        return Ok(place.id);
    }
    let detail =
        "you are in no organization: `omoi org create NAME` founds one, `omoi org accept LINK` joins one";
    Err(Failure::local("no_organization", detail))
}

/// The organization of a key: the one whose log it reads.
async fn of_key(session: &Session) -> Result<Uuid, Failure> {
    let first: Page = session.client.read("/events?after=0&limit=1", None).await?.parse()?;
    let org = first.events.first().map(|event| event.org_id);
    org.ok_or_else(|| Failure::local("no_events", "nothing has happened yet in the organization of the key"))
}

async fn read(session: &Session, what: &str, reading: &Reading) -> Result<Answer, Failure> {
    let path = format!("/organizations/{}{what}", here(session).await?);
    session.client.read(&path, reading.min_position).await
}

async fn tell(
    session: &Session,
    method: Method,
    what: &str,
    body: Value,
    writing: &Writing,
) -> Result<(), Failure> {
    let path = format!("/organizations/{}{what}", here(session).await?);
    let answer = session.write(method, &path, body, writing).await?;
    session.out.show(&answer, lines::done)
}

/// The organization called so.
fn among(places: &[Place], wanted: &str) -> Result<Uuid, Failure> {
    let fits = |place: &&Place| place.slug == wanted || place.id.to_string() == wanted;
    if let Some(place) = places.iter().find(fits) {
        return Ok(place.id);
    }
    let slugs: Vec<_> = places.iter().map(|place| place.slug.as_str()).collect();
    let detail = format!("you are in no organization {wanted:?}; you are in {}", slugs.join(", "));
    Err(Failure::local("unknown_organization", detail))
}

/// The member called so.
async fn member(session: &Session, wanted: &str) -> Result<Uuid, Failure> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let members: lines::Members = read(session, "/members", &Reading::default()).await?.parse()?;
    members.called(wanted).ok_or_else(|| {
        let detail = format!("nobody here has the address {wanted:?}; `omoi org members` lists them");
        Failure::local("unknown_member", detail)
    })
}

/// Acts there from now on, also in the commands to come.
async fn switch(session: &Session, organization: Uuid) -> Result<Answer, Failure> {
    let answer = session.client.ask("/auth/switch", &json!({ "organization": organization })).await?;
    let fresh: lines::Switched = answer.parse()?;
    if let Some(mut sign_ins) = SignIns::of_user()
        && let Some(known) = sign_ins.at(session.client.url())
    {
        let sign_in = SignIn { access_token: fresh.access_token, expires_at: fresh.expires_at, ..known };
        sign_ins.keep(session.client.url(), Some(sign_in))?;
    }
    // The answer holds a token, which nobody needs to see.
    let mut shown: Value = answer.parse()?;
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|name, _| !name.contains("token"));
    }
    Ok(Answer { body: shown.to_string() })
}
