/**
 * The address of a thread's program `name`, without its ending, that lies beside the module at `beside`. Run from source,
 * it needs what makes Node read TypeScript, once more in its thread.
 */
export function threadUrl(name: string, beside: string): URL {
  const isSource = beside.endsWith(".ts");
  const worker = new URL(`./${name}${isSource ? ".ts" : ".js"}`, beside);
  const tsx = isSource ? findTsx() : undefined;
  if (tsx === undefined) return worker;
  const start = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(worker.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}

function findTsx(): string | undefined {
  try {
    return import.meta.resolve("tsx/esm/api");
  } catch {
    return undefined;
  }
}
