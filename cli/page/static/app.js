// What the page shows and what one can do on it. All that is known comes from the server: what changed, since a number.

import { drawMessage, make } from "./render.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const text = $("text");
const menu = $("menu");
const phone = matchMedia("(max-width: 760px)");

const chats = new Map();
let bot = { name: "", username: "" };
let number = 0;
let current = null; // the chat that is shown
let answering = null; // { kind: "reply" | "edit", message } for the message that is being written
let lastMine = 0;

// Talking with the server.

async function post(name, body = {}, refused = "That did not work.") {
  try {
    const response = await fetch(name, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const told = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : {};
    if (!response.ok) say(told.refused ? `${refused} (${told.refused})` : refused);
    return response.ok ? told : null;
  } catch {
    say("The bot can't be reached. Is it still running?");
    return null;
  }
}

const leaving = new AbortController();

const pause = () => new Promise((done) => setTimeout(done, 2000));

async function listen() {
  while (!(await post("begin"))) await pause(); // where this browser has a conversation, it stays
  while (!leaving.signal.aborted) {
    try {
      const response = await fetch(`news?after=${number}`, { signal: leaving.signal });
      if (response.status === 401) {
        if (number) location.reload();
        else $("status").textContent = "This page needs its cookie. Please allow cookies for it, and open it again.";
        return;
      }
      if (response.ok) {
        take(await response.json());
        continue;
      }
    } catch {
      if (!leaving.signal.aborted) say("The bot can't be reached. Is it still running?");
    }
    await pause();
  }
}

function take(news) {
  const isFirst = number === 0;
  number = news.number;
  bot = news.bot;
  document.querySelector(`input[name=role][value=${news.role}]`).checked = true;
  for (const each of news.chats) {
    const known = chats.get(each.id) ?? { messages: new Map(), unread: 0 };
    chats.set(each.id, { ...known, ...each, messages: known.messages });
    takeMessages(chats.get(each.id), each.messages, isFirst);
  }
  if (isFirst) show(news.chats[0].id);
  if (listed !== null && listed !== commandsHere()) openCommands();
  drawChats();
  drawHead();
  for (const each of news.happenings) notice(each);
}

function takeMessages(chat, messages, isFirst) {
  const fresh = [];
  for (const message of messages) {
    if (!chat.messages.has(message.id) && !message.deleted) fresh.push(message);
    if (message.deleted) chat.messages.delete(message.id);
    else chat.messages.set(message.id, message);
  }
  for (const id of chat.messages.keys()) if (id < chat.oldest) chat.messages.delete(id);
  if (isFirst) return;
  if (chat.id !== current) chat.unread += fresh.filter((each) => !each.mine).length;
  else update(chat, messages, fresh);
}

// The log.

function show(id) {
  current = id;
  const chat = chats.get(id);
  chat.unread = 0;
  stopAnswering();
  closeMenu();
  log.setAttribute("aria-live", "off"); // what was there before is not read out
  lastMine = findLastMine(chat);
  log.replaceChildren(...[...chat.messages.values()].map(draw));
  scrollTo(log.lastElementChild);
  drawChats();
  drawHead();
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function update(chat, changed, fresh) {
  lastMine = findLastMine(chat);
  for (const message of changed) {
    const node = $(`message-${message.id}`);
    if (message.deleted) node?.remove();
    else if (node) redraw(node, message);
    else log.append(draw(message));
  }
  for (const node of log.querySelectorAll(":scope > .mine")) {
    const message = chat.messages.get(Number(node.id.slice(8)));
    if (message && Boolean(node.querySelector("[aria-label='Edit your message']")) !== canEdit(message)) redraw(node, message);
  }
  for (const node of [...log.children]) if (Number(node.id.slice(8)) < chat.oldest) node.remove();
  if (!fresh.length) return;
  const latest = fresh.at(-1);
  scrollTo($(`message-${latest.id}`));
  if (latest.prompt !== null && latest.prompt !== undefined) answer("reply", latest);
}

// Draws a message anew, and leaves the focus where it was in it.
function redraw(node, message) {
  const inside = [...node.querySelectorAll("button, a")];
  const place = inside.indexOf(document.activeElement);
  const anew = draw(message);
  node.replaceWith(anew);
  if (place < 0) return;
  const now = [...anew.querySelectorAll("button, a")];
  (now[Math.min(place, now.length - 1)] ?? anew).focus({ preventScroll: true });
}

function draw(message) {
  const chat = chats.get(current);
  return drawMessage(message, {
    group: chat.group,
    canEdit,
    command: (command) => send(command),
    copy,
    edit: (each) => answer("edit", each),
    reply: (each) => answer("reply", each),
    jump,
    leads,
    press,
    askInline: (query) => {
      text.value = `@${bot.username} ${query}`;
      text.focus();
      typed();
    },
  });
}

function findLastMine(chat) {
  return Math.max(0, ...[...chat.messages.values()].filter((each) => each.mine && !each.via).map((each) => each.id));
}

function canEdit(message) {
  return message.id === lastMine;
}

// Of a long answer its beginning is shown, of a short one all.
function scrollTo(node) {
  if (!node) return;
  const isLong = node.offsetHeight > log.clientHeight - 40;
  log.scrollTop = isLong ? node.offsetTop - 8 : log.scrollHeight;
}

function jump(id) {
  const node = $(`message-${id}`);
  if (!node) {
    say("That message is not there any more.");
    return;
  }
  for (const each of log.querySelectorAll(".found")) each.classList.remove("found");
  node.classList.add("found");
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
}

function drawChats() {
  const focused = document.activeElement?.dataset?.chat;
  $("chats").replaceChildren(
    ...[...chats.values()].map((chat) => {
      const unread = chat.unread ? ` (${chat.unread} new)` : "";
      const button = make("button", { type: "button", onclick: () => show(chat.id) }, `${chat.title}${unread}`);
      button.dataset.chat = chat.id;
      button.setAttribute("aria-current", String(chat.id === current));
      return make("li", {}, button);
    }),
  );
  if (focused) document.querySelector(`[data-chat="${focused}"]`)?.focus();
}

function drawHead() {
  const chat = chats.get(current);
  const role = document.querySelector("input[name=role]:checked").parentElement.textContent.trim();
  $("title").textContent = chat.title;
  $("subtitle").textContent = chat.group ? `a made-up group, in which you are ${role}` : "the bot, in a private chat";
  const pinned = $("pinned");
  pinned.hidden = !chat.pinned;
  if (chat.pinned) {
    pinned.textContent = `Pinned: ${chat.pinned.text}`;
    pinned.onclick = () => jump(chat.pinned.id);
  }
}

// What one does.

async function send(said) {
  const chat = current;
  const reply = answering?.kind === "reply" ? answering.message.id : 0;
  stopAnswering();
  await post("send", { chat, text: said, reply_to: reply });
}

async function press(message, data, node) {
  node.setAttribute("aria-busy", "true");
  await post("press", { chat: current, message: message.id, data }, "That button is not there any more.");
  node.removeAttribute("aria-busy");
}

async function copy(copied) {
  try {
    await navigator.clipboard.writeText(copied);
    say(`Copied: ${copied}`);
  } catch {
    say(`To be copied: ${copied}`);
  }
}

// Whether an address leads to the bot itself; then it is followed here.
function leads(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  const isTelegram = ["t.me", "telegram.me"].includes(url.hostname);
  const name = isTelegram ? url.pathname.slice(1) : url.protocol === "tg:" ? url.searchParams.get("domain") : null;
  if (name?.toLowerCase() !== bot.username.toLowerCase()) return false;
  if (url.searchParams.has("startgroup")) say("The bot is in the sample group already.");
  else openPrivate(url.searchParams.get("start"));
  return true;
}

function openPrivate(payload) {
  show([...chats.values()].find((each) => !each.group).id);
  text.focus();
  if (payload !== null && payload !== undefined) send(`/start ${payload}`.trim());
}

function notice(happening) {
  if (happening.kind !== "notice") return;
  if (happening.url) leads(happening.url);
  if (!happening.text) return;
  if (!happening.alert) {
    say(happening.text);
    return;
  }
  $("alert-text").textContent = happening.text;
  if (!$("alert").open) $("alert").showModal();
}

let silence = 0;

function say(said) {
  clearTimeout(silence);
  $("status").textContent = said;
  silence = setTimeout(() => ($("status").textContent = ""), 8000);
}

// Writing.

function answer(kind, message) {
  answering = { kind, message };
  $("context-text").textContent = kind === "edit" ? "Editing your message" : `Reply to ${message.name}: ${message.text}`;
  $("context").hidden = false;
  text.placeholder = (kind === "reply" && message.prompt) || "Your message";
  if (kind === "edit") text.value = message.text;
  fit();
  text.focus();
}

function stopAnswering() {
  if (answering?.kind === "edit") text.value = "";
  answering = null;
  $("context").hidden = true;
  text.placeholder = "Your message";
  fit();
}

function submit() {
  const said = text.value.trim();
  if (!said) return;
  closeMenu();
  const editing = answering?.kind === "edit" ? answering.message.id : 0;
  text.value = "";
  if (editing) {
    stopAnswering();
    post("edit", { chat: current, message: editing, text: said });
  } else send(said);
  fit();
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

let asked = 0;

function typed() {
  fit();
  clearTimeout(asked);
  const inline = new RegExp(`^@${bot.username}\\s(.*)$`, "is").exec(text.value);
  if (inline) asked = setTimeout(() => askInline(inline[1].trim()), 250);
  else if (/^\/\w*$/.test(text.value)) openCommands(text.value.slice(1));
  else closeMenu();
}

async function askInline(query) {
  const before = text.value;
  const offered = await post("inline", { chat: current, query });
  if (!offered || text.value !== before) return;
  const choices = [];
  if (offered.button) choices.push([offered.button.text, "", () => openPrivate(offered.button.start_parameter ?? null)]);
  for (const each of offered.results) {
    choices.push([each.title, each.description, () => post("choose", { query: offered.query, result: each.id })]);
  }
  openMenu(choices, "The bot offers nothing for this.");
}

let listed = null; // the commands from which the open menu was made

function commandsHere() {
  return JSON.stringify(chats.get(current).commands);
}

function openCommands(begun = "") {
  const chat = chats.get(current);
  const at = chat.group ? `@${bot.username}` : "";
  const fitting = chat.commands.filter((each) => each.command.startsWith(begun.toLowerCase()));
  openMenu(fitting.map((each) => [`/${each.command}`, each.description, () => send(`/${each.command}${at}`)]), "There is no such command.");
  listed = commandsHere();
}

function openMenu(choices, none) {
  listed = null;
  const buttons = choices.map(([title, more, choose]) => {
    const button = make("button", { type: "button", className: "choice" }, make("b", {}, title));
    if (more) button.append(make("span", {}, more));
    button.onclick = () => {
      text.value = "";
      closeMenu();
      text.focus();
      choose();
    };
    return button;
  });
  menu.replaceChildren(...(buttons.length ? buttons : [make("p", { className: "empty" }, none)]));
  menu.hidden = false;
  $("commands").setAttribute("aria-expanded", "true");
}

function closeMenu() {
  listed = null;
  menu.hidden = true;
  menu.replaceChildren();
  $("commands").setAttribute("aria-expanded", "false");
}

function moveInMenu(event) {
  const choices = [...menu.querySelectorAll("button")];
  const at = choices.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  (choices[to] ?? text).focus();
}

text.addEventListener("input", typed);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && !text.value && !menu.contains(document.activeElement)) {
    const message = chats.get(current).messages.get(lastMine);
    if (message) {
      event.preventDefault();
      answer("edit", message);
    }
  } else if (event.key === "ArrowDown" && !menu.hidden) {
    event.preventDefault();
    menu.querySelector("button")?.focus();
  }
});
menu.addEventListener("keydown", moveInMenu);
$("write").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!menu.hidden) closeMenu();
  else stopAnswering();
  text.focus();
});
$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  text.focus();
});
$("context-close").onclick = () => {
  stopAnswering();
  text.focus();
};
$("commands").onclick = () => {
  if (!menu.hidden) {
    closeMenu();
    return;
  }
  openCommands();
  menu.querySelector("button")?.focus();
};
for (const each of document.querySelectorAll("input[name=role]")) each.onchange = () => post("role", { role: each.value });
$("restart").onclick = async () => {
  leaving.abort();
  if (await post("restart")) location.reload();
};
const theme = $("theme");
theme.setAttribute("aria-pressed", String(document.documentElement.dataset.theme === "dark"));
theme.onclick = () => {
  const dark = document.documentElement.dataset.theme !== "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  localStorage.setItem("theme", dark ? "dark" : "light");
  theme.setAttribute("aria-pressed", String(dark));
};
$("options").open = !phone.matches;
phone.addEventListener("change", () => ($("options").open = !phone.matches));
listen();
