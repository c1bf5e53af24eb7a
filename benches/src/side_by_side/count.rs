//! Instructions of a request, counted by callgrind: they do not move with the machine's load.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    App, Failure,
    arguments::Bound,
    load,
    report::{Counted, Counts},
    server::Served,
};

/// What an app does once only is over by then.
const WARM_UP: u64 = 30;
const REQUESTS: u64 = 300;

/// Counts the instructions of each app's requests, from the socket and back.
pub(super) fn count<A: App>() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let folder = Folder::new()?;
    let mut counts = Counts::new();
    for app in A::all() {
        let out = folder.0.join(app.id());
        let server = Served::start_under(app, None, None, &callgrind(&out))?;
        let drive = async |requests| load::drive(&server, 1, Bound::Requests(requests)).await;
        runtime.block_on(drive(WARM_UP))?;
        dump(&server)?;
        runtime.block_on(drive(REQUESTS))?;
        dump(&server)?;
        let instructions = total(&numbered(&out, 2))?;
        counts.add(Counted {
            app,
            instructions: instructions / REQUESTS,
        });
    }
    println!("{counts}");
    Ok(())
}

/// A folder for what callgrind writes; it goes with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let name = format!("side-by-side-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _removed = fs::remove_dir_all(&self.0);
    }
}

fn callgrind(out: &Path) -> Vec<String> {
    let out = format!("--callgrind-out-file={}", out.display());
    ["valgrind", "-q", "--tool=callgrind", &out]
        .map(str::to_owned)
        .into()
}

/// Writes what was counted since the last time, and starts anew.
fn dump<A: App>(server: &Served<A>) -> Result<(), Failure> {
    let mut command = Command::new("callgrind_control");
    let output = command.args(["-d", &server.id().to_string()]).output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// Callgrind numbers what it writes before the end.
fn numbered(out: &Path, number: u32) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

fn total(file: &Path) -> Result<u64, Failure> {
    let text = fs::read_to_string(file)?;
    let mut lines = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        ["summary", "totals"].contains(&name).then_some(value)
    });
    let last = lines.next_back().ok_or("callgrind counted nothing")?;
    Ok(last.split_whitespace().next().unwrap_or_default().parse()?)
}
