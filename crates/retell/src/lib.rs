//! retell
