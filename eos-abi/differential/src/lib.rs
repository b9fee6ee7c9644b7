//! Nothing but a test; README.md says of what.
