// Who else is in a section, as small circles with initials.
import type { Person } from "./wire";

/** hue is the number of somebody's colour, 1 to 5, the same wherever they are seen. */
export function hue(who: string): number {
  let sum = 0;
  for (const c of who) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) % 9973;
  return (sum % 5) + 1;
}

const initials = (name: string): string =>
  name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0].toLocaleUpperCase())
    .join("");

/** showPeople lists everybody who writes there once in box; who only reads is in no section. */
export function showPeople(box: HTMLElement, people: Person[]): void {
  const once = [...new Map(people.filter((person) => (person.anchor ?? -1) >= 0).map((person) => [person.who, person])).values()];
  box.hidden = once.length === 0;
  box.replaceChildren(
    ...once.map((person) => {
      const item = document.createElement("li");
      item.className = `avatar peer-${hue(person.who)}`;
      item.title = person.name;
      const letters = document.createElement("span");
      letters.ariaHidden = "true";
      letters.textContent = initials(person.name);
      const name = document.createElement("span");
      name.className = "hidden";
      name.textContent = person.name;
      item.append(letters, name);
      return item;
    }),
  );
}
