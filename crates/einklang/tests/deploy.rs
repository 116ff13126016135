//! What `deploy/` and the documents say of measures is true: each that is named is measured, and each that is measured is
//! described and documented.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All texts under a folder.
fn texts(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&texts(&path));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            all.push_str(&text);
        }
    }
    all
}

/// The names that begin like one of ours and end like a measure, without what histograms add to theirs.
fn measures(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = text
        .match_indices("einklang_")
        .map(|(at, _)| text[at..].split(|c| !is_part(c)).next().unwrap_or_default().to_owned());
    names
        .map(|name| match ["_bucket", "_count"].iter().find_map(|end| name.strip_suffix(end)) {
            Some(histogram) => histogram.to_owned(),
            None => name,
        })
        .collect()
}

/// The names that a macro is called with.
fn given_to(sources: &str, macros: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for name in macros {
        for call in sources.split(&format!("{name}!(")).skip(1) {
            names.extend(call.split('"').nth(1).map(str::to_owned));
        }
    }
    names
}

#[test]
fn measures_that_are_named_are_measured_described_and_documented() {
    let crates = ["engine", "web", "einklang"].map(|name| root().join("crates").join(name).join("src"));
    let sources: String = crates.iter().map(|folder| texts(folder)).collect();
    let measured = given_to(&sources, &["metrics::counter", "metrics::gauge", "metrics::histogram"]);
    assert!(measured.len() > 10, "{measured:?}");
    let described = given_to(&sources, &["describe_counter", "describe_gauge", "describe_histogram"]);
    assert_eq!(described, measured);
    let documented = measures(&std::fs::read_to_string(root().join("docs/operations.md")).unwrap());
    assert_eq!(documented, measured);
    let used = measures(&texts(&root().join("deploy")));
    assert!(used.len() > 8 && used.is_subset(&measured), "{:?}", used.difference(&measured));
}
