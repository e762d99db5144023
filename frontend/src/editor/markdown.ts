// Markdown, read by the lean grammar: nothing inside it (HTML, code) is parsed further. Text looks as it will
// read, and its marks step back where the cursor is not.
import { defineLanguageFacet, HighlightStyle, Language, languageDataProp, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import { Autolink, parser, Strikethrough, Table, TaskList } from "@lezer/markdown";
import type { Extension } from "@codemirror/state";

const data = defineLanguageFacet();
const reader = parser.configure([Strikethrough, Table, TaskList, Autolink, { props: [languageDataProp.add({ Document: data })] }]);

// The classes are in css/writing.css.
const looks = HighlightStyle.define([
  { tag: tags.heading1, class: "md-h1" },
  { tag: tags.heading2, class: "md-h2" },
  { tag: [tags.heading3, tags.heading4, tags.heading5, tags.heading6], class: "md-h3" },
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-em" },
  { tag: tags.strikethrough, class: "md-strike" },
  { tag: tags.monospace, class: "md-code" },
  { tag: tags.link, class: "md-link" },
  { tag: tags.url, class: "md-url" },
  { tag: tags.quote, class: "md-quote" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], class: "md-mark" },
]);

export const markdown: Extension = [new Language(data, reader, [], "markdown"), syntaxHighlighting(looks)];
