"use strict";
// Filters the list of questions: words, kind and tag together. Everything is in the page; nothing is fetched or written.
const questions = [...document.querySelectorAll(".question")];
const words = questions.map((question) => question.textContent.toLowerCase());
const [search, kind, tag, count] = ["search", "kind", "tag", "count"].map((id) => document.getElementById(id));
function filter() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  questions.forEach((question, i) => {
    const keep = wanted.every((word) => words[i].includes(word))
      && (!kind.value || question.dataset.kinds.includes(`|${kind.value}|`))
      && (!tag.value || question.dataset.tags.includes(`|${tag.value}|`));
    question.hidden = !keep;
    shown += keep;
  });
  count.textContent = `${shown} of ${questions.length}`;
}
// The address can hold a filter (report.html#kind=read%20but%20wrong), so that a finding can be passed on.
function fromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const field of [search, kind, tag]) if (asked.has(field.id)) field.value = asked.get(field.id);
  filter();
}
addEventListener("hashchange", () => { fromAddress(); document.getElementById("filters").scrollIntoView(); });
document.getElementById("filters").addEventListener("input", filter);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
fromAddress();
