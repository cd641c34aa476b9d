(function () {
  function shade() {
    try { document.documentElement.dataset.shade = localStorage.getItem("shade") || ""; } catch (e) { /* then as the system has it */ }
  }
  window.addEventListener("storage", shade);
  shade();
})();
