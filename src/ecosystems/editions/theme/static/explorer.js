// Searches and filters the rows of the page's table. The table is the data: without this script, all of it is shown.
(function () {
  "use strict";
  var SLICE = 50, form = document.querySelector("[data-explorer]"), scroll = form.parentNode.querySelector(".choose ~ .scroll");
  var body = scroll.querySelector("tbody"), said = form.querySelector("[role=status]"), map = form.querySelector("iframe");
  var facets = Array.from(new Set(Array.from(form.elements, function (e) { return e.name; }).filter(function (n) { return n && n !== "q"; })));
  var more = document.createElement("button"), chosen = [], drawn = 0, waiting = 0;

  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, ""); }
  var rows = Array.from(body.rows, function (row) {
    var has = {};
    facets.forEach(function (f) { has[f] = (row.dataset[f] || "").split("|"); });
    return { row: row, id: row.id, text: plain(row.textContent), has: has };
  });

  // Rows are drawn in slices: a phone lays out fifty, not thousands.
  function draw(to) {
    for (var part = document.createDocumentFragment(); drawn < Math.min(to, chosen.length); drawn++) part.append(chosen[drawn].row);
    body.append(part);
    var left = chosen.length - drawn;
    more.hidden = !left;
    more.textContent = "Show " + Math.min(SLICE, left) + " more of " + left;
  }
  function show(list) {
    chosen = list; drawn = 0;
    body.replaceChildren();
    draw(SLICE);
    said.textContent = list.length + " of " + rows.length + (rows.length === 1 ? " initiative" : " initiatives");
    clearTimeout(waiting);
    waiting = setTimeout(tellMap, 250);
  }
  function tellMap() {
    map.contentWindow.postMessage({ show: chosen.map(function (r) { return r.id.slice(2); }) }, "*");
  }
  function choose() {
    var words = plain(form.elements.q.value).split(/\s+/).filter(Boolean), wanted = [], state = new URLSearchParams();
    if (form.elements.q.value.trim()) state.set("q", form.elements.q.value.trim());
    new FormData(form).forEach(function (value, name) {
      if (name !== "q" && value) { wanted.push([name, value]); state.append(name, value); }
    });
    show(rows.filter(function (r) {
      return words.every(function (w) { return r.text.indexOf(w) >= 0; }) && wanted.every(function (w) { return r.has[w[0]].indexOf(w[1]) >= 0; });
    }));
    return state.toString();
  }
  function changed() {
    var state = choose();
    history.replaceState(null, "", state ? "#" + state : location.pathname + location.search);
  }
  // The address tells what is chosen, or names one row.
  function follow() {
    var asked = decodeURIComponent(location.hash.slice(1)), one = rows.filter(function (r) { return r.id === asked; });
    form.reset();
    if (one.length) {
      show(one);
      one[0].row.scrollIntoView({ block: "center" });
      return;
    }
    new URLSearchParams(location.hash.slice(1)).forEach(function (value, name) {
      if (name === "q") form.elements.q.value = value;
      else if (facets.indexOf(name) >= 0) form.querySelectorAll("[name=" + name + "]").forEach(function (e) {
        if (e.type === "checkbox") e.checked = e.checked || e.value === value; else e.value = value;
      });
    });
    choose();
  }

  function cell(text) {
    if (/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text)) text = "'" + text; // a spreadsheet would run it
    return '"' + text.replace(/"/g, '""') + '"';
  }
  function download() {
    var heads = Array.from(scroll.querySelectorAll("thead th"), function (h) { return h.textContent.trim(); });
    var lines = [["id"].concat(heads, facets, "addresses")].concat(chosen.map(function (r) {
      return [r.id.slice(2)].concat(
        Array.from(r.row.cells, function (c) { return c.textContent.trim(); }),
        facets.map(function (f) { return r.has[f].join("; "); }),
        Array.from(r.row.querySelectorAll("a"), function (a) { return a.href; }).join(" "));
    }));
    var link = document.createElement("a");
    // With a byte order mark, so that spreadsheets read accents right.
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.map(function (l) { return l.map(cell).join(","); }).join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "initiatives.csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  more.className = "more";
  more.type = "button";
  more.addEventListener("click", function () { var next = drawn; draw(drawn + SLICE); chosen[next].row.tabIndex = -1; chosen[next].row.focus({ preventScroll: true }); });
  scroll.after(more);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("input", changed);
  form.querySelector("[type=reset]").addEventListener("click", function () { setTimeout(changed); });
  form.querySelector("[data-csv]").addEventListener("click", download);
  addEventListener("hashchange", follow);
  addEventListener("message", function (e) { if (e.source === map.contentWindow && e.data && e.data.map === "ready" && chosen.length < rows.length) tellMap(); });
  addEventListener("beforeprint", function () { draw(chosen.length); });
  follow();
  scroll.classList.add("ready");
})();
