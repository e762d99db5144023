// Package frontend turns values into HTML. It owns everything that a user sees: the typed page structs,
// the templates of the same names, the style sheet, the TypeScript islands, and the embedded files that
// the build made of them. It asks no database and knows no HTTP route but as a link.
//
// Start with [Page]: every page is a struct that embeds [Shell]. A handler fills one and calls
// [Renderer.Render]. Times go in as UTC and are written in the viewer's zone; text goes in as it
// was imported and is escaped here.
//
// To add a page: a struct in page_<name>.go, a template templates/pages/<name>.html, a line in
// [Routes], and a state of it in the gallery.
package frontend
