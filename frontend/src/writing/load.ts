// The editor is loaded when somebody wants to write.
type Library = typeof import("../editor");

let library: Promise<Library> | undefined;

export async function loadEditor(): Promise<Library["edit"]> {
  const address = document.querySelector<HTMLElement>("script[data-writing]")?.dataset.editor ?? "";
  library ??= import(address);
  return (await library.catch((error) => {
    library = undefined; // perhaps the network was away
    throw error;
  })).edit;
}

/** Rule is a wording that blames, as package incident knows it: pattern is a regular expression. */
export type Rule = { id: string; pattern: string; people?: boolean; why: string; instead: string };

/** settings are what the page says about all sections: the rules of wording, and who was involved. */
export function settings(): { rules: Rule[]; names: string[] } {
  const data = document.querySelector<HTMLElement>("[data-retro-writing]")?.dataset;
  return { rules: JSON.parse(data?.rules || "[]"), names: JSON.parse(data?.names || "[]") ?? [] };
}
