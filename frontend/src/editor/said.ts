// What comments are about is marked in the text, and moves along with it. So does the stretch that somebody is about to comment on.
import { StateEffect, StateField, type ChangeDesc, type Extension } from "@codemirror/state";
import { Decoration, EditorView, type Command, type DecorationSet } from "@codemirror/view";
import type { Options } from "../editor";
import type { Spoken } from "../writing/talk";
import type { Sync } from "./sync";

type Range = { id: string; from: number; to: number };

const setSaid = StateEffect.define<Range[]>();
const setPicked = StateEffect.define<{ from: number; to: number } | null>();

const PICKED = ""; // the id of the stretch that a comment is being written about

const moved = (all: readonly Range[], changes: ChangeDesc): Range[] =>
  all.map((range) => ({ ...range, from: changes.mapPos(range.from, 1), to: changes.mapPos(range.to, -1) })).filter((range) => range.from < range.to);

const draw = (all: readonly Range[]): DecorationSet =>
  Decoration.set(
    all.map((range) => Decoration.mark({ class: "ed-said", attributes: { "data-said": range.id } }).range(range.from, range.to)),
    true,
  );

const field = StateField.define<readonly Range[]>({
  create: () => [],
  update(all, tr) {
    let next = tr.docChanged ? moved(all, tr.changes) : all;
    for (const effect of tr.effects) {
      if (effect.is(setSaid)) next = [...next.filter((range) => range.id === PICKED), ...effect.value];
      if (effect.is(setPicked)) next = [...next.filter((range) => range.id !== PICKED), ...(effect.value ? [{ id: PICKED, ...effect.value }] : [])];
    }
    return next;
  },
  provide: (f) => EditorView.decorations.from(f, draw),
});

/** said marks what comments are about; a click on it shows the comment. */
export const said = (options: Options): Extension => [
  field,
  EditorView.domEventHandlers({
    click: (event) => {
      const id = (event.target as Element).closest<HTMLElement>(".ed-said")?.dataset.said;
      if (id) options.thread(id);
    },
  }),
];

/** showSaid marks stretches of the server's text of a version. It returns false when that version is not known here. */
export function showSaid(view: EditorView, sync: Sync, version: number, spoken: Spoken[]): boolean {
  const past = sync.since(version);
  if (!past) return false;
  const steps = [...past, ...sync.unconfirmed()];
  const length = steps[0]?.length ?? view.state.doc.length;
  const fits = spoken.filter((one) => one.to <= length).map(({ id, from, to }) => ({ id, from, to }));
  view.dispatch({ effects: setSaid.of(steps.reduce(moved, fits)) });
  return true;
}

/** comment asks for a comment about what is selected, or about the line that the cursor is in. */
export const comment =
  (options: Options, sync: () => Sync): Command =>
  (view) => {
    const { main } = view.state.selection;
    const line = view.state.doc.lineAt(main.head);
    const { from, to } = main.empty ? line : main;
    if (from === to) {
      options.comment(undefined);
      return true;
    }
    view.dispatch({ effects: setPicked.of({ from, to }) });
    options.comment({
      quote: view.state.sliceDoc(from, to),
      where: async () => {
        await sync().settled();
        const here = view.state.field(field).find((range) => range.id === PICKED);
        return here && { from: here.from, to: here.to, version: sync().version() };
      },
      end: () => {
        view.dispatch({ effects: setPicked.of(null) });
        view.focus();
      },
    });
    return true;
  };
