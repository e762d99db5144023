// Package e2e holds the tests that work with Hindsight as people do: a browser, a server with its own database,
// and what can be seen on the pages. What a page says is compared with figures worked out by hand; how it looks
// is held to the rules of axe-core, to a width of 360 pixels and to a weight.
//
// There is no code here but tests; start with TestInBrowser. They need Chromium: in PATH, or named by
// HINDSIGHT_TEST_CHROMIUM. With HINDSIGHT_TEST_SHOTS=DIR every page is also stored there as a
// picture, filled with all bundled incidents.
package e2e
