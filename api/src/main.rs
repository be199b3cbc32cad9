//! `omoi`: the one binary. It parses the command line and nothing else; see `cli/` for the commands,
//! `config.rs` for the settings, `serve.rs` for the HTTP server, `pages/` for the dashboard that it carries.

use std::process::ExitCode;

mod bus_readers;
mod cli;
mod config;
mod installation;
mod openapi;
mod opening;
mod pages;
mod routes;
mod serve;
mod telemetry;
mod upkeep;
mod wiring;
mod ws;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A child of ours starts as this program; it must become its real self before anything else happens.
    embedded::guard::run_if_asked();
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("nothing chose a TLS provider before the first line of main");
    cli::run()
}
