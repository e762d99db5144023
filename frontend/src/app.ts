// The script of every page. Each island enhances markup that works without it; none keeps state that the
// URL or the server does not have.
import "../node_modules/htmx.org/dist/htmx.esm.js";
import { charts } from "./islands/charts";
import { copying } from "./islands/copy";
import { dialogs } from "./islands/dialogs";
import { dragging } from "./islands/dragging";
import { keys } from "./islands/keys";
import { mapper } from "./islands/mapper";
import { menus } from "./islands/menus";
import { palette } from "./islands/palette";
import { theme } from "./islands/theme";
import { upload } from "./islands/upload";
import { writing } from "./islands/writing";

document.documentElement.classList.add("js");

// These listen on the document, so that content that arrives later is served as well.
menus();
dialogs();
palette();
keys();
dragging();
theme();
copying();

// These take hold of elements, and look again when content arrives.
const islands = [charts, mapper, upload, writing];
const mount = () => islands.forEach((island) => island(document));
mount();
document.addEventListener("htmx:after:swap", mount);
