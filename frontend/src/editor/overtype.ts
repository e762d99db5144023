// What is typed over several selected lines is put in by the editor itself. Browsers that do it join the lines and give the joined one a
// style attribute, to keep how it looked; the server's policy forbids those, and says so.
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

export const overtype: Extension = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection;
    const one = ranges.length === 1 && view.state.doc.lineAt(main.from).to >= main.to;
    if (event.inputType !== "insertText" || event.data === null || one || view.composing) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});
