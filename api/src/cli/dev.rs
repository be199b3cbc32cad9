//! `omoi dev`: stand-ins for what costs money or needs an account.

mod llm;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    stand_in: StandIn,
}

#[derive(Debug, clap::Subcommand)]
enum StandIn {
    /// Run a model without a mind: it plans any idea by its words, or answers from a script.
    Llm(llm::Args),
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.stand_in {
        StandIn::Llm(args) => llm::run(args).await,
    }
}
