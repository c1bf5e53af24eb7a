//! A recorder that writes everything down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use oidc_login::LoginErrorKind;

/// What was recorded, by name and labels: a counter's sum, or a histogram's values.
type Series = BTreeMap<String, Vec<f64>>;

/// Values of labels that are no code of a kind of error.
const WORDS: [&str; 28] = [
    "2xx",
    "3xx",
    "4xx",
    "5xx",
    "app",
    "backchannel",
    "background",
    "body_broken",
    "body_too_large",
    "claim",
    "connect",
    "discovery",
    "ended",
    "frontchannel",
    "given_up",
    "handler",
    "jwks_uri",
    "login",
    "mark",
    "ok",
    "other",
    "pushed_authorization_request_endpoint",
    "revocation_endpoint",
    "timeout",
    "token_endpoint",
    "user",
    "userinfo_endpoint",
    "values",
];

/// Records what this thread measures while it is the default.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Series>>);

/// One series of a meter.
struct One(Meter, String);

impl Meter {
    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<f64>)) {
        let mut series = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(series.entry(name.to_owned()).or_default());
    }

    /// What was recorded under this name since the last look, as `labels: value`.
    pub(super) fn take(&self, name: &str) -> Vec<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("oidc_login_{name}");
        let is_it = |key: &str| key.split(' ').next() == Some(&*name);
        let (found, rest): (Series, Series) = std::mem::take(&mut *all)
            .into_iter()
            .partition(|(key, _)| is_it(key));
        *all = rest;
        found
            .iter()
            .map(|(key, values)| told(key, values))
            .collect()
    }

    fn register(&self, key: &Key) -> One {
        let labels = key.labels().map(|label| {
            let value = label.value();
            let is_code = LoginErrorKind::ALL.iter().any(|kind| kind.code() == value);
            assert!(
                is_code || WORDS.contains(&value),
                "{value} is no label's value"
            );
            format!("{}={value}", label.key())
        });
        let labels: Vec<_> = labels.collect();
        One(self.clone(), format!("{} {}", key.name(), labels.join(" ")))
    }
}

fn told(key: &str, values: &[f64]) -> String {
    let labels = key.split_once(' ').map_or("", |(_, labels)| labels);
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    let told = format!("{labels}: {}", values.join(" "));
    told.trim_start_matches(": ").to_owned()
}

impl CounterFn for One {
    fn increment(&self, value: u64) {
        let value = f64::from(u32::try_from(value).expect("a small number"));
        self.0.change(&self.1, |values| match values.first_mut() {
            Some(sum) => *sum += value,
            None => values.push(value),
        });
    }

    fn absolute(&self, _value: u64) {
        unimplemented!("nothing here sets a counter")
    }
}

impl HistogramFn for One {
    fn record(&self, value: f64) {
        self.0.change(&self.1, |values| values.push(value));
    }
}

impl Recorder for Meter {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(self.register(key)))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        unimplemented!("there is no gauge")
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(self.register(key)))
    }
}
