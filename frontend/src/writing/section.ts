// One section of a retrospective: its rendered text, and its editor while somebody writes in it here.
import type { Editor } from "../editor";
import { say } from "../islands/dom";
import * as http from "./http";
import { Keeping } from "./keeping";
import type { Follower, Live } from "./live";
import { hold, type Draft } from "./drafts";
import { loadEditor, settings } from "./load";
import { showPeople } from "./people";
import { prompts } from "./prompts";
import { rewrite } from "./rewrite";
import { SaveState } from "./savestate";
import { signIn } from "./signin";
import type { Spoken, Talk } from "./talk";
import type { Person, Standing, Update } from "./wire";

const RENDER_MS = 1000;
const REWRITE_MS = 30000; // until somebody is asked again
const SEND_MS = 3000; // how long leaving the editor waits for the server
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

const newClient = (who: string): string =>
  `${who}.${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("")}`;

export class Section implements Follower {
  readonly slug: string;
  readonly api: string;
  readonly state: SaveState;
  editor?: Editor;
  readonly title: string;
  private known: number; // the version of the rendered text
  private opening = false;
  private keeping?: Keeping;
  private renderDue = 0;
  private rewriting = false;
  private talk?: Talk;
  private marks?: string; // what is spoken of, as the page has it
  private unmarked?: Spoken[]; // of a version that the editor does not know yet
  private blocked = false; // changes cannot be sent, the text as a whole has to be
  private tried = 0; // when that was tried

  constructor(
    private readonly element: HTMLElement,
    readonly live: Live,
  ) {
    this.slug = element.dataset.retroSection ?? "";
    this.api = element.dataset.api ?? "";
    this.title = element.dataset.title ?? "";
    this.known = Number(element.dataset.version ?? 0);
    this.state = new SaveState(this.part("[data-save]"));
    prompts(element);
    element.querySelector("[data-edit]")?.addEventListener("click", () => void this.open());
    live.follow(this);
  }

  version = (): number => this.editor?.version() ?? this.known;
  eager = (): boolean => this.editor !== undefined;

  /** listen marks what is spoken of, and lets this person speak. */
  listen(talk: Talk): void {
    this.talk = talk;
    talk.tell(this);
    this.element.querySelector("[data-comment]")?.addEventListener("click", () => talk.write({ title: this.title, fields: { section: this.slug } }));
  }

  /** spoken marks stretches in the open editor; where the text is read, the server marks them. */
  spoken(all: Spoken[]): void {
    const marks = all.map(({ id, from, to }) => `${id} ${from} ${to}`).join();
    const same = this.marks === undefined || this.marks === marks;
    this.marks = marks;
    if (!this.editor) return same ? undefined : this.renderSoon();
    this.unmarked = this.editor.spoken(all[0]?.version ?? this.editor.version(), all) ? undefined : all;
  }

  /** open lets this person write here. */
  async open(): Promise<void> {
    if (this.editor || this.opening) return this.editor?.focus();
    this.opening = true;
    try {
      const [text, edit] = await Promise.all([this.live.watched(http.read(this.api)), loadEditor()]);
      if (!text) return say("This section is not there any more. Reload the page to see what is.");
      const client = newClient(text.who);
      const letGo = await hold(client);
      this.mount(edit, { client, retro: this.live.retro, slug: this.slug, text: text.text, version: text.version, changes: [], at: 0 }, letGo);
      this.editor!.focus();
    } catch {
      if (this.live.standing === "signed-out") void signIn(this.api, () => void this.open());
      else say("The server cannot be reached, so the text cannot be changed now. Try again in a moment.");
    } finally {
      this.opening = false;
    }
  }

  /** resume goes on with what was written and not sent before, until it is sent. It reports false, and does nothing, where somebody writes already. */
  async resume(draft: Draft, letGo: () => void): Promise<boolean> {
    if (this.editor || this.opening) return false;
    this.opening = true;
    try {
      this.mount(await loadEditor(), draft, letGo);
    } finally {
      this.opening = false;
    }
    await this.editor!.settled();
    if (!this.element.contains(document.activeElement)) await this.done(); // else somebody writes on
    return true;
  }

