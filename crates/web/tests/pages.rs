//! Every page, rendered from its sample in both languages and read back as a browser and a screen reader
//! would: complete texts, one heading, labelled fields, nothing inline, nothing from elsewhere.

use std::{collections::BTreeSet, fs, path::Path};

use jiff::tz::TimeZone;
use scraper::{Html, Selector};
use web::{
    assets,
    frame::Frame,
    i18n::{LANGUAGES, Language, Translator, keys},
    pages,
};

fn rendered() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for language in LANGUAGES {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let t = Translator::new(language, zone, "2026-11-24T08:12:00Z".parse().unwrap());
        for (name, html) in pages::samples(&t, &Frame::sample()) {
            all.push((format!("{name} ({})", language.tag()), html.unwrap()));
        }
    }
    all
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

#[test]
fn pages_are_complete_and_keep_the_content_policy() {
    let known: Vec<&str> = assets::all().iter().map(|asset| asset.url.as_str()).collect();
    let icons = String::from_utf8_lossy(assets::all().iter().find(|a| a.name == "icons.svg").unwrap().bytes);
    for (page, text) in rendered() {
        assert!(!text.contains('⟦'), "{page}: {:?}", text.split('⟦').nth(1));
        let html = Html::parse_document(&text);
        assert!(html.errors.is_empty(), "{page}: {:?}", html.errors);
        let language = &page[page.len() - 3..page.len() - 1];
        assert_eq!(html.root_element().value().attr("lang"), Some(language), "{page}");
        assert_eq!(all(&html, "h1").len(), 1, "{page}: one first heading");
        assert!(!all(&html, "title")[0].inner_html().starts_with(" ·"), "{page}: a title");
        assert!(all(&html, "main").len() == 1 && all(&html, "style, [style], iframe").is_empty(), "{page}");
        for element in all(&html, "*") {
            for (name, value) in element.value().attrs() {
                assert!(!name.starts_with("on"), "{page}: {name}");
                assert!(!value.starts_with("javascript:"), "{page}: {value}");
                assert!(
                    !matches!(name, "src" | "action") || value.starts_with('/'),
                    "{page}: {name}={value}"
                );
            }
        }
        for script in all(&html, "script") {
            assert!(script.value().attr("src").is_some() && script.inner_html().is_empty(), "{page}");
        }
        for element in all(&html, "link[href], script[src], use[href]") {
            let address = element.value().attr("href").or(element.value().attr("src")).unwrap();
            let (file, icon) = address.split_once('#').unwrap_or((address, ""));
            assert!(known.contains(&file), "{page}: no asset {file}");
            assert!(icon.is_empty() || icons.contains(&format!("id=\"{icon}\"")), "{page}: no icon {icon}");
        }
    }
}

#[test]
fn everything_has_a_name_and_every_form_its_token() {
    for (page, text) in rendered() {
        let html = Html::parse_document(&text);
        let ids: Vec<&str> = all(&html, "[id]").iter().filter_map(|e| e.value().attr("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{page}: an id twice");
        for element in all(&html, "[for], [aria-describedby], [aria-labelledby], [popovertarget], [list]") {
            for name in ["for", "aria-describedby", "aria-labelledby", "popovertarget", "list"] {
                for target in element.value().attr(name).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(&target), "{page}: {name}={target} leads nowhere");
                }
            }
        }
        let labels: Vec<&str> =
            all(&html, "label[for]").iter().filter_map(|e| e.value().attr("for")).collect();
        for field in all(&html, "input:not([type=hidden]), select, textarea") {
            let id = field.value().attr("id").unwrap_or_default();
            let named = labels.contains(&id)
                || field.value().attr("aria-label").is_some()
                || field
                    .ancestors()
                    .filter_map(scraper::ElementRef::wrap)
                    .any(|e| e.value().name() == "label");
            assert!(named, "{page}: {} has no label", field.html());
        }
        for element in all(&html, "a, button") {
            let words = element.text().collect::<String>();
            let named = !words.trim().is_empty() || element.value().attr("aria-label").is_some();
            assert!(named, "{page}: {} says nothing", element.html());
        }
        for form in all(&html, "form") {
            if form.value().attr("method") == Some("post") {
                assert_eq!(form.select(&Selector::parse("[name=csrf]").unwrap()).count(), 1, "{page}");
            }
        }
    }
}

#[test]
fn every_message_exists_and_none_is_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    read(&root.join("templates"), "html", &mut sources);
    for text in sources.split("t.get(\"").skip(1) {
        let key = text.split('"').next().unwrap();
        assert!(keys(Language::De).iter().any(|(known, _)| known == key), "no message {key}");
    }
    read(&root.join("src"), "rs", &mut sources);
    for (key, _) in keys(Language::De) {
        assert!(sources.contains(&format!("\"{key}\"")), "nobody says {key}");
    }
}

fn read(folder: &Path, extension: &str, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// What a browser loads for any page, compressed as the server compresses it.
#[tokio::test]
async fn style_script_and_icons_stay_small() {
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use tower_http::compression::CompressionLayer;

    for (name, budget) in [("app.css", 15_000), ("app.js", 8_000), ("icons.svg", 4_000)] {
        let app = assets::routes::<()>().layer(CompressionLayer::new().gzip(true));
        let request = Request::get(assets::url(name)).header("accept-encoding", "gzip");
        let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip", "{name}");
        let size = answer.into_body().collect().await.unwrap().to_bytes().len();
        assert!(size <= budget, "{name} has {size} bytes of {budget}");
    }
}
