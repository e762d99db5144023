// The session has ended while somebody writes: they sign in over the page, which stays as it is.
import { dialog, make } from "./dialog";
import * as http from "./http";

let open = false;

/** signIn asks for name and password, and goes on when the server knows the person again. */
export async function signIn(api: string, on: () => void): Promise<void> {
  if (open) return;
  open = true;
  const { box, body } = dialog("Your session has ended");
  const name = make("input", { class: "input", name: "name", autocomplete: "username", id: "again-name", required: "" });
  const password = make("input", { class: "input", type: "password", name: "password", autocomplete: "current-password", id: "again-password", required: "" });
  const error = make("p", { class: "error", role: "alert", hidden: "" });
  const elsewhere = make("a", { href: `/login?next=${encodeURIComponent("/me")}`, target: "_blank", rel: "noopener" }, "Sign in in another window");
  const form = make(
    "form",
    { class: "form" },
    make("p", {}, "Sign in again to go on. What you wrote is still here, and is kept on this device."),
    make("div", { class: "field" }, make("label", { for: name.id }, "Name"), name),
    make("div", { class: "field" }, make("label", { for: password.id }, "Password"), password),
    error,
    make("div", { class: "form-row" }, make("button", { class: "btn btn-main" }, "Sign in"), make("button", { class: "btn", type: "button", "data-later": "" }, "Later")),
    make("p", { class: "hint" }, "With single sign-on or a second factor: ", elsewhere, ", then come back here."),
  );
  body.append(form);
  name.focus();

  const known = async (): Promise<boolean> => {
    const text = await http.read(api).catch(() => undefined);
    if (!text) return false;
    box.close("in");
    return true;
  };
  const back = () => void known();
  addEventListener("focus", back);
  form.querySelector("[data-later]")?.addEventListener("click", () => box.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    error.textContent = (await enter(name.value, password.value)) || ((await known()) ? "" : "One more step is needed: sign in in another window, then come back here.");
    error.hidden = error.textContent === "";
  });
  box.addEventListener("close", () => {
    open = false;
    removeEventListener("focus", back);
    if (box.returnValue === "in") on();
  });
}

/** enter signs in and returns what is wrong, or nothing. */
async function enter(name: string, password: string): Promise<string> {
  const body = new URLSearchParams({ name, password, next: "/me" });
  const answer = await fetch("/login", { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  if (!answer) return "The server cannot be reached. What you wrote is kept on this device.";
  if (answer.type === "opaqueredirect" || answer.ok) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".error, .banner-bad")?.textContent?.trim() || "Name or password is wrong.";
}
