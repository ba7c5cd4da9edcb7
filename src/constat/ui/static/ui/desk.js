// Small helps of the desk. Without this file every page works the same, with a click more.

// A dropdown closes on Escape and on a click elsewhere.
const dropdowns = document.querySelectorAll("details[data-dropdown]");
document.addEventListener("click", (event) => {
  for (const dropdown of dropdowns) if (!dropdown.contains(event.target)) dropdown.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const dropdown of dropdowns) {
    if (!dropdown.open) continue;
    dropdown.open = false;
    dropdown.querySelector("summary").focus();
  }
});

// The list of problems is read first.
document.querySelector("[data-focus]")?.focus();

// A list's filters act when a choice is made; typing still waits for the button or Enter.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
}

// Leaving a form with unsaved words asks first: <form data-guard>.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = form.hasAttribute("data-changed");
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// Sending twice makes two records: the second press is held back, the button stays readable.
for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (Date.now() - sent < 3000) event.preventDefault();
    else sent = Date.now();
  });
}

// On a narrow screen the current page's entry may be out of sight in the navigation.
for (const entry of document.querySelectorAll(".mainnav [aria-current], .tabs [aria-current]")) {
  const list = entry.closest("ul");
  if (list.scrollWidth > list.clientWidth) entry.scrollIntoView({ block: "nearest", inline: "center" });
}
