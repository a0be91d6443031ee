// The page: what the program tells is kept in `state`, and whatever is new of it is drawn.

import { $, copyText, paced } from "./dom.js";
import { desk, listen, post, Refused } from "./live.js";
import { tabs } from "./tabs.js";
import { showChoices, startChoosers } from "./choosers.js";
import { showPerson, startPerson } from "./person.js";
import { showProblems } from "./problems.js";
import { showVerdict } from "./verdict.js";
import { fitPages, showPages } from "./paper.js";
import { fitEmail, showEmail, startEmail } from "./email.js";
import { followCursor, mailActions, markCommented, seeing, sentenceOf, showSentence, showSentences, startReading } from "./reading.js";
import { anyAnswer, saidOf, showComments, startComments } from "./comments.js";
import { showInbox, showPlain } from "./screen.js";
import { showFacts, startFacts } from "./facts.js";
import { anyDirty, bases, currentName, currentText, drafts, excuse, goBehind, insert, knownOf, open, placeNow, replaceAt, replaceText, restoreText, saveCurrent, showConnected, showFiles, showKept, showMarks, showSources, startWriting } from "./write.js";
import { anyFieldDirty, fieldDrafts, fieldTexts, focusField, focusProblem, hasField, restoreField, saveFields, showFields, startFields } from "./fields.js";
import { remember } from "./places.js";
import { renewVersions, showVersions, startVersions } from "./versions.js";
import { showApproval, startHistory } from "./history.js";
import { offerUnsaved, startUnsaved } from "./unsaved.js";

const NOT_UNDERSTOOD = {
  level: "error", code: "not-understood", message: "This text could not be read, and no copy of it is kept.",
  hint: "Undo the last change. If that does not help, copy your text to another program and load the page again.",
};
const PAUSE = 700;
const SLOW = 1500;
const readOnly = document.body.dataset.readOnly === "yes";
const state = { numbers: {}, refusal: [], problems: [], lints: [], paperProblems: [], sentences: [], shown: false };
const choices = { stage: null, person: null, day: null, language: null, variants: {}, ...chosenBefore(), width: pageWidth() };
let view = "paper";
let problems = { all: [] };
let number = 0;
let asked = 0;
let connected = true;
let quiet = false;
let waiting = null;
let typed = 0;
let judging = null;

function pageWidth() {
  const css = Math.min(820, Math.max(innerWidth - 40, 300));
  return Math.min(2400, Math.round((css * Math.min(devicePixelRatio || 1, 3)) / 100) * 100);
}

