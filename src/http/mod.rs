//! The one outgoing HTTP client: every request to another computer goes through here.
