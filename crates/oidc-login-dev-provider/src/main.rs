//! The development provider as a program of its own. Not for production.

mod args;

use std::{error::Error, process::ExitCode};

use oidc_login_dev_provider::Listening;

use crate::args::{Args, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let variable = |name: &str| std::env::var(name).ok();
    match Args::parse(std::env::args().skip(1), variable) {
        Ok(Command::Help) => {
            print!("{}", args::HELP);
            ExitCode::SUCCESS
        }
        Ok(Command::Serve(args)) => match serve(args).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(error.as_ref(), 1),
        },
        Err(error) => {
            eprint!("{}", args::HELP);
            fail(&error, 2)
        }
    }
}

fn fail(error: &dyn Error, code: u8) -> ExitCode {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        eprintln!("  because: {error}");
        source = error.source();
    }
    ExitCode::from(code)
}

async fn serve(args: Args) -> Result<(), Box<dyn Error>> {
    let listening = args.builder().bind().await?;
    if let Some(bend) = args.bend {
        listening.provider().control().bend(bend);
    }
    announce(&args, &listening);
    Ok(listening.serve(interrupted()).await?)
}

fn announce(args: &Args, listening: &Listening) {
    println!("OpenID provider for development. NOT FOR PRODUCTION: its passwords are no secret.\n");
    println!("  issuer    {}", listening.provider().issuer());
    for user in &args.users {
        let roles = if user.roles.is_empty() {
            "no role".into()
        } else {
            user.roles.join(", ")
        };
        println!("  user      {} / {} ({roles})", user.name, user.password);
    }
    let kind = if args.client_secret.is_some() {
        "confidential"
    } else {
        "public"
    };
    println!("  client    {} ({kind})", args.client_id);
    println!("  returns   {}", args.redirect_uris.join(" "));
    if let Some(bend) = args.bend {
        println!("  lies      {bend}");
    }
    println!("\nStop it with Ctrl-C.");
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals it runs until it is killed.
        std::future::pending::<()>().await;
    }
}
