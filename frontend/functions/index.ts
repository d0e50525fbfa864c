import { frontPage } from "../src/site/pages.js";
import { refuseMethod, type SiteEnv, servePage } from "../src/site/routes.js";

export const onRequestGet: PagesFunction<SiteEnv> = ({ request, env, next }) =>
  servePage(request, env, "front_page", frontPage, () => next());

export const onRequestHead = onRequestGet;

export const onRequest: PagesFunction = ({ request }) => refuseMethod(request);
