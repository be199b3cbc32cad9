//! `omoi mail`: the letters of an installation without a mail server, which lie in its outbox.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;
use vault::secret::ExposeSecret as _;

use crate::{
    config::Config,
    wiring::{self, Kept, KeptLetter},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    mail: Option<Mail>,
    /// The data directory of an `omoi up`. [default: .omoi]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Mail {
    /// List the letters, newest first: the default.
    List,
    /// Show the newest letter, or the newest to one address.
    Show {
        /// To whom.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let letters = wiring::kept_letters(config)?;
    match &args.mail {
        None | Some(Mail::List) => list(&letters, args.json),
        Some(Mail::Show { to }) => show(letters, to.as_deref(), args.json)?,
    }
    Ok(())
}

fn list(letters: &[Kept], json: bool) {
    if json {
        let letters: Vec<_> = letters
            .iter()
            .map(|kept| match kept {
                Kept::Letter(kept) => json!({
                    "id": kept.id, "when": kept.when, "to": kept.letter.to(), "subject": kept.letter.subject(),
                }),
                Kept::Unreadable { file, why } => json!({ "file": file, "unreadable": why.to_string() }),
            })
            .collect();
        println!("{}", json!({ "letters": letters }));
        return;
    }
    if letters.is_empty() {
        println!("no letters");
    }
    for kept in letters {
        match kept {
            Kept::Letter(kept) => {
                println!("{}  {:<32}  {}", kept.when, kept.letter.to(), kept.letter.subject());
            }
            Kept::Unreadable { file, why } => println!("{file}: {why}"),
        }
    }
}

fn show(letters: Vec<Kept>, to: Option<&str>, json: bool) -> anyhow::Result<()> {
    let fits = |kept: &KeptLetter| to.is_none_or(|to| kept.letter.to().eq_ignore_ascii_case(to));
    let newest = letters.into_iter().find_map(|kept| match kept {
        Kept::Letter(kept) if fits(&kept) => Some(kept),
        Kept::Letter(_) | Kept::Unreadable { .. } => None,
    });
    let KeptLetter { id, when, letter } =
        newest.context("there is no such letter; `omoi mail` lists them")?;
    let text = letter.text().expose_secret();
    if json {
        let (to, subject) = (letter.to(), letter.subject());
        println!("{}", json!({ "id": id, "when": when, "to": to, "subject": subject, "text": text }));
    } else {
        println!("To: {}\nSubject: {}\nDate: {when}\n\n{text}", letter.to(), letter.subject());
    }
    Ok(())
}
