// What comes from a document or a chat as HTML is pasted as Markdown. Text that comes without structure, or from
// an editor of code, is pasted as it is.
import { EditorView } from "@codemirror/view";
import { toMarkdown } from "./fromhtml";

const structure = /<(h[1-6]|b|strong|i|em|a\s|ul|ol|li|blockquote|pre|code|table|s|del)\b|font-weight:\s*(bold|[6-9]00)|font-style:\s*italic/i;

export const paste = EditorView.domEventHandlers({
  paste(event, view) {
    const html = event.clipboardData?.getData("text/html") ?? "";
    const fromCode = event.clipboardData?.types.includes("vscode-editor-data");
    if (!structure.test(html) || fromCode) return false;
    const text = toMarkdown(html);
    if (!text) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(text), { userEvent: "input.paste", scrollIntoView: true });
    return true;
  },
});
