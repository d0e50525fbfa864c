declare namespace Cloudflare {
  interface Env {
    DOCUMENTS: KVNamespace;
    DOCUMENTS_ELSEWHERE: KVNamespace;
  }
  interface GlobalProps {
    mainModule: { default: ExportedHandler };
  }
}

declare module "*?raw" {
  const text: string;
  export default text;
}

/** Vite's: the files that match, by path. */
interface ImportMeta {
  glob<T>(pattern: string, options: { query: string; import: string; eager: true }): Record<string, T>;
}
