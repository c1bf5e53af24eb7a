//! What sessions take of memory, and what a storm of logins leaves behind.

mod heap;
mod sessions;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    for sessions in std::env::args().skip(1) {
        let f = sessions::measure(sessions.parse()?).await?;
        println!(
            "{} sessions: overhead {} B (login alone {} B), look-up {:.0} ns",
            f.sessions, f.overhead, f.overhead_of_login, f.look_up
        );
    }
    Ok(())
}
