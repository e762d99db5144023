// Enter goes on with the list or quote that the cursor is in; on an empty item it ends it.
import type { StateCommand } from "@codemirror/state";
import type { KeyBinding } from "@codemirror/view";

const item = /^(\s*)(?:([-*+] )(\[[ xX]\] )?|(\d+)([.)] )|(> ?))/;

const goOn: StateCommand = ({ state, dispatch }) => {
  const { main, ranges } = state.selection;
  const line = state.doc.lineAt(main.head);
  const found = item.exec(line.text);
  if (!found || ranges.length > 1 || !main.empty || main.head < line.from + found[0].length) return false;
  if (line.text.slice(found[0].length).trim() === "") {
    dispatch(state.update({ changes: { from: line.from, to: line.to }, userEvent: "delete" }));
    return true;
  }
  const [, indent, bullet, box, number, dot, quote] = found;
  const mark = bullet ? bullet + (box ? "[ ] " : "") : number ? `${Number(number) + 1}${dot}` : quote;
  const insert = state.lineBreak + indent + mark;
  dispatch(state.update({ changes: { from: main.head, insert }, selection: { anchor: main.head + insert.length }, scrollIntoView: true, userEvent: "input" }));
  return true;
};

export const continueMarks: KeyBinding[] = [{ key: "Enter", run: goOn }];
