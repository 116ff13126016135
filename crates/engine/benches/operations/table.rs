//! The figures, from the first sample to the last line.

use std::collections::BTreeMap;

use serde_json::json;

/// A figure of one database.
#[derive(Default)]
struct Row {
    samples: Vec<f64>,
    limits: Vec<f64>,
    unit: &'static str,
}

/// All figures, by the order in which they were first taken.
#[derive(Default)]
pub struct Table {
    order: Vec<String>,
    rows: BTreeMap<String, Row>,
}

impl Table {
    /// Adds a sample, beside what is the limit for it: the most that is possible, or the most that may be.
    pub fn add(&mut self, name: &str, value: f64, limit: Option<f64>, unit: &'static str) {
        if !self.rows.contains_key(name) {
            self.order.push(name.to_owned());
        }
        let row = self.rows.entry(name.to_owned()).or_default();
        row.samples.push(value);
        row.limits.extend(limit);
        row.unit = unit;
        let limit = limit.map_or(String::new(), |limit| format!(" of {limit:.1}"));
        eprintln!("  {name}: {value:.1}{limit} {unit}");
    }

    /// One line per figure.
    pub fn print(&self) {
        println!("\n{:<58} | {:>16} | of limit", "name", "value");
        for name in &self.order {
            let row = &self.rows[name];
            let value = median(&row.samples);
            let of_limit = row.of_limit().map_or("-".to_owned(), |ratio| format!("{:.0} %", 100.0 * ratio));
            let value = format!("{value:.*} {}", if value < 100.0 { 2 } else { 0 }, row.unit);
            println!("{name:<58} | {value:>16} | {of_limit}");
        }
    }

    /// The same with all samples, for programs.
    pub fn json(&self) -> String {
        let rows: Vec<_> = self
            .order
            .iter()
            .map(|name| {
                let row = &self.rows[name];
                json!({
                    "name": name, "value": median(&row.samples), "unit": row.unit,
                    "limit": (!row.limits.is_empty()).then(|| median(&row.limits)), "of_limit": row.of_limit(),
                    "samples": row.samples, "limits": row.limits,
                })
            })
            .collect();
        format!("{:#}\n", json!(rows))
    }
}

impl Row {
    fn of_limit(&self) -> Option<f64> {
        (!self.limits.is_empty()).then(|| median(&self.samples) / median(&self.limits))
    }
}

fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The value that this many of a hundred do not exceed.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let index = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or(f64::NAN)
}
