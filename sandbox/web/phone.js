// One phone: who holds it, one screen per platform, and what has not been seen yet.

import { avatar, bubble } from "./bubbles.js";
import { composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { now, world } from "./store.js";
import { forgetChoices } from "./wecom_card.js";
import { BOT, commandsOf, emptyWords, hour, moment, PLATFORMS } from "./words.js";

const PAUSE = 5 * 60 * 1000; // a longer silence gets the time written above what follows

export class Phone {
  // `owner` is {name, roles, chats: [{platform, chat, group, title?}], speakers?}
  constructor(owner) {
    this.owner = owner;
    this.screens = owner.chats.map((chat) => new Screen(owner, chat));
    this.switch = h("div", { class: "switch", role: "tablist" }, this.screens.map((screen, index) => this.tab(screen, index)));
    this.glass = h("div", { class: "glass" }, this.screens.map((screen) => screen.node));
    this.node = h("section", { class: "phone", "aria-label": owner.name }, this.plate(), h("div", { class: "device" }, this.glass));
    this.show(0);
  }

  plate() {
    const roles = this.owner.roles.map((role) => h("span", { class: "role" }, role));
    const single = this.screens[0].chat.platform;
    const side = this.screens.length > 1 ? this.switch : h("span", { class: `badge ${single}` }, PLATFORMS[single]);
    return h("div", { class: "plate" }, avatar(this.owner.name), h("div", { class: "who" }, h("b", {}, this.owner.name), h("div", { class: "roles" }, roles)), side);
  }

  tab(screen, index) {
    screen.tab = h("button", { type: "button", role: "tab", class: screen.chat.platform, onclick: () => this.show(index) }, PLATFORMS[screen.chat.platform]);
    return screen.tab;
  }

  show(index) {
    this.shown = index;
    this.screens.forEach((screen, at) => screen.setShown(at === index));
  }

  get unseen() {
    return this.screens.reduce((sum, screen) => sum + screen.unseen, 0);
  }

  // Called when the phone comes into view.
  look() {
    this.screens[this.shown].see();
  }
}

class Screen {
  constructor(owner, chat) {
    this.owner = owner;
    this.chat = chat;
    this.unseen = 0;
    this.bubbles = new Map();
    this.lastAt = 0;
    this.list = h("div", { class: "list", role: "log", "data-empty": emptyWords(chat, owner.roles, world.first) });
    this.isPinned = true;
    this.list.addEventListener("scroll", () => { this.isPinned = this.isAtEnd(); });
    this.list.addEventListener("load", () => this.isPinned && this.toEnd(), true); // a picture has got its height
    this.speaker = () => (chat.group ? this.select?.value : chat.chat);
    this.node = h("div", { class: `screen ${chat.platform}${chat.group ? " group" : ""}` }, this.bar(), this.list, this.foot());
  }

  bar() {
    const clock = h("span", { class: "status-time" }, hour(now()));
    const title = this.chat.title ?? BOT;
    return [
      h("div", { class: "status" }, clock, h("span", { class: "status-icons" })),
      h("div", { class: "bar" }, icon("back"), h("b", {}, title), icon("dots")),
    ];
  }

  foot() {
    const { platform, group } = this.chat;
    if (platform === "sms") return h("footer", { class: "mute" }, "通知短信，不用回复");
    if (platform === "wecom" && group) return h("footer", { class: "mute" }, "群机器人只发消息，不收消息");
    const commands = group ? ["待办", "帮助"] : commandsOf(this.owner.roles);
    return composer({ platform, group: group ? this.chat.chat : null, speaker: this.speaker, commands, speakers: this.speakers() });
  }

  speakers() {
    if (!this.chat.group) return null;
    const people = world.people.filter((person) => person[this.chat.platform]);
    this.select = h("select", { onchange: () => this.redraw() }, people.map((person) => h("option", { value: person[this.chat.platform] }, person.name)));
    return h("label", { class: "speaker" }, "谁在操作", this.select);
  }

  setShown(isShown) {
    this.isShown = isShown;
    this.node.hidden = !isShown;
    this.tab?.classList.toggle("on", isShown);
    this.tab?.setAttribute("aria-selected", String(isShown));
    if (isShown) this.see();
  }

  see() {
    this.unseen = 0;
    this.mark();
    this.toEnd();
  }

  mark() {
    this.tab?.classList.toggle("unseen", this.unseen > 0);
  }

  put(item) {
    const drawn = this.bubbles.get(item.id);
    const fresh = bubble(item, this.speaker);
    fresh.dataset.item = item.id;
    this.bubbles.set(item.id, fresh);
    if (drawn) return this.replace(item, drawn, fresh);
    this.stamp(item.at);
    this.list.append(fresh);
    if (this.isPinned || item.sender !== "bot") this.toEnd();
    return fresh;
  }

  replace(item, drawn, fresh) {
    forgetChoices(item.id);
    drawn.replaceWith(fresh);
    fresh.classList.add("changed");
    return fresh;
  }

  redraw() {
    for (const [id, drawn] of this.bubbles) {
      const fresh = bubble(world.items.get(id), this.speaker);
      drawn.replaceWith(fresh);
      this.bubbles.set(id, fresh);
    }
  }

  stamp(at) {
    const time = new Date(at).getTime();
    if (time - this.lastAt > PAUSE) this.list.append(h("div", { class: "stamp" }, moment(at, now())));
    this.lastAt = time;
  }

  note() {
    this.unseen += 1;
    this.mark();
  }

  isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
