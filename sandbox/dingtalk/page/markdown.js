// DingTalk's subset of markdown, built as DOM nodes: no string from outside ever becomes HTML.
// https://open.dingtalk.com/document/orgapp/custom-bot-send-message-type

import { words } from "./words.js";

const INLINE = new RegExp([
  String.raw`\\(?<escaped>[!-\/:-@\[-\x60{-~])`,
  String.raw`!\[(?<image>[^\]]*)\]\([^)]*\)`,
  String.raw`\[(?<label>(?:\\.|[^\]\\])*)\]\((?<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)`,
  String.raw`(?<strong>\*\*|__)(?=\S)(?<bold>.+?)(?<=\S)\k<strong>`,
  String.raw`(?<![\w*])(?<em>[*_])(?=[^\s*_])(?<italic>.+?)(?<=\S)\k<em>(?![\w*])`,
  String.raw`(?<address>https?://[^\s<>"'，。；、（）()]+)`,
].join("|"), "gsu");

const HEADING = /^(#{1,6})\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;

/** A fragment with the rendered text. `say(text)` is called by a dtmd link, `names` are those to highlight. */
export function markdown(text, context) {
  const fragment = document.createDocumentFragment();
  for (const block of blocks(text)) fragment.append(drawn(block, context));
  return fragment;
}

/** Plain text: line breaks stay, addresses can be opened, mentions are highlighted. */
export function plain(text, context) {
  const fragment = document.createDocumentFragment();
  for (const part of text.split(/(https?:\/\/[^\s<>"'，。；、（）()]+)/)) {
    fragment.append(...(/^https?:\/\//.test(part) ? [link(part, part, context)] : mentions(part, context.names)));
  }
  return fragment;
}

/** A link as DingTalk treats it: dtmd sends a message, http opens, anything else is only its label. */
export function link(label, target, context) {
  const command = commandIn(target);
  if (command) return chip(label, () => context.say(command));
  if (!/^https?:\/\//i.test(target)) return document.createTextNode(label);
  const anchor = element("a", label);
  Object.assign(anchor, { href: target, target: "_blank", rel: "noopener noreferrer" });
  return anchor;
}

/** A button that sends something. */
export function chip(label, send) {
  const button = element("button", label);
  Object.assign(button, { type: "button", className: "chip", onclick: send });
  return button;
}

/** An element with a text in it. */
export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function commandIn(target) {
  if (!/^dtmd:\/\/dingtalkclient\/sendMessage\?/i.test(target)) return "";
  return new URLSearchParams(target.slice(target.indexOf("?") + 1)).get("content") ?? "";
}

function* blocks(text) {
  let open = null;
  for (const line of text.replaceAll("\r", "").split("\n")) {
    const { tag, content } = blockOf(line);
    if (open && tag === open.tag && isList(tag)) open.items.push(content);
    else if (open && continues(tag, open.tag)) open.items.push(`${open.items.pop()}\n${content}`);
    else {
      if (open) yield open;
      open = tag && { tag, items: [content], start: parseInt(line) };
    }
  }
  if (open) yield open;
}

function blockOf(line) {
  if (!line.trim()) return { tag: "" };
  const heading = HEADING.exec(line);
  if (heading) return { tag: `h${heading[1].length}`, content: heading[2] };
  for (const [tag, pattern] of [["ul", BULLET], ["ol", NUMBERED], ["blockquote", QUOTE]]) {
    const found = pattern.exec(line);
    if (found) return { tag, content: found[1] };
  }
  return { tag: "p", content: line.trimStart() };
}

const isList = (tag) => tag === "ul" || tag === "ol";

const continues = (tag, open) => !/^h/.test(open) && (tag === "p" || (tag === open && tag === "blockquote"));

function drawn({ tag, items, start }, context) {
  const block = element(tag);
  if (start > 1) block.start = start;
  for (const item of items) {
    const holder = isList(tag) ? block.appendChild(element("li")) : block;
    holder.append(...inline(item, context));
  }
  return block;
}

function inline(text, context) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...broken(text.slice(end, match.index), context), marked(match.groups, context));
    end = match.index + match[0].length;
  }
  return [...nodes, ...broken(text.slice(end), context)];
}

function marked({ escaped, image, label, target, bold, italic, address }, context) {
  if (escaped) return document.createTextNode(escaped);
  if (image !== undefined) return document.createTextNode(`${words.image} ${image}`);
  if (target !== undefined) return link(label.replace(/\\(.)/g, "$1"), target, context);
  if (address) return link(address, address, context);
  const emphasis = element(bold ? "strong" : "em");
  emphasis.append(...inline(bold ?? italic, context));
  return emphasis;
}

// A line break alone is only a space in DingTalk; two spaces before it, or a blank line, make a new line.
function broken(text, context) {
  return text.split(/ {2,}\n/).flatMap((line, index) => [
    ...(index ? [element("br")] : []), ...mentions(line.replaceAll("\n", " "), context.names),
  ]);
}

function mentions(text, names) {
  const known = names.map((name) => `@${name}`);
  const pattern = known.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const parts = pattern ? text.split(new RegExp(`(${pattern})`)) : [text];
  return parts.filter(Boolean).map((part) => (
    known.includes(part) ? element("span", part, "mention") : document.createTextNode(part)
  ));
}
