import { snapshotScript } from 'guidon'
import { html, raw } from 'hono/html'

/** The page of a visitor. Whatever stands in `${}` is escaped, so no value of a flag is more than text. */
export const page = (flags, api) => html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>guidon and Node</title>
<h1>${flags.value('home-hero-text', 'Hello')}</h1>
<p id="checkout">${flags.isEnabled('new-checkout') ? 'Pay with one click.' : 'Fill in these nine fields.'}</p>
<p>You may have <b id="boards">${flags.value('max_boards', 1)}</b> boards.</p>
<form method="post" action="/plan"><button>Change to the plan “pro”</button></form>
<p id="status">On the server: ${flags.status.state}</p>
${raw(snapshotScript(flags.snapshot()))}
<script src="/guidon.global.js"></script>
<script src="/in-the-page.js" data-api="${api}"></script>
</html>`
