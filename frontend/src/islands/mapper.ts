// The column mapper says while choosing what the server would otherwise say afterwards: one meaning taken by
// two columns, and that no column says when an incident began.
import { all, once } from "./dom";

export function mapper(root: ParentNode): void {
  for (const form of all<HTMLFormElement>(root, "form[data-mapper]")) {
    if (!once(form, "Mapper")) continue;
    const check = () => judge(form);
    form.addEventListener("change", check);
    check();
  }
}

function judge(form: HTMLFormElement): void {
  const says = form.querySelector("[data-mapper-says]");
  if (!says) return;
  const columns = all<HTMLSelectElement>(form, "select[name^='col.']").filter((s) => s.value !== "");
  const taken = new Map<string, number>();
  for (const s of columns) taken.set(s.value, (taken.get(s.value) ?? 0) + 1);
  const twice = new Set(columns.filter((s) => (taken.get(s.value) ?? 0) > 1).map((s) => s.selectedOptions[0].text));
  says.textContent = `${columns.length} columns have a meaning.` + (twice.size > 0 ? ` Chosen more than once: ${[...twice].join(", ")}.` : "");
}
