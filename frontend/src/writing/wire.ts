// The messages of docs/writing.md, as types.

/** Update is a change that was accepted: changes is the JSON of a ChangeSet. */
export type Update = { client: string; changes: unknown; name?: string; at?: string };

/** Person is somebody else who has the retrospective open; anchor is missing or -1 without a cursor. */
export type Person = { client?: string; who: string; name: string; section: string; anchor?: number; head?: number; version?: number };

/** Message is what the server sends over the socket; others that it may send one day are not looked at. */
export type Message =
  | { type: "hello" }
  | { type: "updates"; section: string; version: number; updates?: Update[] }
  | { type: "accepted"; id: number; section: string; version: number }
  | { type: "behind"; id: number; section: string; version: number; updates?: Update[] }
  | { type: "refused"; id: number; section: string; status: number; detail: string }
  | { type: "stale"; id?: number; section: string }
  | { type: "presence"; people?: Person[] }
  | { type: "changed" };

/** Text is a section as it stands. */
export type Text = { text: string; version: number; who: string };

/** Answer is what becomes of a push. */
export type Answer =
  | { kind: "accepted"; version: number }
  | { kind: "behind"; version: number; updates: Update[] } // they follow the version that was sent
  | { kind: "stale" }
  | { kind: "refused"; status: number; detail: string };

/** Hunk is a place where two people changed the same words. */
export type Hunk = { base: string; mine: string; theirs: string; at: { base: number; mine: number; theirs: number; draft?: number } };

/** Put is what becomes of a whole text. */
export type Put =
  | { kind: "written"; text: string; version: number; merged: boolean }
  | { kind: "conflict"; text: string; version: number; draft: string; hunks: Hunk[] }
  | { kind: "unknown" } // the version is not known any more
  | { kind: "refused"; status: number; detail: string };

/** Standing is how this page reaches the server. */
export type Standing = "connecting" | "live" | "polling" | "offline" | "signed-out" | "gone";

/** SignedOut is thrown when the session has ended. */
export class SignedOut extends Error {}
