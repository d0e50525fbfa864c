import { refuseMethod, type SiteEnv, serveJson } from "../../src/site/routes.js";

export const onRequestGet: PagesFunction<SiteEnv> = ({ request, env }) => serveJson(request, env, "front_page");

export const onRequestHead = onRequestGet;

export const onRequest: PagesFunction = ({ request }) => refuseMethod(request);
