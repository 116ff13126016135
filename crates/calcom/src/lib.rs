//! calcom
