//! HTML pages for people with a browser.
