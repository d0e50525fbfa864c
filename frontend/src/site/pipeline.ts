import { trusted } from "./html.js";

/**
 * The way of a change from a client to a browser, drawn twice: wide for a desk, tall for a phone; the style sheet shows
 * one. The two bodies of water are the database and the pool that stands in front of it.
 */
export const PIPELINE =
  trusted(`<svg class="wide-only" viewBox="-2 20 1004 192" role="img" aria-labelledby="pipeline-wide">
<title id="pipeline-wide">App clients write through the API to PostgreSQL. The write-ahead log feeds cache-sync, which writes documents to Workers KV. Pages Functions read KV and answer browsers.</title>
<g class="box"><rect x="0" y="86" width="104" height="48" rx="8"/><rect x="140" y="86" width="80" height="48" rx="8"/><rect x="486" y="86" width="104" height="48" rx="8"/><rect x="778" y="86" width="100" height="48" rx="8"/><rect x="914" y="86" width="86" height="48" rx="8"/></g>
<g class="pool"><rect x="256" y="40" width="140" height="140" rx="10"/><rect x="626" y="62" width="116" height="96" rx="10"/></g>
<path class="water" d="M256 74q17.5-9 35 0t35 0t35 0t35 0v96a10 10 0 0 1-10 10H266a10 10 0 0 1-10-10zM626 88q14.5-8 29 0t29 0t29 0t29 0v60a10 10 0 0 1-10 10H636a10 10 0 0 1-10-10z"/>
<path class="arrow" d="M106 110h32m-7-5 7 5-7 5M222 110h32m-7-5 7 5-7 5M592 110h32m-7-5 7 5-7 5M744 110h32m-7-5 7 5-7 5M880 110h32m-7-5 7 5-7 5"/>
<path class="arrow log" d="M398 107h78M398 113h78m-2-11 10 8-10 8"/>
<g class="label"><text x="52" y="115">App clients</text><text x="180" y="115">API</text><text x="326" y="117">PostgreSQL</text><text x="538" y="115">cache-sync</text><text x="684" y="117">Workers KV</text><text x="828" y="107">Pages</text><text x="828" y="124">Functions</text><text x="957" y="115">Browsers</text></g>
<g class="note"><text x="326" y="138">the truth</text><text x="441" y="97">WAL</text><text x="538" y="154">rebuilds</text><text x="538" y="170">what is dirty</text><text x="684" y="137">documents</text></g>
<path class="shore" d="M0 194h590M626 194h374"/>
<g class="note"><text x="295" y="209">near the database</text><text x="813" y="209">near the reader</text></g>
</svg>
<svg class="tall-only" viewBox="0 -2 320 556" role="img" aria-labelledby="pipeline-tall">
<title id="pipeline-tall">App clients write through the API to PostgreSQL. The write-ahead log feeds cache-sync, which writes documents to Workers KV. Pages Functions read KV and answer browsers.</title>
<g class="box"><rect x="100" y="0" width="120" height="40" rx="8"/><rect x="100" y="66" width="120" height="40" rx="8"/><rect x="100" y="286" width="120" height="40" rx="8"/><rect x="90" y="446" width="140" height="40" rx="8"/><rect x="100" y="512" width="120" height="40" rx="8"/></g>
<g class="pool"><rect x="70" y="132" width="180" height="100" rx="10"/><rect x="90" y="352" width="140" height="68" rx="10"/></g>
<path class="water" d="M70 158q22.5-9 45 0t45 0t45 0t45 0v64a10 10 0 0 1-10 10H80a10 10 0 0 1-10-10zM90 370q17.5-8 35 0t35 0t35 0t35 0v40a10 10 0 0 1-10 10H100a10 10 0 0 1-10-10z"/>
<path class="arrow" d="M160 42v22m-5-7 5 7 5-7M160 108v22m-5-7 5 7 5-7M160 328v22m-5-7 5 7 5-7M160 422v22m-5-7 5 7 5-7M160 488v22m-5-7 5 7 5-7"/>
<path class="arrow log" d="M157 234v42M163 234v42m-11-2 8 10 8-10"/>
<g class="label"><text x="160" y="25">App clients</text><text x="160" y="91">API</text><text x="160" y="193">PostgreSQL</text><text x="160" y="311">cache-sync</text><text x="160" y="392">Workers KV</text><text x="160" y="471">Pages Functions</text><text x="160" y="537">Browsers</text></g>
<g class="note"><text x="160" y="214">the truth</text><text x="196" y="263">WAL</text><text x="160" y="410">documents</text></g>
</svg>`);
