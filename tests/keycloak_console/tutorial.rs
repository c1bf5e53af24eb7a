//! A section of the README as a script: every step is first found in the text, after the step before, and then done in the console.

use oidc_login_tests::browser::Page;

/// Where the tutorial stands, its text, and the heading of its section there.
const SCRIPT: (&str, &str, &str) = (
    "README.md",
    include_str!("../../README.md"),
    "## Keycloak, step by step\n",
);

/// The section, read from top to bottom, beside the console in the browser.
pub(crate) struct Tutorial<'a> {
    page: &'a Page,
    rest: String,
    last: String,
}

impl<'a> Tutorial<'a> {
    pub(crate) fn open(page: &'a Page) -> Self {
        let (file, text, heading) = SCRIPT;
        let section = text.split_once(heading).map(|(_, rest)| rest);
        let section = section.unwrap_or_else(|| panic!("{file} has no section {heading}"));
        let section = section.split("\n## ").next().unwrap_or_default();
        // A line break is a blank, also within the words of a button.
        let rest = section.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            page,
            rest,
            last: "its beginning".into(),
        }
    }

    /// Goes on at a heading.
    pub(crate) fn section(&mut self, heading: &str) {
        self.stands(&format!("### {heading} "));
    }

    /// Clicks the control with these words.
    pub(crate) async fn click(&mut self, words: &str) {
        self.stands(&format!("*{words}*"));
        self.click_shown(words).await;
    }

    /// Clicks an entry that the reader has made or Keycloak has brought, written as code in the text.
    pub(crate) async fn click_value(&mut self, value: &str) {
        self.stands(&format!("`{value}`"));
        self.click_shown(value).await;
    }

    /// Clicks what the text has named already.
    pub(crate) async fn click_shown(&self, words: &str) {
        self.page.click_text(words).await;
    }

    /// Clicks a control that shows a sign and has these words as its name.
    pub(crate) async fn press(&mut self, name: &str) {
        self.stands(&format!("*{name}*"));
        self.page.click_labelled(name).await;
    }

    /// Fills a field.
    pub(crate) async fn fill(&mut self, label: &str, value: &str) {
        self.fill_instead(label, value, value).await;
    }

    /// Fills a field with another value than the text says.
    pub(crate) async fn fill_instead(&mut self, label: &str, said: &str, value: &str) {
        self.stands(&format!("*{label}*"));
        self.stands(&format!("`{said}`"));
        self.page.fill_labelled(label, value).await;
    }

    /// Turns a switch, which must not stand there yet: otherwise the text need not mention it.
    pub(crate) async fn switch(&mut self, label: &str, on: bool) {
        self.stays(label, !on).await;
        self.page.click_labelled(label).await;
        assert_eq!(self.page.is_on(label).await, on, "{label}");
    }

    /// Checks that a switch or box stands by itself as the text says.
    pub(crate) async fn stays(&mut self, label: &str, on: bool) {
        self.stands(&format!("*{label}*"));
        assert_eq!(self.page.is_on(label).await, on, "{label} by default");
    }

    /// Checks that a field is empty by itself, as the text says.
    pub(crate) async fn stays_empty(&mut self, label: &str) {
        self.stands(&format!("*{label}* stays empty"));
        assert_eq!(
            self.page.value_labelled(label).await,
            "",
            "{label} by default"
        );
    }

    /// Ticks the row of a list in an open dialog.
    pub(crate) async fn tick_row(&mut self, name: &str) {
        self.stands(&format!("`{name}`"));
        let row = format!(
            "[...document.querySelectorAll('[role=dialog] tr')].find(row => row.cells[1]?.innerText === '{name}')"
        );
        self.page
            .wait_until(&format!("the list has {name}"), &format!("Boolean({row})"))
            .await;
        self.page
            .evaluate(&format!(
                "{row}.querySelector('input').dataset.test = 'row'"
            ))
            .await;
        self.page.click("[data-test=row]").await;
    }

    /// Waits until the console shows the words that the text promises.
    pub(crate) async fn see(&mut self, words: &str) {
        self.stands(&format!("*{words}*"));
        self.shows(words).await;
    }

    /// Waits until the console shows these words, of which the text says nothing.
    pub(crate) async fn shows(&self, words: &str) {
        self.page.wait_for_text(words).await;
    }

    pub(crate) async fn screenshot(&self, name: &str) {
        self.page
            .screenshot(&format!("keycloak-console-{name}"))
            .await;
    }

    /// Finds the words in the text, after those found before.
    pub(crate) fn stands(&mut self, words: &str) {
        let Some(place) = self.rest.find(words) else {
            let (file, _, heading) = SCRIPT;
            panic!(
                "{file} does not say {words:?} after {:?} in {heading}",
                self.last
            );
        };
        self.rest.drain(..place + words.len());
        self.last = words.into();
    }
}
