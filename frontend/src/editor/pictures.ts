// Pictures of the retrospective are drawn below the line that refers to them, with what stands for them. Those of other places are not fetched.
import { StateField, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";
import { make } from "../writing/dialog";
import { describe, reference } from "./attach";
import { refreshed } from "./charts";

const IMAGE = /!\[((?:[^\]\\]|\\.)*)\]\((files\/[0-9a-f]{32}(?:\.chart)?\.(?:png|jpg|gif|webp|svg))(?: "([^"]*)")?\)/g;

/** Found is a reference to a picture: where it stands, and what it says. */
export type Found = { from: number; to: number; target: string; words: string; decorative: boolean };

/** pictured finds the references in a text. */
export function pictured(doc: Text): Found[] {
  const out: Found[] = [];
  let at = 0;
  for (const line of doc.iterLines()) {
    if (line.includes("](files/"))
      for (const { index, 0: all, 1: words, 2: target, 3: title } of line.matchAll(IMAGE))
        out.push({ from: at + index, to: at + index + all.length, target, words: words.replace(/\\(.)/g, "$1"), decorative: !words.trim() && title === "decorative" });
    at += line.length + 1;
  }
  return out;
}

class Picture extends WidgetType {
  constructor(
    private readonly found: Found,
    private readonly retro: string,
  ) {
    super();
  }

  override eq(other: Picture): boolean {
    return other.found.target === this.found.target && other.found.words === this.found.words && other.found.decorative === this.found.decorative;
  }

  toDOM(view: EditorView): HTMLElement {
    const { words, target, decorative } = this.found;
    const image = make("img", { src: `${this.retro}/${target}`, alt: words, loading: "lazy" });
    image.addEventListener("load", () => view.requestMeasure());
    const says = decorative ? "It only decorates." : words || "Nothing stands for it yet for somebody who cannot see it.";
    const button = make("button", { type: "button", class: "link" }, words || decorative ? "Describe it otherwise" : "Describe it");
    button.addEventListener("click", () => void this.ask(view, figure));
    const figure = make("figure", { class: "ed-picture" }, image, make("figcaption", { class: "hint" }, says, " ", button));
    if (target.endsWith(".chart.svg")) {
      const refresh = make("button", { type: "button", class: "link" }, "Refresh", make("span", { class: "hidden" }, `: ${words}`));
      refresh.addEventListener("click", () => void this.renew(view, figure));
      figure.lastElementChild?.append(" ", refresh);
    }
    return figure;
  }

  /** ask lets a person say what the picture shows, and writes it where the picture stands by then. */
  private async ask(view: EditorView, figure: HTMLElement): Promise<void> {
    const words = await describe("What the picture shows", this.found.words);
    view.focus();
    if (words !== undefined) this.put(view, figure, (now) => reference(now.target, words));
  }

  /** renew lets a person compare a chart with its numbers of now, and replace it. */
  private async renew(view: EditorView, figure: HTMLElement): Promise<void> {
    const target = await refreshed(`/api/v1${this.retro}`, this.found.target.slice("files/".length));
    view.focus();
    if (target) this.put(view, figure, (now) => reference(target, now.words));
  }

  private put(view: EditorView, figure: HTMLElement, text: (now: Found) => string): void {
    if (!figure.isConnected) return;
    const line = view.state.doc.lineAt(view.posAtDOM(figure));
    const now = pictured(view.state.doc).find(({ from, target }) => target === this.found.target && view.state.doc.lineAt(from).number >= line.number - 1) ?? pictured(view.state.doc).find(({ target }) => target === this.found.target);
    if (now) view.dispatch({ changes: { from: now.from, to: now.to, insert: text(now) }, userEvent: "input" });
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const draw = (doc: Text, retro: string): DecorationSet =>
  Decoration.set(
    pictured(doc).map((found) => Decoration.widget({ widget: new Picture(found, retro), block: true, side: 1 }).range(doc.lineAt(found.to).to)),
    true,
  );

/** pictures draws those of a retrospective, which is below retro. */
export const pictures = (retro: string): Extension =>
  StateField.define<DecorationSet>({
    create: (state) => draw(state.doc, retro),
    update: (drawn, tr) => (tr.docChanged ? draw(tr.newDoc, retro) : drawn),
    provide: (f) => EditorView.decorations.from(f),
  });
