// The page's own client. It begins with what the page shows, and asks for the flags of who is looking.
const { api } = document.currentScript.dataset
const cookie = (name) => new RegExp(`(?:^|; )${name}=([^;]+)`).exec(document.cookie)?.[1]

// The first page has bundled flags. From the second on the cache knows who it is. (By https: `; Secure`.)
const id = cookie('guid') ?? guidon.newGuid()
// biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser yet.
document.cookie = `guid=${id}; Path=/; Max-Age=31536000; SameSite=Lax`

const snapshot = guidon.readSnapshot()
// What the cache tells the flag service, the client tells it too, or each would get other flags.
const plan = cookie('plan')
const flags = guidon.createClient({
  environmentKey: snapshot.environment,
  api,
  identity: { id, traits: plan ? { plan: guidon.transient(plan) } : {} },
  snapshot,
})
flags.onFlag('home-hero-text', ({ value } = {}) => {
  const headline = document.querySelector('h1')
  if (headline && value) headline.textContent = value
})
