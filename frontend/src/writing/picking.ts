// Words that are selected where a text is read can be commented on: by a button beside them, or by a key.
import { make } from "./dialog";

export type Picked = { slug: string; quote: string; before: number };

/** tight is how many units of a text are no spaces; the server counts the same way. */
const tight = (text: string): number => text.replace(/\s/gu, "").length;

/** words is what a stretch of a page says, without the links to comments in it. */
function words(range: Range): string {
  const part = range.cloneContents();
  part.querySelectorAll(".said-link").forEach((link) => link.remove());
  return part.textContent ?? "";
}

/** picked returns what is selected in the reading view of one section, or nothing. */
export function picked(): Picked | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const read = (inside instanceof Element ? inside : inside.parentElement)?.closest<HTMLElement>("[data-rendered]");
  const slug = read?.closest<HTMLElement>("[data-retro-section]")?.dataset.retroSection;
  const quote = words(range).trim();
  if (!read || !slug || !quote) return undefined;
  const ahead = document.createRange();
  ahead.setStart(read, 0);
  ahead.setEnd(range.startContainer, range.startOffset);
  return { slug, quote, before: tight(words(ahead)) };
}

/** picking offers to comment on whatever is selected in a reading view. */
export function picking(comment: (picked: Picked) => void): void {
  const button = make("button", { type: "button", class: "btn btn-s said-pick no-print", hidden: "" }, "Comment");
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  const take = (): boolean => {
    const found = picked();
    button.hidden = true;
    if (found) comment(found);
    return found !== undefined;
  };
  button.addEventListener("click", take);
  document.body.append(button);
  document.addEventListener("selectionchange", () => {
    const found = picked();
    button.hidden = !found;
    const at = found && getSelection()?.getRangeAt(0).getBoundingClientRect();
    if (!at) return;
    button.style.top = `${Math.max(0, scrollY + at.top - button.offsetHeight - 4)}px`;
    button.style.left = `${Math.max(0, Math.min(at.left, innerWidth - button.offsetWidth - 8))}px`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyM" && !event.defaultPrevented && take()) event.preventDefault();
  });
}
