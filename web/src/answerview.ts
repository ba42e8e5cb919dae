/** A finished answer as elements: its sentences with markers, both sides of a conflict, its sources, or why there is none. */

import type { Answer, Citation, Conflict, ConflictValue, Passage } from "./datatypes";
import { button, element, icon, isolated, outwardLink, type Child } from "./elements";
import { type Piece, stretchesOf } from "./markers";
import { counted, detailsOf, explanationOf, outletOf, placeOf, supportOf, titleOf, webAddress } from "./sources";

/** What can be done with what is shown. */
export interface Actions {
  /** A button for a marker: hovering shows the quote, clicking opens the document. */
  marker(number: number, find: () => Citation | null): HTMLElement;
  openCitation(citation: Citation): void;
  openPassage(passage: Passage): void;
}

/** Everything but the question and the line of buttons below. */
export function answerView(answer: Answer, collection: string, actions: Actions): Child[] {
  if (answer.status === "abstained") return [abstentionView(answer, collection, actions)];
  return [
    answer.fallback && element("p", { class: "notice" }, isolated(answer.fallback)),
    ...answer.conflicts.map((conflict) => conflictView(conflict, answer.citations, actions)),
    answer.short_answer.trim() && answer.status === "answered" && element("p", { class: "short-answer", dir: "auto" }, answer.short_answer),
    sentences(answer, actions),
    sourcesView(answer, actions),
  ];
}

/** Pieces of an answer that is finished or still arriving. */
export function piecesView(pieces: Piece[], marker: (number: number) => HTMLElement): Node[] {
  return pieces.map((piece) => (piece.kind === "text" ? document.createTextNode(piece.text) : marker(piece.number)));
}

function markerFor(number: number, citations: Citation[], actions: Actions): HTMLElement {
  return actions.marker(number, () => citations.find((citation) => citation.number === number) ?? null);
}

function sentences(answer: Answer, actions: Actions): HTMLElement {
  const marker = (number: number): HTMLElement => markerFor(number, answer.citations, actions);
  const parts = stretchesOf(answer).map(({ statement, pieces }) =>
    element("span", statement ? { class: "statement" } : {}, ...piecesView(pieces, marker)),
  );
  return element("div", { class: "answer-text", dir: "auto" }, ...parts);
}

/** The values next to one another, with what tells them apart and who stands behind each. */
export function conflictView(conflict: Conflict, citations: Citation[], actions: Actions): HTMLElement {
  const values = counted(conflict.values.length, "different value");
  return element(
    "section",
    { class: "conflict", "aria-label": "The sources differ" },
    element("h3", {}, `The sources give ${values}`),
    element("div", { class: "sides" }, ...conflict.values.map((value) => sideView(value, citations, actions))),
  );
}

function sideView(side: ConflictValue, citations: Citation[], actions: Actions): HTMLElement {
  const cited = citations.filter((citation) => side.citations.includes(citation.number));
  const support = supportOf(side, citations);
  return element(
    "article",
    { class: "side" },
    element("p", { class: "value", dir: "auto" }, side.value),
    side.qualifier && element("p", { class: "qualifier", dir: "auto" }, side.qualifier),
    element("p", { class: support > 1 ? "support" : "support lone" }, support > 1 ? `${support} sources say so` : "One source alone says so"),
    element("ul", {}, ...cited.map((citation) => element("li", {}, ...witness(citation, citations, actions)))),
  );
}

function witness(citation: Citation, citations: Citation[], actions: Actions): Child[] {
  const outlet = outletOf(citation.uri) || titleOf(citation);
  const date = citation.published && isolated(citation.published, { class: "date" });
  return [isolated(outlet, { class: "outlet" }), date, markerFor(citation.number, citations, actions)];
}

function sourcesView(answer: Answer, actions: Actions): HTMLElement {
  const items = answer.citations.map((citation) => sourceView(citation, actions));
  return element("section", { class: "sources" }, element("h3", {}, counted(items.length, "source")), element("ol", {}, ...items));
}

function sourceView(citation: Citation, actions: Actions): HTMLElement {
  const address = webAddress(citation.uri);
  const open = button(isolated(titleOf(citation)), () => actions.openCitation(citation), { class: "open" });
  const details = detailsOf(citation).map((detail) => isolated(detail, { class: "detail" }));
  const outward = address && outwardLink(address, icon("outward"));
  if (outward) outward.setAttribute("aria-label", `Original at ${outletOf(citation.uri)} (opens in a new tab)`);
  return element(
    "li",
    { class: "source" },
    element("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    element("div", {}, element("blockquote", { class: "quote", dir: "auto" }, citation.quote), element("p", { class: "details" }, open, ...details, outward)),
  );
}

function abstentionView(answer: Answer, collection: string, actions: Actions): HTMLElement {
  const nearest = answer.abstention?.nearest ?? [];
  return element(
    "section",
    { class: "abstention", "aria-label": "No answer" },
    element("p", { class: "verdict" }, "Not in these documents."),
    element("p", {}, isolated(explanationOf(answer))),
    element("p", { class: "looked-for" }, "Looked for ", isolated(answer.question, { class: "sought" }), " in the collection ", isolated(collection), "."),
    nearest.length > 0 && element("h3", {}, "The nearest passages"),
    nearest.length > 0 && element("ol", { class: "nearest" }, ...nearest.map((passage) => nearestView(passage, actions))),
  );
}

function nearestView(passage: Passage, actions: Actions): HTMLElement {
  const open = button(isolated(titleOf(passage)), () => actions.openPassage(passage), { class: "open" });
  const text = passage.text.replace(/\s+/g, " ").trim();
  // Without a title the name is what is clicked, and need not be said twice.
  const named = passage.title.trim() !== "" && isolated(passage.document_name, { class: "detail" });
  return element(
    "li",
    {},
    element("p", { class: "snippet", dir: "auto" }, text),
    element("p", { class: "details" }, open, named, element("span", { class: "detail" }, placeOf(passage.start, passage.end))),
  );
}
