"use strict";
// The page reads without this: it adds filter, order and theme, and opens what a link leads to.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const remembered = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch {} };

const controls = one(".controls");
if (controls) {
  const { fields, names, places } = JSON.parse(one("#reach").textContent);
  const entries = all(".entry").map((element, order) => ({
    element, order, places: places[element.dataset.key],
    // Without the names of columns, which every entry has.
    text: all("summary, p, dd", element).map((part) => part.textContent).join(" ").toLowerCase(),
  }));
  const inOrder = [...entries];
  const mine = all("[data-mine]", controls);
  const usual = new Set(remembered("xentcheck-forms") ?? []);
  for (const box of mine) box.checked = usual.has(box.dataset.mine);

  const picked = (name) => controls.querySelector(`[data-pick=${name}]`).value;
  function isShown(entry) {
    const words = controls.querySelector("[data-words]").value.toLowerCase().split(/[\s,]+/);
    const chosen = fields.map((name) => names[name].indexOf(picked(name)));
    const forms = mine.filter((box) => box.checked).map((box) => names.form.indexOf(box.dataset.mine));
    const onlyMine = controls.querySelector("[data-affects]").checked;
    const fits = (place) => place.every((value, k) => chosen[k] < 0 || chosen[k] === value) &&
      (!onlyMine || forms.includes(place[fields.indexOf("form")]));
    return words.every((word) => entry.text.includes(word)) && entry.places.some(fits) &&
      (!picked("severity") || picked("severity") === entry.element.dataset.severity);
  }
  const more = one("[data-more]");
  let most = 12; // of those that match, which are shown until a button is pressed
  function filter() {
    const matching = inOrder.filter(isShown);
    for (const entry of entries) entry.element.hidden = true;
    for (const entry of matching.slice(0, most)) entry.element.hidden = false;
    more.hidden = matching.length <= most;
    more.textContent = `show ${matching.length - most} more differences`;
    const none = controls.querySelector("[data-affects]").checked && !mine.some((box) => box.checked);
    controls.querySelector("output").textContent =
      `${matching.length} of ${entries.length} differences` + (none ? "; choose your forms under \u201cMy forms\u201d" : "");
    remember("xentcheck-forms", mine.filter((box) => box.checked).map((box) => box.dataset.mine));
  }
  const orders = {
    severity: (a, b) => a.order - b.order,
    count: (a, b) => b.element.dataset.count - a.element.dataset.count || a.order - b.order,
    loss: (a, b) => a.element.dataset.loss.localeCompare(b.element.dataset.loss) || a.order - b.order,
  };
  controls.querySelector("[data-sort]").addEventListener("change", (event) => {
    inOrder.sort(orders[event.target.value]);
    one("#entries").append(...inOrder.map((entry) => entry.element));
    filter();
  });
  function showAll() {
    most = entries.length;
    filter();
  }
  more.addEventListener("click", showAll);
  addEventListener("hashchange", showAll);
  addEventListener("beforeprint", showAll);
  controls.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;
  if (location.hash) showAll();
  else filter();
}

const themes = { system: "light dark", light: "light", dark: "dark" };
const button = one("[data-theme]");
function setTheme(name) {
  document.documentElement.style.colorScheme = themes[name];
  button.textContent = `theme: ${name}`;
  button.dataset.theme = name;
}
button.hidden = false;
button.addEventListener("click", () => {
  const next = Object.keys(themes);
  setTheme(next[(next.indexOf(button.dataset.theme) + 1) % next.length]);
  remember("xentcheck-theme", button.dataset.theme);
});
setTheme(remembered("xentcheck-theme") in themes ? remembered("xentcheck-theme") : "system");

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const details = target.matches("details") ? target : target.id === "disagreements" && target.querySelector("details");
  if (details) details.open = true;
}
addEventListener("hashchange", open);
open();
