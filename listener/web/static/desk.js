// The keys of the desk. Each does what a button, a link or a field of the page does; without this file all of them still work.
// After an act the address names the contribution (#i12): the browser itself puts the focus there.
"use strict";

(() => {
  const items = () => [...document.querySelectorAll(".item")];
  const here = () => document.activeElement?.closest(".item");
  const isWriting = (place) => place.matches("textarea, select, input:not([type=radio], [type=checkbox])");

  const show = (item) => {
    if (!item) return;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };

  const step = (by) => {
    const all = items();
    const place = all.indexOf(here());
    show(place < 0 ? all[by > 0 ? 0 : all.length - 1] : all[place + by]);
  };

  const enter = (details) => {
    details.open = true;
    details.querySelector("form :is(select, textarea, input:checked, input:not([type=hidden]))")?.focus();
  };

  // The one of this contribution; on a page of one contribution there is but one.
  const found = (key) => {
    const all = items();
    const place = here() ?? (all.length === 1 ? all[0] : null);
    return place?.querySelector(`[data-key="${key}"]`) ?? null;
  };

  const use = (place) => {
    if (!place) return false;
    if (place.matches("summary")) enter(place.parentElement);
    else if (place.matches("textarea")) place.focus();
    else place.click();
    return true;
  };

  const help = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) {
      keys.querySelector("summary").focus();
      keys.scrollIntoView({ block: "nearest" });
    }
  };

  const find = () => {
    const field = document.querySelector('input[data-key="/"]');
    if (!field) return false;
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.select();
    return true;
  };

  const leave = (event) => {
    const details = event.target.closest(".item details[open], .tools details[open]");
    if (!details) return;
    details.open = false;
    details.querySelector("summary").focus();
  };

  const does = {
    j: () => step(1),
    k: () => step(-1),
    c: () => use(found("c")),
    h: () => use(found("h")),
    t: () => use(found("t")),
    m: () => use(found("m")),
    p: () => use(found("p") ?? document.querySelector('textarea[data-key="p"]')),
    u: () => use(document.querySelector('.undo [data-key="u"]')),
    "/": find,
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") leave(event);
    else if (!isWriting(event.target) && does[event.key] && does[event.key]() !== false) event.preventDefault();
  });
})();
