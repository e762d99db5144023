// Markdown of HTML as Google Docs, Word and Slack put it on the clipboard: structure is kept, looks are not.

/** toMarkdown returns the Markdown of a piece of HTML. Pictures become their descriptions. */
export function toMarkdown(html: string): string {
  // Styles are read as text, and never applied: the policy of the page forbids them.
  const inert = html.replace(/(<[^<>]*?\s)style=/gi, "$1data-style=");
  const body = new DOMParser().parseFromString(inert, "text/html").body;
  return blocks(body, "")
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

const BLOCK = /^(ADDRESS|ARTICLE|BLOCKQUOTE|DIV|DL|FIGURE|FOOTER|H[1-6]|HEADER|HR|LI|MAIN|OL|P|PRE|SECTION|TABLE|UL)$/;
const SILENT = /^(HEAD|LINK|META|SCRIPT|STYLE|TEMPLATE|TITLE|NOSCRIPT)$/;

const holdsBlock = (element: Element): boolean => Array.from(element.children).some((child) => BLOCK.test(child.tagName) || holdsBlock(child));

/** blocks writes the children of element one below the other; indent goes before each line of lists inside lists. */
function blocks(element: Element, indent: string): string {
  const out: string[] = [];
  let run = "";
  const flush = () => {
    const text = run.replace(/^\s+|\s+$/g, "");
    if (text) out.push(text);
    run = "";
  };
  for (const node of Array.from(element.childNodes)) {
    if (node instanceof Element && (BLOCK.test(node.tagName) || holdsBlock(node))) {
      flush();
      const text = block(node, indent);
      if (text) out.push(text);
    } else run += inline(node);
  }
  flush();
  return out.join("\n\n");
}

function block(element: Element, indent: string): string {
  const level = /^H([1-6])$/.exec(element.tagName)?.[1];
  if (level) return "#".repeat(Math.max(2, Number(level))) + " " + inlines(element).replace(/\s+/g, " ").replace(/^\*\*(.*)\*\*$/, "$1").trim();
  switch (element.tagName) {
    case "HR":
      return "---";
    case "PRE":
      return "```\n" + (element.textContent ?? "").replace(/\n$/, "") + "\n```";
    case "BLOCKQUOTE":
      return prefixed(blocks(element, ""), "> ");
    case "UL":
    case "OL":
      return list(element, indent);
    case "TABLE":
      return table(element);
    default:
      return holdsBlock(element) ? blocks(element, indent) : inlines(element).trim();
  }
}

const prefixed = (text: string, mark: string): string =>
  text
    .split("\n")
    .map((line) => mark + line)
    .join("\n");

/** list writes items; Docs and Slack put lists inside lists beside the items, not in them. */
function list(element: Element, indent: string): string {
  const deep = indent + "  ".repeat(Number(element.getAttribute("data-indent") ?? 0));
  const ordered = element.tagName === "OL";
  let number = Number(element.getAttribute("start") ?? 1);
  const lines: string[] = [];
  for (const child of Array.from(element.children)) {
    if (/^[UO]L$/.test(child.tagName)) lines.push(list(child, deep + (ordered ? "   " : "  ")));
    else {
      const mark = ordered ? `${number++}. ` : "- ";
      const text = blocks(child, "").replace(/\n{2,}/g, "\n");
      lines.push(deep + mark + text.split("\n").join("\n" + deep + " ".repeat(mark.length)));
    }
  }
  return lines.join("\n");
}

function table(element: Element): string {
  const rows = Array.from(element.querySelectorAll("tr"), (row) => Array.from(row.children, (cell) => inlines(cell).replace(/\s+/g, " ").replace(/\|/g, "\\|").trim()));
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) return "";
  const line = (cells: string[]) => `| ${Array.from({ length: width }, (_, i) => cells[i] ?? "").join(" | ")} |`;
  const [head, ...rest] = rows;
  return [line(head), line(Array(width).fill("---")), ...rest.map(line)].join("\n");
}

const inlines = (element: Element): string => Array.from(element.childNodes, inline).join("");

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return escaped((node.textContent ?? "").replace(/[\s\u00a0]+/g, " "));
  if (!(node instanceof Element) || SILENT.test(node.tagName)) return "";
  switch (node.tagName) {
    case "BR":
      return "\n";
    case "IMG":
      return escaped(node.getAttribute("alt") ?? "");
    case "CODE":
    case "KBD":
    case "SAMP":
      return "`" + (node.textContent ?? "").replace(/`/g, "'") + "`";
    case "A":
      return anchor(node);
  }
  const style = node.getAttribute("data-style") ?? "";
  const light = /font-weight:\s*(normal|[1-4]00)/i.test(style); // Docs puts everything into such a b
  let text = inlines(node);
  if ((/^(B|STRONG)$/.test(node.tagName) && !light) || /font-weight:\s*(bold|[6-9]00)/i.test(style)) text = marked(text, "**");
  if (/^(I|EM)$/.test(node.tagName) || /font-style:\s*italic/i.test(style)) text = marked(text, "*");
  if (/^(S|DEL|STRIKE)$/.test(node.tagName) || /text-decoration:[^;]*line-through/i.test(style)) text = marked(text, "~~");
  return text;
}

/** marked keeps spaces outside of the marks, which would be none otherwise. */
function marked(text: string, mark: string): string {
  const [, lead, words, trail] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? ["", "", text, ""];
  return words && !words.startsWith(mark) ? lead + mark + words + mark + trail : text;
}

function anchor(element: Element): string {
  const words = inlines(element).trim();
  const address = target(element.getAttribute("href") ?? "");
  if (!/^(https?|mailto):/i.test(address) || !words) return words;
  return `[${words}](${address.replace(/[()\s]/g, encodeURIComponent).replace(/\(/g, "%28").replace(/\)/g, "%29")})`;
}

/** target unwraps the addresses that Docs makes of links. */
function target(href: string): string {
  try {
    const url = new URL(href);
    return url.hostname === "www.google.com" && url.pathname === "/url" ? (url.searchParams.get("q") ?? href) : href;
  } catch {
    return "";
  }
}

const escaped = (text: string): string => text.replace(/[\\`*<]|(?<=^|\s)_|_(?=\s|$)/g, "\\$&");
