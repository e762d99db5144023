// Writes a text as a whole: after so long an absence that its changes cannot be mapped any more, or when the
// server cannot take them as they are. What others wrote meanwhile is merged, or the person is asked.
import type { Editor } from "../editor";
import * as http from "./http";
import { review } from "./review";
import type { Section } from "./section";
import type { Hunk, Put, Text } from "./wire";

/** rewrite returns the text as it stands then, or nothing while it cannot be written. */
export async function rewrite(section: Section, editor: Editor): Promise<Text | undefined> {
  let mine = editor.text();
  let version = editor.work().version;
  for (;;) {
    const answer: Put = await section.live.watched(http.put(section.api, version, mine));
    switch (answer.kind) {
      case "written": {
        const now = await section.live.watched(http.read(section.api));
        return now;
      }
      case "refused":
        section.state.refuse(answer.detail);
        return undefined;
      case "conflict": {
        const chosen = await review(section.title, answer.draft, answer.hunks);
        if (chosen === undefined) return later(section);
        [mine, version] = [chosen, answer.version];
        break;
      }
      case "unknown": {
        const now = await section.live.watched(http.read(section.api));
        if (!now) return undefined;
        const whole: Hunk = { base: "", mine, theirs: now.text, at: { base: 0, mine: 0, theirs: 0, draft: 0 } };
        const chosen = now.text === mine ? mine : await review(section.title, now.text, [whole]);
        if (chosen === undefined) return later(section);
        [mine, version] = [chosen, now.version];
      }
    }
  }
}

function later(section: Section): undefined {
  section.state.refuse("Not saved until you choose between your words and theirs: press Done.");
}
