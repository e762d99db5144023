// A slash at the beginning of a word offers what can be inserted; an at sign the people involved. The text keeps
// the focus: arrows move in the menu, Enter takes, Escape goes on writing.
import { Prec, StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Command, type Tooltip } from "@codemirror/view";
import { make } from "../writing/dialog";

/** Item is a line of the menu; text is what takes the place of what was typed, with ⌷ where the cursor goes. */
type Item = { label: string; detail: string; text: () => string; then?: Command };
type Menu = { from: number; to: number; items: Item[]; at: number };

const MOST = 14; // so many fit without scrolling

const item = (label: string, detail: string, text: string): Item => ({ label, detail, text: () => text });

const ITEMS: Item[] = [
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
  { label: "Time now", detail: "in UTC", text: () => `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC ⌷` },
];

const close = StateEffect.define<null>();
const move = StateEffect.define<number>();

/** sought is what the cursor stands behind: the sign, and the words typed after it. */
function sought(state: EditorState): { from: number; sign: string; words: string } | undefined {
  const { main } = state.selection;
  if (!main.empty) return undefined;
  const line = state.doc.lineAt(main.head);
  const found = /(?:^|[\s(])([/@])([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]+)?)$/u.exec(line.text.slice(0, main.head - line.from));
  return found ? { from: main.head - found[1].length - found[2].length, sign: found[1], words: found[2].toLowerCase() } : undefined;
}

function open(state: EditorState, inserts: Item[], people: Item[]): Menu | null {
  const typed = sought(state);
  if (!typed) return null;
  const all = typed.sign === "/" ? inserts : people;
  const begins = (label: string) => label.toLowerCase().startsWith(typed.words);
  const items = all.filter(({ label }) => begins(label) || label.split(" ").some(begins)).slice(0, MOST);
  return items.length > 0 ? { from: typed.from, to: state.selection.main.head, items, at: 0 } : null;
}

/** menu offers the items, a picture or file, a comment on the line, and names as people. */
export function menu(names: string[], comment: Command, choose: Command, chart: Command): Extension {
  const items = [...ITEMS, { label: "Picture or file", detail: "from this device", text: () => "", then: choose }, { label: "Chart", detail: "of the product, with the numbers of now", text: () => "", then: chart }, { label: "Comment", detail: "on this line", text: () => "", then: comment }];
  const people = names.map((name) => item(name, "", `@${name} ⌷`));
  const field = StateField.define<Menu | null>({
    create: () => null,
    update(menu, tr) {
      for (const effect of tr.effects) {
        if (effect.is(close)) return null;
        if (effect.is(move) && menu) return { ...menu, at: (menu.at + effect.value + menu.items.length) % menu.items.length };
      }
      if (tr.docChanged && tr.isUserEvent("input.type")) return open(tr.state, items, people);
      if (tr.docChanged || tr.selection) return menu && (tr.isUserEvent("delete") ? open(tr.state, items, people) : sought(tr.state) ? mapped(menu, tr.changes.mapPos(menu.from), tr.state) : null);
      return menu;
    },
    provide: (f) => [
      showTooltip.from(f, (menu) => menu && shown(menu)),
      EditorView.contentAttributes.from(f, (menu): Record<string, string> => (menu ? { "aria-haspopup": "listbox", "aria-controls": "ed-menu", "aria-activedescendant": `ed-menu-${menu.at}` } : {})),
    ],
  });
  const act = (how: (view: EditorView, menu: Menu) => void): Command => (view) => {
    const menu = view.state.field(field);
    if (menu) how(view, menu);
    return menu !== null;
  };
  const step = (by: number) => act((view) => view.dispatch({ effects: move.of(by) }));
  return [
    field,
    Prec.highest(
      keymap.of([
        { key: "ArrowDown", run: step(1) },
        { key: "ArrowUp", run: step(-1) },
        { key: "Enter", run: act((view, menu) => take(view, menu, menu.at)) },
        { key: "Escape", run: act((view) => view.dispatch({ effects: close.of(null) })) },
      ]),
    ),
    EditorView.domEventHandlers({
      blur: (_event, view) => {
        if (view.state.field(field)) view.dispatch({ effects: close.of(null) });
      },
    }),
  ];
}

const mapped = (menu: Menu, from: number, state: EditorState): Menu => ({ ...menu, from, to: state.selection.main.head });

function take(view: EditorView, { from, to, items }: Menu, at: number): void {
  const text = items[at].text();
  const cursor = text.indexOf("⌷");
  const insert = text.replace("⌷", "");
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + (cursor < 0 ? insert.length : cursor) }, effects: close.of(null), scrollIntoView: true, userEvent: "input.complete" });
  items[at].then?.(view);
}

function shown(menu: Menu): Tooltip {
  return {
    pos: menu.from,
    above: false,
    create: (view) => {
      const list = make("ul", { class: "ed-menu", id: "ed-menu", role: "listbox", "aria-label": "Insert" });
      menu.items.forEach(({ label, detail }, i) => {
        const line = make("li", { id: `ed-menu-${i}`, role: "option", "aria-selected": String(i === menu.at) }, label, ...(detail ? [make("span", { class: "hint" }, detail)] : []));
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(view, menu, i);
        });
        list.append(line);
      });
      return { dom: list };
    },
  };
}
