/** A poll or quiz: its options to choose from, or its results. */

import { button, el, icon, words } from "/page/elements.js";
import { formatted } from "/page/entities.js";

/** `mine` are the options the viewer has voted for. */
export function poll(message, mine, actions) {
  const it = message.poll;
  const decided = it.is_closed || mine.length > 0;
  const kind = `${it.is_anonymous === false ? "Public" : "Anonymous"} ${it.type === "quiz" ? "quiz" : "poll"}`;
  const box = el("fieldset", { class: "poll", testid: "poll" },
    el("legend", { dir: "auto" }, formatted(it.question, it.question_entities)),
    el("small", {}, it.is_closed ? "Final results" : kind));
  if (decided) box.append(...it.options.map((_, i) => result(it, i, mine.includes(i))));
  else box.append(...choices(it, (options) => actions.vote(message, options)));
  if (mine.length && !it.is_closed && it.type !== "quiz") {
    box.append(button({ class: "under", onclick: () => actions.vote(message, []) }, "Retract vote"));
  }
  if (decided && it.explanation) {
    box.append(el("p", { class: "explanation", dir: "auto" }, formatted(it.explanation, it.explanation_entities)));
  }
  const votes = it.total_voter_count === 1 ? "1 vote" : `${it.total_voter_count || "No"} votes`;
  box.append(el("small", { class: "total" }, votes));
  return box;
}

function choices(it, vote) {
  if (!it.allows_multiple_answers) {
    return it.options.map(({ text }, i) => button({ class: "choice", onclick: () => vote([i]) }, words(text)));
  }
  const boxes = it.options.map(() => el("input", { type: "checkbox" }));
  const send = () => {
    const ticked = boxes.flatMap((box, i) => (box.checked ? [i] : []));
    if (ticked.length) vote(ticked);
  };
  return [
    ...it.options.map(({ text }, i) => el("label", { class: "choice" }, boxes[i], words(text))),
    button({ class: "under", onclick: send }, "Vote"),
  ];
}

function result(it, i, mine) {
  const option = it.options[i];
  const share = it.total_voter_count ? Math.round((100 * option.voter_count) / it.total_voter_count) : 0;
  const bar = el("i");
  bar.style.width = `${share}%`;
  return el("div", { class: it.correct_option_ids?.includes(i) ? "result right" : "result" },
    el("b", {}, `${share}%`),
    el("span", { dir: "auto" }, option.text,
      mine && el("span", { class: "yours" }, icon("check"), el("span", { class: "unseen" }, "your vote"))),
    el("span", { class: "bar" }, bar));
}
