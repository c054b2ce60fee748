// The row of roles: which phones are on the page, kept in the address, and where something unseen waits.

import { h } from "./dom.js";
import { CUSTOMERS, GROUPS } from "./words.js";

const ALL = "全部";

function wanted() {
  return decodeURIComponent(location.hash.slice(1)) || ALL;
}

export function isWanted(owner) {
  return wanted() === ALL || owner.roles.includes(wanted());
}

export function drawFilters(phones) {
  const roles = [...new Set(phones.flatMap((phone) => phone.owner.roles))].filter((role) => role !== GROUPS && role !== CUSTOMERS);
  const chips = [ALL, ...roles, GROUPS, CUSTOMERS].map((role) => chip(role, phones));
  document.getElementById("filters").replaceChildren(...chips);
}

function chip(role, phones) {
  const mine = phones.filter((phone) => role === ALL || phone.owner.roles.includes(role));
  const unseen = role === ALL ? 0 : mine.reduce((sum, phone) => sum + phone.unseen, 0);
  const press = () => { location.hash = role === ALL ? "" : encodeURIComponent(role); };
  return h("button", { type: "button", class: role === wanted() ? "on" : null, "aria-pressed": String(role === wanted()), onclick: press },
    role, unseen ? h("i", { class: "count" }, unseen > 99 ? "99" : unseen) : null);
}
