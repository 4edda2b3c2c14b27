"use strict";
// Light and dark: the system's until the reader chooses.

const darkQuery = matchMedia("(prefers-color-scheme: dark)");
let chosenTheme = null;

const isDark = () => (chosenTheme === null ? darkQuery.matches : chosenTheme === "dark");

function applyTheme(theme) {
  chosenTheme = theme;
  document.documentElement.style.colorScheme = theme === null ? "" : theme;
  showTheme();
}

function showTheme() {
  const button = document.getElementById("theme");
  button.setAttribute("aria-pressed", String(isDark()));
  redrawCanvases();
}

function startTheme() {
  document.getElementById("theme").addEventListener("click", () => applyTheme(isDark() ? "light" : "dark"));
  darkQuery.addEventListener("change", showTheme);
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = chosenTheme;
    applyTheme("light");
  });
  window.addEventListener("afterprint", () => applyTheme(before));
}
