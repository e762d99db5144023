// What a page with sections of a retrospective does beyond showing them: it follows what others write, and
// lets people write in place. The editor itself is loaded when somebody wants to write.
import { Live } from "./writing/live";
import { restore } from "./writing/restore";
import { Section } from "./writing/section";

const lives = new Map<string, Live>();

/** write takes hold of the sections of a page. */
export function write(elements: HTMLElement[]): void {
  const fresh = new Map<Live, Section[]>();
  for (const element of elements) {
    const retro = element.dataset.retro ?? "";
    let live = lives.get(retro);
    if (!live) lives.set(retro, (live = new Live(retro)));
    fresh.set(live, [...(fresh.get(live) ?? []), new Section(element, live)]);
  }
  for (const [live, sections] of fresh) {
    live.start();
    void restore(live, sections);
  }
}
