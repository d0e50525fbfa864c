import { refuseMethod, type SiteEnv, serveJson } from "../../../src/site/routes.js";

export const onRequestGet: PagesFunction<SiteEnv, "slug"> = ({ request, env, params }) =>
  serveJson(request, env, "article", params.slug);

export const onRequestHead = onRequestGet;

export const onRequest: PagesFunction = ({ request }) => refuseMethod(request);
