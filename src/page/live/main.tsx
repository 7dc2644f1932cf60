/** @jsxRuntime automatic @jsxImportSource preact */
import { render } from "preact";
import { App } from "./app.tsx";
import { browserPlace } from "./place.ts";
import { createServer } from "./session/server.ts";
import { createSession } from "./session/session.ts";
import type { View } from "./session/view.ts";

const root = document.getElementById("page");
if (root !== null) {
  const place = browserPlace();
  let due: ReturnType<typeof setTimeout> | undefined;
  const draw = (view: View): void => {
    due = undefined;
    render(<App {...{ view, session }} />, root);
  };
  // a reply brings many events at once
  const session = createSession(
    createServer("", () => place.key.get()),
    place,
    () => {
      due ??= setTimeout(() => draw(session.view()), 30);
    },
  );
  addEventListener("hashchange", () => void session.visit());
  addEventListener("popstate", () => void session.visit());
  draw(session.view());
  if (root.dataset["key"] === undefined || place.key.get() !== null) void session.start();
  else session.askKey();
}
