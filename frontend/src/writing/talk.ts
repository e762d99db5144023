// The comments of a retrospective: their threads below each section are kept fresh, what they are about is marked in open editors, and
// new ones are written over the page, so that nobody who writes has to leave it.
import { say } from "../islands/dom";
import { dialog, make } from "./dialog";
import * as http from "./http";
import { SignedOut } from "./wire";

/** Spoken is a stretch of a section that an open thread is about, in the text of a version. */
export type Spoken = { id: string; from: number; to: number; version: number };

/** About is what a comment is written about; where says at the end where its words stand, or nothing when they are gone. */
export type About = {
  title: string;
  quote?: string;
  fields: Record<string, string>;
  where?: () => Promise<{ from: number; to: number; version: number } | undefined>;
  end?: () => void;
};

/** Listener is a section that marks what is spoken of. */
export interface Listener {
  slug: string;
  spoken(all: Spoken[]): void;
}

const REFRESH_MS = 300;
const SEND_MS = 5000;

export class Talk {
  private readonly listeners: Listener[] = [];
  private due = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly signIn: () => void,
  ) {
    box.addEventListener("submit", (event) => within(event, "[data-threads], #comment") && void this.submit(event));
    box.addEventListener("focusout", (event) => within(event, "[data-threads]") && this.soon());
    document.body.addEventListener("retro-changed", () => this.soon());
    document.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[data-comment-row]");
      if (!row) return;
      event.preventDefault();
      this.write({ title: row.dataset.label ?? "", fields: { row: row.dataset.commentRow ?? "" } });
    });
  }

  /** tell has a section hear of what is spoken of it, now and whenever that changes. */
  tell(listener: Listener): void {
    this.listeners.push(listener);
    this.hear(listener);
  }

  /** show goes to a thread. */
  show(id: string): void {
    const thread = document.getElementById(id);
    thread?.closest("details")?.setAttribute("open", "");
    thread?.scrollIntoView({ block: "nearest" });
    thread?.focus();
  }

  /** soon looks for news of the threads. */
  soon(): void {
    clearTimeout(this.due);
    this.due = window.setTimeout(() => void this.refresh().catch(() => undefined), REFRESH_MS);
  }

  /** write opens the box for a new comment. */
  write(about: About): void {
    const { box, body } = dialog(about.title ? `Comment on ${about.title}` : "Comment");
    const text = make("textarea", { class: "input", id: "comment-text", required: "", rows: "4" });
    const error = make("p", { class: "error", role: "alert", hidden: "" });
    const send = make("button", { class: "btn btn-main" }, "Comment");
    const cancel = make("button", { class: "btn", type: "button" }, "Cancel");
    const form = make("form", { class: "form" }, ...(about.quote ? [make("blockquote", { class: "quote", dir: "auto" }, about.quote)] : []), make("div", { class: "field" }, make("label", { for: text.id }, "Your comment, in Markdown"), text), error, make("div", { class: "actions" }, send, cancel));
    cancel.addEventListener("click", () => box.close());
    box.addEventListener("close", () => about.end?.());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      error.textContent = await this.send(about, text.value);
      error.hidden = error.textContent === "";
      send.disabled = false;
      if (error.hidden) box.close();
    });
    body.append(form);
    text.focus();
  }

  /** send posts a comment and returns what is wrong, or nothing. */
  private async send(about: About, text: string): Promise<string> {
    const fields = { ...about.fields, text };
    if (about.where) {
      const here = await Promise.race([about.where(), new Promise<"late">((late) => setTimeout(() => late("late"), SEND_MS))]);
      if (here === "late") return "What was written last is not with the server yet. Try again in a moment.";
      if (!here) return "Somebody has deleted the words that this is about. Select others, or comment on the section.";
      Object.assign(fields, { from: String(here.from), to: String(here.to), version: String(here.version), quote: about.quote ?? "" });
    }
    const refused = await this.post(`${this.box.dataset.comments}/comments`, new URLSearchParams(fields), "Said.");
    if (!refused) await this.refresh().catch(() => undefined);
    return refused;
  }

  private async post(address: string, fields: URLSearchParams, done: string): Promise<string> {
    try {
      const refused = await http.form(address, fields);
      if (refused) return refused;
      say(done);
      return "";
    } catch (error) {
      if (!(error instanceof SignedOut)) return "The server cannot be reached, so this is not said yet. Try again in a moment.";
      this.signIn();
      return "Your session has ended. Sign in, and send it again.";
    }
  }

  /** submit does what the forms of threads do, without leaving the page. */
  private async submit(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    event.preventDefault();
    const fields = new URLSearchParams();
    new FormData(form, event.submitter).forEach((value, name) => fields.append(name, String(value)));
    const refused = await this.post(form.getAttribute("action") ?? "", fields, "Kept."); // the property may be a button of that name
    if (refused) return say(refused);
    form.reset();
    form.closest("details")?.removeAttribute("open");
    await this.refresh().catch(() => undefined);
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.due);
    const fresh = document.createElement("template");
    fresh.innerHTML = await http.page(`${this.box.dataset.comments}/comments`);
    for (const place of this.box.querySelectorAll<HTMLElement>("[data-threads]")) {
      const news = [...fresh.content.querySelectorAll<HTMLElement>("[data-threads]")].find((other) => other.dataset.threads === place.dataset.threads);
      const answering = place.querySelector("details[open] > form") !== null; // it stays; when it is sent or closed, all is read again
      if (!news || answering || news.innerHTML === place.innerHTML) continue;
      const at = place.contains(document.activeElement) ? document.activeElement?.closest("li")?.id : undefined;
      const resolved = place.querySelector(":scope > details")?.hasAttribute("open") ?? false;
      place.innerHTML = news.innerHTML;
      place.querySelector(":scope > details")?.toggleAttribute("open", resolved);
      if (at) document.getElementById(at)?.focus({ preventScroll: true });
    }
    for (const listener of this.listeners) this.hear(listener);
  }

  private hear(listener: Listener): void {
    const all = [...this.box.querySelectorAll<HTMLElement>("[data-thread]")].filter((thread) => thread.dataset.section === listener.slug);
    listener.spoken(all.map(({ dataset }) => ({ id: dataset.thread ?? "", from: Number(dataset.from), to: Number(dataset.to), version: Number(dataset.version) })));
  }
}

const within = (event: Event, places: string): boolean => (event.target as Element).closest(places) !== null;
