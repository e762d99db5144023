// Wordings that name somebody to blame are underlined softly, with another way to say it on hover, and in a
// list below the text for those who use no mouse. It is a hint and never more.
import { EditorSelection, RangeSetBuilder, StateField, type EditorState, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip, type DecorationSet } from "@codemirror/view";
import { make } from "../writing/dialog";
import type { Rule } from "../writing/load";
import { pictured } from "./pictures";

type Finding = { from: number; to: number; rule: Rule };

const BARE: Rule = { id: "picture", pattern: "", why: "Nothing stands for this picture for somebody who cannot see it.", instead: "Say what is to be seen from it, or that it only decorates: the button below the picture asks for it." };
const MOST = 50;
const LIST_MS = 400;

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** compiled are the rules as package incident reads them: case does not matter, and {people} stands for the names. */
function compiled(rules: Rule[], names: string[]): [RegExp, Rule][] {
  const people = names.filter((name) => name.trim()).map((name) => escape(name.trim()));
  return rules
    .filter((rule) => !rule.people || people.length > 0)
    .map((rule) => [new RegExp(rule.pattern.replace("{people}", `(?:${people.join("|")})`), "giu"), rule]);
}

function find(doc: Text, patterns: [RegExp, Rule][]): Finding[] {
  const out: Finding[] = [];
  let at = 0;
  for (const line of doc.iterLines()) {
    for (const [pattern, rule] of patterns) {
      for (const match of line.matchAll(pattern)) {
        out.push({ from: at + match.index, to: at + match.index + match[0].length, rule });
      }
    }
    at += line.length + 1;
  }
  for (const { from, to, words, decorative } of pictured(doc)) if (!words.trim() && !decorative) out.push({ from, to, rule: BARE });
  return out.sort((a, b) => a.from - b.from || a.to - b.to).slice(0, MOST);
}

function underline(findings: Finding[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of findings) if (to > from) builder.add(from, to, Decoration.mark({ class: "ed-blame" }));
  return builder.finish();
}

/** blame looks for the rules; box gives the place of the list. */
export function blame(rules: Rule[], names: string[], box: () => HTMLElement): Extension {
  const patterns = compiled(rules, names);
  const field = StateField.define<Finding[]>({
    create: (state) => find(state.doc, patterns),
    update: (found, tr) => (tr.docChanged ? find(tr.newDoc, patterns) : found),
    provide: (f) => EditorView.decorations.from(f, underline),
  });
  let due = 0;
  const list = EditorView.updateListener.of((update) => {
    if (!update.docChanged && update.startState.field(field, false)) return;
    clearTimeout(due);
    due = window.setTimeout(() => show(box(), update.view, field), LIST_MS);
  });
  const tip = hoverTooltip((view, pos) => {
    const found = view.state.field(field).find(({ from, to }) => from <= pos && pos <= to);
    return found ? { pos: found.from, end: found.to, above: true, create: () => ({ dom: make("div", { class: "ed-tip" }, ...words(found.rule)) }) } : null;
  });
  return [field, list, tip];
}

const words = (rule: Rule): Node[] => [make("p", {}, rule.why), make("p", { class: "hint" }, rule.instead)];

function show(box: HTMLElement | null, view: EditorView, field: StateField<Finding[]>): void {
  const found = view.state.field(field, false) ?? [];
  if (!box) return;
  const open = box.querySelector("details")?.open ?? false;
  if (found.length === 0) return box.replaceChildren();
  const items = found.map((finding) => make("li", {}, go(view, finding), ...words(finding.rule)));
  const details = make("details", { class: "disclose ed-findings" }, make("summary", {}, counted(found)), make("ul", { class: "ed-list" }, ...items));
  details.open = open;
  box.replaceChildren(details);
}

function counted(found: Finding[]): string {
  const bare = found.filter(({ rule }) => rule === BARE).length;
  const words = found.length - bare;
  const parts = [words === 1 ? "1 wording to look at" : `${words} wordings to look at`, bare === 1 ? "1 picture without a description" : `${bare} pictures without a description`];
  return parts.filter((_, i) => [words, bare][i] > 0).join(", ");
}

function go(view: EditorView, { from, to }: Finding): HTMLElement {
  const button = make("button", { type: "button", class: "link" }, `“${said(view.state, from, to)}”`);
  button.addEventListener("click", () => {
    view.dispatch({ selection: EditorSelection.range(from, to), scrollIntoView: true });
    view.focus();
  });
  return button;
}

const said = (state: EditorState, from: number, to: number): string => state.sliceDoc(from, Math.min(to, from + 60));
