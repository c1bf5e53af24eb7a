//! A server in a process of its own, which says on its output when it is ready.

use std::{fs::File, path::PathBuf, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A running server; it ends when this value is dropped. Its log is kept when a test fails.
pub(crate) struct ServerProcess {
    process: Child,
    /// What is still to come may be written without anybody reading it.
    _stdout: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts it, and waits for the line that says it is ready.
    ///
    /// # Errors
    /// What it wrote into its log, when it ended without such a line.
    pub(crate) async fn start(
        name: &str,
        command: &mut Command,
        is_ready: impl Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let log = crate::output_folder().join(format!("{name}.log"));
        let file = File::create(&log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = process.stdout.take().expect("it was asked for as a pipe");
        let mut lines = BufReader::new(stdout).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if is_ready(&line) {
                return Ok(Self {
                    process,
                    _stdout: lines,
                    log,
                });
            }
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(&log);
        Err(said)
    }

    /// `kill -9`; it is gone when this returns.
    pub(crate) async fn kill(&mut self) {
        let killed = self.process.kill().await;
        killed.unwrap_or_else(|error| panic!("{}: {error}", self.log.display()));
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of a server: {}", self.log.display());
        } else {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}
