// The buttons above the text. One of them is in the tab order; arrow keys go to the others.
import type { StateCommand } from "@codemirror/state";
import type { Command, EditorView } from "@codemirror/view";
import { make } from "../writing/dialog";
import * as format from "./format";

const BUTTONS: [string, string, StateCommand, string][] = [
  ["B", "Bold", format.bold, "Control+B"],
  ["I", "Italic", format.italic, "Control+I"],
  ["H", "Heading", format.heading, "Control+Alt+2"],
  ["•", "List", format.list, "Control+Shift+8"],
  ["1.", "Numbered list", format.numbers, "Control+Shift+7"],
  ["❝", "Quote", format.quote, "Control+Shift+9"],
  ["‹›", "Code", format.code, "Control+E"],
  ["Link", "Link", format.link, "Control+K"],
];

export function toolbar(view: EditorView, title: string, done: () => void, comment: Command, choose: Command): HTMLElement {
  const marks = make("div", { class: "ed-marks", role: "toolbar", "aria-label": `Format ${title}` });
  const buttons = BUTTONS.map(([sign, name, run, keys], i) => {
    const button = make("button", { type: "button", class: `btn btn-s btn-quiet ed-${name.split(" ")[0].toLowerCase()}`, "aria-label": sign === "1." ? `1. ${name}` : name, title: `${name} (${keys})`, "aria-keyshortcuts": keys, tabindex: i === 0 ? "0" : "-1" }, sign);
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
    button.addEventListener("click", () => {
      run(view);
      view.focus();
    });
    return button;
  });
  const add = make("button", { type: "button", class: "btn btn-s btn-quiet", title: "Add a picture or a file; they can be pasted and dropped, too", tabindex: "-1" }, "Picture");
  add.addEventListener("click", () => choose(view));
  const talk = make("button", { type: "button", class: "btn btn-s btn-quiet", title: "Comment on what is selected (Control+Alt+M)", "aria-keyshortcuts": "Control+Alt+M", tabindex: "-1" }, "Comment");
  talk.addEventListener("mousedown", (event) => event.preventDefault());
  talk.addEventListener("click", () => comment(view));
  buttons.push(add, talk);
  marks.append(...buttons);
  marks.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") return done();
    if (!by) return;
    event.preventDefault();
    const at = (buttons.indexOf(document.activeElement as HTMLButtonElement) + by + buttons.length) % buttons.length;
    buttons.forEach((button, i) => (button.tabIndex = i === at ? 0 : -1));
    buttons[at].focus();
  });
  const end = make("button", { type: "button", class: "btn btn-s btn-main ed-done", title: "Done (Escape)" }, "Done", make("span", { class: "hidden" }, ` writing ${title}`));
  end.addEventListener("click", done);
  return make("div", { class: "ed-bar" }, marks, end);
}
