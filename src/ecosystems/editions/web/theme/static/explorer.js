// Searches and filters the rows of the page's table. The table is the data: without this script, all of it is shown.
// Of a long table the page holds the first rows; the others, and what they are chosen by, are loaded part by part when they are asked for.
(function () {
  "use strict";
  var form = document.querySelector("[data-explorer]"), scroll = form.parentNode.querySelector(".choose ~ .scroll");
  var body = scroll.querySelector("tbody"), said = form.querySelector("[role=status]"), map = form.querySelector("iframe"), save = form.querySelector("[data-csv]");
  var facets = Array.from(new Set(Array.from(form.elements, function (e) { return e.name; }).filter(function (n) { return n && n !== "q"; })));
  var heads = Array.from(scroll.querySelectorAll("thead th"), function (h) { return h.textContent.trim(); });
  var from = form.dataset.parts, total = Number(form.dataset.rows) || body.rows.length;
  var SLICE = from ? 20 : 50, PART = 50, MOST = 500;  // rows shown at a time, in a part, in a download
  var more = document.createElement("button"), chosen = [], drawn = 0, waiting = 0, next = 0, turn = 0;

  function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f\u200c\u200d]/g, ""); }
  var rows = Array.from(body.rows, function (row) {
    if (from) return row;
    var has = {};
    facets.forEach(function (f) { has[f] = (row.dataset[f] || "").split("|"); });
    return { row: row, text: plain(row.textContent), has: has };
  });
  function all() { return Array.from({ length: total }, function (_, i) { return i; }); }

  // What chooses: the rows of the page, or parts loaded from files; both call `then` with the places of the rows.
  var here = {
    ready: function (words, then) { then(); },
    choose: function (words, wanted) {
      return all().filter(function (i) {
        var r = rows[i];
        return words.every(function (w) { return r.text.indexOf(w) >= 0; }) && wanted.every(function (w) { return r.has[w[0]].indexOf(w[1]) >= 0; });
      });
    },
    named: function (id, then) { then(rows.findIndex(function (r) { return r.row.id === "i-" + id; })); },
    rows: function (list, then) { then(list.map(function (i) { return rows[i].row; })); },
    shown: function () { return { show: chosen.map(function (i) { return rows[i].row.id.slice(2); }) }; },
    has: function (i, f) { return rows[i].has[f]; },
    words: function (text) { return plain(text).split(/\s+/).filter(Boolean); }
  };

  var parts = {}, asked = {};
  window.EXPLORER = function (name, data) { parts[name] = data; };
  function load(names, then) {
    var left = names.length;
    function got() { if (!--left) then(); }
    if (!left) return then();
    names.forEach(function (name) {
      if (name in parts) return got();
      if (asked[name]) return asked[name].push(got);
      asked[name] = [got];
      var script = document.createElement("script");
      script.src = from + name + ".js";
      script.onload = script.onerror = function () {
        script.remove();
        asked[name].splice(0).forEach(function (f) { f(); });
        delete asked[name];
      };
      document.head.append(script);
    });
  }
  function start(word) { return Array.from(word).slice(0, 2).join(""); }
  function named(word) { return "w" + Array.from(start(word), function (c) { return c.codePointAt(0).toString(16) + "-"; }).join(""); }
  function starts(words) { return words.filter(function (w) { return parts.columns.starts.indexOf(start(w)) >= 0; }).map(named); }
  function mark(word) {
    var hit = new Uint8Array(total);
    (parts[named(word)] || []).forEach(function (entry) {
      if (entry[0].slice(0, word.length) !== word) return;
      var at = -1;
      entry[1].split(",").forEach(function (gap) { at += Number(gap); hit[at] = 1; });
    });
    return hit;
  }
  function built(data) {
    var row = document.createElement("tr");
    row.id = "i-" + data[0];
    heads.forEach(function (head, k) {
      var cell = document.createElement("td"), p = document.createElement("p"), value = data[k + 1];
      cell.dataset.label = head;
      if (typeof value === "string") p.append(k ? value : Object.assign(document.createElement("bdi"), { textContent: value }));
      else value.forEach(function (link, n) {
        var a = document.createElement(link[1] ? "a" : "span");
        if (link[1]) a.href = link[1];
        a.dir = "auto"; // a name from right to left, with its digits and brackets
        a.textContent = link[0];
        p.append(n ? "; " : "", a);
      });
      cell.append(p); row.append(cell);
    });
    return row;
  }
  var files = {
    ready: function (words, then) { load(["columns"], function () { load(starts(words), then); }); },
    choose: function (words, wanted) {
      var tests = words.map(function (w) { var hit = mark(w); return function (i) { return hit[i] === 1; }; });
      wanted.forEach(function (w) {
        var facet = parts.columns.facets[w[0]], n = facet.values.indexOf(w[1]), text = facet.rows || facet.shown[n] || "", code = facet.rows ? 48 + n : 49;
        tests.push(function (i) { return text.charCodeAt(i) === code; });
      });
      for (var list = [], i = 0; i < total; i++) if (tests.every(function (t) { return t(i); })) list.push(i);
      return list;
    },
    named: function (id, then) {
      var word = plain(id);
      load(["columns"], function () { load(starts([word]), function () {
        var key = "#" + id, entry = (parts[named(word)] || []).find(function (e) { return e[0] === key; });
        then(entry ? Number(entry[1]) - 1 : -1);
      }); });
    },
    rows: function (list, then) {
      var missing = list.filter(function (i) { return !rows[i]; });
      load(Array.from(new Set(missing.map(function (i) { return "r" + Math.floor(i / PART); }))), function () {
        missing.forEach(function (i) { rows[i] = built(parts["r" + Math.floor(i / PART)][i % PART]); });
        then(list.map(function (i) { return rows[i]; }));
      });
    },
    shown: function () {
      var cells = parts.columns.cells, counts = {};
      chosen.forEach(function (i) { var cell = cells.values[cells.rows.charCodeAt(i) - 48]; if (cell) counts[cell] = (counts[cell] || 0) + 1; });
      return { show: Object.keys(counts), counts: counts };
    },
    has: function (i, f) {
      var facet = parts.columns.facets[f];
      return facet.rows ? [facet.values[facet.rows.charCodeAt(i) - 48]] : facet.values.filter(function (_, n) { return facet.shown[n][i] === "1"; });
    },
    words: function (text) { return (plain(text).match(/[\p{L}\p{M}\p{N}]+/gu) || []).filter(function (w) { return w.length > 1; }); }
  };
  var source = from ? files : here;

  // Rows are drawn in slices: a phone lays out fifty, not thousands.
  function draw(to, then) {
    var now = turn, first = drawn;
    source.rows(chosen.slice(first, to), function (list) {
      if (now !== turn || first !== drawn) return;
      if (!first) body.replaceChildren();
      body.append.apply(body, list);
      drawn = first + list.length;
      var left = chosen.length - drawn;
      more.hidden = !left;
      more.textContent = "Show " + Math.min(SLICE, left) + " more of " + left.toLocaleString("en");
      if (then) then(list);
    });
  }
  function show(list, then) {
    chosen = list; drawn = 0; turn++;
    draw(SLICE, then);
    said.textContent = list.length.toLocaleString("en") + " of " + total.toLocaleString("en") + (total === 1 ? " initiative" : " initiatives");
    save.disabled = !!from && list.length > MOST;
    clearTimeout(waiting);
    waiting = setTimeout(tellMap, 250);
  }
  function tellMap() {
    if (source === here || parts.columns) map.contentWindow.postMessage(source.shown(), "*");
  }
  function choose() {
    var words = source.words(form.elements.q.value), wanted = [], state = new URLSearchParams(), now = ++turn;
    if (form.elements.q.value.trim()) state.set("q", form.elements.q.value.trim());
    new FormData(form).forEach(function (value, name) {
      if (name !== "q" && value) { wanted.push([name, value]); state.append(name, value); }
    });
    if (!words.length && !wanted.length) show(all());
    else source.ready(words, function () { if (now === turn) show(source.choose(words, wanted)); });
    return state.toString();
  }
  function changed() {
    var state = choose();
    history.replaceState(null, "", state ? "#" + state : location.pathname + location.search);
  }
  // The address tells what is chosen, or names one row.
  function follow() {
    var asked = decodeURIComponent(location.hash.slice(1));
    form.reset();
    if (asked.slice(0, 2) === "i-") return source.named(asked.slice(2), function (at) {
      if (at < 0) choose();
      else show([at], function (list) { list[0].scrollIntoView({ block: "center" }); });
    });
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
    source.ready([], function () { source.rows(chosen, function (list) {
      var lines = [["id"].concat(heads, facets, "addresses")].concat(list.map(function (row, n) {
        return [row.id.slice(2)].concat(
          Array.from(row.cells, function (c) { return c.textContent.trim(); }),
          facets.map(function (f) { return source.has(chosen[n], f).join("; "); }),
          Array.from(row.querySelectorAll("a"), function (a) { return a.href; }).join(" "));
      }));
      var link = document.createElement("a");
      // With a byte order mark, so that spreadsheets read accents right.
      link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.map(function (l) { return l.map(cell).join(","); }).join("\r\n") + "\r\n"], { type: "text/csv" }));
      link.download = "initiatives.csv";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }); });
  }

  more.className = "more";
  more.type = "button";
  more.addEventListener("click", function () { soon(function () { draw(drawn + SLICE, function (list) { list[0].tabIndex = -1; list[0].focus({ preventScroll: true }); }); }); });
  scroll.after(more);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  // First the letter or the tap is drawn, then the rows: on a slow phone these take longer.
  function soon(work) { cancelAnimationFrame(next); next = requestAnimationFrame(function () { setTimeout(work); }); }
  form.addEventListener("focusin", function () { source.ready([], function () {}); }); // what rows are chosen by comes while a reader begins to type
  form.addEventListener("input", function () { soon(changed); });
  form.querySelector("[type=reset]").addEventListener("click", function () { soon(changed); });
  save.addEventListener("click", download);
  addEventListener("hashchange", follow);
  addEventListener("message", function (e) { if (e.source === map.contentWindow && e.data && e.data.map === "ready" && chosen.length < total) tellMap(); });
  addEventListener("beforeprint", function () { draw(from ? drawn : chosen.length); });
  follow();
  scroll.classList.add("ready");
})();
