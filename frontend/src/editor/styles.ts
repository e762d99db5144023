// The library puts its styles into a style element, which the server's policy forbids. A sheet of the document
// that scripts fill is allowed.
import { StyleModule } from "style-mod";

let sheet: CSSStyleSheet | undefined;
const mounted: StyleModule[] = [];

/** adoptStyles has the styles of all editors go into one such sheet. */
export function adoptStyles(): void {
  if (sheet) return;
  const target = (sheet = new CSSStyleSheet());
  document.adoptedStyleSheets = [target, ...document.adoptedStyleSheets];
  StyleModule.mount = (_root, modules) => {
    const all = Array.isArray(modules) ? modules : [modules];
    // Modules come from the least to the most specific one: those that an editor adds later go to the end.
    const fresh = all.filter((one) => !mounted.includes(one));
    if (fresh.length === 0) return;
    mounted.push(...fresh);
    target.replaceSync(mounted.map((one) => one.getRules()).join("\n"));
  };
}
