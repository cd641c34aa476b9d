// The page works without this: it adds maps, the choice of a dark page, search, and asks for its fonts early.
(function () {
  "use strict";
  var root = document.documentElement, key = "shade";
  root.classList.add("js");
  // Not in a folder of files, where browsers refuse fonts that are asked for early.
  if (location.protocol !== "file:") ["source-sans-3", "source-serif-4"].forEach(function (name) {
    var font = document.createElement("link");
    Object.assign(font, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href: new URL("fonts/" + name + ".woff2", document.currentScript.src) });
    document.head.append(font);
  });
  function stored() { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function shade(value) { if (value) root.dataset.shade = value; }
  shade(stored());

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector("[data-shade-button]"), system = matchMedia("(prefers-color-scheme: dark)");
    function dark() { return (root.dataset.shade || (system.matches ? "dark" : "light")) === "dark"; }
    function label() { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", "Change to a " + (dark() ? "light" : "dark") + " page"); }
    button.hidden = false;
    label();
    button.addEventListener("click", function () {
      var next = dark() ? "light" : "dark";
      shade(next);
      try { localStorage.setItem(key, next); } catch (e) { /* private window: not remembered */ }
      label();
    });
    // Contents over the page on phones: a choice, Escape or Close takes them away again.
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && location.hash === "#chapters") location.hash = "#content"; });
    // A link into something folded opens it, also where the browser does not.
    function unfold() { var target = document.getElementById(decodeURIComponent(location.hash.slice(1))), fold = target && (target.closest("details") || target.querySelector(":scope > details.fold")); if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); } }
    addEventListener("hashchange", unfold);
    // Paper cannot be unfolded.
    addEventListener("beforeprint", function () { document.querySelectorAll("details.fold, details.admonition").forEach(function (fold) { fold.open = true; }); });
    unfold();
    var here = document.querySelector("[data-search]"), asked = (new URLSearchParams(location.search).get("q") || "").trim(), index = document.createElement("script");
    if (!here) return;
    here.querySelector("[data-said]").textContent = asked ? "Looking for \u201c" + asked + "\u201d \u2026" : "Type a word above.";
    if (!asked) return;
    document.getElementById("find").value = asked;
    index.src = here.dataset.search; // only for those who look for something
    index.onload = function () { search(here, asked); };
    document.head.append(index);
  });

  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f\u200c\u200d]/g, ""); }

  function search(here, asked) {
    var said = here.querySelector("[data-said]"), list = here.querySelector("[data-hits]"), rows = here.querySelector("[data-rows]");
    var words = plain(asked).split(/\s+/).filter(Boolean), hits = [], root = here.dataset.search.replace(/[^/]*$/, "");
    window.SEARCH.forEach(function (part) {
      var title = plain(part.s), text = plain(part.x), points = 0;
      for (var i = 0; i < words.length; i++) {
        var inTitle = title.indexOf(words[i]) >= 0, at = text.indexOf(words[i]);
        if (!inTitle && at < 0) return;
        points += (inTitle ? 10 : 0) + text.split(words[i]).length - 1;
      }
      hits.push([points, part, text.indexOf(words[0])]);
    });
    hits.sort(function (a, b) { return b[0] - a[0]; });
    said.textContent = (hits.length || "No") + (hits.length === 1 ? " place" : " places") + " for \u201c" + asked + "\u201d.";
    if (rows) rows.href += "#" + new URLSearchParams({ q: asked });
    hits.slice(0, 40).forEach(function (hit) {
      var item = document.createElement("li"), link = document.createElement("a"), words = document.createElement("p"), from = Math.max(0, hit[2] - 50);
      link.href = root + hit[1].u;
      link.textContent = hit[1].t === hit[1].s ? hit[1].t : hit[1].t + ": " + hit[1].s;
      words.textContent = (from ? "… " : "") + hit[1].x.slice(from, from + 150) + " …";
      item.append(link, words);
      list.append(item);
    });
  }
})();
