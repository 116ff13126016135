//! Links to the next and the previous page of a list that is walked by cursors.

/// Addresses with all filters and the cursor in them; `None` where the list ends.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Pager {
    pub fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}
