// What the buttons and keys of the editor do to Markdown.
import { EditorSelection, type ChangeSpec, type StateCommand } from "@codemirror/state";
import type { KeyBinding } from "@codemirror/view";

/** around puts a mark before and after what is selected, or takes it away. */
export const around = (mark: string): StateCommand => ({ state, dispatch }) => {
  const n = mark.length;
  const change = state.changeByRange((range) => {
    const { from, to } = range;
    const outside = state.sliceDoc(from - n, from) === mark && state.sliceDoc(to, to + n) === mark;
    if (outside) {
      return { changes: [{ from: from - n, to: from }, { from: to, to: to + n }], range: EditorSelection.range(from - n, to - n) };
    }
    const word = range.empty ? state.wordAt(from) : null;
    const [a, b] = word && word.from < from && word.to > from ? [word.from, word.to] : [from, to];
    return { changes: [{ from: a, insert: mark }, { from: b, insert: mark }], range: EditorSelection.range(a === b ? a + n : from + n, a === b ? a + n : to + n) };
  });
  dispatch(state.update(change, { userEvent: "input.format", scrollIntoView: true }));
  return true;
};

const leading = /^(\s*)(#{1,6} |> |[-*+] (?:\[[ xX]\] )?|\d+[.)] )?/;

/** before begins each selected line with a mark in the place of the one it has, or takes it away when all have it. number(i) makes the mark of line i. */
export const before = (number: (i: number) => string): StateCommand => ({ state, dispatch }) => {
  const { from, to } = state.selection.main;
  const lines = [];
  for (let at = state.doc.lineAt(from); ; at = state.doc.line(at.number + 1)) {
    lines.push(at);
    if (at.to >= to) break;
  }
  const all = lines.every((line, i) => (leading.exec(line.text)?.[2] ?? "") === number(i));
  const changes = lines.map((line, i): ChangeSpec => {
    const [, indent, mark = ""] = leading.exec(line.text) ?? ["", "", ""];
    const start = line.from + indent.length;
    return { from: start, to: start + mark.length, insert: all ? "" : number(i) };
  });
  const set = state.changes(changes);
  dispatch(state.update({ changes: set, selection: state.selection.map(set, 1), userEvent: "input.format", scrollIntoView: true }));
  return true;
};

/** link makes a link of what is selected, with the cursor where the address goes. */
export const link: StateCommand = ({ state, dispatch }) => {
  const { from, to } = state.selection.main;
  const words = state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  const insert = isAddress ? `[](${words})` : `[${words}](https://)`;
  const at = isAddress || !words ? from + 1 : from + insert.length - 1;
  dispatch(state.update({ changes: { from, to, insert }, selection: { anchor: at }, userEvent: "input.format", scrollIntoView: true }));
  return true;
};

/** code marks words, or puts whole lines into a block. */
export const code: StateCommand = (target) => {
  const { from, to } = target.state.selection.main;
  const words = target.state.sliceDoc(from, to);
  if (!words.includes("\n")) return around("`")(target);
  target.dispatch(target.state.update({ changes: { from, to, insert: "```\n" + words + "\n```" }, userEvent: "input.format", scrollIntoView: true }));
  return true;
};

export const bold = around("**");
export const italic = around("*");
export const heading = before(() => "## ");
export const smallHeading = before(() => "### ");
export const list = before(() => "- ");
export const numbers = before((i) => `${i + 1}. `);
export const tasks = before(() => "- [ ] ");
export const quote = before(() => "> ");

export const formatKeys: KeyBinding[] = [
  { key: "Mod-b", run: bold, stopPropagation: true },
  { key: "Mod-i", run: italic, stopPropagation: true },
  { key: "Mod-e", run: code, stopPropagation: true },
  { key: "Mod-k", run: link, stopPropagation: true },
  { key: "Mod-Alt-2", run: heading },
  { key: "Mod-Alt-3", run: smallHeading },
  { key: "Mod-Shift-7", run: numbers },
  { key: "Mod-Shift-8", run: list },
  { key: "Mod-Shift-9", run: quote },
];
