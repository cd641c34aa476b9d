(function () {
  var given = window.MAP, map = L.map("map", { attributionControl: false, scrollWheelZoom: false, zoomControl: false, zoomSnap: 1 / 3, maxZoom: 12 });
  L.control.zoom({ position: "topright" }).addTo(map);
  function box(lines) {
    var div = document.createElement("div");
    lines.forEach(function (line, i) {
      var p = document.createElement(i ? "p" : "strong");
      p.textContent = line; div.appendChild(p);
    });
    return div;
  }
  function fit() { map.fitBounds(given.bounds || [[-50, -110], [52, 150]], { animate: false, padding: [24, 24], maxZoom: 6 }); }
  fit();
  map.on("resize", fit);
  // Where the map crosses the date line, land stands on both sides of it.
  var west = given.bounds ? given.bounds[0][1] : -180;
  (given.bounds && given.bounds[1][1] > 180 ? [0, 360] : [0]).forEach(function (turn) {
    L.geoJSON(window.LAND, { interactive: false, style: { className: "land" }, coordsToLatLng: function (c) { return L.latLng(c[1], c[0] + turn); } }).addTo(map);
  });
  L.geoJSON({ type: "FeatureCollection", features: given.features }, {
    coordsToLatLng: function (c) { return L.latLng(c[1], c[0] < west ? c[0] + 360 : c[0]); },
    style: function (f) { return f.properties.style; },
    pointToLayer: function (f, at) {
      var p = f.properties;
      if (p.pin) return L.marker(at, { title: (p.tooltip || p.popup || ["A place"])[0], icon: L.divIcon({ className: "pin " + p.tint, iconSize: [24, 24], popupAnchor: [0, -12] }) });
      return p.metres ? L.circle(at, { radius: p.metres }) : L.circleMarker(at, p.style);
    },
    onEachFeature: function (f, layer) {
      var p = f.properties, lines = p.popup || p.tooltip;
      if (p.tooltip) layer.bindTooltip(box(p.tooltip), { sticky: true });
      if (!lines) return;
      layer.bindPopup(box(lines), { maxWidth: 260 });
      layer.on("add", function () {
        var e = layer.getElement && layer.getElement();
        if (!e || p.pin) return;
        e.setAttribute("tabindex", "0"); e.setAttribute("role", "button"); e.setAttribute("aria-label", lines.join(", "));
        e.addEventListener("keydown", function (k) { if (k.key === "Enter") layer.openPopup(); });
      });
    }
  }).addTo(map);
})();
