// The connection of a page to what others write in a retrospective: a WebSocket, and asking every three
// seconds while there is none.
import * as http from "./http";
import { SignedOut, type Answer, type Message, type Person, type Standing, type Update } from "./wire";

const POLL_MS = 3000;
const ANSWER_MS = 10000;
const CURSOR_MS = 120; // at most 10 a second are taken
const LONGEST_WAIT_S = 60;

/** Follower is a section that wants to know what is written in it. */
export interface Follower {
  slug: string;
  api: string;
  version(): number;
  eager(): boolean; // also without a socket
  updates(version: number, updates: Update[]): void; // version: the one before the first
  stale(): void;
  people(people: Person[]): void;
  standing(standing: Standing): void;
}

type Waiting = { done: (answer: Answer) => void; fail: (why: Error) => void };

export class Live {
  standing: Standing = "connecting";
  people: Person[] = [];
  private socket?: WebSocket;
  private followers = new Map<string, Follower>();
  private waiting = new Map<number, Waiting>();
  private asked = 0;
  private wait = 1; // seconds until the next try
  private retry = 0;
  private polling = 0;
  private cursorDue = 0;
  private cursor?: object;

  constructor(readonly retro: string) {}

  /** start connects, and again whenever the connection was lost. */
  start(): void {
    if (this.polling) return;
    this.polling = window.setInterval(() => void this.poll(), POLL_MS);
    addEventListener("online", () => this.again());
    addEventListener("offline", () => {
      this.drop();
      this.stand("offline");
    });
    this.connect();
  }

  /** follow tells a section what is written in it from now on. */
  follow(follower: Follower): void {
    this.followers.set(follower.slug, follower);
    this.open(follower);
  }

  /** open asks for everything after the version that a follower has. */
  open(follower: Follower): void {
    if (this.connected()) this.send({ type: "open", section: follower.slug, version: follower.version() });
    else if (follower.eager()) void this.fetch(follower);
  }

  /** again tries at once, after the network or the session came back. */
  again(): void {
    clearTimeout(this.retry);
    this.wait = 1;
    if (this.standing === "signed-out" || this.standing === "offline") this.stand("connecting");
    this.connect();
    void this.poll();
  }

  /** push sends changes. It throws when it is not known what became of them: send the same again. */
  async push(follower: Follower, version: number, client: string, updates: unknown[]): Promise<Answer> {
    if (this.standing === "signed-out") throw new SignedOut();
    if (!this.connected()) return this.watched(http.push(follower.api, version, client, updates));
    const id = ++this.asked;
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error("no answer"))) ?? this.drop(), ANSWER_MS);
      const settle = (then: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        then();
      };
      this.waiting.set(id, { done: (answer) => settle(() => resolve(answer)), fail: (why) => settle(() => reject(why)) });
      this.send({ type: "push", id, section: follower.slug, version, client, updates });
    });
  }

  /** point tells others where the cursor is; anchor -1 when it is nowhere. */
  point(section: string, client: string, version: number, anchor: number, head: number): void {
    this.cursor = { type: "cursor", section, client, version, anchor, head };
    if (this.cursorDue) return;
    this.cursorDue = window.setTimeout(() => {
      this.cursorDue = 0;
      if (this.connected()) this.send(this.cursor ?? {});
    }, CURSOR_MS);
  }

  /** watched takes note of how the server is reached, whatever a request comes to. */
  async watched<T>(request: Promise<T>): Promise<T> {
    try {
      const answer = await request;
      if (!this.connected()) this.stand("polling");
      return answer;
    } catch (error) {
      if (error instanceof SignedOut) this.stand("signed-out");
      else if (!this.connected()) this.stand("offline");
      throw error;
    }
  }

  private connected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  private stand(standing: Standing): void {
    if (standing === this.standing) return;
    this.standing = standing;
    for (const follower of this.followers.values()) follower.standing(standing);
  }

  private connect(): void {
    if (this.standing === "gone" || this.standing === "signed-out" || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const address = new URL(`${this.retro}/live`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(address));
    socket.addEventListener("message", (event) => this.take(JSON.parse(String(event.data)) as Message));
    socket.addEventListener("close", (event) => this.closed(socket, event.code));
  }

  /** drop lets go of a socket that may be dead without having said so. */
  private drop(): void {
    const socket = this.socket;
    if (!socket) return;
    this.closed(socket, 1006);
    socket.close();
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    for (const one of [...this.waiting.values()]) one.fail(new Error("the connection was lost"));
    this.present([]);
    if (code === 4404) return this.stand("gone");
    if (code === 4401) return this.stand("signed-out");
    void this.poll();
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.connect(), this.wait * 1000);
    this.wait = Math.min(LONGEST_WAIT_S, this.wait * 2);
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private take(message: Message): void {
    const follower = "section" in message ? this.followers.get(message.section) : undefined;
    const asker = "id" in message && message.id !== undefined ? this.waiting.get(message.id) : undefined;
    switch (message.type) {
      case "hello":
        this.wait = 1;
        this.stand("live");
        for (const each of this.followers.values()) this.open(each);
        return;
      case "updates":
        return follower?.updates(message.version, message.updates ?? []);
      case "accepted":
        return asker?.done({ kind: "accepted", version: message.version });
      case "behind":
        return asker?.done({ kind: "behind", version: message.version, updates: message.updates ?? [] });
      case "refused":
        if (message.status === 503) return asker?.fail(new Error(message.detail));
        return asker?.done({ kind: "refused", status: message.status, detail: message.detail });
      case "stale":
        return asker ? asker.done({ kind: "stale" }) : follower?.stale();
      case "presence":
        return this.present(message.people ?? []);
      case "changed":
        document.body.dispatchEvent(new CustomEvent("retro-changed", { bubbles: true }));
    }
  }

  private present(people: Person[]): void {
    this.people = people;
    for (const each of this.followers.values()) each.people(people.filter((person) => person.section === each.slug));
  }

  private async poll(): Promise<void> {
    if (this.connected() || this.standing === "signed-out" || this.standing === "gone") return;
    await Promise.all([...this.followers.values()].filter((each) => each.eager()).map((each) => this.fetch(each)));
  }

  private async fetch(follower: Follower): Promise<void> {
    for (let more = true; more; ) {
      const version = follower.version();
      const news = await this.watched(http.since(follower.api, version)).catch(() => undefined);
      if (!news) return;
      if (news === "stale") return follower.stale();
      if (news === "gone") return this.stand("gone");
      follower.updates(version, news.updates ?? []);
      more = Boolean(news.more) && follower.version() > version;
    }
  }
}
