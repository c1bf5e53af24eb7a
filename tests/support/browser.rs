//! A real browser for tests: Chromium without a window, driven as a person drives it, by mouse and keyboard.
//!
//! Everything waits for a condition and panics, with the page's address, its text and a screenshot, when the condition does
//! not come about. The limit is generous: it ends a broken test and measures nothing.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when the page is not as it should be"
)]

mod devtools;
mod locator;
mod page;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::json;
use tokio::process::Child;

use devtools::DevTools;

pub use page::{Cookie, Page};

const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser of its own, with an empty profile; it ends when this value and its pages are dropped.
pub struct Browser {
    devtools: Arc<DevTools>,
    process: Child,
    profile: PathBuf,
}

impl Browser {
    /// Starts Chromium: the program that `OIDC_LOGIN_CHROMIUM` names, or the one on the `PATH`.
    pub async fn start() -> Self {
        Self::start_with(&[], None).await
    }

    /// The same with more arguments, and the files of a user with this home folder.
    pub async fn start_with(more: &[String], home: Option<&Path>) -> Self {
        let program = program();
        let profile = new_profile();
        let arguments = [arguments(&profile).as_slice(), more].concat();
        let (devtools, process) = DevTools::spawn(&program, &arguments, &profile, home)
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let browser = Self {
            devtools: Arc::new(devtools),
            process,
            profile,
        };
        if let Err(error) = browser
            .devtools
            .call(None, "Browser.getVersion", json!({}))
            .await
        {
            let errors =
                std::fs::read_to_string(browser.profile.join(devtools::ERRORS)).unwrap_or_default();
            panic!("{program} does not answer: {error}\n{errors}");
        }
        browser
    }

    /// Opens a new tab; the tabs of one browser share its cookies.
    pub async fn new_tab(&self) -> Page {
        Page::open(Arc::clone(&self.devtools)).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // All its processes at once: one that outlives the others would write into the profile again.
        if let Some(group) = self.process.id() {
            let _ = Command::new("kill")
                .args(["-KILL", "--", &format!("-{group}")])
                .status();
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn program() -> String {
    if let Ok(program) = std::env::var("OIDC_LOGIN_CHROMIUM") {
        return program;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path =
        |program: &&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let Some(program) = PROGRAMS.into_iter().find(on_path) else {
        panic!(
            "this test needs Chromium and found none of {} on the PATH: scripts/install installs it, and \
             OIDC_LOGIN_CHROMIUM names a program elsewhere",
            PROGRAMS.join(", ")
        )
    };
    program.to_owned()
}

fn new_profile() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "oidc-login-browser-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let profile = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&profile);
    std::fs::create_dir_all(&profile)
        .unwrap_or_else(|error| panic!("{}: {error}", profile.display()));
    profile
}

fn arguments(profile: &Path) -> Vec<String> {
    let fixed = [
        "--headless",
        // Containers and CI run as root, where Chromium's sandbox does not start; only the tests' own servers are visited.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en-US",
        "--window-size=1280,1000",
    ];
    let mut arguments = fixed.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments
}
