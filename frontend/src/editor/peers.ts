// Where others are in this text: a thin line with their name, and what they have selected.
import { ChangeSet, StateEffect, StateField, type ChangeDesc } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";
import { hue } from "../writing/people";
import type { Person } from "../writing/wire";
import type { Sync } from "./sync";

type Peer = { client: string; who: string; name: string; anchor: number; head: number };

const setPeers = StateEffect.define<Peer[]>();

class Caret extends WidgetType {
  constructor(private readonly peer: Peer) {
    super();
  }
  override eq(other: Caret): boolean {
    return other.peer.client === this.peer.client && other.peer.name === this.peer.name;
  }
  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `peer-caret peer-${hue(this.peer.who)}`;
    caret.dataset.name = this.peer.name; // drawn by the style sheet, so that it is no part of the text
    caret.ariaHidden = "true";
    return caret;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

function draw(all: readonly Peer[]): DecorationSet {
  const marks = all.flatMap((peer) => {
    const [from, to] = [Math.min(peer.anchor, peer.head), Math.max(peer.anchor, peer.head)];
    const caret = Decoration.widget({ widget: new Caret(peer), side: 1 }).range(peer.head);
    return from === to ? [caret] : [Decoration.mark({ class: `peer-selection peer-${hue(peer.who)}` }).range(from, to), caret];
  });
  return Decoration.set(marks, true);
}

const moved = (all: readonly Peer[], changes: ChangeDesc): Peer[] =>
  all.map((peer) => ({ ...peer, anchor: changes.mapPos(peer.anchor), head: changes.mapPos(peer.head) }));

export const peers = StateField.define<readonly Peer[]>({
  create: () => [],
  update(all, tr) {
    const next = tr.docChanged ? moved(all, tr.changes) : all;
    return tr.effects.reduce((now, effect) => (effect.is(setPeers) ? effect.value : now), next);
  },
  provide: (field) => EditorView.decorations.from(field, draw),
});

/** showPeers draws people whose cursors are in the text. Positions of a version that this editor has not yet, or has
 * forgotten, are left where they were: the next message has them. */
export function showPeers(view: EditorView, sync: Sync, people: Person[]): void {
  const old = view.state.field(peers);
  const unconfirmed = sync.unconfirmed();
  const next = people.flatMap((person): Peer[] => {
    const { client = "", who, name, anchor = -1, head = anchor, version = sync.version() } = person;
    if (client === sync.client() || anchor < 0 || head < 0) return [];
    const past = sync.since(version);
    const steps = past && [...past, ...unconfirmed];
    const length = steps?.[0]?.length ?? view.state.doc.length;
    if (!steps || anchor > length || head > length) return old.filter((peer) => peer.client === client);
    const at = (pos: number) => steps.reduce((here: number, changes: ChangeSet) => changes.mapPos(here), pos);
    return [{ client, who, name, anchor: at(anchor), head: at(head) }];
  });
  view.dispatch({ effects: setPeers.of(next) });
}
