// The theme changes at once; the form tells the server, which writes it into the next page.
export function theme(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-theme-form]")) return;
    const button = event.submitter as HTMLButtonElement | null;
    if (!button) return;
    event.preventDefault();
    document.documentElement.dataset.theme = button.value;
    for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    const body = new URLSearchParams(new FormData(form, button) as unknown as Record<string, string>);
    void fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  });
}
