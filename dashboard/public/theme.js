// Runs before the first paint. `src/shell/preferences.ts` writes what is read here.
;(function () {
  var kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('omoi.preferences') || '{}') || {}
  } catch (_) {
    // Storage may be forbidden or hold something else; the page then looks as the system does.
  }
  var dark =
    kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  var root = document.documentElement
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.density = /^(compact|regular|relaxed)$/.test(kept.density) ? kept.density : 'regular'
})()
