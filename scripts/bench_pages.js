// In every page that is measured: what was painted when, how long answers took, and two things a reader does.
const watch = (type, see, more) => new PerformanceObserver(list => list.getEntries().forEach(see))
  .observe({ type, buffered: true, ...more });
const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
const pause = time => new Promise(done => setTimeout(done, time));

window.seen = { LCP: 0, CLS: 0, answer: 0 };
watch('largest-contentful-paint', entry => { seen.LCP = entry.startTime / 1000; });
watch('layout-shift', entry => { if (!entry.hadRecentInput) seen.CLS += entry.value; });
watch('event', entry => { if (entry.interactionId) seen.answer = Math.max(seen.answer, entry.duration); },
  { durationThreshold: 16 });

// Milliseconds from a choice in the explorer to the picture of the rows.
window.choose = async ([name, value]) => {
  const form = document.querySelector('.choose'), body = document.querySelector('tbody');
  form.elements[name].focus();
  await pause(300); // from there to the first letter
  const start = performance.now();
  let changed = false; new MutationObserver(() => { changed = true; }).observe(body, { childList: true });
  form.elements[name].value = value;
  form.elements[name].dispatchEvent(new Event('input', { bubbles: true }));
  while (!changed) await pause(2);
  await drawn();
  return performance.now() - start;
};

// The same of a map that is enlarged.
window.zoom = async () => {
  const start = performance.now();
  document.querySelector('.leaflet-control-zoom-in').click();
  await drawn();
  return performance.now() - start;
};
