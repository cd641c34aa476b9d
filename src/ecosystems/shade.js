(function () {
  function shade() {
    try { document.documentElement.dataset.shade = localStorage.getItem("shade") || ""; } catch (e) { /* then as the system has it */ }
  }
  window.addEventListener("storage", shade);
  shade();
  var still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (window.L && still) L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
})();
