// The group: asks for what is new, draws it, and sends what is typed or tapped.

import { chip, element, link, markdown, plain } from "./markdown.js";
import { words } from "./words.js";

const SUGGESTIONS = ["/help", "/pr", "/test 1", "/approve 1", "/merge 1", "/deploy hello", "/incidents"];
const WAIT_SECONDS = 20;
const TYPING_MS = 30_000;

const ui = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));
const room = { seen: 0, typing: 0 };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.status === 202 ? null : answer.json();
}

async function say(text) {
  const body = JSON.stringify({ as: ui.speaker.value, text });
  try {
    await ask("/say", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    ui.problem.hidden = true;
    return true;
  } catch {
    ui.problem.textContent = words.notSent;
    ui.problem.hidden = false;
    return false;
  }
}

async function listen() {
  for (;;) {
    try {
      const { messages, total, now_ms: now } = await ask(`/messages?after=${room.seen}&wait=${WAIT_SECONDS}`);
      ui.offline.hidden = true;
      if (total < room.seen) location.reload(); // the room was started anew
      if (messages.length) show(messages, now);
    } catch {
      ui.offline.hidden = false;
      await pause(1000);
    }
  }
}

function show(messages, now) {
  const newest = messages.at(-1);
  const follow = nearTheEnd() || newest.sender === ui.speaker.value;
  ui.messages.append(...messages.map(drawn));
  room.seen = newest.number;
  markOwn();
  typing(newest.by === "member" && now - newest.sent_ms < TYPING_MS);
  if (follow) ui.scroll.scrollTop = ui.scroll.scrollHeight;
}

function drawn(message) {
  const item = element("li", "", `message by-${message.by}`);
  if (message.by === "notice") {
    item.append(element("p", message.text, "notice"));
    return item;
  }
  item.dataset.sender = message.sender;
  const bubble = element("div", "", message.by === "robot" && message.kind !== "text" ? "bubble card" : "bubble");
  bubble.append(content(message));
  item.append(avatar(message), byline(message), bubble);
  return item;
}

function content(message) {
  const context = { say, names: message.mentions };
  const body = document.createDocumentFragment();
  const rich = message.kind === "markdown" || message.kind === "actionCard";
  if (!rich && message.title) body.append(element("h4", message.title));
  body.append(message.by === "robot" && rich ? markdown(message.text, context) : plain(message.text, context));
  if (message.buttons.length) body.append(buttons(message, context));
  return body;
}

function buttons(message, context) {
  const row = element("p", "", "buttons");
  // DingTalk does not follow dtmd links inside cards, so neither do we.
  row.append(...message.buttons.map(({ title, url }) => link(title, url.replace(/^dtmd:/i, ""), context)));
  return row;
}

function avatar(message) {
  if (message.by === "robot") {
    return Object.assign(element("img", "", "avatar"), { src: "/page/boat.svg", alt: "" });
  }
  const place = [...ui.speaker.options].findIndex((option) => option.value === message.sender);
  const badge = element("span", initials(message.name), `avatar hue-${place % 6}`);
  badge.setAttribute("aria-hidden", "true");
  return badge;
}

// Two last characters of a Chinese name, as DingTalk does; first letters of any other.
function initials(name) {
  if (/^\p{Script=Han}+$/u.test(name)) return name.slice(-2);
  return name.split(/\s+/).map((word) => [...word][0] ?? "").join("").slice(0, 2).toUpperCase();
}

function byline(message) {
  const line = element("p", "", "byline");
  const sent = new Date(message.sent_ms);
  const time = element("time", sent.toLocaleTimeString(words.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
  time.dateTime = sent.toISOString();
  line.append(element("b", message.name));
  if (message.by === "robot") line.append(element("span", words.robot, "tag"));
  line.append(time);
  return line;
}

function typing(on) {
  clearTimeout(room.typing);
  ui.typing.hidden = !on;
  if (on) room.typing = setTimeout(() => typing(false), TYPING_MS);
}

const nearTheEnd = () => ui.scroll.scrollHeight - ui.scroll.scrollTop - ui.scroll.clientHeight < 120;

function markOwn() {
  for (const item of ui.messages.children) item.classList.toggle("own", item.dataset.sender === ui.speaker.value);
}

async function submit() {
  const text = ui.text.value.trim();
  if (!text) return;
  ui.text.value = "";
  if (!(await say(text)) && !ui.text.value) ui.text.value = text;
}

function listenToThePerson() {
  ui.composer.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  ui.text.addEventListener("keydown", (event) => {
    // Enter also ends the choice of a word in a Chinese input method: that is not yet a message.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  ui.speaker.addEventListener("change", markOwn);
}

function label() {
  document.documentElement.lang = words.lang;
  ui.log.setAttribute("aria-label", words.messages);
  ui.suggestions.setAttribute("aria-label", words.suggestions);
  ui.text.setAttribute("aria-label", words.placeholder);
  Object.assign(ui.text, { placeholder: words.placeholder });
  ui["speaker-label"].textContent = words.speakAs;
  ui.send.textContent = words.say;
  ui.offline.textContent = words.offline;
  ui.suggestions.append(...SUGGESTIONS.map((command) => chip(command, () => say(command))));
}

async function enter() {
  const { title, robot, members } = await ask("/members");
  document.title = title;
  ui.title.textContent = title;
  ui.count.textContent = `(${members.length + 1})`;
  ui.typing.lastElementChild.textContent = `${robot} ${words.typing}`;
  ui.speaker.append(...members.map(({ key, name, external }) => (
    Object.assign(element("option", external ? `${name} · ${words.external}` : name), { value: key })
  )));
}

label();
listenToThePerson();
await enter();
if (matchMedia("(pointer: fine)").matches) ui.text.focus(); // on a phone that would raise the keyboard
await listen();
