// What was written and not sent before the page was closed is sent when it is opened again.
import { say } from "../islands/dom";
import { drop, hold, left } from "./drafts";
import * as http from "./http";
import type { Live } from "./live";
import { count } from "./savestate";
import type { Section } from "./section";

/** restore goes through the drafts of a retrospective, one after the other. */
export async function restore(live: Live, sections: Section[]): Promise<void> {
  for (const draft of await left(live.retro).catch(() => [])) {
    const section = sections.find((each) => each.slug === draft.slug);
    if (!section || section.editor) continue;
    const letGo = await hold(draft.client);
    if (!letGo) continue; // its tab is still open
    const now = await live.watched(http.read(section.api)).catch(() => undefined);
    if (!now || !draft.client.startsWith(`${now.who}.`)) {
      letGo(); // somebody else is signed in, or the section is gone: it stays for later
      continue;
    }
    if (draft.changes.length === 0) {
      await drop(draft.client);
      letGo();
      continue;
    }
    if (!(await section.resume(draft, letGo).catch(() => false))) {
      letGo(); // it is tried again when the page is opened next
      continue;
    }
    say(`${count(draft.changes.length, "change")} from before in “${section.title}” ${draft.changes.length === 1 ? "is" : "are"} saved now.`);
  }
}
