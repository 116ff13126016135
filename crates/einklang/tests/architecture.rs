//! Keeps the house plan: who may know whom, one place for versions, and files that are rooms.
//!
//! The arrows are those of docs/architecture.md. An arrow that is missing here is a decision, not an
//! oversight: change the plan first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// `einklang → web → engine → {store, calcom} → domain`; `calcom` and `retell` know nothing of us.
const ARROWS: &[(&str, &[&str])] = &[
    ("calcom", &[]),
    ("calcom-sim", &["calcom"]),
    ("domain", &[]),
    ("einklang", &["calcom", "calcom-sim", "domain", "engine", "retell", "store", "web"]),
    ("engine", &["calcom", "domain", "store"]),
    ("retell", &[]),
    ("store", &["domain"]),
    ("web", &["calcom", "domain", "engine", "retell", "store"]),
];

/// Tests may also drive the simulator, which ships in no library.
const FOR_TESTS: &[&str] = &["calcom-sim"];

const MAX_LINES: usize = 700;

#[test]
fn crates_know_only_whom_the_plan_allows() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let metadata = workspace();
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(ours, arrows.keys().copied().collect(), "a crate came or went: extend the plan");

    let mut forbidden = Vec::new();
    for package in metadata.workspace_packages() {
        let allowed = arrows[package.name.as_str()];
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let for_tests = dependency.kind == DependencyKind::Development && FOR_TESTS.contains(&name);
            if ours.contains(name) && !allowed.contains(&name) && !for_tests {
                forbidden.push(format!("{} → {name} ({})", package.name, dependency.kind));
            }
        }
    }
    assert!(forbidden.is_empty(), "not in the plan: {forbidden:#?}");
}

/// Versions and features stand once, in the workspace, so that building one crate or all of them
/// compiles a dependency once.
#[test]
fn dependencies_are_pinned_in_the_workspace() {
    let metadata = workspace();
    let root: toml::Table = read_toml(metadata.workspace_root.join("Cargo.toml").as_std_path());
    let mut astray = Vec::new();
    for (name, entry) in root["workspace"]["dependencies"].as_table().unwrap() {
        let version = entry.as_str().or_else(|| entry.get("version")?.as_str());
        let pinned = version.is_some_and(|v| v.split('.').count() == 3 && !v.contains('*'));
        if !pinned && entry.get("path").is_none() {
            astray.push(format!("workspace: {name} has no full version"));
        }
    }
    for package in metadata.workspace_packages() {
        let manifest = read_toml(package.manifest_path.as_std_path());
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, entry) in manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten() {
                if entry.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    astray
                        .push(format!("{}: {name} in [{table}] does not say workspace = true", package.name));
                }
            }
        }
    }
    assert!(astray.is_empty(), "{astray:#?}");
}

#[test]
fn every_file_says_what_it_owns_and_stays_a_room() {
    let crates = workspace().workspace_root.join("crates");
    let mut files = Vec::new();
    for entry in fs::read_dir(&crates).unwrap() {
        rust_files(&entry.unwrap().path().join("src"), &mut files);
    }
    assert!(files.len() >= ARROWS.len(), "found only {} files below {crates}", files.len());

    let mut untidy = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if !text.starts_with("//!") {
            untidy.push(format!("{} does not open with //!", file.display()));
        }
        if lines > MAX_LINES {
            untidy.push(format!("{} has {lines} lines: look for the second idea in it", file.display()));
        }
    }
    assert!(untidy.is_empty(), "{untidy:#?}");
}

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap()
}

fn read_toml(path: &Path) -> toml::Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
