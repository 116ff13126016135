//! calcom-sim
