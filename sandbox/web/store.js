// The world as the sandbox tells it, and everybody on the page who wants to know of its changes.

export const world = { people: [], groups: [], first: {}, quiet: null, items: new Map(), faults: [], meters: null, skew: 0 };

const hearers = { state: [], item: [], pulse: [], live: [] };

export function on(what, hear) {
  hearers[what].push(hear);
}

function tell(what, ...news) {
  for (const hear of hearers[what]) hear(...news);
}

export function now() {
  return new Date(Date.now() + world.skew);
}

export function setNow(text) {
  world.skew = new Date(text).getTime() - Date.now();
}

export function nameOf(platform, userid) {
  const fold = (id) => (platform === "wecom" ? id?.toLowerCase() : id);
  return world.people.find((person) => person[platform] && fold(person[platform]) === fold(userid))?.name ?? userid;
}

// The feed begins with the whole state, so that after a broken line nothing is missed.
export function connect() {
  const feed = new EventSource("/sandbox/api/feed");
  const listen = (name, take) => feed.addEventListener(name, (event) => take(JSON.parse(event.data)));
  feed.addEventListener("error", () => tell("live", false));
  listen("state", (state) => {
    Object.assign(world, { people: state.people, groups: state.groups, first: state.first, quiet: state.quiet });
    world.items = new Map(state.items.map((item) => [item.id, item]));
    takePulse(state);
    tell("live", true);
    tell("state");
  });
  listen("item", (item) => {
    const before = world.items.get(item.id);
    world.items.set(item.id, item);
    tell("item", item, before);
  });
  listen("pulse", takePulse);
}

function takePulse(pulse) {
  Object.assign(world, { faults: pulse.faults, meters: pulse.meters });
  setNow(pulse.now);
  tell("pulse");
}
