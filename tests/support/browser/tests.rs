#![allow(clippy::unwrap_used)]

use axum::{Form, Router, http::header::SET_COOKIE, response::Html, routing::get};

use super::Browser;

const FORM: &str = r#"<title>form</title>
    <form method="post">
      <label for="name">Your name <span aria-hidden="true">*</span></label> <input id="name" name="name" value="nobody">
      <label><input type="checkbox" name="later"> Later</label>
      <button style="display: none">Send</button>
      <button value="anything">Send</button>
    </form>
    <p id="count">0</p>
    <button id="counter" onclick="count.textContent++">Count</button>"#;

async fn greet(Form(fields): Form<Vec<(String, String)>>) -> Html<String> {
    Html(format!("<p>{fields:?}</p><a href=/elsewhere>On</a>"))
}

/// A small app on a free port; its address, without a slash at the end.
async fn serve() -> String {
    let form = || async {
        (
            [(SET_COOKIE, "seen=yes; HttpOnly; SameSite=Lax")],
            Html(FORM),
        )
    };
    let late =
        "<script>setTimeout(() => document.body.innerHTML = '<button>Late</button>', 300)</script>";
    let replaced = r#"<div id=place><button onmousedown="place.innerHTML = '<a href=/elsewhere>Go</a>'">Go</button></div>"#;
    let app = Router::new()
        .route("/", get(form).post(greet))
        .route("/elsewhere", get(|| async { "elsewhere" }))
        .route("/late", get(async move || Html(late)))
        .route("/replaced", get(async move || Html(replaced)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn does_what_a_person_does() {
    let url = serve().await;
    let browser = Browser::start().await;
    let page = browser.new_tab().await;

    page.goto(&url).await;
    assert_eq!(page.value_labelled("Your name").await, "nobody");
    page.fill_labelled("Your name", "alice").await;
    assert!(!page.is_on("Later").await);
    page.click_labelled("Later").await;
    assert!(page.is_on("Later").await);
    page.click_text("Send").await;
    page.wait_for("a").await;
    assert_eq!(
        page.text().await,
        "[(\"name\", \"alice\"), (\"later\", \"on\")]\n\nOn"
    );

    page.click_text("On").await;
    assert_eq!(
        page.wait_for_url(&format!("{url}/else")).await,
        format!("{url}/elsewhere")
    );
    page.wait_for_text("elsewhere").await;
    page.goto(&url).await;
    page.back().await;
    assert_eq!(page.url().await, format!("{url}/elsewhere"));

    page.goto(&format!("{url}/late")).await;
    page.click_text("Late").await;

    page.goto(&format!("{url}/replaced")).await;
    page.click_text("Go").await;
    page.wait_for_url(&format!("{url}/elsewhere")).await;
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn tabs_share_cookies_and_browsers_do_not() {
    let url = serve().await;
    let (one, other) = (Browser::start().await, Browser::start().await);
    let (first, second) = (one.new_tab().await, one.new_tab().await);
    let stranger = other.new_tab().await;
    first.goto(&url).await;

    for tab in [&first, &second] {
        let cookies = tab.cookies().await;
        let [cookie] = cookies.as_slice() else {
            panic!("one cookie: {cookies:?}")
        };
        assert_eq!(
            (cookie.name.as_str(), cookie.value.as_str()),
            ("seen", "yes")
        );
        assert_eq!(
            (cookie.domain.as_str(), cookie.same_site.as_str()),
            ("127.0.0.1", "Lax")
        );
        assert!(cookie.http_only && !cookie.secure);
    }
    assert!(stranger.cookies().await.is_empty());

    // The first tab is behind the second, and still works.
    second.goto(&url).await;
    first.double_click("#counter").await;
    assert_eq!(first.evaluate("count.textContent").await, "2");
    first.reload().await;
    assert_eq!(first.evaluate("count.textContent").await, "0");
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
#[should_panic(expected = "ERR_CONNECTION_REFUSED")]
async fn an_address_where_nobody_listens_is_a_failure() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let browser = Browser::start().await;
    browser.new_tab().await.goto(&nobody).await;
}
