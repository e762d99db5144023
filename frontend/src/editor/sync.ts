// Keeps an editor in step with the server, by the protocol of docs/writing.md. What is typed is sent at once,
// and what is typed meanwhile goes with the next push. Nothing counts as sent before the server has committed it.
import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from "@codemirror/collab";
import { ChangeSet, Text, Transaction, type Extension } from "@codemirror/state";
import type { EditorView, ViewUpdate } from "@codemirror/view";
import type { Options, Start } from "../editor";
import type { Work } from "../writing/keeping";
import { SignedOut, type Answer, type Update } from "../writing/wire";

const MOST_UPDATES = 500; // of one push
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const REMEMBERED = 200;

/** joint makes an editor's state one that others write in, too. */
export const joint = (start: Start): Extension => collab({ startVersion: start.version, clientID: start.client });

export class Sync {
  private base: Text; // the server's text of the version that this editor is at
  private sending = false;
  private stopped = false;
  private wait = FIRST_WAIT_MS;
  private timer = 0;
  private late = false; // has been away: say what was merged
  private waiting: (() => void)[] = [];
  private past: { version: number; changes: ChangeSet }[] = [];

  constructor(
    private readonly view: EditorView,
    private readonly start: Start,
    private readonly options: Options,
  ) {
    this.base = view.state.doc;
  }

  version = (): number => getSyncedVersion(this.view.state);
  client = (): string => this.start.client;

  /** unconfirmed are the changes that lead from the server's text to this one. */
  unconfirmed = (): readonly ChangeSet[] => sendableUpdates(this.view.state).map((update) => update.changes);

  /** since returns what the server's text went through after a version, or nothing when that is too long ago. */
  since(version: number): ChangeSet[] | undefined {
    const past = this.past.filter((each) => each.version > version);
    return past.length === this.version() - version ? past.map((each) => each.changes) : undefined;
  }

  work(): Work {
    return { text: this.base.sliceString(0, undefined, "\n"), version: this.version(), changes: this.unconfirmed().map((changes) => changes.toJSON()) };
  }

  /** resume makes changes again that were made before this page was loaded. */
  resume(changes: unknown[]): void {
    for (const each of changes) this.view.dispatch({ changes: ChangeSet.fromJSON(each), annotations: Transaction.addToHistory.of(true), filter: false });
    if (changes.length > 0) this.late = true;
  }

  /** follow is told of each update of the view. */
  follow(update: ViewUpdate): void {
    const own = update.transactions.some((tr) => tr.docChanged && !tr.annotation(Transaction.remote));
    if (own) {
      this.options.unsent(this.work());
      void this.send();
    }
    if (update.docChanged || update.selectionSet || update.focusChanged) this.point();
  }

  /** receive takes in updates that follow version. */
  receive(version: number, updates: Update[]): void {
    const have = this.version();
    if (version > have) return this.options.ask();
    const fresh = updates.slice(have - version);
    if (fresh.length === 0 || this.stopped) return;
    const before = this.unconfirmed().length;
    const taken = fresh.map((update) => ({ changes: ChangeSet.fromJSON(update.changes), clientID: update.client }));
    this.view.dispatch(receiveUpdates(this.view.state, taken));
    taken.forEach(({ changes }, i) => {
      this.base = changes.apply(this.base);
      this.past.push({ version: have + i + 1, changes });
    });
    this.past.splice(0, this.past.length - REMEMBERED);
    this.tell(fresh, before);
    if (before > 0) this.options.unsent(this.work());
    this.settle();
    void this.send();
  }

  /** retry sends again now: the server may be there again. */
  retry(again: boolean): void {
    clearTimeout(this.timer);
    this.wait = FIRST_WAIT_MS;
    if (again) this.sending = false; // what was under way over the old connection has failed
    void this.send();
  }

  /** away notes that the server cannot be reached. */
  away(): void {
    this.late = true;
  }

  /** settled waits until the server has everything. */
  settled(): Promise<void> {
    return new Promise((done) => {
      this.waiting.push(done);
      this.settle();
    });
  }

  /** leave takes this cursor off the screens of others. */
  leave(): void {
    this.options.point(this.client(), this.version(), -1, -1);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async send(): Promise<void> {
    const batch = sendableUpdates(this.view.state).slice(0, MOST_UPDATES);
    if (this.sending || this.stopped || batch.length === 0) return;
    clearTimeout(this.timer);
    this.sending = true;
    const version = this.version();
    try {
      const answer = await this.options.push(version, this.client(), batch.map((update) => update.changes.toJSON()));
      this.sending = false;
      if (this.stopped) return;
      this.wait = FIRST_WAIT_MS;
      this.take(answer, version, batch.map((update) => ({ client: this.client(), changes: update.changes.toJSON() })));
    } catch (error) {
      this.sending = false;
      if (!(error instanceof SignedOut)) this.later();
    }
  }

  private take(answer: Answer, version: number, sent: Update[]): void {
    switch (answer.kind) {
      case "accepted": // as they were sent, right after that version; they may have come by the socket already
        if (this.version() === version) this.receive(version, sent);
        else void this.send();
        return;
      case "behind":
        this.receive(answer.version, answer.updates);
        if (this.version() === version) this.later(); // told nothing new: do not ask in a loop
        else void this.send(); // the socket may have told it before this answer, when nothing could be sent
        return;
      case "stale":
        return this.options.stale();
      case "refused":
        return this.options.refused(answer.detail, answer.status);
    }
  }

  private later(): void {
    this.late = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  /** tell names those whose edits were merged with what was written here meanwhile. */
  private tell(updates: Update[], before: number): void {
    const others = updates.filter((update) => update.client !== this.client());
    if (this.late && others.length > 0) {
      this.options.merged(others.length, [...new Set(others.map((update) => update.name || "somebody"))]);
    }
    if (this.late && (others.length > 0 || (before > 0 && this.unconfirmed().length === 0))) this.late = false;
  }

  private settle(): void {
    if (this.unconfirmed().length > 0) return;
    for (const done of this.waiting.splice(0)) done();
  }

  /** point tells where the cursor is in the text that the server has. */
  private point(): void {
    if (!this.view.hasFocus) return;
    const { anchor, head } = this.view.state.selection.main;
    const back = this.unconfirmed().map((changes) => changes.invertedDesc);
    const of = (pos: number) => back.reduceRight((at, changes) => changes.mapPos(at), pos);
    this.options.point(this.client(), this.version(), of(anchor), of(head));
  }
}
