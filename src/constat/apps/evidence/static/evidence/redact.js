// Dragging over the page fills the next empty row of numbers. Without it the rows are filled by hand: nothing else differs.
const sheet = document.getElementById("sheet");
const FULL = 1000;

function place(event) {
  const edge = sheet.getBoundingClientRect();
  const within = (value, start, length) => Math.min(FULL, Math.max(0, Math.round(((value - start) / length) * FULL)));
  return [within(event.clientX, edge.left, edge.width), within(event.clientY, edge.top, edge.height)];
}

function emptyRow() {
  return [...document.querySelectorAll("[data-box]")].find((row) => [...row.querySelectorAll("input")].slice(1).every((one) => !one.value));
}

function fill(from, to) {
  const row = emptyRow();
  if (!row || Math.abs(from[0] - to[0]) < 3 || Math.abs(from[1] - to[1]) < 3) return;
  const numbers = [sheet.dataset.page, Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
  row.querySelectorAll("input").forEach((input, index) => { input.value = numbers[index]; });
}

if (sheet) {
  sheet.dataset.drag = "";
  sheet.draggable = false;
  let from = null;
  sheet.addEventListener("pointerdown", (event) => { from = place(event); sheet.setPointerCapture(event.pointerId); event.preventDefault(); });
  sheet.addEventListener("pointerup", (event) => {
    if (!from) return;
    fill(from, place(event));
    from = null;
    document.querySelector("button[name=look]").click();
  });
  sheet.addEventListener("pointercancel", () => { from = null; });
}
