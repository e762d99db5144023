// The editor of a section, in a bundle of its own that is loaded when somebody writes: Markdown as text, with
// several people in it at once. Everything that it knows of the world comes through its options.
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { Compartment, EditorSelection, EditorState, Text, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, placeholder } from "@codemirror/view";
import type { Work } from "./writing/keeping";
import type { Rule } from "./writing/load";
import type { About, Spoken } from "./writing/talk";
import type { Answer, Person, Update } from "./writing/wire";
import { attach, choose, underWay } from "./editor/attach";
import { blame } from "./editor/blame";
import { continueMarks } from "./editor/continue";
import { formatKeys } from "./editor/format";
import { markdown } from "./editor/markdown";
import { menu } from "./editor/menu";
import { wholeCharacters } from "./editor/pairs";
import { overtype } from "./editor/overtype";
import { paste } from "./editor/paste";
import { pictures } from "./editor/pictures";
import { peers, showPeers } from "./editor/peers";
import { addChart } from "./editor/charts";
import { comment, said, showSaid } from "./editor/said";
import { adoptStyles } from "./editor/styles";
import { joint, Sync } from "./editor/sync";
import { theme } from "./editor/theme";
import { toolbar } from "./editor/toolbar";

/** Start is the text to begin with: changes are this client's own that the server may not have yet. */
export type Start = { text: string; version: number; client: string; changes: unknown[] };

export type Options = {
  parent: HTMLElement;
  title: string;
  retro: string; // address of the retrospective: "/incidents/inc_1/retrospective"
  start: Start;
  rules: Rule[];
  names: string[]; // of the people involved
  push(version: number, client: string, updates: unknown[]): Promise<Answer>;
  ask(): void; // updates are missing
  unsent(work: Work): void;
  merged(edits: number, names: string[]): void;
  refused(detail: string, status: number): void;
  stale(): void;
  point(client: string, version: number, anchor: number, head: number): void;
  comment(about: Pick<About, "quote" | "where" | "end"> | undefined): void; // nothing: about the section
  thread(id: string): void;
  done(): void;
};

export interface Editor {
  version(): number;
  text(): string;
  work(): Work;
  unsent(): number;
  receive(version: number, updates: Update[]): void;
  people(people: Person[]): void;
  spoken(version: number, all: Spoken[]): boolean; // false: that version is not known here
  retry(again: boolean): void;
  away(): void;
  settled(): Promise<void>;
  freeze(on: boolean): void;
  restart(start: Start): void;
  focus(): void;
  destroy(): void;
}

/** edit puts an editor into options.parent. */
export function edit(options: Options): Editor {
  adoptStyles();
  const frozen = new Compartment();
  let sync: Sync;
  const begin = (start: Start) => {
    const extensions = [joint(start), frozen.of([]), surface(options, () => sync)];
    // Lines are cut at \n alone, so that positions are those of the server.
    view.setState(EditorState.create({ doc: Text.of(start.text.split("\n")), extensions }));
    sync = new Sync(view, start, options);
    sync.resume(start.changes);
  };
  const view = new EditorView({});
  const bar = toolbar(view, options.title, options.done, comment(options, () => sync), choose(sentTo(options)));
  const findings = document.createElement("div");
  options.parent.replaceChildren(bar, view.dom, findings);
  view.dom.addEventListener("focusout", () => sync.leave());
  begin(options.start);
  return {
    version: () => sync.version(),
    text: () => view.state.doc.sliceString(0, undefined, "\n"),
    work: () => sync.work(),
    unsent: () => sync.work().changes.length + underWay(view),
    receive: (version, updates) => sync.receive(version, updates),
    people: (people) => showPeers(view, sync, people),
    spoken: (version, all) => showSaid(view, sync, version, all),
    retry: (again) => sync.retry(again),
    away: () => sync.away(),
    settled: () => sync.settled(),
    freeze: (on) => view.dispatch({ effects: frozen.reconfigure(on ? EditorState.readOnly.of(true) : []) }),
    restart: (start) => {
      const at = Math.min(view.state.selection.main.head, start.text.length);
      sync.stop();
      begin(start);
      view.dispatch({ selection: EditorSelection.cursor(at) });
    },
    focus: () => view.focus(),
    destroy: () => {
      sync.leave();
      sync.stop();
      view.destroy();
      options.parent.replaceChildren();
    },
  };
}

/** sentTo is where files are sent. */
const sentTo = ({ retro }: Options): string => `/api/v1${retro}/files`;

/** surface is everything that a person sees and presses. */
function surface(options: Options, sync: () => Sync): Extension {
  const findings = () => options.parent.lastElementChild as HTMLElement;
  return [
    history(),
    drawSelection(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    theme,
    EditorView.contentAttributes.of({ "aria-label": options.title, spellcheck: "true", autocapitalize: "sentences" }),
    placeholder("Write here. Type / for headings, lists and more."),
    wholeCharacters,
    markdown,
    menu(options.names, comment(options, sync), choose(sentTo(options)), addChart(`/api/v1${options.retro}`)),
    said(options),
    blame(options.rules, options.names, findings),
    peers,
    overtype,
    attach(sentTo(options)),
    pictures(options.retro),
    paste,
    keymap.of([
      { key: "Mod-Enter", run: () => (options.done(), true) },
      { key: "Mod-Alt-m", run: comment(options, sync), stopPropagation: true },
      { key: "Mod-s", run: () => true, preventDefault: true }, // everything is saved as it is written
      ...formatKeys,
      ...continueMarks,
      ...historyKeymap,
      ...standardKeymap,
      { key: "Escape", run: () => (options.done(), true) },
    ]),
    EditorView.updateListener.of((update) => sync()?.follow(update)),
  ];
}
