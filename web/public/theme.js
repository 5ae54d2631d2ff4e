// Before the first paint, so that a chosen theme doesn't flash in the other one. web/frame/theme.ts
// writes the choice.
try {
  const theme = localStorage.getItem('patronus-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme is taken.
}
