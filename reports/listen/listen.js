"use strict";
// Shows what was heard of a client, and what it is still to do. All text is set as text.
(() => {
  const path = location.pathname.replace(/\/+$/, "");
  const byId = (id) => document.getElementById(id);
  byId("finish").action = `${path}/finish`;

  const cell = (text, className) => {
    const made = document.createElement("td");
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const row = (request) => {
    const made = document.createElement("tr");
    const what = `${request.method} ${request.path}`;
    made.append(
      cell(request.number, "number"),
      cell(`${request.at} s`, "number"),
      cell(what, "request"),
      cell(request.status, request.status >= 400 ? "refused" : ""),
    );
    return made;
  };
  let unfolded = false;
  const member = (one) => {
    const made = document.createElement("tr");
    const texts = [one.name, one.birth_date, one.gender, one.member_id, one.subscriber_id, one.expect];
    made.append(...texts.map((text) => cell(text ?? "")));
    return made;
  };
  const deed = (one) => {
    const made = document.createElement("li");
    made.className = one.done ? "done" : "open";
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.textContent = one.done ? "done" : "to do";
    made.append(mark, ` ${one.say}`);
    return made;
  };
  const room = (state) => {
    const made = byId("room").content.cloneNode(true);
    const find = (name) => made.querySelector(name);
    find("h2").textContent = `Your system: ${state.role.replaceAll("-", " ")}`;
    find(".base").textContent = location.origin + state.base;
    find(".script").replaceChildren(...state.script.map(deed));
    find(".count").textContent = state.heard;
    find(".parties").textContent =
      `You are ${state.own.name} (NPI ${state.own.npi}) and ask ${state.server.name} (NPI ${state.server.npi}).`;
    find(".members").replaceChildren(...state.members.map(member));
    find("details").hidden = state.members.length === 0;
    find("details").open = unfolded;
    find("details").addEventListener("toggle", (event) => { unfolded = event.target.open; });
    find(".requests").replaceChildren(...state.requests.map(row));
    if (state.lost > 0) {
      find(".lost").hidden = false;
      find(".lost").textContent = `${state.lost} requests came on top of what is kept, and cannot be judged`;
    }
    return made;
  };
  const show = (state) => {
    document.title = `${state.client}: Vitruvian listens`;
    byId("client").textContent = state.client;
    const deeds = state.rooms.flatMap((one) => one.script);
    const done = deeds.filter((one) => one.done).length;
    byId("status").textContent = state.over
      ? "It is over: the report is being written."
      : `listening: ${done} of ${deeds.length} things done`;
    byId("rooms").replaceChildren(...state.rooms.map(room));
    byId("finish").hidden = state.over;
  };
  const events = new EventSource(`${path}/events`);
  let over = false;
  events.onmessage = (event) => {
    const state = JSON.parse(event.data);
    over = state.over;
    show(state);
    if (over) events.close();
  };
  events.onerror = () => {
    if (!over) byId("status").textContent = "no connection: it is over, or it was stopped";
  };
})();
