// Buttons with data-open show the dialog of that id. A click on the backdrop closes it.
export function dialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const id = target.closest<HTMLElement>("[data-open]")?.dataset.open;
    if (id) show(id);
    if (target instanceof HTMLDialogElement) target.close();
  });
}

/** show opens the dialog of that id unless one is open already. */
export function show(id: string): void {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || document.querySelector("dialog[open]")) return;
  dialog.showModal();
  dialog.dispatchEvent(new Event("shown"));
}
