// How the library's own parts look here; what is ours stands in css/writing.css.
import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", font: "var(--t-read) var(--font)" },
  "&.cm-focused": { outline: "none" }, // the frame around it has the ring
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "26px", overflowX: "auto" },
  ".cm-content": { padding: "12px 16px", minHeight: "7em", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-soft)" },
  ".cm-tooltip": { background: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "var(--r-m)", zIndex: "20" },
});
