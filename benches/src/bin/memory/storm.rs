//! Logins that begin and are never finished, answers that somebody made up, and many logins that are
//! finished at once.

use axum::{Router, body::Body};
use http::{Method, Request, StatusCode, header};
use oidc_login_tests::{
    clock::HandClock, hostile::HostileProvider, user_agent::navigation, wire, world::APP,
};
use tokio::task::JoinSet;
use url::Url;

use crate::{Failure, app::app, heap::Heap};

/// What a storm left on the heap, in bytes.
pub(crate) struct Figures {
    /// For all logins that were begun and abandoned.
    pub(crate) abandoned: i64,
    /// For each answer that was made up, until the login would expire.
    pub(crate) forged: i64,
    /// For each login, with all that is known of it in this process.
    pub(crate) finished: i64,
}

struct Stage {
    app: Router,
    provider: HostileProvider,
}

/// A login under way: the cookie of its browser, and where the provider sends that.
struct UnderWay {
    cookie: String,
    authorization_url: Url,
}

/// Lets so many logins begin and be abandoned, and a fiftieth of them be answered.
pub(crate) async fn measure(logins: usize) -> Result<Figures, Failure> {
    let stage = Stage::new()?;
    let answered = (logins / 50).max(1);
    stage.sign_in(answered).await?;
    let before = Heap::now();
    for _ in 0..logins {
        stage.begin().await?;
    }
    let abandoned = before.since().total();
    Ok(Figures {
        abandoned,
        forged: stage.forge(answered).await?,
        finished: stage.sign_in(answered).await?,
    })
}

impl Stage {
    fn new() -> Result<Self, Failure> {
        let clock = HandClock::new();
        let provider = HostileProvider::new(&clock);
        let app = app(&provider, &clock)?;
        Ok(Self { app, provider })
    }

    async fn begin(&self) -> Result<UnderWay, Failure> {
        let url = format!("{APP}/auth/login");
        let answer = wire::call(&self.app, navigation(Method::GET, &url, Body::empty())).await;
        let header = |name| answer.headers().get(name).map(|value| value.to_str());
        let location = header(header::LOCATION).ok_or("no login begins")??;
        let line = header(header::SET_COOKIE).ok_or("no cookie of a login")??;
        let cookie = line.split(';').next().unwrap_or_default();
        Ok(UnderWay {
            cookie: cookie.to_owned(),
            authorization_url: location.parse()?,
        })
    }

    /// Answers that the provider never gave, to logins that were begun.
    async fn forge(&self, answers: usize) -> Result<i64, Failure> {
        let before = Heap::now();
        for _ in 0..answers {
            let login = self.begin().await?;
            let mut callback = self.provider.answer(&login.authorization_url, "mallory");
            let honest: Vec<_> = callback.query_pairs().into_owned().collect();
            let forged = honest.into_iter().map(|(name, value)| match &*name {
                "code" => (name, format!("{value}-forged")),
                _ => (name, value),
            });
            let forged: Vec<_> = forged.collect();
            callback.query_pairs_mut().clear().extend_pairs(forged);
            let status = answer(self.app.clone(), &login.cookie, &callback).await;
            if !(status.is_client_error() || status.is_server_error()) {
                return Err(format!("a forged code is answered with {status}").into());
            }
        }
        self.provider.forget();
        Ok(each(before.since(), answers))
    }

    /// Logins whose answers all come at once.
    async fn sign_in(&self, logins: usize) -> Result<i64, Failure> {
        let before = Heap::now();
        let mut callbacks = Vec::new();
        for number in 0..logins {
            let login = self.begin().await?;
            let user = format!("user {number}");
            let callback = self.provider.answer(&login.authorization_url, &user);
            callbacks.push((login.cookie, callback));
        }
        let mut answers = JoinSet::new();
        for (cookie, callback) in callbacks {
            let app = self.app.clone();
            answers.spawn(async move { answer(app, &cookie, &callback).await });
        }
        while let Some(status) = answers.join_next().await {
            if status? != StatusCode::SEE_OTHER {
                return Err("a login failed".into());
            }
        }
        drop(answers);
        self.provider.forget();
        Ok(each(before.since(), logins))
    }
}

/// Sends the provider's answer with the cookie of a login.
async fn answer(app: Router, cookie: &str, callback: &Url) -> StatusCode {
    let mut request: Request<Body> = navigation(Method::GET, callback.as_str(), Body::empty());
    if let Ok(cookie) = cookie.parse() {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    wire::call(&app, request).await.status()
}

fn each(heap: Heap, count: usize) -> i64 {
    heap.total() / i64::try_from(count).unwrap_or(i64::MAX)
}
