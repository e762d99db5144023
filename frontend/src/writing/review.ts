// Two people changed the same words: the one who comes back chooses, place by place.
import { dialog, make } from "./dialog";
import type { Hunk } from "./wire";

type Choice = "mine" | "theirs" | "both";

const WORDS: [Choice, string][] = [
  ["theirs", "Keep theirs"],
  ["mine", "Keep mine"],
  ["both", "Keep both, theirs first"],
];

/** review returns the text that comes of the choices, or nothing when the person decides later. draft has theirs in the place of each hunk. */
export function review(title: string, draft: string, hunks: Hunk[]): Promise<string | undefined> {
  const { box, body } = dialog(`“${title}” was changed by others, too`);
  const form = make("form", { class: "form", method: "dialog" });
  const places = hunks.map((hunk, i) => place(hunk, i, hunks.length));
  const later = make("button", { class: "btn", value: "later" }, "Decide later");
  const take = make("button", { class: "btn btn-main", value: "take" }, "Take these words");
  form.append(...places, make("div", { class: "form-row" }, take, later));
  body.append(make("p", {}, "While you were away, somebody changed the same words. Nothing is thrown away until you choose."), form);
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      if (box.returnValue !== "take") return resolve(undefined);
      const data = new FormData(form);
      resolve(joined(draft, hunks, (i) => data.get(`hunk-${i}`) as Choice));
    });
  });
}

function place(hunk: Hunk, at: number, of: number): HTMLElement {
  const box = make("fieldset", { class: "field field-wide" }, make("legend", {}, of === 1 ? "The words in question" : `Place ${at + 1} of ${of}`));
  box.append(quote("Theirs", hunk.theirs), quote("Mine", hunk.mine));
  for (const [choice, words] of WORDS) {
    const input = make("input", { type: "radio", name: `hunk-${at}`, value: choice });
    input.checked = choice === "both";
    box.append(make("label", { class: "check" }, input, words));
  }
  return box;
}

const quote = (whose: string, words: string): HTMLElement =>
  make("div", {}, make("p", { class: "hint" }, whose), make("pre", { class: "raw", tabindex: "0", "aria-label": whose }, words || "(nothing)"));

/** joined puts the chosen words in the place of each hunk. */
export function joined(draft: string, hunks: Hunk[], choose: (at: number) => Choice): string {
  let out = "";
  let done = 0;
  hunks.forEach((hunk, i) => {
    const from = hunk.at.draft ?? draft.indexOf(hunk.theirs, done);
    const chosen = choose(i);
    const words = chosen === "mine" ? hunk.mine : chosen === "theirs" ? hunk.theirs : hunk.theirs + (hunk.theirs && hunk.mine ? "\n" : "") + hunk.mine;
    out += draft.slice(done, from) + words;
    done = from + hunk.theirs.length;
  });
  return out + draft.slice(done);
}
