// Names of places under the field while somebody types. Without this file the field takes any words, as it does with it.
const list = document.getElementById("place-list");
const field = document.getElementById("id_place");
if (list && field) {
  field.setAttribute("list", list.id);
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (field.value.length < 3) return;
      const answer = await fetch(`${list.dataset.from}?q=${encodeURIComponent(field.value)}`);
      if (!answer.ok) return;
      const { places } = await answer.json();
      list.replaceChildren(...places.map((name) => new Option(name)));
    }, 250);
  });
}
