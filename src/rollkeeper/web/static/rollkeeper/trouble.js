"use strict";
// Parts of pages are fetched without a new page. When that fails, say so; when it works again, stop saying so.
const show = (hidden) => { document.getElementById("trouble").hidden = hidden; };
for (const failed of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failed, () => show(false));
}
document.addEventListener("htmx:afterOnLoad", (event) => { if (event.detail.successful) show(true); });
