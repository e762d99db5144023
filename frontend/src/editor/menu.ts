// A slash at the beginning of a word offers what can be inserted; an at sign the people involved.
import { autocompletion, pickedCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

const MOST = 12; // so many fit without scrolling

/** put replaces what was typed by text, with the cursor at the sign ⌷. */
const put = (make: () => string) => (view: EditorView, completion: Completion, from: number, to: number) => {
  const text = make();
  const at = text.indexOf("⌷");
  const insert = text.replace("⌷", "");
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + (at < 0 ? insert.length : at) }, annotations: pickedCompletion.of(completion), scrollIntoView: true, userEvent: "input.complete" });
};

const item = (label: string, detail: string, text: string | (() => string)): Completion => ({ label: `/${label}`, displayLabel: label, detail, apply: put(typeof text === "string" ? () => text : text) });

const ITEMS: Completion[] = [
  item("Heading", "a part of this section", "## ⌷"),
  item("Smaller heading", "a part of that", "### ⌷"),
  item("List", "points without order", "- ⌷"),
  item("Numbered list", "steps", "1. ⌷"),
  item("Checklist", "points to tick off", "- [ ] ⌷"),
  item("Quote", "what somebody said or wrote", "> ⌷"),
  item("Code block", "commands, logs", "```\n⌷\n```"),
  item("Table", "rows and columns", "| ⌷ |  |\n| --- | --- |\n|  |  |"),
  item("Link", "to another page", "[⌷](https://)"),
  item("Line", "between two parts", "\n---\n\n⌷"),
  item("Time now", "in UTC", () => `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC ⌷`),
];

// The order above is that of the menu: what is alike otherwise goes by boost.
const BOOSTED = ITEMS.map((each, i) => ({ ...each, boost: 99 - i }));

const slash = (context: CompletionContext): CompletionResult | null => {
  const word = context.matchBefore(/(?<![^\s])\/[\w ]{0,20}$/);
  return word && { from: word.from, options: BOOSTED, validFor: /^\/[\w ]{0,20}$/ };
};

const people = (names: string[]) => (context: CompletionContext): CompletionResult | null => {
  const word = context.matchBefore(/(?<![^\s(])@[\p{L}\p{N}._-]{0,40}$/u);
  return word && names.length > 0 ? { from: word.from, options: names.map((name) => ({ label: `@${name}` })), validFor: /^@[\p{L}\p{N}._ -]{0,40}$/u } : null;
};

export const menu = (names: string[]): Extension => autocompletion({ override: [slash, people(names)], icons: false, maxRenderedOptions: MOST, tooltipClass: () => "ed-menu" });
