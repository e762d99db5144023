// Buttons that copy: data-copy the text of an element, data-copy-link the address of an anchor on this page.
import { say } from "./dom";

export function copying(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-copy-link]");
    if (!button) return;
    const { copy, copyLink } = button.dataset;
    const text = copy ? document.querySelector(copy)?.textContent : location.href.split("#")[0] + (copyLink ?? "");
    try {
      await navigator.clipboard.writeText(text ?? "");
      say("Copied.");
    } catch {
      say("The browser did not allow copying. Select the text and copy it by hand.");
    }
  });
}
