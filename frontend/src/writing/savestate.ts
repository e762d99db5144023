// Whether what was written is safe, as a sentence.
import type { Standing } from "./wire";

const SLOW_MS = 1200; // until then, saving is not worth a word
const MERGED_MS = 8000;

/** count writes a number of things: "1 change", "14 changes". */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** SaveState keeps the sentence of one section up to date. */
export class SaveState {
  private standing: Standing = "connecting";
  private unsent = 0;
  private since = 0; // when the oldest unsent change was made
  private unkept = false; // this browser stores nothing
  private trouble = "";
  private merged = "";
  private timer = 0;

  constructor(private readonly box: HTMLElement) {}

  reach(standing: Standing): void {
    this.standing = standing;
    this.show();
  }

  changed(unsent: number): void {
    if (unsent > 0 && this.unsent === 0) this.since = performance.now();
    this.unsent = unsent;
    this.show();
  }

  kept(works: boolean): void {
    this.unkept = !works;
    this.show();
  }

  /** lost reports whether closing the page would lose something. */
  lost(): boolean {
    return this.unkept && this.unsent > 0;
  }

  /** refuse says why the server does not take the text; an empty text takes that back. */
  refuse(trouble: string): void {
    this.trouble = trouble;
    this.show();
  }

  /** merge says that edits of others were taken in, for a while. */
  merge(edits: number, names: string[]): void {
    this.merged = `Merged ${count(edits, "edit")} by ${names.join(" and ")}`;
    setTimeout(() => {
      this.merged = "";
      this.show();
    }, MERGED_MS);
    this.show();
  }

  private sentence(): string {
    const kept = this.unkept
      ? `${count(this.unsent, "change")} only on this page: keep it open`
      : `${count(this.unsent, "change")} kept on this device`;
    if (this.trouble) return this.unsent > 0 ? `${this.trouble} ${kept}` : this.trouble;
    if (this.standing === "signed-out") return this.unsent > 0 ? `Signed out — ${kept}` : "Signed out — sign in to go on";
    if (this.standing === "gone") return `This retrospective is gone or may not be seen any more — ${kept}`;
    if (this.standing === "offline") return this.unsent > 0 ? `Offline — ${kept}` : "Offline — what you write is kept on this device";
    if (this.unsent > 0 && (this.standing === "connecting" || performance.now() - this.since >= SLOW_MS)) return "Saving…";
    return this.merged || "Saved";
  }

  private show(): void {
    clearTimeout(this.timer);
    if (this.unsent > 0) this.timer = window.setTimeout(() => this.show(), SLOW_MS);
    this.box.dataset.unsent = String(this.unsent);
    const sentence = this.sentence();
    if (this.box.textContent !== sentence) this.box.textContent = sentence;
  }
}
