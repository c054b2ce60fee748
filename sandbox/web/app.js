// Puts everybody's phone on the page and brings each change to the phone it belongs to.

import { connect, on, world } from "./store.js";
import { drawDrawer } from "./drawer.js";
import { h } from "./dom.js";
import { drawFilters, isWanted } from "./filters.js";
import { drawHeader } from "./header.js";
import { Phone } from "./phone.js";
import { CUSTOMERS, GROUPS } from "./words.js";

const strip = document.getElementById("strip");
let phones = [];
const screens = new Map(); // "platform|chat" -> {phone, screen}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const phone = phones.find((each) => each.node === entry.target);
    if (!phone) continue;
    phone.isInView = entry.isIntersecting;
    if (phone.isInView) phone.look();
  }
  drawFilters(phones);
}, { threshold: 0.5 });

on("state", () => {
  watcher.disconnect();
  screens.clear();
  phones = owners().map((owner) => new Phone(owner));
  for (const phone of phones) register(phone);
  for (const item of world.items.values()) screenOf(item).screen.put(item);
  strip.replaceChildren(...phones.map((phone) => phone.node));
  for (const phone of phones) watcher.observe(phone.node);
  arrange();
  for (const phone of phones) phone.look();
});

on("item", (item, before) => {
  const { phone, screen } = screenOf(item);
  screen.put(item);
  const isSeen = phone.isInView && screen.isShown && !phone.node.hidden;
  if (item.sender === "bot" && !before && !isSeen) screen.note();
  drawFilters(phones);
});

on("live", (isLive) => document.body.classList.toggle("cut-off", !isLive));

window.addEventListener("hashchange", arrange);

document.addEventListener("click", ({ target }) => {
  if (target.matches?.("img.picture")) enlarge(target.src);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
});

function register(phone) {
  for (const screen of phone.screens) screens.set(`${screen.chat.platform}|${screen.chat.chat}`, { phone, screen });
}

// A text to a number that nobody is known to have gets a phone of its own.
function screenOf(item) {
  const key = `${item.platform}|${item.chat}`;
  if (!screens.has(key)) {
    const chat = { platform: item.platform, chat: item.chat, group: item.group };
    const phone = new Phone({ name: item.chat, roles: [CUSTOMERS], chats: [chat] });
    phones.push(phone);
    register(phone);
    strip.append(phone.node);
    watcher.observe(phone.node);
    arrange();
  }
  return screens.get(key);
}

function owners() {
  const people = world.people.map((person) => ({
    name: person.name,
    roles: person.roles.length ? person.roles : [CUSTOMERS],
    chats: ["wecom", "dingtalk"].filter((platform) => person[platform])
      .map((platform) => ({ platform, chat: person[platform], group: false }))
      .concat(person.mobile ? [{ platform: "sms", chat: person.mobile, group: false }] : []),
  }));
  const names = [...new Set(world.groups.map((group) => group.name))];
  const groups = names.map((name) => ({
    name,
    roles: [GROUPS],
    chats: world.groups.filter((group) => group.name === name)
      .map((group) => ({ platform: group.platform, chat: group.id, group: true, title: name })),
  }));
  const customers = people.filter((person) => person.roles.includes(CUSTOMERS));
  return [...people.filter((person) => !customers.includes(person)), ...groups, ...customers].filter((owner) => owner.chats.length);
}

function arrange() {
  for (const phone of phones) phone.node.hidden = !isWanted(phone.owner);
  strip.scrollLeft = 0;
  drawFilters(phones);
}

function enlarge(address) {
  const box = document.getElementById("lightbox");
  box.replaceChildren(h("img", { src: address, alt: "大图" }));
  box.addEventListener("click", () => box.close(), { once: true });
  box.showModal();
}

drawHeader();
drawDrawer();
connect();
