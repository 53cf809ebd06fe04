// The page at /docs: this server's own OpenAPI document, one API version at a time, with a token for trying requests.
// The token lives in its input field and in the requests to this server, nowhere else: no storage, no cookie, no URL.
"use strict";

const root = new URL(document.documentElement.dataset.root || "./", location.href);
const field = (id) => document.getElementById(id);
const VERSION = /\/(v\d+\.\d+\.\d+)\//;

const scheme = matchMedia("(prefers-color-scheme: dark)");
const showScheme = () => document.documentElement.classList.toggle("dark-mode", scheme.matches);
scheme.addEventListener("change", showScheme);
showScheme();

/** The document with the paths of one version only (and those of none), asked of this very server. */
function selectVersion(whole, version) {
  const paths = Object.entries(whole.paths).filter(([path]) => (VERSION.exec(path)?.[1] ?? version) === version);
  return { ...whole, paths: Object.fromEntries(paths), servers: [{ url: root.href.replace(/\/$/, "") }] };
}

/** Adds the token to a request, to this server only. */
function addToken(request) {
  const here = new URL(request.url, location.href).origin === root.origin;
  if (here && field("token").value) {
    request.headers["X-SLURM-USER-TOKEN"] = field("token").value.trim();
    if (field("user").value) request.headers["X-SLURM-USER-NAME"] = field("user").value.trim();
  }
  return request;
}

// Our own fields take the place of Swagger UI's dialogue: one place for a token, reached by the keyboard at once.
const withoutDialogue = { wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } };

function showOperations(whole, version) {
  SwaggerUIBundle({
    spec: selectVersion(whole, version),
    dom_id: "#operations",
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    filter: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null,
    requestInterceptor: addToken,
    showMutatedRequest: false, // the curl command that it shows is without the token
    plugins: [withoutDialogue],
  });
}

async function start() {
  const reply = await fetch(new URL("openapi.json", root), { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!reply.ok) throw new Error(`this server answered ${reply.status} ${reply.statusText}`);
  const whole = await reply.json();
  const found = Object.keys(whole.paths).map((path) => VERSION.exec(path)?.[1]).filter(Boolean);
  const versions = [...new Set(found)].sort().reverse();
  field("version").replaceChildren(...versions.map((version) => new Option(version)));
  field("version").addEventListener("change", (event) => showOperations(whole, event.target.value));
  field("title").textContent = `${whole.info.title}, ${whole.info.version}`;
  field("operations").removeAttribute("aria-busy");
  showOperations(whole, versions[0]);
}

field("settings").addEventListener("submit", (event) => event.preventDefault());
field("forget").addEventListener("click", () => { field("token").value = field("user").value = ""; });
start().catch((error) => {
  const line = Object.assign(document.createElement("p"), { className: "state failed" });
  line.textContent = `The API's description could not be loaded: ${error.message}`;
  field("operations").replaceChildren(line);
});
