//! One tab of a [`Browser`](super::Browser).

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};

use super::{devtools::DevTools, locator::Locator};

/// How long a condition may take to come about before the test is called broken.
const LIMIT: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(20);

/// One tab of a [`Browser`](super::Browser).
pub struct Page {
    devtools: Arc<DevTools>,
    session: String,
}

/// A cookie as the browser keeps it.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host it is sent to; with a leading dot also to the hosts below.
    pub domain: String,
    /// The path it is sent to.
    pub path: String,
    /// Kept from scripts.
    pub http_only: bool,
    /// Sent over https only (and to loopback).
    pub secure: bool,
    /// `Strict`, `Lax`, `None`, or empty when the server said nothing.
    pub same_site: String,
}

impl Page {
    pub(super) async fn open(devtools: Arc<DevTools>) -> Self {
        let target = call(
            &devtools,
            None,
            "Target.createTarget",
            json!({ "url": "about:blank" }),
        )
        .await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = call(&devtools, None, "Target.attachToTarget", attach).await;
        let session = attached["sessionId"]
            .as_str()
            .expect("an attached target has a session")
            .to_owned();
        let page = Self { devtools, session };
        // Otherwise a tab behind another draws nothing and moves nothing.
        page.command(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        )
        .await;
        page
    }

    /// Goes to `url`, through all its redirects, and waits until the page is loaded.
    pub async fn goto(&self, url: &str) {
        let answer = self.command("Page.navigate", json!({ "url": url })).await;
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{url}: {error}");
        }
        self.wait_until("the page is loaded", "document.readyState === 'complete'")
            .await;
    }

    /// Goes back one page, as the browser's button does.
    pub async fn back(&self) {
        let history = self.command("Page.getNavigationHistory", json!({})).await;
        let before = history["currentIndex"]
            .as_u64()
            .and_then(|now| usize::try_from(now).ok()?.checked_sub(1));
        let entry = &history["entries"][before.expect("there is a page to go back to")];
        self.command(
            "Page.navigateToHistoryEntry",
            json!({ "entryId": entry["id"] }),
        )
        .await;
        let there = format!(
            "location.href === {} && document.readyState === 'complete'",
            entry["url"]
        );
        self.wait_until("the page before is back", &there).await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.evaluate("window.before_reload = true").await;
        self.command("Page.reload", json!({})).await;
        self.wait_until(
            "the page is loaded again",
            "!window.before_reload && document.readyState === 'complete'",
        )
        .await;
    }

    /// Replaces what stands in the field `css` by `text`.
    pub async fn fill(&self, css: &str, text: &str) {
        self.type_into(Locator::Css(css), text).await;
    }

    /// Replaces what stands in the field labelled `label` by `text`.
    pub async fn fill_labelled(&self, label: &str, text: &str) {
        self.type_into(Locator::Label(label), text).await;
    }

    /// Clicks the first element that `css` selects.
    pub async fn click(&self, css: &str) {
        self.click_times(Locator::Css(css), 1).await;
    }

    /// Clicks the link, button, tab or other control whose whole text is `text`.
    pub async fn click_text(&self, text: &str) {
        self.click_times(Locator::Text(text), 1).await;
    }

    /// Clicks the field, box or switch labelled `label`.
    pub async fn click_labelled(&self, label: &str) {
        self.click_times(Locator::Label(label), 1).await;
    }

    /// Clicks the first element that `css` selects twice, as fast as a double click.
    pub async fn double_click(&self, css: &str) {
        self.click_times(Locator::Css(css), 2).await;
    }

    /// Waits until `css` selects something that can be seen.
    pub async fn wait_for(&self, css: &str) {
        self.wait_for_locator(Locator::Css(css)).await;
    }

    /// Waits until the page's text contains `text`.
    pub async fn wait_for_text(&self, text: &str) {
        let shown = format!("(document.body?.innerText ?? '').includes({})", json!(text));
        self.wait_until(&format!("the text {text:?} is shown"), &shown)
            .await;
    }

    /// Waits until the page's address begins with `prefix` and the page is loaded; answers the whole address.
    pub async fn wait_for_url(&self, prefix: &str) -> String {
        let there = format!(
            "location.href.startsWith({}) && document.readyState === 'complete'",
            json!(prefix)
        );
        self.wait_until(&format!("the address begins with {prefix}"), &there)
            .await;
        self.url().await
    }

    /// The page's text, as it is seen.
    pub async fn text(&self) -> String {
        self.evaluate("document.body?.innerText ?? ''")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The page's address.
    pub async fn url(&self) -> String {
        self.evaluate("location.href")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// What stands in the field labelled `label`.
    pub async fn value_labelled(&self, label: &str) -> String {
        let locator = Locator::Label(label);
        self.wait_for_locator(locator).await;
        self.evaluate(&locator.script("found[0].value"))
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether the box or switch labelled `label` is on.
    pub async fn is_on(&self, label: &str) -> bool {
        let locator = Locator::Label(label);
        self.wait_for_locator(locator).await;
        self.evaluate(&locator.script("found[0].checked === true"))
            .await
            == true
    }

    /// All cookies of the browser, of every host.
    pub async fn cookies(&self) -> Vec<Cookie> {
        let answer = call(&self.devtools, None, "Storage.getCookies", json!({})).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let cookie = |value: &Value| Cookie {
            name: text(&value["name"]),
            value: text(&value["value"]),
            domain: text(&value["domain"]),
            path: text(&value["path"]),
            http_only: value["httpOnly"] == true,
            secure: value["secure"] == true,
            same_site: text(&value["sameSite"]),
        };
        answer["cookies"]
            .as_array()
            .into_iter()
            .flatten()
            .map(cookie)
            .collect()
    }

    /// The frames of another site, in all tabs: their address and their text. One that may not be shown has the text of the
    /// browser's own error page.
    pub async fn foreign_frames(&self) -> Vec<(String, String)> {
        let targets = call(&self.devtools, None, "Target.getTargets", json!({})).await;
        let targets = targets["targetInfos"].as_array().cloned();
        let mut frames = Vec::new();
        for target in targets.unwrap_or_default() {
            if target["type"] != "iframe" {
                continue;
            }
            let attach = json!({ "targetId": target["targetId"], "flatten": true });
            let attached = call(&self.devtools, None, "Target.attachToTarget", attach).await;
            let session = attached["sessionId"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let frame = Self {
                devtools: Arc::clone(&self.devtools),
                session,
            };
            let url = target["url"].as_str().unwrap_or_default().to_owned();
            frames.push((url, frame.text().await));
        }
        frames
    }

    /// Writes what the tab shows to `test-output/NAME.png` of the project.
    pub async fn screenshot(&self, name: &str) {
        let file = crate::output_folder().join(format!("{name}.png"));
        let answer = self.command("Page.captureScreenshot", json!({})).await;
        let image = BASE64
            .decode(answer["data"].as_str().unwrap_or_default())
            .unwrap_or_default();
        std::fs::write(&file, image).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Evaluates a JavaScript expression in the page; a promise is awaited.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.try_evaluate(expression)
            .await
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until a JavaScript expression is true in the page; `what` says in a failure what was waited for.
    pub async fn wait_until(&self, what: &str, expression: &str) {
        let came_true = tokio::time::timeout(LIMIT, async {
            // An error is a page that is just being replaced by the next one.
            while self.try_evaluate(expression).await != Ok(true.into()) {
                tokio::time::sleep(INTERVAL).await;
            }
        });
        if came_true.await.is_err() {
            self.screenshot("failure").await;
            let (url, text) = (self.url().await, self.text().await);
            panic!(
                "waited in vain until {what}\nat {url} (test-output/failure.png) with the text:\n{text}"
            );
        }
    }

    /// Sends a command of the [DevTools protocol](https://chromedevtools.github.io/devtools-protocol/) to this tab.
    pub async fn command(&self, method: &str, params: Value) -> Value {
        call(&self.devtools, Some(&self.session), method, params).await
    }

    async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut answer = self
            .devtools
            .call(Some(&self.session), "Runtime.evaluate", params)
            .await?;
        match answer.get("exceptionDetails") {
            Some(exception) => Err(exception.to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    async fn wait_for_locator(&self, locator: Locator<'_>) {
        self.wait_until(&locator.to_string(), &locator.script("found.length > 0"))
            .await;
    }

    async fn click_times(&self, locator: Locator<'_>, times: u32) {
        let what = format!("{locator} and can be clicked");
        loop {
            self.wait_until(&what, &locator.script("still(found[0])"))
                .await;
            let Ok(point) = self.try_evaluate(&locator.script("listen(found[0])")).await else {
                continue;
            };
            self.press_mouse(&point, times).await;
            // A script may replace the element between press and release, which makes no click: a person would try again.
            // An error is the next page, so it was one.
            if self.try_evaluate("window.clicked").await != Ok(false.into()) {
                return;
            }
        }
    }

    async fn press_mouse(&self, point: &Value, times: u32) {
        for count in 1..=times {
            for kind in ["mousePressed", "mouseReleased"] {
                let event = json!({
                    "type": kind, "x": point["x"], "y": point["y"], "button": "left", "clickCount": count,
                });
                self.command("Input.dispatchMouseEvent", event).await;
            }
        }
    }

    async fn type_into(&self, locator: Locator<'_>, text: &str) {
        self.wait_until(
            &format!("{locator} and can be filled"),
            &locator.script("select(found[0])"),
        )
        .await;
        self.command("Input.insertText", json!({ "text": text }))
            .await;
    }
}

async fn call(devtools: &DevTools, session: Option<&str>, method: &str, params: Value) -> Value {
    let answer = devtools.call(session, method, params).await;
    answer.unwrap_or_else(|error| panic!("{method}: {error}"))
}
