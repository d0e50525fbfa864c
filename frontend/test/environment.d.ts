declare namespace Cloudflare {
  interface Env {
    DOCUMENTS: KVNamespace;
  }
  interface GlobalProps {
    mainModule: { default: ExportedHandler };
  }
}

declare module "*?raw" {
  const text: string;
  export default text;
}
