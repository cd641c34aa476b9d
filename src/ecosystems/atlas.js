(function () {
  var map = {{ this._parent.get_name() }}, areas = {{ this.areas }}, home = {{ this.bounds }};
  var points = JSON.parse(document.getElementById("points").textContent);
  var touched = false, opener = null, shown = null, frame = map.getContainer();
  map.setMinZoom(0); map.setMaxZoom(9);
  // A point at the edge is seen whole; areas need no room.
  var valued = Object.keys(areas).length > 1;
  var whole = { animate: false, paddingTopLeft: valued ? [0, 0] : [14, 14], paddingBottomRight: valued ? [10, 0] : [14, 14] };
  function fit() { if (!touched) { map.closePopup(); map.fitBounds(home, whole); } }
  ["pointerdown", "keydown"].forEach(function (e) { frame.addEventListener(e, function () { touched = true; }); });
  map.on("resize", fit);
  fit();
  // The buttons for the scale stand in a corner without a point; where areas have values, in the South Pacific if they can.
  function free(corner) {
    return points.every(function (p) {
      var at = map.latLngToContainerPoint([p[0], p[1]]), size = map.getSize();
      return (/right/.test(corner) ? size.x - at.x : at.x) > 60 || (/bottom/.test(corner) ? size.y - at.y : at.y) > 90;
    });
  }
  var corners = valued ? ["bottomleft", "topright"] : ["topright", "bottomleft", "bottomright", "topleft"], corner = corners.find(free) || corners[0];
  map.zoomControl.setPosition(corner);
  // Beside the buttons, however narrow the map is.
  var beside = [[50, 6], [6, 6]], right = /right/.test(corner);
  var roomy = { maxWidth: Math.min(260, Math.max(140, window.innerWidth - 100)), autoPanPaddingTopLeft: beside[+right], autoPanPaddingBottomRight: beside[+!right] };
  function box(lines, links) {
    var div = document.createElement("div");
    lines.forEach(function (line, i) {
      var p = document.createElement(i ? "p" : "strong");
      if (!i) p.dir = "auto"; // a name from right to left, with its digits and brackets
      p.textContent = line; div.appendChild(p);
    });
    (links || []).forEach(function (link) {
      var a = document.createElement("a"), p = document.createElement("p");
      a.href = link[1]; a.target = "_top"; a.dir = "auto"; a.textContent = link[0]; p.appendChild(a); div.appendChild(p);
    });
    return div;
  }
  // Where the map crosses the date line, land stands on both sides of it.
  (home[1][1] > 180 ? [0, 360] : [0]).forEach(function (turn) {
    function turned(c) { return L.latLng(c[1], c[0] + turn); }
    L.geoJSON(window.LAND, {
      interactive: false,
      coordsToLatLng: turned,
      filter: function (f) { return !areas[f.properties.iso3]; },
      style: { className: "land" }
    }).addTo(map);
    L.geoJSON(window.LAND, {
      coordsToLatLng: turned,
      filter: function (f) { return !!areas[f.properties.iso3]; },
      style: function (f) { return { className: "area " + areas[f.properties.iso3][0] }; },
      onEachFeature: function (f, layer) {
        var lines = areas[f.properties.iso3][1];
        layer.bindTooltip(box(lines), { sticky: true }).bindPopup(box(lines), roomy);
        layer.on("add", function () {
          var path = layer.getElement();
          path.setAttribute("tabindex", turn ? "-1" : "0"); path.setAttribute("role", "button"); path.setAttribute("aria-label", lines.join(", "));
        });
      }
    }).addTo(map);
  });
  // A finger must hit one point and not its neighbour. A group stands where its first point is: such places are never nearer to each other
  // than the radius, and at the sixths of a zoom that a map stops at they are drawn nearer by three tenths at most.
  var centre = L.MarkerCluster.prototype._recalculateBounds;
  L.MarkerCluster.prototype._recalculateBounds = function () { centre.call(this); this._latlng = this._cLatLng; };
  var group = L.markerClusterGroup({
    maxClusterRadius: 45, showCoverageOnHover: false, removeOutsideVisibleBounds: false, animate: false, chunkedLoading: true, chunkInterval: 60,
    iconCreateFunction: function (c) {
      var span = document.createElement("span"), more = document.createElement("span"), inside = c.getAllChildMarkers();
      var count = inside.reduce(function (sum, m) { return sum + m.many; }, 0);
      span.textContent = valued ? "+" : short(count); // beside areas that stand for values a number would be taken for one
      more.textContent = (valued ? count : "") + " points here, open to see them"; more.className = "hidden"; span.appendChild(more);
      var tints = new Set(inside.map(function (m) { return m.options.tint; }));
      if (tints.size > 1) tints.delete("quiet");
      return L.divIcon({ html: span, className: "cluster " + (valued ? "more" : tints.size === 1 ? tints.values().next().value : ""), iconSize: size(valued ? 0 : count) });
    } });
  function size(count) { return count > 99 ? [32, 32] : [26, 26]; }
  function short(count) { return count > 9999 ? Math.round(count / 1000) + "k" : count; }
  // A point may stand for many; it says for how many.
  function tell(m, many) {
    var text = document.createElement("span");
    text.textContent = short(many);
    m.many = many || 1;
    return m.setIcon(L.divIcon(many ? { html: text, className: "cluster " + m.options.tint, iconSize: size(many), popupAnchor: [0, -12] } : { className: "pin " + m.options.tint, iconSize: [24, 24], popupAnchor: [0, -12] }));
  }
  var markers = points.map(function (p) { return tell(L.marker([p[0], p[1]], { title: p[3][0], tint: p[2] }), p[6] || 0).bindPopup(box(p[3], p[4]), roomy); });
  group.addLayers(markers);
  group.addTo(map);

  // What lies half below an open box could not be hit: it waits until the box is closed.
  function cover() {
    var over = shown && shown.getBoundingClientRect();
    frame.querySelectorAll(".leaflet-marker-icon").forEach(function (icon) {
      var r = icon.getBoundingClientRect();
      icon.classList.toggle("under", !!shown && icon !== opener && r.right > over.left && r.left < over.right && r.bottom > over.top && r.top < over.bottom);
    });
  }
  group.on("animationend", cover);

  // By keyboard: Tab to a point, Enter opens it and goes into it, Escape closes it and goes back.
  map.on("popupopen", function (e) {
    var source = e.popup._source;
    shown = e.popup.getElement();
    opener = source && source.getElement && source.getElement();
    shown.setAttribute("role", "dialog"); shown.setAttribute("aria-label", shown.querySelector("strong").textContent);
    cover();
    if (opener && opener === document.activeElement) { shown.tabIndex = -1; shown.focus({ preventScroll: true }); }
  });
  map.on("popupclose", function (e) {
    shown = null;
    cover();
    if (opener && e.popup.getElement().contains(document.activeElement)) opener.focus();
  });
  frame.addEventListener("keydown", function (e) {
    if (e.key === "Escape") map.closePopup();
  });
  // A page that holds the map can say which points it shows.
  window.addEventListener("message", function (e) {
    if (e.source !== window.parent || !e.data || !Array.isArray(e.data.show)) return;
    var wanted = new Set(e.data.show), kept = markers.filter(function (m, i) { return wanted.has(points[i][5]); });
    if (e.data.counts) markers.forEach(function (m, i) { if (wanted.has(points[i][5])) tell(m, e.data.counts[points[i][5]]); });
    map.closePopup(); group.clearLayers(); group.addLayers(kept);
    if (kept.length && kept.length < markers.length) map.fitBounds(L.latLngBounds(kept.map(function (m) { return m.getLatLng(); })).pad(0.2), { maxZoom: 5, animate: false });
    else map.fitBounds(home, whole);
  });
  if (window.parent !== window) window.parent.postMessage({ map: "ready" }, "*");
})();
