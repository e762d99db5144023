// Uploads show how far they are, and take files that are dropped on the field. Without this the browser
// sends the form by itself.
import { all, once, say } from "./dom";

export function upload(root: ParentNode): void {
  for (const form of all<HTMLFormElement>(root, "form[data-upload]")) {
    if (!once(form, "Upload")) continue;
    form.addEventListener("submit", (event) => send(form, event));
    for (const zone of all(form, "[data-drop]")) drop(zone);
  }
}

function drop(zone: HTMLElement): void {
  const input = zone.querySelector<HTMLInputElement>("input[type=file]");
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("drop-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("drop-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drop-over");
    if (input && event.dataTransfer) input.files = event.dataTransfer.files;
  });
}

function send(form: HTMLFormElement, event: SubmitEvent): void {
  const bar = form.querySelector("progress");
  if (!bar) return;
  event.preventDefault();
  const button = form.querySelector<HTMLButtonElement>("button.btn-main");
  const request = new XMLHttpRequest();
  const busy = (on: boolean) => {
    bar.hidden = !on;
    if (button) button.disabled = on;
  };
  request.upload.addEventListener("progress", (p) => {
    if (p.lengthComputable) bar.value = (p.loaded / p.total) * 100;
  });
  request.addEventListener("load", () => {
    busy(false);
    // Another address means that the upload was taken; else the page says what was wrong.
    if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) location.assign(request.responseURL);
    else document.documentElement.replaceWith(new DOMParser().parseFromString(request.responseText, "text/html").documentElement);
  });
  request.addEventListener("error", () => {
    busy(false);
    say("The upload was interrupted. Nothing was imported; the form still has what you typed.");
  });
  busy(true);
  request.open("POST", form.action);
  request.send(new FormData(form));
}
