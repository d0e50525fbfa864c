import { authorPage } from "../../src/site/pages.js";
import { refuseMethod, type SiteEnv, servePage } from "../../src/site/routes.js";

export const onRequestGet: PagesFunction<SiteEnv, "slug"> = ({ request, env, params, next }) =>
  servePage(request, env, "author", authorPage, () => next(), params.slug);

export const onRequestHead = onRequestGet;

export const onRequest: PagesFunction = ({ request }) => refuseMethod(request);
