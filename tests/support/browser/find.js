const words = (text) => (text ?? "").replace(/\s+/g, " ").trim();

const seen = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
};

const controls = "a, button, summary, input[type=submit], input[type=button], [role]";

// The words of a label without those of marks beside it, such as a required field's star.
const label_words = (label) => {
  const copy = label.cloneNode(true);
  copy.querySelectorAll("[aria-hidden=true], button").forEach((mark) => mark.remove());
  return words(copy.textContent);
};

const labelled = (text) => {
  const by_label = [...document.querySelectorAll("label")]
    .filter((label) => label_words(label) === text)
    .map((label) => label.control);
  const by_name = [...document.querySelectorAll("[aria-label]")]
    .filter((element) => words(element.getAttribute("aria-label")) === text);
  const by_reference = [...document.querySelectorAll("[aria-labelledby]")].filter((element) =>
    element.getAttribute("aria-labelledby").split(" ")
      .some((id) => label_words(document.getElementById(id) ?? document.createElement("i")) === text));
  return [...by_label, ...by_name, ...by_reference].filter((element) => element !== null);
};

const with_text = (text) => [...document.querySelectorAll(controls)]
  .filter((element) => words(element.matches("input") ? element.value : element.textContent) === text)
  // Of a control within a control (a tab's link, a menu entry's button) the inner one is meant.
  .filter((element, _, all) => !all.some((other) => other !== element && element.contains(other)));

const candidates = (kind, value) => {
  switch (kind) {
    // A switch hides its box and shows something drawn: a field found by its label need not be seen itself.
    case "label": return labelled(value);
    case "text": return with_text(value).filter(seen);
    default: return [...document.querySelectorAll(value)].filter(seen);
  }
};

// An open dialog or menu is what a person looks at.
const in_front = (element) => element.closest("[role=dialog], [role=menu], [role=listbox]") !== null;

const find = (kind, value) => candidates(kind, value).sort((one, other) => in_front(other) - in_front(one));

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

// Of a text that is broken into lines, the first line: the middle of all may lie beside the words.
const middle = (element) => {
  const box = [...element.getClientRects()].find((line) => line.width > 0) ?? element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

// In view, enabled, no longer moving, and nothing above it.
const still = async (element) => {
  if (!element || element.disabled || element.getAttribute("aria-disabled") === "true") return false;
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const before = middle(element);
  await frame();
  await frame();
  const after = middle(element);
  const top = document.elementFromPoint(after.x, after.y);
  const reached = element.contains(top) || top?.closest("label")?.control === element;
  return before.x === after.x && before.y === after.y && Boolean(reached);
};

// Notes in `window.clicked` whether a click reaches the element; answers where to click.
const listen = (element) => {
  window.clicked = false;
  const note = (event) => { window.clicked ||= element.contains(event.target); };
  window.addEventListener("click", note, { capture: true });
  return middle(element);
};

const select = (element) => {
  if (!element || element.disabled || element.readOnly) return false;
  element.focus();
  element.select?.();
  return document.activeElement === element;
};