const show = paced(async () => {
  number += 1;
  const mine = number;
  asked = Date.now();
  const texts = readOnly ? {} : drafts();
  remember(mine, texts);
  clearTimeout(waiting);
  waiting = setTimeout(stale, SLOW);
  try {
    await post("show", { number: mine, choices, drafts: texts, bases: readOnly ? {} : bases(), fields: readOnly ? [] : fieldDrafts() });
    refused([]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // A tab that the program does not know any more is told so, and opens its line anew.
    // Without a connection, that is told, and not that anything is wrong with the letter.
    if (error.status === 0) refused([]);
    else if (error.status !== 410 && mine === number) refused(error.content.problems?.length ? error.content.problems : [NOT_UNDERSTOOD]);
  }
}, 110);

/** Whether the program has not answered the last question for a while. */
const isWaiting = () => !((state.numbers.more ?? 0) >= number);

function refused(fresh) {
  if (JSON.stringify(fresh) === JSON.stringify(state.refusal)) return;
  state.refusal = fresh;
  judge();
}

function choose(fresh) {
  const { variant, ...plain } = fresh;
  Object.assign(choices, plain);
  if (variant) choices.variants = { ...choices.variants, ...variant };
  sessionStorage.setItem(location.pathname, JSON.stringify(choices));
  show();
}

/** What was chosen before this tab was loaded anew. */
function chosenBefore() {
  try {
    return JSON.parse(sessionStorage.getItem(location.pathname)) ?? {};
  } catch {
    return {};
  }
}

// --- what is drawn when something is new ---------------------------------------------------------

async function told(kind, { number: answered, ...fresh }) {
  if (answered !== undefined) {
    if (answered < (state.numbers[kind] ?? 0)) return;
    state.numbers[kind] = answered;
  }
  Object.assign(state, fresh);
  const has = (name) => name in fresh;
  if (has("html") || has("pages")) state.shown = Boolean(state.html || state.pages?.length);
  if (has("title")) {
    $("title").textContent = state.title;
    document.title = `${state.title} – letter`;
  }
  if (has("chosen") || has("stages") || has("stops")) showChoices(state);
  if (has("chosen") || has("people")) showPerson(state.chosen?.person, state.people ?? { count: 0, complete: true });
  judge();
  for (const id of ["pages", "plain", "inbox"]) $(id).lang = state.chosen?.language ?? "";
  if (has("files") || has("chosen")) showFiles(state);
  if (has("fields") || has("problems")) showFields(state);
  if (has("approval")) showApproval(state.approval);
  if (has("kept")) showKept(state.kept);
  if (has("facts")) showFacts(state.facts);
  if (has("facts") || has("variables")) showSources(state);
  if (has("html") && state.html) showEmail(state.html);
  if (has("text")) showPlain(state.text);
  if (has("inbox") || has("html")) showInbox(state, readOnly ? null : writePreview);
  if (has("pages")) await showPages(state.pages ?? []);
  judge();
  if (has("sentences") || has("html") || has("text") || has("pages")) showSentences(state.sentences);
  if (has("comments") || has("commentsFault")) showComments(state.comments ?? [], state.commentsFault);
  if ((has("chosen") || has("facts")) && !$("panel-timeline").hidden) timeline();
  if (kind === "more" && answered !== undefined) renewVersions();
  if (state.files) void offerUnsaved();
  document.body.dataset.turn = Number(document.body.dataset.turn ?? 0) + 1;
}

/** Says what is wrong; of a command that is half typed not before somebody pauses. */
function judge() {
  clearTimeout(judging);
  const pause = typed + PAUSE - Date.now();
  if (!(state.ok && state.paperOk) && pause > 0 && connected) {
    judging = setTimeout(judge, pause);
    return;
  }
  problems = showProblems({
    state, view,
    act: { open: openProblem, stage: (stage) => choose({ stage, day: state.chosen?.day ?? null }), day: (day) => choose({ day }), readOnly, chooseFact, excuse: excuseSentence, replace: replaceWords, known: () => state, hasField, fields: openField },
  });
  showMarks();
  stale();
}

function stale() {
  const paper = view === "paper";
  const current = state.ok && (!paper || state.paperOk) && connected && !quiet;
  const good = current && state.wordsOk !== false && !state.refusal.length;
  $("letter").dataset.stale = current ? "no" : "yes";
  const there = { paper: state.pages?.length, email: state.html, plain: state.text, inbox: state.html, versions: true }[view];
  $("nothing").hidden = Boolean(there);
  $("pdf").hidden = !(paper && good && state.wordsOk && state.pages?.length);
  $("pdf").href = `letter.pdf?desk=${desk}`;
  const slow = isWaiting() && !state.refusal.length && Date.now() - asked > SLOW - 100; // a timer may be early
  showVerdict({ problems: problems.all, known: "more" in state.numbers, slow, connected, quiet });
}

// --- from the letter to the text ------------------------------------------------------------------

function openSentence(sentence) {
  if (readOnly || !sentence.name) return;
  pane("write");
  writing.choose("tab-text");
  void openAt(sentence, "letter");
}

function openProblem(problem) {
  pane("write");
  writing.choose("tab-text");
  void openAt(problem, problem.part);
}

const placeOf = (problem) => ({ ...problem, ...placeNow(problem, state.numbers[problem.part]) });

/** Shows the facts, with the cursor behind the sentence that needs one. */
async function chooseFact(problem) {
  pane("write");
  writing.choose("tab-text");
  await goBehind(placeOf(problem));
  writing.choose("tab-facts");
  $("fact-words").focus();
}

async function excuseSentence(problem, reason) {
  pane("write");
  writing.choose("tab-text");
  await excuse(placeOf(problem), reason);
}

/** Puts other words in the place of those that a problem is about. */
async function replaceWords(problem, { wrong, right }) {
  pane("write");
  writing.choose("tab-text");
  await replaceAt(placeOf(problem), wrong, right);
}

/** Opens the file of a place, with the cursor where the place is in the text as it is now. */
async function openAt(place, part) {
  await open(place.name);
  const { line, column } = placeNow(place, state.numbers[part]);
  await open(place.name, line, column);
}

/** Opens the field that a problem is about. */
function openField(problem) {
  pane("write");
  writing.choose("tab-fields");
  focusProblem(problem);
}

function openComments() {
  pane("write");
  writing.choose("tab-comments");
}

/** Opens the field of the words that a list of messages shows behind the subject. */
function writePreview() {
  pane("write");
  writing.choose("tab-fields");
  focusField("Preview text");
}

function pane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll(".panes button")) {
    button.setAttribute("aria-pressed", String(button.dataset.pane === name));
  }
  placeErrors();
  fitPages();
  fitEmail();
}

const narrow = matchMedia("(max-width: 60rem)");

/**
 * Puts the errors under the letter; on a narrow screen under the text, while that is seen, where
 * they begin folded. So nothing moves above them.
 */
function placeErrors() {
  const writes = narrow.matches && document.body.dataset.pane === "write";
  const box = $("stop-box");
  if (writes && box.parentElement !== $("strip")) {
    $("strip").prepend(box);
    $("stop-fold").open = false;
  } else if (!writes) {
    if (box.parentElement === $("strip")) $("stop-fold").open = true;
    if (narrow.matches && box.nextElementSibling !== $("shown")) $("shown").before(box);
    if (!narrow.matches && box.previousElementSibling !== $("shown")) $("shown").after(box);
  }
}

