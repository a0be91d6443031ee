// Comments on the sentences of the letters, without a server: they are kept in this browser until
// the reader saves them as a file. Whatever was written is shown as text alone.
"use strict";

(() => {
  const MOST = 4000;
  const $ = (id) => document.getElementById(id);
  const { campaign, gallery } = document.body.dataset;
  const place = `advocacy-comments/${campaign}/${gallery}`;
  const dialog = $("writing");
  let keeps = true;
  let name = read("advocacy-comments/name") ?? "";
  let comments = earlier();
  let at = null; // what is being commented: its letter, its place, and the comment to change

  const el = (tag, properties, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (key.includes("-") || key === "role") node.setAttribute(key, value);
      else node[key] = value;
    }
    node.append(...children);
    return node;
  };

  function read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      keeps = false;
      return null;
    }
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify(comments));
      localStorage.setItem("advocacy-comments/name", name);
      keeps = true;
    } catch {
      keeps = false;
    }
  }

  /** What this browser kept; another file may have written there, so each is looked at. */
  function earlier() {
    const is = (value) => typeof value === "string" && value.length <= MOST;
    try {
      return JSON.parse(read(place) ?? "[]").filter(
        (one) => [one.id, one.sentence, one.by, one.when, one.text].every(is) && typeof one.letter?.stage === "string",
      );
    } catch {
      return [];
    }
  }

  const letters = [...document.querySelectorAll("details[data-letter]")].map((box) => {
    const letter = JSON.parse(box.dataset.letter);
    const sentences = [...box.querySelectorAll(".sentence")];
    const places = sentences.map((span, at) => placeOf(sentences.map((one) => one.dataset.sentence), at));
    return { box, letter, key: JSON.stringify(letter), text: box.querySelector("pre"), sentences, places };
  });
  const keyOf = ({ stage, to, name: who, language, wording, day }) => JSON.stringify({ stage, to, name: who, language, wording, day });
  const of = (one, place) =>
    comments.filter((comment) => keyOf(comment.letter) === one.key && (place === undefined || (comment.sentence === place.sentence && (comment.nth ?? 1) === place.nth)));

  /** A sentence with what tells it from equal ones: its number among them, and its neighbors. */
  function placeOf(all, at) {
    const nth = all.slice(0, at + 1).filter((text) => text === all[at]).length;
    const equal = all.filter((text) => text === all[at]).length;
    return { sentence: all[at], nth, equal, before: all[at - 1] ?? "", after: all[at + 1] ?? "" };
  }
  const placed = ({ sentence, nth = 1, equal = 1, before = "", after = "" }) => ({ sentence, nth, equal, before, after });
  const WHOLE = placed({ sentence: "" });

  // --- writing ------------------------------------------------------------------------------------

  const begun = new Map(); // what was typed when the Escape key closed the form
  const draftOf = ({ one, place: { sentence, nth }, comment }) => JSON.stringify([one.key, sentence, nth, comment?.id]);

  function write(one, place, comment = of(one, place).at(-1) ?? null) {
    const { sentence } = place;
    at = { one, place, comment };
    $("writing-title").textContent = comment ? "Change your comment" : sentence ? "Comment on this sentence" : "Comment on the whole letter";
    $("quoted").textContent = sentence;
    $("quoted").hidden = !sentence;
    $("quoted").lang = one.letter.language;
    $("comment").value = begun.get(draftOf(at)) ?? comment?.text ?? "";
    $("name").value = name;
    $("wrong").textContent = "";
    $("delete").hidden = !comment;
    dialog.showModal();
    (comment || name ? $("comment") : $("name")).focus();
  }

  function add() {
    const text = $("comment").value.trim();
    name = $("name").value.trim();
    const missing = !name ? "name" : !text ? "comment" : "";
    if (missing) {
      $("wrong").textContent = missing === "name" ? "Type your name." : "Type your comment.";
      $(missing).focus();
      return;
    }
    const id = at.comment?.id ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const fresh = { id, letter: at.one.letter, ...at.place, by: name, when: new Date().toISOString(), text, saved: false };
    comments = at.comment ? comments.map((old) => (old.id === id ? fresh : old)) : [...comments, fresh];
    begun.delete(draftOf(at));
    dialog.close();
    changed();
  }

  function remove({ one, comment }) {
    comments = comments.filter((other) => other.id !== comment.id);
    changed();
    one.box.querySelector(".sentence[tabindex='0'], summary").focus();
  }

  // --- what is seen -------------------------------------------------------------------------------

  function changed() {
    keep();
    for (const one of letters) draw(one);
    bar();
  }

  function draw(one) {
    for (const [number, span] of one.sentences.entries()) {
      const count = of(one, one.places[number]).length;
      span.classList.toggle("commented", count > 0);
      if (count) span.setAttribute("aria-description", `${count} ${count === 1 ? "comment" : "comments"} by you`);
      else span.removeAttribute("aria-description");
    }
    const mine = of(one);
    const list = one.box.querySelector(".comments");
    list.hidden = mine.length === 0;
    list.replaceChildren(
      ...mine.map((comment) =>
        el(
          "li",
          {},
          ...(comment.sentence ? [el("blockquote", { lang: one.letter.language }, comment.sentence)] : []),
          el("p", { className: "said" }, comment.text),
          el("p", { className: "by" }, `${comment.by}${comment.saved ? "" : " – not saved yet"}`),
          el("button", { type: "button", onclick: () => write(one, placed(comment), comment) }, "Change"),
          el("button", { type: "button", onclick: () => remove({ one, comment }) }, "Delete"),
        ),
      ),
    );
  }

  function bar() {
    const fresh = comments.filter((one) => !one.saved).length;
    const noun = comments.length === 1 ? "comment" : "comments";
    $("bar").hidden = comments.length === 0;
    const kept = keeps ? "" : " This browser does not keep them: save them before you close the page.";
    const some = fresh === comments.length ? "" : `${fresh} `;
    $("count").textContent = fresh ? `${comments.length} ${noun}, ${some}not saved yet.${kept}` : `${comments.length} ${noun}, saved. Send the file to the person who asked you.`;
  }

  function save() {
    const said = comments.map((one) => ({ id: one.id, letter: one.letter, ...placed(one), by: one.by, when: one.when, text: one.text }));
    const file = { format: "advocacy-comments", campaign, comments: said };
    const who = name.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase().slice(0, 40);
    const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: "application/json" }));
    const link = el("a", { href: address, download: ["comments", campaign, who].filter(Boolean).join("-") + ".json" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    comments = comments.map((one) => ({ ...one, saved: true }));
    changed();
  }

  // --- beginning ----------------------------------------------------------------------------------

  function startLetter(one) {
    let active = 0;
    const step = (to) => {
      one.sentences[active].tabIndex = -1;
      active = Math.min(Math.max(to, 0), one.sentences.length - 1);
      one.sentences[active].tabIndex = 0;
      one.sentences[active].focus();
    };
    one.text.removeAttribute("tabindex");
    one.text.setAttribute("role", "group");
    one.text.setAttribute("aria-label", "Text: arrow keys go from sentence to sentence, Enter writes a comment");
    one.sentences.forEach((span, number) => {
      span.setAttribute("role", "button");
      span.tabIndex = number ? -1 : 0;
      span.addEventListener("click", () => {
        if (String(getSelection())) return; // somebody copies words
        step(number);
        write(one, one.places[number]);
      });
      span.addEventListener("keydown", (event) => {
        const to = { ArrowDown: number + 1, ArrowRight: number + 1, ArrowUp: number - 1, ArrowLeft: number - 1, Home: 0, End: one.sentences.length - 1 }[event.key];
        if (to !== undefined) step(to);
        else if (event.key === "Enter" || event.key === " ") write(one, one.places[number]);
        else return;
        event.preventDefault();
      });
    });
    const whole = el("button", { type: "button", onclick: () => write(one, WHOLE, null) }, "Comment on the whole letter");
    const list = el("ul", { className: "comments", hidden: true, role: "list", "aria-label": "Your comments on this letter" });
    one.box.append(el("p", { className: "whole" }, whole), list);
  }

  for (const one of letters) startLetter(one);
  $("how").hidden = letters.length === 0;
  $("add").addEventListener("click", add);
  $("comment").addEventListener("input", () => begun.set(draftOf(at), $("comment").value));
  $("cancel").addEventListener("click", () => {
    begun.delete(draftOf(at));
    dialog.close();
  });
  $("delete").addEventListener("click", () => {
    begun.delete(draftOf(at));
    dialog.close();
    remove(at);
  });
  $("save").addEventListener("click", save);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target === $("name"))) {
      event.preventDefault();
      add();
    }
  });
  addEventListener("beforeunload", (event) => {
    const typed = [...begun.values()].some((text) => text.trim());
    if (typed || (!keeps && comments.some((one) => !one.saved))) event.preventDefault();
  });
  changed();
})();
