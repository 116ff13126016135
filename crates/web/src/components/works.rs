//! A composite service drawn to scale: stretches of work, and the waiting between them. The drawing is for the eye;
//! the list under it says the same in words.

/// The bar with its legend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorksBar {
    pub parts: Vec<WorksPart>,
}

/// One stretch of work, or of waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorksPart {
    /// Which stretch of work it is, from 1, and its name; `None`: the customer waits.
    pub work: Option<(usize, String)>,
    /// Who may do it, by name.
    pub who: Vec<String>,
    pub minutes: u32,
    /// Minutes from the beginning.
    pub from: u32,
    whole: u32,
}

impl WorksBar {
    /// Of stretches of work by name, minutes, minutes of waiting afterwards, and who may do them.
    pub fn of<N: Into<String>>(works: impl IntoIterator<Item = (N, u32, u32, Vec<String>)>) -> Self {
        let mut parts = Vec::new();
        for (number, (name, minutes, pause, who)) in (1..).zip(works) {
            parts.push((Some((number, name.into())), minutes, who));
            parts.push((None, pause, Vec::new()));
        }
        parts.retain(|(_, minutes, _)| *minutes > 0);
        let whole = parts.iter().map(|(_, minutes, _)| minutes).sum();
        let mut from = 0;
        let part = |(work, minutes, who)| {
            let part = WorksPart { work, who, minutes, from, whole };
            from += minutes;
            part
        };
        Self { parts: parts.into_iter().map(part).collect() }
    }

    /// Whether there is anything that a drawing shows.
    pub fn is_drawn(&self) -> bool {
        !self.parts.is_empty()
    }
}

impl WorksPart {
    pub fn until(&self) -> u32 {
        self.from + self.minutes
    }

    /// Where it begins, as a share of the whole.
    pub fn x(&self) -> String {
        share(self.from, self.whole)
    }

    /// Where it ends.
    pub fn end(&self) -> String {
        share(self.until(), self.whole)
    }

    pub fn width(&self) -> String {
        share(self.minutes, self.whole)
    }

    pub fn middle(&self) -> String {
        share(2 * self.from + self.minutes, 2 * self.whole)
    }

    /// Whether a number fits into it on the narrowest screen.
    pub fn is_wide(&self) -> bool {
        self.minutes * 20 >= self.whole
    }
}

/// `37.50%`
fn share(part: u32, whole: u32) -> String {
    let share = u64::from(part) * 10_000 / u64::from(whole.max(1));
    format!("{}.{:02}%", share / 100, share % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_one_after_the_other_and_fill_the_bar() {
        let bar = WorksBar::of([("Färben", 45, 30, vec!["Anna".into()]), ("Schneiden", 45, 0, Vec::new())]);
        let drawn: Vec<_> =
            bar.parts.iter().map(|part| (part.work.is_some(), part.x(), part.width())).collect();
        let part = |work, x: &str, width: &str| (work, x.to_owned(), width.to_owned());
        assert_eq!(
            drawn,
            [part(true, "0.00%", "37.50%"), part(false, "37.50%", "25.00%"), part(true, "62.50%", "37.50%")]
        );
        assert_eq!((bar.parts[0].who.len(), bar.parts[1].who.len()), (1, 0));
        assert_eq!((bar.parts[2].end(), bar.parts[1].middle()), ("100.00%".into(), "50.00%".into()));
        assert!(!WorksBar::of([("", 0, 0, Vec::new())]).is_drawn());
    }
}
