// From a message, as the server tells of it, to nodes. Nothing is ever parsed as HTML here.

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const SAFE = /^(https?|tg):/i;

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((each) => each !== null && each !== undefined));
  return node;
}

// Draws the part of a text from `begin` to `end` with its entities; offsets count UTF-16 units, as strings do here.
function draw(text, entities, begin, end, on) {
  const nodes = [];
  let at = begin;
  const inside = entities.filter((each) => each.offset < end && each.offset + each.length > begin);
  for (let index = 0; index < inside.length; index += 1) {
    const entity = inside[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) continue;
    if (from > at) nodes.push(text.slice(at, from));
    nodes.push(drawEntity(entity, text, inside.slice(index + 1), from, to, on));
    // A quotation ends its line by itself.
    at = entity.type.endsWith("blockquote") && text[to] === "\n" ? to + 1 : to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function drawEntity(entity, text, others, from, to, on) {
  const children = () => draw(text, others, from, to, on);
  switch (entity.type) {
    case "text_link":
    case "url":
      return link(entity.url ?? text.slice(from, to), children(), on);
    case "bot_command":
      return make("button", { type: "button", className: "command", onclick: () => on.command(text.slice(from, to)) }, ...children());
    case "spoiler": {
      const cover = make("button", { type: "button", className: "spoiler", title: "Show" }, ...children());
      cover.onclick = () => cover.classList.add("open");
      return cover;
    }
    case "blockquote":
      return make("div", { className: "quote" }, make("div", {}, ...children()));
    case "expandable_blockquote":
      return folded(text, others, from, to, on);
    default:
      return TAGS[entity.type] ? make(TAGS[entity.type], {}, ...children()) : make("span", {}, ...children());
  }
}

let folds = 0;

// The first line of an expandable quotation, and a button that unfolds the rest.
function folded(text, entities, from, to, on) {
  const first = text.slice(from, to).indexOf("\n");
  if (first < 0) return make("div", { className: "quote" }, make("div", {}, ...draw(text, entities, from, to, on)));
  const lines = text.slice(from, to).split("\n").length - 1;
  folds += 1;
  const rest = make("div", { id: `fold-${folds}`, hidden: true }, ...draw(text, entities, from + first + 1, to, on));
  const less = lines === 1 ? "Show 1 more line" : `Show ${lines} more lines`;
  const button = make("button", { type: "button", className: "fold", "aria-expanded": "false", "aria-controls": rest.id }, less);
  button.onclick = () => {
    rest.hidden = !rest.hidden;
    button.setAttribute("aria-expanded", String(!rest.hidden));
    button.textContent = rest.hidden ? less : "Show less";
  };
  return make("div", { className: "quote" }, make("div", {}, ...draw(text, entities, from, from + first, on)), rest, button);
}

// A way out opens beside this page; one that leads to the bot itself stays within it.
function link(address, children, on) {
  if (!SAFE.test(address)) return make("span", {}, ...children);
  const node = make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
  node.addEventListener("click", (event) => {
    if (on.leads(address)) event.preventDefault();
  });
  return node;
}

export function drawMessage(message, on) {
  const item = make("article", { id: `message-${message.id}`, tabIndex: -1 });
  if (message.service) {
    item.className = "service";
    item.append(message.service);
    return item;
  }
  item.className = message.mine ? "mine" : "theirs";
  const bubble = make("div", { className: "bubble" });
  bubble.append(make("p", { className: on.group && !message.mine ? "who" : "who hidden" }, message.name));
  if (message.reply) {
    const back = make("button", { type: "button", className: "replied", title: "Go to this message" });
    back.append(make("b", {}, message.reply.name), make("span", {}, message.reply.text || "deleted message"));
    back.onclick = () => on.jump(message.reply.id);
    bubble.append(back);
  }
  if (message.picture) {
    const { id, width, height } = message.picture;
    const alt = message.text ? "Picture, told in words below" : "Picture";
    bubble.append(make("img", { className: "picture", src: `files/${id}`, width, height, alt }));
  }
  if (message.document) {
    bubble.append(make("p", {}, make("a", { href: `files/${message.document.id}`, download: message.document.name }, `File: ${message.document.name}`)));
  }
  if (message.text) {
    const said = make("div", { className: "said", dir: "auto" }, ...draw(message.text, message.entities, 0, message.text.length, on));
    bubble.append(said);
  }
  if (message.reactions.length) bubble.append(make("p", { className: "reactions" }, make("span", { className: "hidden" }, "Reaction: "), message.reactions.join(" ")));
  bubble.append(meta(message, on));
  item.append(bubble);
  if (message.rows.length) item.append(keyboard(message, on));
  return item;
}

function meta(message, on) {
  const when = new Date(message.date * 1000);
  const line = make("p", { className: "meta" });
  if (message.via) line.append(make("span", {}, "via the bot"));
  if (message.edited) line.append(make("span", { className: "edited" }, "edited"));
  line.append(make("time", { dateTime: when.toISOString() }, when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })));
  if (on.group) line.append(make("button", { type: "button", "aria-label": `Reply to ${message.name}`, onclick: () => on.reply(message) }, "Reply"));
  if (on.canEdit(message)) line.append(make("button", { type: "button", "aria-label": "Edit your message", onclick: () => on.edit(message) }, "Edit"));
  return line;
}

function keyboard(message, on) {
  const keys = make("div", { className: "keys", role: "group", "aria-label": "Buttons of this message" });
  for (const row of message.rows) {
    keys.append(make("div", { className: "row" }, ...row.map((each) => key(message, each, on))));
  }
  return keys;
}

function key(message, button, on) {
  if (button.url) return link(button.url, [button.text], on);
  const node = make("button", { type: "button" }, button.text);
  if (button.copy !== undefined) node.onclick = () => on.copy(button.copy);
  else if (button.callback_data !== undefined) node.onclick = () => on.press(message, button.callback_data, node);
  else node.onclick = () => on.askInline(button.switch_inline_query_current_chat ?? button.switch_inline_query ?? "");
  return node;
}
