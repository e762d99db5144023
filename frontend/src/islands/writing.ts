// Sections of a retrospective can be written in place. What that needs is loaded only by pages that have one.
import { all, once } from "./dom";

export function writing(root: ParentNode): void {
  const sections = all(root, "[data-retro-section]").filter((section) => once(section, "Writing"));
  const address = document.querySelector<HTMLElement>("script[data-writing]")?.dataset.writing;
  if (sections.length === 0 || !address) return;
  void import(address).then((writing: typeof import("../writing")) => writing.write(sections));
}