  /** done shows the text as it reads, once the server has all of it. */
  async done(): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    if (this.live.standing === "signed-out") return void signIn(this.api, () => this.live.again());
    if (this.blocked) await this.rewrite();
    await Promise.race([editor.settled(), new Promise((go) => setTimeout(go, SEND_MS))]);
    if (editor.unsent() > 0) return say("The last changes are not with the server yet, so the editor stays open. They are kept on this device.");
    if (!(await this.render())) return say("The server cannot be reached, so the editor stays open.");
    if (editor !== this.editor) return;
    if (editor.unsent() > 0) return this.done(); // something was typed meanwhile
    this.known = editor.version();
    const focused = this.element.contains(document.activeElement);
    editor.destroy();
    this.editor = undefined;
    this.keeping?.end();
    this.show(false);
    if (focused) this.element.querySelector<HTMLElement>("[data-edit]")?.focus();
  }

  updates(version: number, updates: Update[]): void {
    if (this.editor) {
      this.editor.receive(version, updates);
      if (this.unmarked) this.spoken(this.unmarked);
    } else this.known = Math.max(this.known, version + updates.length);
    if (updates.length > 0) this.renderSoon();
  }

  stale(): void {
    if (this.editor) void this.rewrite();
    else this.renderSoon();
  }

  people(people: Person[]): void {
    showPeople(this.part("[data-people]"), people);
    this.editor?.people(people);
  }

  standing(standing: Standing): void {
    this.state.reach(standing);
    if (!this.editor) return;
    if (standing === "signed-out") {
      this.keeping?.now(); // signing out clears what is stored, and this is still here
      void signIn(this.api, () => this.live.again());
    }
    if (standing === "live" || standing === "polling") this.editor.retry(standing === "live");
    if (standing === "offline") this.editor.away();
  }

  private mount(edit: (typeof import("../editor"))["edit"], draft: Draft, letGo: (() => void) | undefined): void {
    this.keeping = new Keeping(draft, this.state, letGo);
    this.show(true);
    this.editor = edit({
      parent: this.part("[data-editor]"),
      title: this.title,
      retro: this.live.retro,
      start: draft,
      ...settings(),
      push: async (version, client, updates) => {
        if (!this.blocked) return this.live.push(this, version, client, updates);
        if (performance.now() - this.tried > REWRITE_MS) void this.rewrite();
        throw new Error("the text has to be sent as a whole");
      },
      ask: () => this.live.open(this),
      unsent: (work) => {
        this.keeping?.later(work);
        if (work.changes.length === 0) this.renderSoon();
      },
      merged: (edits, names) => this.state.merge(edits, names),
      refused: (detail, status) => {
        this.state.refuse(detail);
        if (status === 422) void this.rewrite();
      },
      stale: () => void this.rewrite(),
      point: (client, version, anchor, head) => this.live.point(this.slug, client, version, anchor, head),
      comment: (about) => this.talk?.write({ title: this.title, ...about, fields: { section: this.slug } }),
      thread: (id) => this.talk?.show(id),
      done: () => void this.done(),
    });
    this.talk?.soon();
    this.state.reach(this.live.standing);
    this.live.open(this);
    this.people(this.live.people.filter((person) => person.section === this.slug));
  }

  /** rewrite sends the text as a whole, when its changes cannot be sent any more. */
  private async rewrite(): Promise<void> {
    if (this.rewriting || !this.editor) return;
    this.rewriting = this.blocked = true;
    this.editor.freeze(true);
    const text = await rewrite(this, this.editor).catch(() => undefined);
    this.rewriting = false;
    this.tried = performance.now();
    if (text) {
      this.blocked = false;
      const client = newClient(text.who);
      const letGo = await hold(client);
      this.keeping?.end();
      this.keeping = new Keeping({ client, retro: this.live.retro, slug: this.slug, ...text, changes: [], at: 0 }, this.state, letGo);
      this.editor.restart({ client, ...text, changes: [] });
      this.state.refuse("");
    }
    this.editor.freeze(false);
  }

  private show(writing: boolean): void {
    this.element.toggleAttribute("data-writing", writing);
    this.part("[data-rendered]").hidden = writing;
    this.part("[data-editor]").hidden = !writing;
    this.part("[data-save]").hidden = !writing;
    for (const button of this.element.querySelectorAll<HTMLElement>("[data-edit]")) button.hidden = writing;
  }

  private renderSoon(): void {
    clearTimeout(this.renderDue);
    this.renderDue = window.setTimeout(() => void this.render(), RENDER_MS);
  }

  private async render(): Promise<boolean> {
    clearTimeout(this.renderDue);
    const html = await this.live.watched(http.page(`${this.live.retro}/sections/${this.slug}`)).catch(() => undefined);
    if (html !== undefined) this.part("[data-rendered]").innerHTML = html;
    return html !== undefined;
  }

  private part(selector: string): HTMLElement {
    const found = this.element.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`section ${this.slug} has no ${selector}`);
    return found;
  }
}
