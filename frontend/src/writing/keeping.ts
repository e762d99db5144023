// Keeps the unsent work of one editor in this browser, a moment after each change and when the page is left.
import { drop, keep, type Draft } from "./drafts";
import type { SaveState } from "./savestate";

const WAIT_MS = 300;

/** Work is what is not sent yet: what came of changes, beginning from text, which is the server's of version. */
export type Work = { text: string; version: number; changes: unknown[] };

export class Keeping {
  private due = 0;
  private stored = true; // a draft that is resumed is
  private last: Promise<unknown> = Promise.resolve();
  private work: Work;

  constructor(
    private readonly draft: Draft,
    private readonly state: SaveState,
    private readonly letGo: (() => void) | undefined,
  ) {
    this.work = draft;
    addEventListener("pagehide", this.now);
    document.addEventListener("visibilitychange", this.now);
    addEventListener("beforeunload", this.warn);
  }

  /** later keeps work soon. */
  later(work: Work): void {
    this.work = work;
    this.state.changed(work.changes.length);
    if (!this.due) this.due = window.setTimeout(this.now, WAIT_MS);
  }

  /** now keeps it at once. */
  now = (): void => {
    clearTimeout(this.due);
    this.due = 0;
    const { client, retro, slug } = this.draft;
    const { text, version, changes } = this.work;
    if (changes.length === 0 && !this.stored) return;
    this.stored = changes.length > 0;
    // Each begins at once, for the page may be going; the database keeps their order.
    const write = changes.length === 0 ? drop(client) : keep({ client, retro, slug, text, version, changes, at: Date.now() });
    this.last = write.then(
      () => this.state.kept(true),
      () => this.state.kept(false),
    );
  };

  /** end forgets the draft, when everything was sent, and lets go of its client id. */
  end(): void {
    clearTimeout(this.due);
    removeEventListener("pagehide", this.now);
    document.removeEventListener("visibilitychange", this.now);
    removeEventListener("beforeunload", this.warn);
    void this.last.then(() => drop(this.draft.client)).catch(() => undefined).then(this.letGo);
  }

  /** warn asks before the page is closed, only if something would be lost. */
  private warn = (event: BeforeUnloadEvent): void => {
    if (this.state.lost()) event.preventDefault();
  };
}
