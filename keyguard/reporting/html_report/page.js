// Filters and sorts what is on the page. It reads attributes and text, and writes none of it anywhere.
(() => {
  "use strict";
  const form = document.querySelector("form.tools");
  const list = document.getElementById("list");
  if (!form || !list) return;
  const shown = document.getElementById("shown");
  const cards = [...list.children];
  const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
  const number = (name, card) => Number(card.dataset[name]);
  const orders = {
    number: () => 0,
    severity: (a, b) => number("severity", b) - number("severity", a),
    exposure: (a, b) => number("reach", b) - number("reach", a),
    first: (a, b) => (a.dataset.first || "9").localeCompare(b.dataset.first || "9"),
    provider: (a, b) => a.dataset.provider.localeCompare(b.dataset.provider),
  };
  const matches = (card, wanted) =>
    ["provider", "exposure", "status"].every((name) => !wanted.get(name) || card.dataset[name] === wanted.get(name)) &&
    wanted.get("text").toLowerCase().split(/\s+/).every((word) => texts.get(card).includes(word));
  const apply = () => {
    const wanted = new FormData(form);
    const order = orders[wanted.get("sort")];
    const sorted = cards.slice().sort((a, b) => order(a, b) || number("number", a) - number("number", b));
    if (sorted.some((card, at) => list.children[at] !== card)) list.append(...sorted);
    for (const card of cards) card.hidden = !matches(card, wanted);
    shown.textContent = String(cards.filter((card) => !card.hidden).length);
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  window.addEventListener("hashchange", () => {
    const card = cards.find((each) => `#${each.id}` === location.hash);
    if (card && card.hidden) form.reset();
  });
  form.hidden = false;
  apply();
})();
