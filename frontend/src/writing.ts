// What a page with sections of a retrospective does beyond showing them: it follows what others write, and
// lets people write in place. The editor itself is loaded when somebody wants to write.
import { Live } from "./writing/live";
import { restore } from "./writing/restore";
import { picking } from "./writing/picking";
import { Section } from "./writing/section";
import { signIn } from "./writing/signin";
import { Talk } from "./writing/talk";

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
    const box = document.querySelector<HTMLElement>("[data-comments]");
    if (box) talkOf(box, sections, live);
    live.start();
    void restore(live, sections);
  }
}

/** talkOf lets people comment on sections. */
function talkOf(box: HTMLElement, sections: Section[], live: Live): void {
  const talk = new Talk(box, () => void signIn(sections[0].api, () => live.again()));
  for (const section of sections) section.listen(talk);
  if (!box.querySelector("#comment")) return; // who only reads
  picking(({ slug, quote, before }) => {
    const title = sections.find((section) => section.slug === slug)?.title ?? "";
    talk.write({ title, quote, fields: { section: slug, quote, before: String(before) } });
  });
}
