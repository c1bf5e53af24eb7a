//! The [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/) over a pipe: commands go to the
//! browser's file descriptor 3, answers come from its descriptor 4, both as JSON ended by a zero byte.
//!
//! No web socket, so nothing is added to the dependency tree (chromiumoxide takes 100 s of CPU time to compile), and a browser
//! ends with the test that started it, however that ends: it leaves when its pipe is closed.

use std::{
    collections::HashMap,
    path::Path,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::oneshot,
};

/// What the browser wrote to its standard error, in the folder it was given.
pub(super) const ERRORS: &str = "stderr.log";

type Answer = Result<Value, String>;

pub(super) struct DevTools {
    commands: tokio::sync::Mutex<ChildStdin>,
    waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>,
    next: AtomicU64,
}

impl DevTools {
    /// Starts `program` with `arguments`. Its temporary files go to `folder`, and what it writes to its standard error to
    /// `stderr.log` there.
    pub(super) fn spawn(
        program: &str,
        arguments: &[String],
        folder: &Path,
        home: Option<&Path>,
    ) -> std::io::Result<(Self, Child)> {
        // The shell moves its own standard input and output to the descriptors 3 and 4 and becomes the browser.
        let mut child = Command::new("sh")
            .args([
                "-c",
                r#"exec "$0" "$@" --remote-debugging-pipe 3<&0 4>&1 </dev/null >/dev/null"#,
                program,
            ])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.join(ERRORS))?)
            .env("TMPDIR", folder)
            .envs(home.map(|home| ("HOME", home)))
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (commands, answers) = pipes.expect("both were asked for as pipes");
        let waiting = Arc::default();
        tokio::spawn(deliver(answers, Arc::clone(&waiting)));
        let devtools = Self {
            commands: commands.into(),
            waiting,
            next: AtomicU64::new(1),
        };
        Ok((devtools, child))
    }

    /// Sends one command, to the browser itself or to the page that `session` is attached to, and waits for its answer.
    pub(super) async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let (sender, answer) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, sender);

        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        let mut commands = self.commands.lock().await;
        commands
            .write_all(&bytes)
            .await
            .map_err(|error| format!("the browser has ended: {error}"))?;
        commands
            .flush()
            .await
            .map_err(|error| format!("the browser has ended: {error}"))?;
        drop(commands);
        answer
            .await
            .unwrap_or_else(|_| Err("the browser has ended".into()))
    }
}

/// Hands each answer to who waits for it; events have no `id` and are passed over.
async fn deliver(answers: ChildStdout, waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>) {
    let mut answers = BufReader::new(answers);
    let mut message = Vec::new();
    while answers
        .read_until(0, &mut message)
        .await
        .is_ok_and(|length| length > 0)
    {
        message.pop();
        let mut answer: Value = serde_json::from_slice(&message).unwrap_or_default();
        message.clear();
        let Some(id) = answer["id"].as_u64() else {
            continue;
        };
        if let Some(sender) = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id)
        {
            let result = match answer["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(answer["result"].take()),
            };
            // Who stopped waiting needs no answer.
            let _ = sender.send(result);
        }
    }
    // Dropping the senders tells everybody who still waits.
    waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clear();
}