/** Where what stands under the text covers the line that is being written, brings that up. */
function keepCursorSeen() {
  const scroller = document.activeElement?.closest(".cm-editor")?.querySelector(".cm-scroller");
  const selection = getSelection();
  if (!scroller || !$("editors").contains(scroller) || !selection.rangeCount) return;
  const cursor = selection.getRangeAt(0).getBoundingClientRect();
  if (!cursor.height) return;
  const inside = narrow.matches ? document.scrollingElement : scroller;
  const over = cursor.bottom + 6 - Math.min($("strip").getBoundingClientRect().top, scroller.getBoundingClientRect().bottom);
  if (over > 0) inside.scrollBy({ top: over });
}

// --- beginning ------------------------------------------------------------------------------------

function timeline() {
  if (state.chosen) $("timeline").src = `timeline?desk=${desk}&day=${state.chosen.day}&width=${$("timeline").clientWidth}`;
}

const LOST = "The connection to advocacy preview was lost. Start it again, and this page continues. What you typed before is kept on this computer. What you type now is kept in this tab only.";
const QUIET = "advocacy preview does not answer at the moment. What you type now is kept in this tab, and what you save is saved when it answers.";

function tellConnection() {
  $("gone").hidden = connected && !quiet;
  const words = connected ? QUIET : LOST;
  if ($("gone-words").textContent !== words) $("gone-words").textContent = words;
  if ($("gone").hidden) $("copy-text").textContent = "Copy my text";
  showConnected(connected);
  judge();
}

function lost() {
  connected = false;
  tellConnection();
}

function silent(fresh) {
  if (fresh === quiet) return;
  quiet = fresh;
  tellConnection();
}

function opened() {
  connected = true;
  tellConnection();
  show();
}

const writing = tabs(document.querySelector("#write [role=tablist]"), (panel) => {
  if (panel === "panel-timeline") timeline();
});

async function start() {
  const bundled = document.body.dataset.editor === "bundle";
  const { createEditor } = await import(bundled ? "./editor.bundle.js" : "./plain.js");
  const nonce = $("nonce").nonce;
  const actions = {
    readOnly,
    changed: () => {
      typed = Date.now();
      show();
      requestAnimationFrame(keepCursorSeen);
    },
    problems: () => problems.all.map(placeOf),
    cursor: paced((place) => followCursor(place), 150),
    createEditor: (options) => createEditor({ ...options, nonce }),
    insert: async (text, apart) => {
      pane("write");
      const put = await insert(text, apart);
      if (!put) writing.choose("tab-text");
    },
  };
  startWriting(actions);
  startFields(actions);
  startFacts(actions);
  startHistory({ name: currentName, text: currentText, use: replaceText, known: knownOf });
  startUnsaved({ ...actions, restoreText, restoreField, known: () => state, found: () => pane("write") });
  startChoosers(choose);
  startPerson({ chosen: (person) => choose({ person, language: null, variants: {} }), ofStage: () => state.chosen?.stage });
  tabs(document.querySelector("#letter [role=tablist]"), (panel) => {
    view = panel.replace("panel-", "");
    fitPages();
    fitEmail();
    judge();
    seeing(view);
    if (view === "versions") void showVersions();
  });
  startVersions();
  narrow.addEventListener("change", placeErrors);
  placeErrors();
  new ResizeObserver(keepCursorSeen).observe($("strip"));
  $("choosing").addEventListener("click", () => {
    const open = $("choosing").getAttribute("aria-expanded") === "true";
    $("choosing").setAttribute("aria-expanded", String(!open));
  });
  startReading({ opened: openSentence, placeNow: (sentence) => placeNow(sentence, state.numbers.letter), saidOf, comments: openComments });
  startComments({
    readOnly, sentenceOf, mark: markCommented,
    open: openSentence,
    show: (sentence) => {
      pane("letter");
      showSentence(sentence);
    },
    choose: ({ stage, to, day, language, wording }) => choose({ stage, person: to, day, language, variants: wording }),
  });
  startEmail(mailActions);
  for (const button of document.querySelectorAll(".panes button")) {
    button.addEventListener("click", () => pane(button.dataset.pane));
  }
  addEventListener("keydown", (event) => {
    // An editor has saved already, if the key was pressed in it.
    if (event.key === "s" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
      event.preventDefault();
      if (document.querySelector("dialog[open]")) return; // it asks what to save
      if ($("panel-fields").hidden) void saveCurrent();
      else void saveFields();
    }
  });
  addEventListener("beforeunload", (event) => {
    if (anyDirty() || anyFieldDirty() || anyAnswer()) event.preventDefault();
  });
  if (readOnly) {
    for (const id of ["tab-text", "tab-fields"]) $(id).hidden = true;
    writing.choose("tab-facts");
  }
  $("copy-text").addEventListener("click", async () => {
    await copyText($("panel-fields").hidden ? currentText() : fieldTexts());
    $("copy-text").textContent = "Copied";
  });
  listen({ opened, told, lost, silent });
}

void start();
